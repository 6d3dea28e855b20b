"""Files in: bytes -> Imported. Every file is parsed in a child process with memory and time limits."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.errors import UsageError
from curation.load import sandbox
from curation.load.limits import Limits
from curation.load.raw.folders import DataFile, data_files, runs_in
from curation.load.rows import Request
from curation.load.sandbox import Spooled
from curation.load.shapes import guess
from curation.records import Columns, FileOptions, Imported
from curation.records.progress import Progress, ignore

PREVIEW_ROWS = 20
"""Rows of a preview: a screenful."""
AS_IT_IS = FileOptions()


def load(
    path: Path,
    columns: Columns | None = None,
    name: str | None = None,
    progress: Progress = ignore,
    limits: Limits = Limits(),  # noqa: B008  (frozen, so sharing one is safe)
    options: FileOptions = AS_IT_IS,
) -> Imported:
    """Every row of a file as an example or a rejected row with its reason; nothing is dropped.

    `columns` None guesses them. Fields of `columns` left empty are guessed from the remaining columns, unless both
    input (or messages) and output (or label) are set: then the choice is complete and taken as it is. `name` is the
    name shown and kept as `source` (the file's own by default); `options` say what the content does not. Raises
    UsageError where the file, a named column, sheet or split does not exist, or a column chosen for a text holds lists
    or objects; InputRejected where nothing can be read or a limit is passed; lets Cancelled through. Files of a folder
    are found by `data_files`.
    """
    _check(path)
    return sandbox.parsed(Request(path, name or path.name, columns, options, limits), progress)


def preview(
    path: Path,
    columns: Columns | None = None,
    rows: int = PREVIEW_ROWS,
    name: str | None = None,
    options: FileOptions = AS_IT_IS,
) -> Imported:
    """The first `rows` rows of a file as `load` would read them, to show the guessed columns; raises as `load` does."""
    _check(path)
    return sandbox.parsed(Request(path, name or path.name, columns, options, rows=rows), ignore)


@contextmanager
def spooled(
    path: Path,
    columns: Columns | None = None,
    progress: Progress = ignore,
    limits: Limits = Limits(),  # noqa: B008  (frozen, so sharing one is safe)
    options: FileOptions = AS_IT_IS,
) -> Iterator[Spooled]:
    """Every row of a file as `load` reads it, left in a file that is gone when the block ends; raises as `load` does.

    For files too large for memory: ten million rows.
    """
    _check(path)
    with sandbox.spooled(Request(path, path.name, columns, options, limits), progress) as spool:
        yield spool


def _check(path: Path) -> None:
    if not path.is_file() and not runs_in(path):
        what = "a folder, not a file" if path.is_dir() else "no such file"
        raise UsageError(f"{path}: {what}; check the path")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path}: this file may not be read; check its permissions")


__all__ = ["AS_IT_IS", "DataFile", "Limits", "Spooled", "data_files", "guess", "load", "preview", "spooled"]
