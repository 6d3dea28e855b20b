"""`curation report`: the report of a project."""

import argparse
from pathlib import Path

from curation.cli.flags import add_date, add_quiet
from curation.cli.inputs import filled, folder_exists
from curation.cli.printing import print_lines
from curation.errors import UsageError
from curation.files import write_text
from curation.project.exports import row_lines
from curation.records.progress import Progress


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    add_date(parser)
    add_quiet(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write the report of a project."""
    folder_exists(args.out)
    suffix = args.out.suffix.lstrip(".").lower()
    if suffix not in ("html", "md", "json"):
        raise UsageError(f"{args.out.name}: a report is .html, .md or .json. Name the file with one of these endings.")
    exports = filled(args.project).exports
    write_text(args.out, exports.report(suffix, args.date or ""))
    print(f"Written to {args.out}.")
    print_lines(row_lines(exports))
