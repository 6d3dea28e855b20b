"""`curation run`: the whole journey, unattended."""

import argparse
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from hashlib import blake2b
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
from curation.cli.printing import note, note_lost, note_personal, print_json, print_lines
from curation.export import check_place, count_lines
from curation.project import Project
from curation.project.large import CarriedOver, Shown, carry_over, show
from curation.project.large.work import work_folder
from curation.records import verdict_json
from curation.records.progress import Progress, part
from curation.wording import counted


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
    text = "a project for what people should see of a large set; what they decide there is done at the next run"
    parser.add_argument("--review", type=Path, metavar="DIR", help=text)
    text = "where work that was ended half way waits to be gone on with: a folder that all workers of a cluster see"
    parser.add_argument("--work", type=Path, metavar="DIR", help=text)
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """The whole journey, unattended."""
    layout = chosen_layout(args)
    check_place(args.out)
    earlier = earlier_export(args.out)
    context, engine = read_context_file(args), chosen_engine(args)
    with (
        work_folder(_name(args), args.work) as work,
        Project.temporary(args.files) as project,
        _review(args) as review,
    ):
        project.findings.works = replace(engine, folder=work)
        loaded = load_files(project, args, part(progress, 0.0, 0.2))
        hold_against(project, args)
        take_tokenizer(project, args)
        if context is not None:
            project.settings.save_context(context)
        if review is not None:
            _say_carried(args, carry_over(review, project))
        project.verdict.analyse(args.seed, part(progress, 0.2, 0.9))
        say_replaced(args, earlier, project)
        step = part(progress, 0.9, 1.0)
        manifest = project.exports.write(args.out, args.format or DEFAULT, layout, args.seed, step, args.date or "")
        verdict = project.verdict.required().verdict
        if review is not None:
            _say_shown(args, show(project, review, args.seed))
    if args.json:
        print_json({"files": loaded, "verdict": verdict_json(verdict), "manifest": asdict(manifest)})
    else:
        print(verdict)
        print(f"Written to {args.out}: open report.html first.")
        print_lines(count_lines(manifest))
    note_personal(args, manifest.personal)
    note_lost(args, manifest)


def _name(args: argparse.Namespace) -> str:
    """What the work of these files for this export is known by."""
    places = "\n".join(str(path.absolute()) for path in (args.out, *args.files))
    return blake2b(places.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _review(args: argparse.Namespace) -> AbstractContextManager[Project | None]:
    return Project.open(args.review, create=True) if args.review else nullcontext()


def _say_carried(args: argparse.Namespace, carried: CarriedOver) -> None:
    said = f"{args.review}: {counted(carried.decided, 'row')} decided there and here"
    if carried.gone:
        said += f"; {counted(carried.gone, 'row')} decided there {'is' if carried.gone == 1 else 'are'} not in the set"
    if carried.changed:
        said += f"; {counted(carried.changed, 'row')} changed since, left undecided"
    note(args, said)


def _say_shown(args: argparse.Namespace, shown: Shown) -> None:
    note(
        args,
        f"{args.review}: {counted(shown.rows, 'row')} to look at, {shown.new:,} of them new. What people decide there "
        "is done to the whole set at the next run. A verdict or an audit made there is of these rows alone.",
    )
