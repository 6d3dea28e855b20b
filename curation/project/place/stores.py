"""Which database holds a project: a file in its folder, or a schema of the PostgreSQL server that a file there names.

Everything else of a project is in its folder either way: what was declared, uploads, vectors, logs of jobs, the export.
"""

import json
import os
import re
import socket
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomli_w

from curation.errors import StoreFailed, UsageError
from curation.files import flush
from curation.project.place import servers
from curation.store import database
from curation.store.database import Schema

DATABASE = "project.db"
POINTER = "store.toml"
"""The file that names the server and the schema; never a password."""
STORE_VARIABLE = "CURATION_STORE"
LONGEST = 40
"""Characters of a project's name in that of its schema: PostgreSQL keeps 63 of all."""
DAMAGED = (
    "{path}, which names the project's database, is damaged: what stands in it was not written by curation. Bring the "
    "file back from where you keep copies, or bring a backup back elsewhere: curation project restore BACKUP DIR."
)
STRANGER = (
    "{folder} says that its database is {place}, a server that nobody has named at this computer yet, so it was not "
    f"asked. Where you know it, name it once yourself: export {STORE_VARIABLE}=postgresql+psycopg://USER@HOST/DATABASE"
)
IN_THE_OPEN = (
    "A password in a command is seen by whoever lists the processes of this computer. Give it in the variable "
    f"{STORE_VARIABLE} or PGPASSWORD, or in ~/.pgpass."
)


def is_project(folder: Path) -> bool:
    """Whether there is a project in this folder."""
    return (folder / DATABASE).is_file() or is_on_server(folder)


def is_on_server(folder: Path) -> bool:
    """Whether the project's database is on a server."""
    return (folder / POINTER).is_file() and not (folder / DATABASE).exists()


def files(folder: Path) -> list[Path]:
    """The files of a project's database; of one on a server the file that names it."""
    return [path for path in (folder / DATABASE, folder / f"{DATABASE}-wal", folder / POINTER) if path.exists()]


def check_given(store: str) -> None:
    """Raises UsageError where a store named in a command is none, or says a password for all to see."""
    if store and database.has_password(database.parse_url(store)):
        raise UsageError(IN_THE_OPEN)


def chosen(store: str | None) -> str:
    """The address of the server for new projects, "" where they are files of SQLite."""
    return os.environ.get(STORE_VARIABLE, "") if store is None else store


def opened(folder: Path, create: bool = False, store: str | None = None) -> database.Engine:
    """The database of the project in a folder, made where `create` is set and there is none.

    `store` is the address of a server for a new project, and how to reach the server of one that is there; left out, it
    is what CURATION_STORE says, and "" is a file of SQLite.
    """
    store = chosen(store)
    if create and store and not is_project(folder):
        _make(folder, database.parse_url(store))
    if not is_on_server(folder):
        return database.open_database(folder / DATABASE)
    named = database.parse_url(store) if store else None
    engine = database.open_database(_pointed_to(folder, named), create=False)
    if named:
        servers.remember(database.without_secrets(named))
    return engine


def _make(folder: Path, url: database.URL) -> None:
    """A schema of its own, and the file that names it; of two who make one at once the first one's is used."""
    place = _new_schema(folder, url, folder.resolve())
    try:
        with database.making(place, _maker(folder)):
            _point(folder, place)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreFailed(f"{folder} cannot be written to: {error.strerror}. Nothing is left of the project.") from None


@contextmanager
def to_server(folder: Path, store: str, target: Path) -> Iterator[None]:
    """Bring the database in a folder's file to a server, and leave the file out; in the block the folder is brought to
    `target`, where it is used.

    Raises StoreFailed where the server refuses; then the file is as it was. Where the block raises, nothing is left on
    the server.
    """
    source, url = database.open_database(folder / DATABASE), database.parse_url(store)
    try:
        place = _new_schema(folder, url, target)
        with database.making(place, _maker(target)) as made:
            database.transfer(source, made)
            _point(folder, place)
            servers.remember(database.without_secrets(url))
            for path in folder.glob(f"{DATABASE}*"):
                path.unlink()
            yield
    finally:
        database.close(source)


def _new_schema(folder: Path, url: database.URL, target: Path) -> Schema:
    """A name nobody has; what was left there by those who were killed is deleted first."""
    for engine, name, by in database.unfinished(url):
        if _is_left(by, name):
            database.drop(engine)
    slug = re.sub(r"[^a-z0-9]+", "_", target.name.lower()).strip("_")[:LONGEST]
    return Schema(url, f"curation_{slug or 'project'}_{uuid.uuid4().hex[:8]}", folder)


def _maker(folder: Path) -> str:
    return json.dumps({"host": socket.gethostname(), "folder": str(folder.resolve())})


def _is_left(by: str, name: str) -> bool:
    """Whether somebody of this computer, who is dead, began a schema that no project came of."""
    try:
        said = json.loads(by)
        folder = Path(said["folder"]) / POINTER
        return bool(said["host"] == socket.gethostname()) and not (
            folder.exists() and name in folder.read_text("utf-8")
        )
    except (ValueError, KeyError, TypeError, OSError):
        return False


def _point(folder: Path, place: Schema) -> None:
    """Write down where the project's database is. Raises FileExistsError where that is written already."""
    said = {"url": database.without_secrets(place.url), "schema": place.name}
    text = f"# Where this project's database is. Written by curation.\n{tomli_w.dumps(said)}"
    temporary = folder / f".{POINTER}.{os.getpid()}.tmp"
    try:
        temporary.write_text(text, "utf-8")
        flush(temporary)
        (folder / POINTER).hardlink_to(temporary)
        flush(folder)
    finally:
        temporary.unlink(missing_ok=True)


def _pointed_to(folder: Path, named: database.URL | None) -> Schema:
    """Where the file says that the database is, on the server that a person `named` now, else before.

    Whoever made the folder may have written anything. Raises StoreFailed.
    """
    path = folder / POINTER
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        schema, url = said["schema"], database.parse_url(said["url"])
        if not database.OURS.fullmatch(schema):
            raise ValueError(schema)
    except OSError as error:
        raise StoreFailed(f"{path} cannot be read: {error.strerror}. Mend its permissions.") from None
    except (ValueError, KeyError, TypeError, RecursionError, UsageError):
        raise StoreFailed(DAMAGED.format(path=path)) from None
    if named is None and not servers.is_known(database.without_secrets(url)):
        raise StoreFailed(STRANGER.format(folder=folder, place=database.shown(url)))
    return Schema(named or url, schema, folder)


def remove(engine: database.Engine, folder: Path) -> None:
    """Delete the database of a project in which nothing is stored yet; other files of the folder stay."""
    database.drop(engine)
    for path in [*folder.glob(f"{DATABASE}*"), folder / POINTER]:
        path.unlink(missing_ok=True)
