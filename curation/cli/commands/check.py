"""`curation check`: all checks of a file or a project."""

import argparse
from pathlib import Path

from curation.cli.flags import (
    add_against,
    add_engine,
    add_file_or_project,
    add_output,
    add_seed,
    add_settings,
    add_tokenizer,
    given,
)
from curation.cli.inputs import check_source, chosen_engine, parquet_file, source_project, take_tokenizer
from curation.cli.printing import note, print_json
from curation.errors import UsageError
from curation.files import write_parquet
from curation.project.findings import Checks, findings_by_row
from curation.records.progress import Progress, part


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_file_or_project(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="just this check; may be repeated")
    add_against(parser)
    add_tokenizer(parser)
    add_engine(parser)
    add_seed(parser)
    add_output(parser)
    # the usage line would list every setting
    parser.usage = "%(prog)s FILE|--project DIR --out F.parquet [flags]"
    origins = Checks.origins()
    for name, settings in Checks.built_in().items():
        title = f"settings of {name}" + (f" ({origins[name]})" if name in origins else "")
        add_settings(parser, name, title, settings, f"{name}-")


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write the findings of all checks on a file or a project."""
    check_source(args)
    Checks.known(args.only)
    if args.project and args.only:
        raise UsageError("--only would leave the project without the findings of its other checks: leave it out.")
    parquet_file(args.out)
    engine = chosen_engine(args)
    with source_project(args, part(progress, 0.0, 0.2)) as project:
        project.findings.works = engine
        if chosen := {name: values for name in Checks.built_in() if (values := given(args, name))}:
            project.findings.save_settings(chosen)
        take_tokenizer(project, args)
        if args.against:
            project.examples.hold_against(args.against)
        findings = project.findings.check(args.only, args.seed, part(progress, 0.2, 1.0))
        write_parquet(args.out, findings_by_row(project.examples.curated().dataset, findings))
        counts = project.findings.stored.counts(0.0)
        likely = project.findings.stored.counts()
    for step in findings.runs:
        if step.status == "not_checked":
            note(args, f"not checked: {step.check}: {step.reason}")
    done = [step.check for step in findings.runs if step.status == "done"]
    if args.json:
        print_json({name: {"findings": counts.get(name, 0), "likely": likely.get(name, 0)} for name in done})
        return
    print(f"{args.out}: findings by check, and how many are more likely right than not")
    for name in done:
        print(f"  {name:24} {counts.get(name, 0):>10,} {likely.get(name, 0):>10,}")
