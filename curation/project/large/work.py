"""The folder in which long work keeps what is done, so that it can be gone on with."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.errors import UsageError
from curation.files import projects_folder

KEPT_DAYS = 7
"""Days that work which was ended half way waits to be gone on with."""


@contextmanager
def work_folder(name: str, within: Path | None = None) -> Iterator[Path]:
    """A folder of this name that stays when the block ends by an error or a kill, and is gone when it ends well.

    It lies in `within`, left out among the user's own data; what nobody went on with for KEPT_DAYS is removed there.
    Nobody else may write to it, as what lies there is trusted. Raises UsageError where others could, or where another
    process is at the same work.
    """
    home = within or projects_folder().with_name("work")
    folder = home / f"curation-work-{name}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022:
        raise UsageError(f"Others may write to {folder}, so what lies there cannot be trusted: remove it, try again.")
    held = os.open(folder, os.O_RDONLY)
    try:
        _lock(held, folder)
        _sweep(home)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)


def _lock(held: int, folder: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(f"Another process is at the same work, in {folder}. Wait until it ends, or end it.") from None
    os.utime(folder)


def _sweep(home: Path) -> None:
    for left in home.glob("curation-work-*"):
        state = left.lstat()
        if state.st_uid == os.getuid() and time.time() - state.st_mtime > KEPT_DAYS * 86_400:
            shutil.rmtree(left, ignore_errors=True)
