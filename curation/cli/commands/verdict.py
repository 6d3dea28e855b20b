"""`curation verdict`: the readiness verdict on a file or a project."""

import argparse
from pathlib import Path
from typing import Any

from curation.cli.flags import (
    add_against,
    add_columns,
    add_context,
    add_engine,
    add_knowledge,
    add_output,
    add_seed,
    add_tokenizer,
)
from curation.cli.inputs import chosen_engine, filled, hold_against, load_files, read_context_file, take_tokenizer
from curation.cli.printing import note, print_json, print_questions
from curation.errors import UsageError
from curation.project import Project
from curation.records import verdict_json
from curation.records.context import Context
from curation.records.progress import Progress, part
from curation.wording import listed


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("files", nargs="?", type=Path, metavar="FILE")
    add_columns(parser)
    parser.add_argument("--project", type=Path, metavar="DIR", help="the project's folder")
    add_context(parser)
    add_against(parser)
    add_knowledge(parser)
    add_tokenizer(parser)
    add_engine(parser)
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Print the readiness verdict."""
    context, engine = read_context_file(args), chosen_engine(args)
    if (args.files is None) == (args.project is None):
        raise UsageError("Name a file, or a project with --project DIR (one of the two).")
    if args.project:
        _judge(filled(args.project), args, (context, engine), progress)
        return
    args.files = [args.files]
    with Project.temporary(args.files) as project:
        load_files(project, args, part(progress, 0.0, 0.2))
        _judge(project, args, (context, engine), part(progress, 0.2, 1.0))


def _judge(project: Project, args: argparse.Namespace, by: tuple[Any, Any], progress: Progress) -> None:
    """Judge by a context, None where there is none, with an engine."""
    context, project.findings.works = by
    hold_against(project, args)
    take_tokenizer(project, args)
    if context is not None:
        if args.project and (before := project.settings.keep_context(context)):
            note(args, f"note: it takes the place of all that was declared before, which is kept in {before}")
        project.settings.save_context(context)
        if args.project:
            note(args, f"{args.context}: kept as what {args.project} knows about the task")
    verdict = project.verdict.analyse(args.seed, progress)
    if args.json:
        print_json(verdict_json(verdict))
        return
    print(verdict)
    if project.settings.context() == Context():
        print_questions(project.verdict.first_look(), project.verdict.questions())
    if gone := project.settings.gone_thresholds():
        note(args, f"note: policy.toml sets {listed(gone)}, which nothing is judged by any more: left out")
    if near := project.verdict.near_target(project.measuring.context()):
        note(args, f"note: {near}")
