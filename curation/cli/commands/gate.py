"""`curation gate`: whether an export may be used for training, for a person's approval and for CI."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from curation import export
from curation.cli.printing import print_json
from curation.errors import GateNotPassed, NotChecked, UsageError
from curation.progress import Progress
from curation.project import Project
from curation.project.examples import now


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Approve an export where `--approve` names a person, then let it through or raise GateNotPassed."""
    waivers = _waivers(args.waive)
    if waivers and not args.approve:
        raise UsageError('--waive belongs to an approval: add --approve "NAME".')
    export.read(args.folder)
    source = _source(args.folder, args.project) if args.project else None
    if args.approve is not None:
        export.approve(args.folder, args.approve, waivers, now(), source)
    approval = export.gate(args.folder, source)
    if args.json:
        print_json(asdict(approval))
        return
    print(f"passed: {args.folder} was approved by {approval.name} at {approval.at}, verdict {approval.outcome}")
    for outcome, reason in approval.waivers.items():
        print(f"  waived {outcome}: {reason}")


def _source(folder: Path, home: Path) -> str:
    """The digest of what the project at `home` would export now."""
    project = Project.open(home)
    try:
        return project.export_digest()
    except NotChecked:
        raise GateNotPassed(
            f"{folder}: this export is not from this project, or it has changed since: nothing was exported from "
            f"{home} as it is. Name the project it was made from, or export and approve again."
        ) from None
    finally:
        project.close()


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
    parser.add_argument("--project", type=Path, metavar="DIR", help="also fail if this project has changed since")
    parser.add_argument("--approve", metavar="NAME", help="record that this person approves the export, then check it")
    parser.add_argument(
        "--waive",
        action="append",
        default=[],
        metavar="OUTCOME=WHY",
        help="allow training in spite of this verdict, and why",
    )
