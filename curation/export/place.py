"""A finished folder put at its final path in one step, so that nobody ever finds half an export there."""

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from curation.errors import CurationError, UsageError
from curation.export import manifest
from curation.files import flush

AT_FDCWD = -100
RENAME_EXCHANGE = 2
"""Linux, renameat2(2): paths relative to the working directory; swap the two in one step."""


@dataclass(frozen=True)
class Kind:
    """What is put in place: its noun with the article, and which names in a folder are not from one made earlier.

    `foreign` raises UsageError on a folder that holds no such thing.
    """

    noun: str
    foreign: Callable[[Path], list[str]]

    @property
    def earlier(self) -> str:
        """What may be replaced by it."""
        return f"an earlier {self.noun.split(maxsplit=1)[1]}"


AN_EXPORT = Kind("an export", lambda out: manifest.foreign(out, manifest.read(out)))


@contextmanager
def placed(out: Path, kind: Kind = AN_EXPORT) -> Iterator[Path]:
    """A folder beside `out` to write into; it becomes `out` when the block ends well and vanishes when it doesn't.

    Raises UsageError when `out` is something other than an empty folder or an earlier one of this kind, and
    CurationError when the disk refuses; what was at `out` is then as before.
    """
    out = Path(os.path.realpath(out))
    _check(out, kind)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        folder = out.parent / f".{out.name}.curation-{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
            _flush(folder)
            _check(out, kind)
            _replace(folder, out)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        why = "there is no room left on its disk" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise CurationError(
            f"Writing {kind.noun} to {out} failed: {why}. What was there is unchanged; try again."
        ) from error


def check_place(out: Path, kind: Kind = AN_EXPORT) -> None:
    """Raises UsageError where nothing could be written to `out`, so that nobody works for hours first."""
    out = Path(os.path.realpath(out))
    home = out.parent
    while not home.exists() and home != home.parent:
        home = home.parent
    if not home.is_dir():
        raise UsageError(f"{out} cannot be a folder: {home} is a file. Name another folder.")
    _check(out, kind)
    try:
        Path(tempfile.mkdtemp(prefix=".curation-", dir=home)).rmdir()
    except OSError as error:
        why = "there can be no such folder" if isinstance(error, FileNotFoundError) else error.strerror
        raise UsageError(f"{out} cannot be written: {why}. Name another folder.") from None


def _check(out: Path, kind: Kind) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file. Name a new folder, an empty one, or {kind.earlier}.")
    if not out.exists() or not any(out.iterdir()):
        return
    try:
        foreign = kind.foreign(out)
    except UsageError:
        raise UsageError(f"{out} is not empty and not {kind.earlier}. Name a new folder or empty it.") from None
    if foreign:
        listed = ", ".join(foreign[:3])
        raise UsageError(f"{out} holds files that are not from {kind.noun} ({listed}). Move them or name a new folder.")


def _sweep(out: Path) -> None:
    """Takes away what exports that were killed left beside `out`, and brings back an export they had set aside."""
    aside = _aside(out)
    if aside.exists() and not out.exists():
        aside.rename(out)
    shutil.rmtree(aside, ignore_errors=True)
    for stray in out.parent.glob(f".{_literal(out.name)}.curation-*"):
        process = stray.name.rpartition("-")[2]
        if process == str(os.getpid()) or (process.isdecimal() and not psutil.pid_exists(int(process))):
            shutil.rmtree(stray, ignore_errors=True)


def _aside(out: Path) -> Path:
    return out.parent / f".{out.name}.curation-aside"


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _flush(folder: Path) -> None:
    """Has everything in the folder on the disk before the folder gets its name."""
    for path in (*folder.iterdir(), folder):
        flush(path)


def _replace(folder: Path, out: Path) -> None:
    if not out.exists() or not any(out.iterdir()):
        folder.replace(out)
    elif not _exchange(folder, out):
        # Where folders cannot be swapped there is a moment with nothing at `out`; _sweep mends a kill in that moment.
        out.rename(_aside(out))
        folder.rename(out)
        shutil.rmtree(_aside(out), ignore_errors=True)
    flush(out.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the system could swap the two folders in one step."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
