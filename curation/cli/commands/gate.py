"""`curation gate`: whether an export may be used for training, for a person's approval and for CI."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from curation import export
from curation.cli.flags import add_output
from curation.cli.printing import note, print_json
from curation.errors import GateNotPassed, UsageError
from curation.project import Project
from curation.project.exports import misfit
from curation.project.place import now
from curation.records.progress import Progress


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Approve an export where `--approve` names a person, then let it through or raise GateNotPassed."""
    waivers = _waivers(args.waive)
    if waivers and not args.approve:
        raise UsageError('--waive belongs to an approval: add --approve "NAME".')
    if args.current and not args.project:
        raise UsageError("--current compares an export with its project: add --project DIR.")
    export.read(args.folder)
    if args.approve is not None:
        _approve(args, waivers)
    approval = export.gate(args.folder, args.purpose)
    if args.project:
        _compare(args)
    if args.json:
        print_json(asdict(approval))
        return
    print(f"passed: {args.folder} was approved by {approval.name} at {approval.at}, verdict {approval.outcome}")
    for outcome, reason in approval.waivers.items():
        print(f"  waived {outcome}: {reason}")


def _approve(args: argparse.Namespace, waivers: dict[str, str]) -> None:
    if not args.project:
        export.approve(args.folder, args.approve, waivers, now(), args.purpose)
        note(
            args,
            "note: this approval is kept with the export only; add --project DIR to have it noted in the project",
        )
        return
    with Project.open(args.project) as project:
        project.exports.approve(args.approve, waivers, args.folder, args.purpose)


def _compare(args: argparse.Namespace) -> None:
    """Say how far the project has moved on since the export; with `--current` that raises GateNotPassed."""
    with Project.open(args.project) as project:
        age = project.exports.age(args.folder)
        result = project.place.verify()
        fault = (result.fault and result.lines()[0]) or misfit(project.exports, args.folder)
    if fault:
        raise GateNotPassed(f"{args.project}: {fault} Find out who changed it, or go back to a copy from before that.")
    if age.is_current:
        return
    if args.current:
        raise GateNotPassed(f"{args.folder}: {age.sentence} Export and approve again, or leave out --current.")
    note(args, f"note: {age.sentence}")


def _waivers(given: Sequence[str]) -> dict[str, str]:
    waivers = {}
    for text in given:
        outcome, sign, reason = text.partition("=")
        if not sign:
            raise UsageError(f'--waive {text!r} gives no reason. Write it as --waive OUTCOME="WHY".')
        waivers[outcome.strip()] = reason.strip()
    return waivers


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of an export")
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=list(export.PURPOSES),
        default="llm",
        help="what it is to train: a language model (llm, the default) or a plain classifier",
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="also say how far this project has changed since")
    parser.add_argument("--current", action="store_true", help="with --project: fail if it has changed at all")
    parser.add_argument("--approve", metavar="NAME", help="record that this person approves the export, then check it")
    parser.add_argument(
        "--waive",
        action="append",
        default=[],
        metavar="OUTCOME=WHY",
        help="allow training in spite of this verdict, and why",
    )
    add_output(parser)
