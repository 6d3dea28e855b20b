"""`curation load`: files into a project."""

import argparse
from pathlib import Path

from curation.cli.flags import add_files, add_output, add_store, use_store
from curation.cli.inputs import load_files
from curation.cli.printing import print_json
from curation.project import Project
from curation.project.examples import Examples
from curation.project.place import stores
from curation.records.progress import Progress


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_files(parser, many=True)
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    add_store(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Add files to a project."""
    use_store(args)
    for path in args.files:
        if str(path) != "-":
            Examples.data_files(path, args.split)  # a wrong path leaves no project behind
    is_new, was_there = not stores.is_project(args.project), args.project.exists()
    project = Project.open(args.project, create=True)
    try:
        loaded = load_files(project, args, progress)
    finally:
        is_empty = not project.examples.stored.sources()
        project.close()
        if is_new and is_empty:
            stores.remove(project.place.engine, args.project)
            if not was_there and not any(args.project.iterdir()):
                args.project.rmdir()
    if args.json:
        print_json({"files": loaded})
