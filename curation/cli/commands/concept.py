"""`curation concept`: a kind of row, shown by a few answers; every row ranked by it."""

import argparse
from pathlib import Path

from curation.cli.flags import add_output
from curation.cli.inputs import filled
from curation.cli.printing import print_json
from curation.errors import UsageError
from curation.project.meaning.concepts import FIRST, Found
from curation.records import Example
from curation.records.progress import Progress
from curation.wording import counted
from curation.wording.visible import marked

SHOWN = 10
"""Rows that are printed; the JSON form holds all that were found."""
WIDTH = 100
"""Characters of a text in a line."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="left out: the concepts there are")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--yes", nargs="+", default=[], metavar="ID", help="rows that are of it")
    parser.add_argument("--no", nargs="+", default=[], metavar="ID", help="rows that are not")
    parser.add_argument("--ask", type=int, default=5, metavar="N", help="rows to ask about next (default 5)")
    parser.add_argument("--first", type=int, default=FIRST, metavar="N", help=f"rows it finds (default {FIRST})")
    parser.add_argument("--tag", action="store_true", help="tag the rows it finds with its name")
    parser.add_argument("--by", default="", metavar="NAME", help="who tags them")
    parser.add_argument("--forget", action="store_true", help="forget it and its answers; tags stay")
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Take the answers, then print how good it is, the surest rows and those to ask about next."""
    if args.first < 1 or args.ask < 0:
        raise UsageError("--first is at least 1 and --ask at least 0.")
    with filled(args.project) as project:
        concepts = project.meaning.concepts
        if not args.name:
            _print_names(args, concepts.names())
            return
        if args.forget:
            concepts.forget(args.name)
            return
        for ids, is_one in ((args.yes, True), (args.no, False)):
            if ids:
                concepts.answer(args.name, ids, is_one)
        found, asked = concepts.find(args.name, args.first), concepts.ask(args.name, args.ask, args.first)
        tagged = concepts.tag(args.name, args.by, args.first) if args.tag else 0
    if args.json:
        print_json(_said(found, asked, tagged))
        return
    print(found.sentence)
    for example, score in found.rows[:SHOWN]:
        print(_line(example, f"{score:4.2f}"))
    if tagged:
        print(marked(f"Tagged “{args.name}”: {counted(tagged, 'row')}."))
    if asked:
        print("Next, say --yes or --no of:")
        for example in asked:
            print(_line(example, "    "))


def _print_names(args: argparse.Namespace, names: list[str]) -> None:
    if args.json:
        print_json(names)
        return
    print(marked("\n".join(names) or "There are no concepts yet: name one and a row of it with --yes ID."))


def _said(found: Found, asked: list[Example], tagged: int) -> dict[str, object]:
    value, low, high = found.precision or (None, None, None)
    return {
        "precision": value, "low": low, "high": high, "measured": found.measured, "learned": found.learned,
        "rows": [{"id": example.id, "score": round(score, 4)} for example, score in found.rows],
        "ask": [example.id for example in asked], "tagged": tagged,
    }  # fmt: skip


def _line(example: Example, lead: str) -> str:
    flat = " ".join(example.input[: 2 * WIDTH].split())
    return marked(f"{lead}  {example.id}  {flat if len(flat) <= WIDTH else f'{flat[: WIDTH - 1]}…'}")
