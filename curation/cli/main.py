"""The command line: flags of each command, exit statuses and the progress line; commands/ does the work.

Results go to stdout, progress to stderr. Exit status: 0 done; 2 wrong usage; 3 input rejected, nothing stored; 4 gate
not passed; 1 our fault.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import NoReturn

from curation.errors import CurationError, UsageError
from curation.progress import Cancelled, Progress, ignore

COMMANDS = {
    "run": "The whole journey: load, dedup, checks, verdict, splits, export.",
    "load": "Add files to a project.",
    "dedup": "Near-duplicate clusters of a file.",
    "check": "All checks of a file.",
    "context": "An empty context file to fill in: what you know about the task.",
    "verdict": "The readiness verdict on a file or a project.",
    "measure": "How well a model does the task with a prompt alone, on rows held back.",
    "export": "A clean set from a project, split without leaks.",
    "preflight": "What a trainer would cut, drop or refuse of an export, by row.",
    "report": "The report of a project: html, md or json by the file's ending.",
    "gate": "Whether an export is approved, unchanged, and its verdict allows training.",
    "classifier": "The plain classifier of the verdict, to take away: the model, its score and its card.",
    "project": "Questions about a project itself: verify.",
    "app": "The browser app.",
}
"""Every command with what it is for, in the order of the journey; each is a file in `commands/`."""
EXIT_PIPE = 141  # 128 + SIGPIPE, what a shell expects of a command whose reader left (`| head -1`)
EXIT_CANCELLED = 130  # 128 + SIGINT, what a shell expects of a command stopped by Ctrl-C


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def build_parser(named: Sequence[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Every command, in the order of the journey; those `named` with their flags, which takes importing them."""
    parser = _Parser(prog="curation", description="Clean example pairs, and learn whether they justify fine-tuning.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for name, help in COMMANDS.items():
        command = commands.add_parser(name, help=help, description=help)
        if name in named:
            import_module(f"curation.cli.commands.{name}").add_flags(command)
            command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """A progress line on stderr where a person is looking, else nothing."""
    if quiet or not sys.stderr.isatty():
        yield ignore
        return

    def show(done: float, message: str) -> None:
        print(f"\r\033[K{done:4.0%} {message}", end="", file=sys.stderr, flush=True)

    yield show
    print("\r\033[K", end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["_job"]:
        import_module("curation.cli.commands.app").job(*arguments[1:3])
        return 0
    try:
        args = build_parser(arguments[:1]).parse_args(arguments)
        with _progress(getattr(args, "quiet", False)) as progress:
            import_module(f"curation.cli.commands.{args.command}").run(args, progress)
            sys.stdout.flush()
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
        kind = type(error).__name__
        return _tell(
            arguments,
            f"A bug in curation ({kind}: {error}). Run the command with --debug and report what it prints.",
            1,
        )
    return 0


def _tell(arguments: list[str], message: str, status: int) -> int:
    if "--debug" in arguments:
        traceback.print_exc()
    print(f"curation: {message}", file=sys.stderr)
    return status
