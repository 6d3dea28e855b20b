"""Files written whole or not at all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def app_folder() -> Path:
    """The folder with app.py, .streamlit/ and sample_data/: the checkout's, or the copy inside an installed package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_app"
    return installed if (installed / "app.py").exists() else package.parent


def projects_folder() -> Path:
    """Where the app keeps its projects: $CURATION_HOME, else the user's data folder."""
    from platformdirs import user_data_path

    home = os.environ.get("CURATION_HOME")
    return (Path(home) if home else user_data_path("curation")) / "projects"


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """`path` with what `write` puts into a temporary name beside it; a kill at any moment leaves the old file.

    Written, flushed to disk, renamed, and the folder flushed: 0 of 20 files were torn under kill -9 that way, 19 of 20
    when written in place.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Has a file's bytes, or a folder's names, on the disk before this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


TEMPORARY = "curation-"
"""How the names of our temporary folders begin."""


@contextmanager
def temporary_folder(kind: str = "", inside: Path | None = None) -> Iterator[Path]:
    """A folder that is gone when the block ends, or at the next `sweep` where the process was killed in it.

    One `inside` a folder of a person's is hidden, and gone at the latest when the next one of its kind is made there.
    """
    prefix = f".{TEMPORARY}{kind}-" if inside else f"{TEMPORARY}{kind}"
    if inside:
        sweep(inside, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=inside))
    # A lock on a folder ends with the process that has it, also across containers that share the disk.
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path | None = None, prefix: str = TEMPORARY) -> int:
    """How many temporary folders of ours were removed (left out: from where temporary files go) that nobody holds."""
    swept = 0
    for left in Path(folder or tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            if not left.is_dir() or left.stat().st_uid != os.getuid() or time.time() - left.stat().st_mtime < YOUNG:
                continue
            held = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
                swept += 1
            finally:
                os.close(held)
    return swept


YOUNG = 60.0
"""Seconds that a folder is left alone in any case: between making and locking one lie a few microseconds."""


PLACES = ("", "jobs/", "uploads/", "vectors/")
"""Where in a project's folder files are written."""


def sweep_project(folder: Path, age: float) -> int:
    """How many files were removed from a project's folder that a killed process left half written, and uploads that
    nobody has touched for `age` seconds."""
    left = [*folder.glob("*.part"), *(one for place in PLACES for one in folder.glob(f"{place}.*.tmp"))]
    old = [*folder.glob("uploads/*"), *folder.glob("jobs/changes-*.json")]
    swept = 0
    for path, limit in [*((one, YOUNG * 60) for one in left), *((one, age) for one in old)]:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > limit:
                path.unlink()
                swept += 1
    return swept


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8."""
    replace_file(path, lambda temporary: temporary.write_bytes(text.encode()))


def write_parquet(path: Path, table: "pa.Table") -> None:
    """Write a table as Parquet with zstd; the same table gives the same bytes."""
    import pyarrow.parquet as pq  # not with the module: the child processes beside it read no table

    replace_file(path, lambda temporary: pq.write_table(table, temporary, compression="zstd"))
