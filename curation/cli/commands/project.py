"""`curation project`: questions about a project itself."""

import argparse
import getpass
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_json, add_output
from curation.cli.printing import print_json
from curation.errors import GateNotPassed
from curation.progress import Progress
from curation.project import Project
from curation.project.place.backup import back_up, restore
from curation.wording import counted


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its verbs with their flags."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    help = "Whether decisions, votes, approvals and exports are as they were stored."
    verify = verbs.add_parser("verify", help=help, description=help)
    verify.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    add_json(verify)
    help = "Copy the whole project into one file, while people work in it."
    backup = verbs.add_parser("backup", help=help, description=help)
    backup.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    backup.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    add_output(backup)
    help = "Bring a backup back, into a folder that is not there yet."
    restore = verbs.add_parser("restore", help=help, description=help)
    restore.add_argument("backup", type=Path, metavar="FILE", help="the file that backup wrote")
    restore.add_argument("folder", type=Path, metavar="DIR", help="the new project's folder")
    add_output(restore)
    help = "Decide rows that a newer file changed as they were decided before."
    confirm = verbs.add_parser("confirm", help=help, description=help)
    confirm.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    add_json(confirm)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """`verify`: say that everything people did is as it was stored, or raise GateNotPassed naming what is not.
    `backup` and `restore`: copy a project. `confirm`: decide changed rows as before."""
    match args.verb:
        case "backup":
            _backup(args, progress)
        case "restore":
            about = restore(args.backup, args.folder, progress)
            print_json(about) if args.json else print(
                f"{about['project']}, as of {about['at']}, is now in {args.folder}"
            )
        case "confirm":
            _confirm(args)
        case _:
            _verify(args)


def _backup(args: argparse.Namespace, progress: Progress) -> None:
    with Project.open(args.folder) as opened:
        path = back_up(opened.place, args.out, progress)
    size = path.stat().st_size
    if args.json:
        print_json({"file": str(path), "bytes": size})
    else:
        print(f"{args.folder} is copied to {path} ({size / 1e6:,.1f} MB)")


def _verify(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        result = opened.place.verify()
    if args.json:
        print_json(asdict(result))
    if not result.is_intact:
        raise GateNotPassed(
            f"{args.folder}: {' '.join(result.lines())} Go back to a copy from before that, or find out who changed it."
        )
    if not args.json:
        print("\n".join(result.lines()))


def _confirm(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        made = opened.decisions.confirm_changed(getpass.getuser())
    if args.json:
        print_json(asdict(made))
    else:
        print(
            f"{counted(made.decided, 'changed row')} decided as before the change, {made.passed_over:,} left to decide"
        )
