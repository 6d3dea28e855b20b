"""`curation search`: the rows of a project that mean, or say, what is asked."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from curation.cli.flags import add_output
from curation.cli.inputs import filled
from curation.cli.printing import note, print_json
from curation.errors import UsageError
from curation.project.meaning import Hit
from curation.project.meaning.own import NO_TEXT
from curation.records import Filter, Search
from curation.records.progress import Progress
from curation.wording.visible import marked

SHOWN = 100
"""Characters of a text in a line."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="what to look for")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--like", default="", metavar="ID", help="rows like this one, in place of a text")
    parser.add_argument("-n", type=int, default=10, metavar="N", help="rows to show (default 10)")
    parser.add_argument(
        "--by",
        choices=["words", "meaning", "both"],
        help="rows that share words with the text, the rarest counting most; that are near in meaning; or do best in "
        "both (default: both, or words where the package for meaning is missing)",
    )
    parser.add_argument(
        "--side", choices=["input", "output", "both"], help="what of a row is meant (default: both; input where "
        "outputs are labels)",
    )  # fmt: skip
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Print the rows found, best first."""
    if bool(args.like) == bool(args.text.strip()):
        raise UsageError("Write what to look for, or name a row with --like: one of the two.")
    if args.n < 1:
        raise UsageError("-n is at least 1.")
    with filled(args.project) as project:
        by: Search = args.by or "both"
        if not args.by and not args.like and (missing := project.meaning.missing()):
            note(args, f"note: {missing}")
            by = "words"
        elif not args.by and not args.like and (given := project.meaning.own.given()) and not given.endpoint:
            note(args, f"note: {NO_TEXT}")
            by = "words"
        hits = project.meaning.search(Filter(text=args.text, search=by, like=args.like), args.n, args.side, progress)
    if args.json:
        print_json([_row(hit) for hit in hits])
        return
    for hit in hits:
        print(_line(hit))
    if not hits:
        print("No row was found.")


def _row(hit: Hit) -> dict[str, Any]:
    known = asdict(hit.example)
    return {name: known[name] for name in ("id", "source", "input", "output", "label", "status")} | {
        "row": hit.example.row + 1,
        "similarity": None if hit.similarity is None else round(hit.similarity, 4),
    }


def _line(hit: Hit) -> str:
    example = hit.example
    near = "    " if hit.similarity is None else f"{hit.similarity:4.2f}"
    said = [example.input, *([] if example.output == (example.label or "") else [example.output])]
    texts = " → ".join(_short(text) for text in said)
    label = f"  [{_short(example.label)}]" if example.label else ""
    return marked(f"{near}  {example.id}  {texts}{label}")


def _short(text: str) -> str:
    flat = " ".join(text[: 2 * SHOWN].split())
    return flat if len(flat) <= SHOWN and len(text) <= 2 * SHOWN else f"{flat[: SHOWN - 1]}…"
