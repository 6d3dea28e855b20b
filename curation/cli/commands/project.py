"""`curation project`: questions about a project itself."""

import argparse
import getpass
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_json
from curation.cli.printing import print_json
from curation.errors import GateNotPassed
from curation.progress import Progress
from curation.project import Project
from curation.wording import counted


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its verbs with their flags."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    help = "Whether decisions, votes, approvals and exports are as they were stored."
    verify = verbs.add_parser("verify", help=help, description=help)
    verify.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    add_json(verify)
    help = "Decide rows that a newer file changed as they were decided before."
    confirm = verbs.add_parser("confirm", help=help, description=help)
    confirm.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    add_json(confirm)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """`verify`: say that everything people did is as it was stored, or raise GateNotPassed naming what is not.
    `confirm`: decide changed rows as before."""
    if args.verb == "confirm":
        _confirm(args)
        return
    opened = Project.open(args.folder)
    try:
        result = opened.place.verify()
    finally:
        opened.close()
    if args.json:
        print_json(asdict(result))
    if not result.is_intact:
        raise GateNotPassed(
            f"{args.folder}: {' '.join(result.lines())} Go back to a copy from before that, or find out who changed it."
        )
    if not args.json:
        print("\n".join(result.lines()))


def _confirm(args: argparse.Namespace) -> None:
    opened = Project.open(args.folder)
    try:
        made = opened.decisions.confirm_changed(getpass.getuser())
    finally:
        opened.close()
    if args.json:
        print_json(asdict(made))
    else:
        print(
            f"{counted(made.decided, 'changed row')} decided as before the change, {made.passed_over:,} left to decide"
        )
