"""`curation context`: an empty context file to fill in."""

import argparse
from pathlib import Path

from curation.errors import UsageError
from curation.files import write_text
from curation.records.context import template
from curation.records.progress import Progress


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--out", type=Path, metavar="C.toml", help="left out: printed")


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write or print an empty context file."""
    if args.out is None:
        print(template(), end="")
        return
    if args.out.exists():
        raise UsageError(f"{args.out} exists already and may hold answers of yours; name another file")
    write_text(args.out, template())
    print(f"{args.out}: fill in what you know, then name it with --context")
