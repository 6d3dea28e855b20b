"""`curation gate`: whether an export may be used for training, for a person's approval and for CI."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from curation import export
from curation.desk import now
from curation.errors import UsageError
from curation.progress import Progress
from curation.project import Project


def gate(args: argparse.Namespace, progress: Progress) -> None:
    """Approve an export where `--approve` names a person, then let it through or raise GateNotPassed."""
    waivers = _waivers(args.waive)
    if waivers and not args.approve:
        raise UsageError('--waive belongs to an approval: add --approve "NAME".')
    source = Project.open(args.project).export_digest() if args.project else None
    if args.approve is not None:
        export.approve(args.folder, args.approve, waivers, now(), source)
    approval = export.gate(args.folder, source)
    if args.json:
        print(json.dumps(asdict(approval), indent=2, ensure_ascii=False, sort_keys=True))
        return
    print(f"passed: {args.folder} was approved by {approval.name} at {approval.at}, verdict {approval.outcome}")
    for outcome, reason in approval.waivers.items():
        print(f"  waived {outcome}: {reason}")


def _waivers(given: Sequence[str]) -> dict[str, str]:
    waivers = {}
    for text in given:
        outcome, sign, reason = text.partition("=")
        if not sign:
            raise UsageError(f'--waive {text!r} gives no reason. Write it as --waive OUTCOME="WHY".')
        waivers[outcome.strip()] = reason.strip()
    return waivers
