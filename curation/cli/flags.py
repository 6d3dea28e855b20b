"""Flags that several commands share."""

import argparse
import os
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from curation.errors import UsageError
from curation.project.place import stores
from curation.records.settings import Option, options

MOST_WORKERS = 64


def add_seed(parser: argparse.ArgumentParser) -> None:
    """The seed, of commands that draw at random."""
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random (default 0)")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """What works, of commands that read all rows of a set more than once."""
    text = "processes at work on large sets; the result is the same for any (default: the cores there are)"
    parser.add_argument("--workers", type=_processes, metavar="N", help=text)
    text = "local: processes of this computer (default); dask: those of a Dask cluster (needs curation[cluster])"
    parser.add_argument("--engine", choices=("local", "dask"), default="local", help=text)
    text = "the Dask cluster's scheduler, such as tcp://host:8786; left out, one is started on this computer"
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help=text)


def _processes(text: str) -> int:
    workers = int(text)
    if not 1 <= workers <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_WORKERS}, not {text}")
    return workers


def add_store(parser: argparse.ArgumentParser) -> None:
    """Where new projects have their database, of commands that make some."""
    text = "a PostgreSQL server for new projects: postgresql+psycopg://USER@HOST/DATABASE (default: a file of SQLite)"
    parser.add_argument("--store", metavar="URL", help=text)


def use_store(args: argparse.Namespace) -> None:
    """Let this process and its jobs make new projects there. Raises UsageError on an address that is none."""
    if args.store is not None:
        stores.check_given(args.store)
        os.environ[stores.STORE_VARIABLE] = args.store


def add_output(parser: argparse.ArgumentParser) -> None:
    """How a command says what it did."""
    add_json(parser)
    add_quiet(parser)


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """That nothing is said but the result."""
    parser.add_argument("--quiet", action="store_true", help="no progress and no notes on stderr")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The result for programs to read."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_settings(parser: argparse.ArgumentParser, name: str, title: str, settings: Any, prefix: str = "") -> None:
    """A flag for each of these settings that a person may set, in a group of their own.

    `name` is what `given` knows them by; `prefix` begins their flags.
    """
    found = options(settings)
    group = parser.add_argument_group(title) if found else parser
    for option in found:
        flag = f"--{prefix}{option.name}".replace("_", "-")
        described: dict[str, Any] = {"dest": f"{name}.{option.name}", "default": None}
        if option.kind is bool:
            value = "yes" if option.default else "no"
            described |= {"action": argparse.BooleanOptionalAction, "help": f"{option.help} (built in: {value})"}
        else:
            built_in = f"built in: {option.default}" if option.default != "" else "built in: none"
            text = f"{option.help}; {option.allowed} ({built_in})"
            described |= {"type": partial(_read, option), "help": text, "metavar": _stands_for(option)}
        described["help"] = described["help"].replace("%", "%%")  # argparse fills in what stands behind a %
        group.add_argument(flag, **described)


def given(args: argparse.Namespace, name: str) -> dict[str, Any]:
    """The values of the settings of this name that the command line gives."""
    known = {dest.removeprefix(f"{name}."): value for dest, value in vars(args).items() if dest.startswith(f"{name}.")}
    return {field: value for field, value in known.items() if value is not None}


def _read(option: Option, text: str) -> Any:
    try:
        return option.read(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _stands_for(option: Option) -> str:
    return "|".join(map(str, option.choices)) or ("N" if option.low is not None else "TEXT")


def add_columns(parser: argparse.ArgumentParser) -> None:
    """The columns that make an example, and how the file is read where its content does not say it."""
    parser.add_argument(
        "--input",
        action="append",
        metavar="COL",
        help="the input column (left out, it is guessed); given again, several are joined by a line end",
    )
    for side in ("output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")
    parser.add_argument("--messages", metavar="COL", help="the column that holds a conversation's turns")
    parser.add_argument(
        "--id", metavar="COL", help="the column that tells rows apart: a mended file of the same name updates its rows"
    )
    parser.add_argument("--delimiter", default="", metavar="SIGN", help="between fields: one character, or tab")
    parser.add_argument("--encoding", default="", metavar="NAME", help="of a text file: utf-8, cp1252, shift_jis ...")
    parser.add_argument("--sheet", default="", metavar="NAME", help="of a workbook (left out, the first with rows)")
    parser.add_argument("--split", default="", metavar="NAME", help="rows of this split alone: train, test ...")


READS = "CSV, TSV, JSON, JSONL, Parquet, Arrow, XLSX, fastText; .gz, .zst, .zip; a folder, a pattern, - (stdin)"


def add_files(parser: argparse.ArgumentParser, many: bool) -> None:
    """The files to read, one or `many`, and their columns."""
    parser.add_argument("files", nargs="+" if many else 1, type=Path, metavar="FILE", help=READS)
    add_columns(parser)


def add_file_or_project(parser: argparse.ArgumentParser) -> None:
    """A file to read with its columns, or a project whose rows are taken as people have decided them so far."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=READS)
    words = "in place of FILE: the rows of this project; what is found is stored in it"
    parser.add_argument("--project", type=Path, metavar="DIR", help=words)
    add_columns(parser)


def add_against(parser: argparse.ArgumentParser) -> None:
    """The evaluation set."""
    parser.add_argument("--against", type=Path, metavar="EVAL", help="evaluation set that no training row may overlap")


def add_knowledge(parser: argparse.ArgumentParser) -> None:
    """The knowledge base."""
    parser.add_argument(
        "--knowledge", type=Path, metavar="FILE", help="knowledge texts that may hold the answers (UTF-8)"
    )


def add_tokenizer(parser: argparse.ArgumentParser) -> None:
    """The model's own tokenizer."""
    words = "the model's tokenizer.json, to count tokens with (left out, they are estimated)"
    parser.add_argument("--tokenizer", type=Path, metavar="FILE", help=words)


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


def add_date(parser: argparse.ArgumentParser) -> None:
    """The date a report prints."""
    words = "the date the report prints, YYYY-MM-DD (left out: today, UTC)"
    parser.add_argument("--date", type=_date, metavar="DATE", help=words)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write one like 2026-11-29") from None
