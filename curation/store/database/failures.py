"""What a database says when the disk, the folder or the server is at fault, in words of ours: no SQL, no training text,
no password."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as NoConnection

from curation.errors import CurationError, InputRejected, StoreFailed
from curation.store.database.dialect import is_postgresql

STORED = "What was acknowledged before is stored, the last step is not."
BUSY = f"Somebody else has kept {{place}} busy for half a minute. {STORED} Do it again in a moment."
FAILURES = {
    "SQLITE_FULL": "There is no room left on the disk of {place}. {stored} Make room, then do it again.",
    "SQLITE_READONLY": "{place} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_PERM": "{place} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_AUTH": "{place} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CANTOPEN": "{place} cannot be opened: it was moved or removed, or may not be read. Name where it is now.",
    "SQLITE_IOERR": "The disk of {place} failed. {stored} Check the disk, then try again.",
    "SQLITE_CORRUPT": "The database in {place} is damaged. Go back to a backup: curation project restore BACKUP DIR.",
}
"""By the beginning of SQLite's name for it (sqlite.org/rescode.html)."""
REFUSED = (
    "The server of {place} does not let {user} in: the password is wrong or missing, or pg_hba.conf says no. Give the "
    "password in CURATION_STORE, PGPASSWORD or ~/.pgpass."
)
UNREACHED = (
    "{place} does not answer: the server is stopped, starting, elsewhere, or takes nobody more. {stored} Check the "
    "address, then do it again."
)
NO_DATABASE = "There is no database {place}. Make it with createdb, or name another."
DAMAGED = "The database {place} is damaged. Ask who runs the server to bring a backup back."
SERVER_FAILURES = {
    "28": REFUSED,
    "3D": NO_DATABASE,
    "3F": "This project is not in {place} any more. Bring a backup back: curation project restore BACKUP DIR.",
    "42P01": "This project is not in {place} any more. Bring a backup back: curation project restore BACKUP DIR.",
    "42501": "{user} may not do this in {place}. Let it: GRANT CREATE ON DATABASE NAME TO {user}.",
    "25006": "{place} takes no changes now: the server is a copy, or set to be read. Name the one that is written to.",
    "53100": "There is no room left on the disk of {place}. {stored} Make room, then do it again.",
    "53300": "{place} has no connection left. {stored} Do it again in a moment, or raise its max_connections.",
    "53": "The server of {place} has run out of memory. {stored} Do it again in a moment.",
    "54": "A value is too long for {place}. {stored} Shorten names and labels to 2,000 characters.",
    "40": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "57P": UNREACHED,
    "08": UNREACHED,
    "58": "The disk of {place} failed. {stored} Check the server, then try again.",
    "XX": DAMAGED,
}
"""By the beginning of PostgreSQL's code for it (postgresql.org/docs/current/errcodes-appendix.html)."""


AT_THE_DOOR = {
    "password": REFUSED,
    "authentication": REFUSED,
    "role ": REFUSED,
    "pg_hba.conf": REFUSED,
    "does not exist": NO_DATABASE,
    "too many": SERVER_FAILURES["53300"],
    "": UNREACHED,
}
"""Before there is a connection the server's word is in its text alone: by what stands in it, "" for all others."""


def said_plainly(error: Exception, engine: Engine) -> CurationError | None:
    """The error in words where a disk, folder or server failed, or where it is no database of ours.

    None of what our own tables refuse, such as a change of what is append-only.
    """
    of = getattr(error, "orig", None) or error
    return _of_server(of, engine) if is_postgresql(engine) else _of_file(of, engine)


def shown(url: Any) -> str:
    """A server's database in words."""
    host = url.host or url.query.get("host") or "this computer"
    return f"{url.database} on {host}{f':{url.port}' if url.port else ''}"


def _of_server(error: Exception, engine: Engine) -> CurationError | None:
    code = getattr(error, "sqlstate", None) or ""
    sentence = next((said for start, said in SERVER_FAILURES.items() if code.startswith(start)), None)
    if isinstance(error, NoConnection):
        sentence = SERVER_FAILURES["53300"]
    elif not code and type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        heard = str(error).partition("FATAL:")[2]  # before it stands where the server is
        sentence = next(said for word, said in AT_THE_DOOR.items() if word in heard)
    if sentence is None:
        return None
    user = engine.url.username or "whoever runs this"
    return StoreFailed(sentence.format(place=shown(engine.url), stored=STORED, user=user))


LEAST = 64 << 10
"""Bytes without which SQLite cannot even open a project: its index of the write-ahead log takes half of them."""


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False


def _of_file(error: Exception, engine: Engine) -> CurationError | None:
    path = Path(str(engine.url.database))
    code = str(getattr(error, "sqlite_errorname", ""))
    if code.startswith("SQLITE_NOTADB"):
        return InputRejected(f"{path.name} is not a project database of curation. Name another folder.")
    if code.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and _is_full(path.parent):
        code = "SQLITE_FULL"
    sentence = next((said for start, said in FAILURES.items() if code.startswith(start)), None)
    if sentence is None and not path.exists():
        sentence = FAILURES["SQLITE_CANTOPEN"]
    return StoreFailed(sentence.format(place=path.parent, stored=STORED)) if sentence else None
