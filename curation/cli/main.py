"""The command line: one command run, its exit status, its errors in words; commands/ does the work.

Results go to stdout, progress to stderr. Exit status: 0 done; 2 wrong usage; 3 input rejected, nothing stored; 4 gate
not passed; 1 our fault.
"""

import logging
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from textwrap import shorten

from curation.cli.parser import module_of, read
from curation.cli.terminal import shown
from curation.errors import Cancelled, CurationError, NoProject
from curation.wording.visible import marked

EXIT_PIPE = 141  # 128 + SIGPIPE, what a shell expects of a command whose reader left (`| head -1`)
EXIT_CANCELLED = 130  # 128 + SIGINT, what a shell expects of a command stopped by Ctrl-C


MOST_SAID = 200
"""Characters of an unforeseen error: a line or two; `--debug` shows all of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["_job"]:
        import_module("curation.cli.commands.app").job(*arguments[1:5])
        return 0
    logging.getLogger("curation").setLevel(logging.ERROR if "--quiet" in arguments else logging.WARNING)
    try:
        args = read(arguments)
        with shown(getattr(args, "quiet", False)) as progress:
            import_module(module_of(args.command)).run(args, progress)
            sys.stdout.flush()
    except NoProject as error:
        places = {error.named: error.instead, f"--project={error.named}": f"--project={error.instead}"}
        again = shlex.join(["curation", *(places.get(word, word) for word in arguments)])
        return _tell(arguments, f"{error} The command that works: {again}" if error.instead else str(error), 2)
    except CurationError as error:
        return _tell(arguments, str(error), error.exit_status)
    except (Cancelled, KeyboardInterrupt):
        return _tell(arguments, "Stopped. Nothing was written.", EXIT_CANCELLED)
    except BrokenPipeError:
        # As the Python manual says under SIGPIPE: else the interpreter complains once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _tell(arguments, f"{where}{error.strerror or error}. Check the path and its permissions.", 1)
    except Exception as error:  # noqa: BLE001  the last door: a person gets a sentence, never a traceback
        said = shorten(f"{type(error).__name__}: {error}", MOST_SAID)
        return _tell(arguments, f"A bug in curation ({said}). Run it with --debug and report what it prints.", 1)
    return 0


def _tell(arguments: list[str], message: str, status: int) -> int:
    if "--debug" in arguments:
        traceback.print_exc()
    print(f"curation: {marked(' '.join(message.splitlines()))}", file=sys.stderr)
    return status
