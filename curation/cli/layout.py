"""The flags that say how an export is written, and what they say."""

import argparse

from curation.cli.flags import add_personal, add_settings, given
from curation.errors import UsageError
from curation.export import SHARES, SPLITS, Layout, check_formats
from curation.project.exports import Exports

DEFAULT = ["parquet"]
"""The formats written where none is named."""


def add_export(parser: argparse.ArgumentParser) -> None:
    """How an export is written: its formats, how its rows are divided and weighed, personal data."""
    parser.add_argument(
        "--format", action="append", default=[], metavar="NAME", help="parquet (default) or another; may be repeated"
    )
    shares = ",".join(map(str, SHARES))
    parser.add_argument(
        "--shares", type=_shares, default=SHARES, metavar="A,B,C", help=f"of {', '.join(SPLITS)} (default {shares})"
    )
    words = "the column with each row's weight, a number of 0 or more (left out, all rows weigh 1)"
    parser.add_argument("--weight-column", default="", metavar="COL", help=words)
    words = "at most N rows of each label, drawn by the seed; the others are in removed.parquet with the reason"
    parser.add_argument("--cap-per-label", type=int, default=0, metavar="N", help=words)
    words = "as many rows of every label as the smallest has, drawn by the seed; the others are in removed.parquet"
    parser.add_argument("--balance", action="store_true", help=words)
    words = "also write each row's topic as a column (Parquet and CSV); find the topics before"
    parser.add_argument("--topic-column", action="store_true", help=words)
    words = "write N rows that stand for all: of each label or topic its share, the most central first"
    parser.add_argument("--subset", type=int, default=0, metavar="N", help=words)
    words = f"also write what a trainer needs to know: {', '.join(Exports.recipes())}; may be repeated"
    parser.add_argument("--recipe", action="append", default=[], metavar="NAME", help=words)
    words = "write input and output as readable text beside the turns of conversations (Parquet)"
    parser.add_argument("--with-rendering", action="store_true", help=words)
    add_personal(parser)
    for name, settings in Exports.settings("recipe").items():
        prefix = f"{name}-".replace("_", "-")
        add_settings(parser, f"recipe:{name}", f"settings of the recipe {name}", settings, prefix)
    for name, settings in Exports.settings("format").items():
        add_settings(parser, f"format:{name}", f"settings of the format {name}", settings, f"{name}-")


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(share) for share in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not three numbers such as 0.8,0.1,0.1") from None


def chosen_layout(args: argparse.Namespace) -> Layout:
    """How the export is to be written. Raises UsageError on what cannot be, before anything is read."""
    check_formats(args.format or DEFAULT)
    settings = {name: given(args, f"format:{name}") for name in Exports.settings("format")}
    settings = {name: values for name, values in settings.items() if values}
    for name in settings:
        if name not in (args.format or DEFAULT):
            raise UsageError(f"Settings of the format {name} are given, but it is not written: add --format {name}.")
    if args.with_rendering and "parquet" in (args.format or DEFAULT):
        settings["parquet"] = {**settings.get("parquet", {}), "with_rendering": True}
    recipes = {name: given(args, f"recipe:{name}") for name in args.recipe}
    for name in Exports.recipes():
        if given(args, f"recipe:{name}") and name not in recipes:
            raise UsageError(f"Settings of the recipe {name} are given, but it is not written: add --recipe {name}.")
    rest = (args.cap_per_label, args.balance, recipes, args.topic_column, args.subset)
    return Layout(args.shares, args.weight_column, settings, args.personal, *rest).checked()
