"""`curation project`: projects themselves: which there are, whole or not, copied, renamed, put away, deleted."""

import argparse
import getpass
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from curation.cli.flags import add_json, add_output, add_store, use_store
from curation.cli.printing import print_json
from curation.errors import GateNotPassed, UsageError
from curation.files import projects_folder
from curation.project import Project
from curation.project.exports import misfit
from curation.project.place import folders
from curation.project.place.backup import back_up, restore
from curation.project.place.heads import HEAD_VARIABLE
from curation.records import ROLES, Actor
from curation.records.progress import Progress
from curation.wording import ROLE_WORDS, counted, word


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its verbs with their flags."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    help = "Whether decisions, votes, approvals and exports are as they were stored."
    verify = verbs.add_parser("verify", help=help, description=help)
    verify.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    verify.add_argument("--head-file", type=Path, metavar="FILE", help="compare with the ends kept in this file")
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
    add_store(restore)
    add_output(restore)
    help = "Who may work in the project; add, change or remove members."
    members = verbs.add_parser("members", help=help, description=help)
    members.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    members.add_argument("--add", metavar="NAME", help="make somebody a member, or give a member another role")
    members.add_argument("--role", choices=ROLES, help="what that person may do")
    members.add_argument("--remove", metavar="NAME", help="take a member out")
    members.add_argument("--token", metavar="NAME", help="print a new token for CURATION_TOKEN, shown this once")
    add_json(members)
    help = "Decide rows that a newer file changed as they were decided before."
    confirm = verbs.add_parser("confirm", help=help, description=help)
    confirm.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    add_json(confirm)
    _add_folder_flags(verbs)


def _add_folder_flags(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    help = "The projects of the browser app, with their folders; archived ones too."
    listed = verbs.add_parser("list", help=help, description=help)
    add_json(listed)
    help = "Give a project, and its folder, another name."
    rename = verbs.add_parser("rename", help=help, description=help)
    rename.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    rename.add_argument("name", metavar="NAME", help="its new name; the folder stays where it is")
    add_output(rename)
    help = "Take a project out of the app's list. It stays as it is, and opens by its name."
    archive = verbs.add_parser("archive", help=help, description=help)
    archive.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    archive.add_argument("--undo", action="store_true", help="put it into the list again")
    add_output(archive)
    help = "Delete a project for good: its rows, decisions and export. Asks first."
    delete = verbs.add_parser("delete", help=help, description=help)
    delete.add_argument("folder", type=Path, metavar="DIR", help="the project's folder; other files in it stay")
    delete.add_argument("--yes", action="store_true", help="delete without asking")
    add_output(delete)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """`verify`: say that everything people did is as it was stored, or raise GateNotPassed naming what is not.
    `backup` and `restore`: copy a project. `confirm`: decide changed rows as before. `list`, `rename`, `archive` and
    `delete`: projects as folders. `members`: who may work in it."""
    match args.verb:
        case "list":
            _list(args)
        case "rename":
            _rename(args)
        case "archive":
            _archive(args)
        case "delete":
            _delete(args)
        case "backup":
            _backup(args, progress)
        case "restore":
            use_store(args)
            about = restore(args.backup, args.folder, progress)
            print_json(about) if args.json else print(
                f"{about['project']}, as of {about['at']}, is now in {args.folder}"
            )
        case "confirm":
            _confirm(args)
        case "members":
            _members(args)
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
    if args.head_file:
        os.environ[HEAD_VARIABLE] = str(args.head_file)
    with Project.open(args.folder) as opened:
        result = opened.place.verify()
        result = replace(result, fault=result.fault or misfit(opened.exports))
        head = opened.place.head()
    if args.json:
        print_json(asdict(result) | {"head": head})
    if not result.is_intact:
        raise GateNotPassed(
            f"{args.folder}: {' '.join(result.lines())} Go back to a copy from before that, or find out who changed it."
        )
    if not args.json:
        print("\n".join([*result.lines(), f"Its end: {head or 'nothing yet'}"]))


def _members(args: argparse.Namespace) -> None:
    if bool(args.add) != bool(args.role):
        raise UsageError("Name both: --add NAME --role ROLE.")
    with Project.open(args.folder) as opened:
        if args.add:
            opened.members.put(args.add, args.role)
            if opened.members.role() is None:  # the first one: from now on a token says who somebody is
                opened = Project.open(args.folder, actor=Actor(args.add.strip()))
        token = opened.members.give_token(args.token) if args.token else ""
        if args.remove:
            opened.members.remove(args.remove)
        known = opened.members.all()
    if args.json:
        print_json({"members": [asdict(one) for one in known]} | ({"token": token} if token else {}))
        return
    for one in known:
        print(f"{one.name}: {word(ROLE_WORDS, one.role).noun}, since {one.at[:10]}")
    print("" if known else "No members: whoever works at this computer may do everything.", end="" if known else "\n")
    if token:
        print(f"Token of {args.token}, shown this once: {token}")


def _confirm(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        made = opened.decisions.confirm_changed(getpass.getuser())
    if args.json:
        print_json(asdict(made))
    else:
        print(
            f"{counted(made.decided, 'changed row')} decided as before the change, {made.passed_over:,} left to decide"
        )


def _list(args: argparse.Namespace) -> None:
    known = [(path, folders.is_archived(path)) for path in folders.in_folder(projects_folder())]
    if args.json:
        print_json([{"name": path.name, "folder": str(path), "archived": archived} for path, archived in known])
        return
    if not known:
        print(f"There is no project in {projects_folder()} yet.")
    for path, archived in known:
        print(f"{path}{' (archived)' if archived else ''}")


def _rename(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        folder = folders.rename(opened.place, args.name)
    _say(args, f"{args.folder} is now {folder}", {"folder": str(folder)})


def _archive(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        (folders.bring_back if args.undo else folders.archive)(opened.place)
    put = "is in the list again" if args.undo else "is archived: out of the list, and otherwise as it was"
    _say(args, f"{args.folder} {put}", {"archived": not args.undo})


def _delete(args: argparse.Namespace) -> None:
    with Project.open(args.folder) as opened:
        if not args.yes:
            _ask(opened)
        deleted = folders.delete(opened.place)
    left = f"; left in it, because not of the project: {', '.join(deleted.left)}" if deleted.left else ""
    _say(args, f"{args.folder} is deleted ({counted(deleted.files, 'file')}){left}", asdict(deleted))


def _ask(opened: Project) -> None:
    """Raises UsageError unless a person types the project's name."""
    if not sys.stdin.isatty():
        raise UsageError(f"{opened.folder} was not deleted: nobody can be asked here. Say --yes to delete it unasked.")
    print(f"{opened!r} is deleted for good, with every decision and its export. A copy: curation project backup.")
    if input(f"Type its name, {opened.name}, to delete it: ").strip() != opened.name:
        raise UsageError("That is not its name. Nothing was deleted.")


def _say(args: argparse.Namespace, sentence: str, values: dict[str, object]) -> None:
    if args.json:
        print_json(values)
    else:
        print(sentence)
