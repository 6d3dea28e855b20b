"""The command line: flags of each command, exit statuses and the progress line; commands.py does the work.

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
from pathlib import Path
from typing import Any, NoReturn

from curation.errors import CurationError, UsageError
from curation.measure_flags import add_context, add_flags
from curation.progress import Cancelled, Progress, ignore

MODULES = {
    "measure": "curation.measure_commands",
    "gate": "curation.gate_command",
    "app": "curation.app_command",
}
"""Where a command is done that is not done in commands.py."""
EXIT_PIPE = 141  # 128 + SIGPIPE, what a shell expects of a command whose reader left (`| head -1`)
EXIT_CANCELLED = 130  # 128 + SIGINT, what a shell expects of a command stopped by Ctrl-C


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def build_parser() -> argparse.ArgumentParser:
    """Every command with its flags, in the order of the journey."""
    parser = _Parser(prog="curation", description="Clean example pairs, and learn whether they justify fine-tuning.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _run(commands)
    _load(commands)
    _dedup(commands)
    _check(commands)
    _context(commands)
    _verdict(commands)
    _measure(commands)
    _export(commands)
    _report(commands)
    _gate(commands)
    _app(commands)
    return parser


def _command(commands: Any, name: str, help: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random (default 0)")
    parser.add_argument(
        "--workers", type=_at_least_one, default=2, help="threads of the steps that can use them (default 2)"
    )
    parser.add_argument("--engine", choices=["local"], default="local", help="where the work runs")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _add_files(parser: argparse.ArgumentParser, many: bool) -> None:
    parser.add_argument(
        "files",
        nargs="+" if many else 1,
        type=Path,
        metavar="FILE",
        help="CSV, TSV, JSON, JSONL, Parquet, XLSX; .gz, .zip",
    )
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")


def _add_against(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--against", type=Path, metavar="EVAL", help="an evaluation set no training row may overlap")


def _add_knowledge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--knowledge", type=Path, metavar="FILE", help="texts in which answers may be found (UTF-8)")


def _add_personal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--personal",
        choices=["keep", "leave_out", "mask"],
        default="keep",
        help="rows with personal data or keys: keep them (default), leave them out, or mask these texts",
    )


def _run(commands: Any) -> None:
    parser = _command(commands, "run", "The whole journey: load, dedup, checks, verdict, splits, export.")
    _add_files(parser, many=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    add_context(parser)
    _add_against(parser)
    _add_knowledge(parser)
    _add_personal(parser)


def _load(commands: Any) -> None:
    parser = _command(commands, "load", "Add files to a project.")
    _add_files(parser, many=True)
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")


def _dedup(commands: Any) -> None:
    parser = _command(commands, "dedup", "Near-duplicate clusters of a file.")
    _add_files(parser, many=False)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    parser.add_argument("--on", choices=["input", "pair"], default="input")
    parser.add_argument("--threshold", type=float, default=0.7, help="exact Jaccard similarity, 0..1 (default 0.7)")
    parser.add_argument("--shingle", choices=["auto", "3", "5"], default="auto", help="characters a shingle")
    _add_against(parser)


def _check(commands: Any) -> None:
    parser = _command(commands, "check", "All checks of a file.")
    _add_files(parser, many=False)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="just this check; may be repeated")


def _context(commands: Any) -> None:
    parser = _command(commands, "context", "An empty context file to fill in: what you know about the task.")
    parser.add_argument("--out", type=Path, metavar="C.toml", help="left out: printed")


def _verdict(commands: Any) -> None:
    parser = _command(commands, "verdict", "The readiness verdict on a file or a project.")
    parser.add_argument("files", nargs="?", type=Path, metavar="FILE")
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")
    parser.add_argument("--project", type=Path, metavar="DIR", help="the project's folder")
    add_context(parser)
    _add_against(parser)
    _add_knowledge(parser)


def _measure(commands: Any) -> None:
    parser = _command(commands, "measure", "How well a model does the task with a prompt alone, on rows held back.")
    add_flags(parser)


def _export(commands: Any) -> None:
    parser = _command(commands, "export", "A clean, leak-free set from a project.")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--format", action="append", default=[], metavar="NAME", help="parquet (default) or another; may be repeated"
    )
    _add_personal(parser)


def _report(commands: Any) -> None:
    parser = _command(commands, "report", "The report of a project: html, md or json by the file's ending.")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def _gate(commands: Any) -> None:
    parser = _command(commands, "gate", "Whether an export is approved, unchanged, and its verdict allows training.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of an export")
    parser.add_argument("--project", type=Path, metavar="DIR", help="also fail if this project has moved on since")
    parser.add_argument("--approve", metavar="NAME", help="record that this person approves the export, then check it")
    parser.add_argument(
        "--waive", action="append", default=[], metavar="OUTCOME=WHY", help="train all the same, and why"
    )


def _app(commands: Any) -> None:
    parser = _command(commands, "app", "The browser app.")
    parser.add_argument("--project", type=Path, metavar="DIR", help="left out: the sample project")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="127.0.0.1", help="loopback only unless you know who can reach it")


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
        import_module("curation.app_command").job(*arguments[1:3])
        return 0
    try:
        args = build_parser().parse_args(arguments)
        with _progress(args.quiet) as progress:
            # Looked up on use: `--help` and a wrong flag answer at once, without loading the whole product.
            module = import_module(MODULES.get(args.command, "curation.commands"))
            getattr(module, args.command)(args, progress)
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
        return _tell(arguments, f"A fault of ours ({kind}: {error}). Run it with --debug and report what it shows.", 1)
    return 0


def _tell(arguments: list[str], message: str, status: int) -> int:
    if "--debug" in arguments:
        traceback.print_exc()
    print(f"curation: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
