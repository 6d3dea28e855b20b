"""`curation run`: the whole journey, unattended."""

import argparse
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import (
    add_against,
    add_context,
    add_date,
    add_engine,
    add_files,
    add_knowledge,
    add_output,
    add_seed,
    add_tokenizer,
)
from curation.cli.inputs import (
    chosen_engine,
    earlier_export,
    hold_against,
    load_files,
    read_context_file,
    say_replaced,
    take_tokenizer,
)
from curation.cli.layout import DEFAULT, add_export, chosen_layout
from curation.cli.printing import note_lost, note_personal, print_json, print_lines
from curation.export import check_place, count_lines
from curation.project import Project
from curation.records import verdict_json
from curation.records.progress import Progress, part


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_files(parser, many=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    add_context(parser)
    add_against(parser)
    add_knowledge(parser)
    add_export(parser)
    add_date(parser)
    add_tokenizer(parser)
    add_engine(parser)
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """The whole journey, unattended."""

    layout = chosen_layout(args)
    check_place(args.out)
    earlier = earlier_export(args.out)
    context = read_context_file(args)
    with Project.temporary(args.files) as project:
        project.findings.works = chosen_engine(args)
        loaded = load_files(project, args, part(progress, 0.0, 0.2))
        hold_against(project, args)
        take_tokenizer(project, args)
        if context is not None:
            project.settings.save_context(context)
        project.verdict.analyse(args.seed, part(progress, 0.2, 0.9))
        say_replaced(args, earlier, project)
        step = part(progress, 0.9, 1.0)
        manifest = project.exports.write(args.out, args.format or DEFAULT, layout, args.seed, step, args.date or "")
        verdict = project.verdict.required().verdict
    if args.json:
        print_json({"files": loaded, "verdict": verdict_json(verdict), "manifest": asdict(manifest)})
    else:
        print(verdict)
        print(f"Written to {args.out}: open report.html first.")
        print_lines(count_lines(manifest))
    note_personal(args, manifest.personal)
    note_lost(args, manifest)
