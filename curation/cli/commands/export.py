"""`curation export`: a clean, leak-free set from a project."""

import argparse
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_output, add_seed, add_tokenizer
from curation.cli.inputs import earlier_export, filled, say_replaced, take_tokenizer
from curation.cli.layout import DEFAULT, add_export, chosen_layout
from curation.cli.printing import note_lost, note_personal, print_json, print_lines
from curation.export import check_place, count_lines
from curation.records.progress import Progress


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_export(parser)
    add_tokenizer(parser)
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write a clean set from a project."""

    layout = chosen_layout(args)
    check_place(args.out)
    project = filled(args.project)
    say_replaced(args, earlier_export(args.out), project)
    take_tokenizer(project, args)
    formats = args.format or DEFAULT
    manifest = project.exports.write(args.out, formats, layout, args.seed, progress)
    if args.json:
        print_json(asdict(manifest))
    else:
        print(f"Written to {args.out}.")
        print_lines(count_lines(manifest))
    note_personal(args, manifest.personal)
    note_lost(args, manifest)
