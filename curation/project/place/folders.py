"""A project as a folder: where there are some, a new name, out of the list and back, and deleted for good."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curation.errors import CurationError, StoreFailed, UsageError
from curation.export import manifest
from curation.files import write_text
from curation.project.jobs import BESIDE, EXPORT, Jobs
from curation.project.meaning.topics import FOLDER as VECTORS
from curation.project.measuring import TRAINED
from curation.project.place import CONTEXT, READ_FILES, Place, heads, now
from curation.project.place.access import require
from curation.project.place.stores import DATABASE, POINTER, is_project
from curation.records import Event
from curation.store import database, events
from curation.store import jobs as job_rows
from curation.store.database.chain import canonical

ARCHIVED = "archived"
"""The file that keeps a project out of the list: a list of many projects opens none of them."""
LONGEST_NAME = 60
"""Characters of a project's name: what fits on one line of the list."""
OWN = {
    ".": (
        DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", f"{DATABASE}-turns",
        "project.v*.db", "project.v*.part", POINTER,
        *READ_FILES.values(), f"{CONTEXT}.before", TRAINED, ARCHIVED,
        *(f".{name}.*.tmp" for name in (*READ_FILES.values(), f"{CONTEXT}.before", TRAINED, ARCHIVED, POINTER)),
    ),
    "jobs": ("*.log", "*.trace", "changes-*.json", ".changes-*.tmp"),
    "uploads": (f"{'[0-9a-f]' * 64}*", f".{'[0-9a-f]' * 64}*.tmp"),
    VECTORS: ("*.f32", "*.i64", "*.json", "*.parquet", ".*.tmp"),
}  # fmt: skip
"""What a project keeps in its folder and in the folders there, by the names we give; nothing else is ever deleted."""


@dataclass(frozen=True)
class Deleted:
    """How many files of a project were deleted, and what stays in its folder because it is none of its files."""

    files: int
    left: tuple[str, ...]


def is_archived(folder: Path) -> bool:
    """Whether the project was put away."""
    return (folder / ARCHIVED).exists()


def in_folder(home: Path) -> list[Path]:
    """The projects in a folder, by name."""
    return sorted(path for path in home.iterdir() if is_project(path)) if home.is_dir() else []


def rename(place: Place, name: str) -> Path:
    """The folder under its new name, beside where it was; what is stored in it stays as it is.

    For admins. Raises UsageError on a name that cannot be one or is taken, and while a job runs; StoreFailed where the
    disk refuses.
    """
    require(place, "admin")
    wanted = " ".join(name.split())
    if not _is_name(wanted):
        raise UsageError(f"A project's name has 1 to {LONGEST_NAME} characters, none of them / or \\ and no dot first.")
    folder = place.folder.absolute()
    target = folder.with_name(wanted)
    if target.exists() or target.is_symlink():
        raise UsageError(f"There is something called {wanted} in {folder.parent} already. Choose another name.")
    _refuse_while_busy(place)
    try:
        with database.write(place.engine) as connection:
            _note(connection, place, "renamed", {"from": folder.name, "to": wanted})
            folder.rename(target)
    except OSError as error:
        raise StoreFailed(f"{folder} was not renamed: {error.strerror}. It is as it was.") from None
    database.close(place.engine)
    heads.move(folder, target)
    return target


def former_names(place: Place) -> tuple[str, ...]:
    """What the project was called before, the newest of its names first, whoever renamed it and wherever."""
    require(place, "viewer")
    with database.read(place.engine) as connection:
        renamed = events.of_subject(connection, "project", "renamed")
    return tuple(json.loads(one.payload)["from"] for one in reversed(renamed))


def _is_name(name: str) -> bool:
    return (
        0 < len(name) <= LONGEST_NAME and name.isprintable() and not name.startswith(".") and not set(name) & {*"/\\"}
    )


def archive(place: Place) -> None:
    """Take the project out of the list; it stays where it is, whole, and opens by its name. For admins."""
    require(place, "admin")
    with database.write(place.engine) as connection:
        _note(connection, place, "archived", {})
    write_text(place.folder / ARCHIVED, f"{now()} {place.actor.name}\n")


def bring_back(place: Place) -> None:
    """Put an archived project into the list again. For admins."""
    require(place, "admin")
    with database.write(place.engine) as connection:
        _note(connection, place, "brought back", {})
    (place.folder / ARCHIVED).unlink(missing_ok=True)


def delete(place: Place) -> Deleted:
    """Delete the project's own files, for good, and then its folder where nothing else is in it.

    Its own are those with names we give (OWN) and those its export lists. Links are never followed. For admins. Raises
    UsageError while a job runs, StoreFailed where the disk refuses.
    """
    require(place, "admin")
    _refuse_while_busy(place)
    database.close(place.engine)
    folder, count = place.folder.absolute(), 0
    try:
        for path in [*_own(folder)]:
            if path.name == POINTER:
                database.drop(place.engine)
            path.unlink(missing_ok=True)
            count += 1
        for name in (EXPORT, *reversed(OWN)):
            _remove_if_empty(folder / name)
    except OSError as error:
        raise StoreFailed(f"{folder} was not deleted whole: {error.strerror}. Delete it again.") from None
    heads.move(folder, None)
    return Deleted(count, tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ())


def _own(folder: Path) -> Iterator[Path]:
    """The project's own files; its database last, so that what was stopped in between can be deleted again."""
    yield from _exported(folder / EXPORT)
    last = []
    for name, patterns in OWN.items():
        inside = folder / name
        if inside.is_symlink() and name != ".":
            continue
        for pattern in patterns:
            files = sorted(path for path in inside.glob(pattern) if path.is_file() and not path.is_symlink())
            last += [path for path in files if path.name.startswith((DATABASE, POINTER))]
            yield from (path for path in files if not path.name.startswith((DATABASE, POINTER)))
    yield from last


def _exported(out: Path) -> Iterator[Path]:
    if out.is_symlink() or not out.is_dir():
        return
    try:
        foreign = manifest.foreign(out, manifest.read(out))
    except CurationError:
        return  # not an export, or not readable: it is left
    for path in sorted(out.iterdir()):
        if path.name not in foreign and path.is_file() and not path.is_symlink():
            yield path


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _refuse_while_busy(place: Place) -> None:
    jobs = Jobs(place)
    jobs.sweep()
    with database.read(place.engine) as connection:
        running = job_rows.unfinished(connection)
    for job in running:
        if job.verb not in BESIDE:
            raise UsageError("A job of this project is running. Wait for it to end, or cancel it, and try again.")
        jobs.cancel(job.id)  # nobody asked for it
        jobs.cancel(job.id)


def _note(connection: database.Connection, place: Place, act: str, payload: dict[str, str]) -> None:
    events.append(connection, Event("project", act, canonical(payload), place.actor.name, now()))
    database.bump(connection)
