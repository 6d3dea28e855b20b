"""Which database holds a project: a file in its folder, or a schema of the PostgreSQL server that a file there names.

Everything else of a project is in its folder either way: what was declared, uploads, vectors, logs of jobs, the export.
"""

import os
import re
import tomllib
import uuid
from pathlib import Path

import tomli_w

from curation.errors import CurationError, StoreFailed, UsageError
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
OURS = re.compile(r"curation_[a-z0-9_]{1,54}")
"""The names that we give schemas, see `_new_schema`, and no others: they stand in statements as they are."""
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
    place = _new_schema(folder, url, folder.resolve().name)
    engine = database.open_database(place)
    try:
        _point(folder, place)
    except FileExistsError:
        database.drop(engine)
    except OSError as error:
        database.drop(engine)
        raise StoreFailed(f"{folder} cannot be written to: {error.strerror}. Nothing is left of the project.") from None


def to_server(folder: Path, store: str, name: str) -> None:
    """Bring the database in a folder's file to a server, and leave the file out; `name` is what the project is called.

    Raises StoreFailed where the server refuses; then the file is as it was.
    """
    source, url = database.open_database(folder / DATABASE), database.parse_url(store)
    place = _new_schema(folder, url, name)
    target = database.open_database(place)
    try:
        database.transfer(source, target)
        _point(folder, place)
    except (CurationError, OSError):
        database.drop(target)
        raise
    finally:
        database.close(source)
    servers.remember(database.without_secrets(url))
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()


def _new_schema(folder: Path, url: database.URL, name: str) -> Schema:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:LONGEST]
    return Schema(url, f"curation_{slug or 'project'}_{uuid.uuid4().hex[:8]}", folder)


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
        if not OURS.fullmatch(schema):
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
