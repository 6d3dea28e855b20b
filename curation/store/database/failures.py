"""What a database says when the disk or the folder is at fault, in words of ours: no SQL, no training text."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from curation.errors import CurationError, InputRejected, StoreFailed

STORED = "What was acknowledged before is stored, the last step is not."
BUSY = f"Somebody else has kept {{folder}} busy for half a minute. {STORED} Do it again in a moment."
FAILURES = {
    "SQLITE_FULL": "There is no room left on the disk of {folder}. {stored} Make room, then do it again.",
    "SQLITE_READONLY": "{folder} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_PERM": "{folder} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_AUTH": "{folder} cannot be written to. Mend its permissions, or copy the project to a folder of yours.",
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CANTOPEN": "{folder} cannot be opened: it was moved or removed, or may not be read. Name where it is now.",
    "SQLITE_IOERR": "The disk of {folder} failed. {stored} Check the disk, then try again.",
    "SQLITE_CORRUPT": "The database in {folder} is damaged. Go back to a backup: curation project restore BACKUP DIR.",
}
"""By the beginning of SQLite's name for it (sqlite.org/rescode.html)."""


@contextmanager
def said_plainly(engine: Engine) -> Iterator[None]:
    """Raises StoreFailed where a disk or folder fails inside the block, InputRejected where it is no database of ours.

    What our own tables refuse, such as a change of what is append-only, goes on as it is.
    """
    try:
        yield
    except DatabaseError as error:
        if (said := _said(error.orig, engine)) is None:
            raise
        raise said from None
    except sqlite3.DatabaseError as error:
        if (said := _said(error, engine)) is None:
            raise
        raise said from None


LEAST = 64 << 10
"""Bytes without which SQLite cannot even open a project: its index of the write-ahead log takes half of them."""


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False


def _said(error: BaseException | None, engine: Engine) -> CurationError | None:
    path = Path(str(engine.url.database))
    code = str(getattr(error, "sqlite_errorname", ""))
    if code.startswith("SQLITE_NOTADB"):
        return InputRejected(f"{path.name} is not a project database of curation. Name another folder.")
    if code.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and _is_full(path.parent):
        code = "SQLITE_FULL"
    sentence = next((said for start, said in FAILURES.items() if code.startswith(start)), None)
    if sentence is None and not path.exists():
        sentence = FAILURES["SQLITE_CANTOPEN"]
    return StoreFailed(sentence.format(folder=path.parent, stored=STORED)) if sentence else None
