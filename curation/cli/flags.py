"""Flags that several commands share."""

import argparse
from pathlib import Path


def add_common(parser: argparse.ArgumentParser) -> None:
    """The flags of every command."""
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random (default 0)")
    parser.add_argument(
        "--workers", type=_at_least_one, default=2, help="threads of the steps that can use them (default 2)"
    )
    parser.add_argument("--engine", choices=["local"], default="local", help="where the work runs")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def add_columns(parser: argparse.ArgumentParser) -> None:
    """The columns that make an example."""
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")


def add_files(parser: argparse.ArgumentParser, many: bool) -> None:
    """The files to read, one or `many`, and their columns."""
    parser.add_argument(
        "files",
        nargs="+" if many else 1,
        type=Path,
        metavar="FILE",
        help="CSV, TSV, JSON, JSONL, Parquet, XLSX; .gz, .zip",
    )
    add_columns(parser)


def add_against(parser: argparse.ArgumentParser) -> None:
    """The evaluation set."""
    parser.add_argument("--against", type=Path, metavar="EVAL", help="evaluation set that no training row may overlap")


def add_knowledge(parser: argparse.ArgumentParser) -> None:
    """The knowledge base."""
    parser.add_argument(
        "--knowledge", type=Path, metavar="FILE", help="knowledge texts that may hold the answers (UTF-8)"
    )


def add_personal(parser: argparse.ArgumentParser) -> None:
    """What becomes of personal data."""
    parser.add_argument(
        "--personal",
        choices=["keep", "leave_out", "mask"],
        default="keep",
        help="rows with personal data or keys: keep them (default), leave them out, or mask these texts",
    )


def add_context(parser: argparse.ArgumentParser) -> None:
    """The flag that names a context file."""
    words = "what you know about the task; `curation context` makes an empty file to fill in"
    parser.add_argument("--context", type=Path, metavar="C.toml", help=words)
