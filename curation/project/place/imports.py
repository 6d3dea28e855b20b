"""Files stored a batch at a time, so that people decide meanwhile; what is left of those cut off is deleted."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from curation.errors import StoreFailed
from curation.project.place import at_work, now, processes
from curation.records import Imported, Process
from curation.records.progress import Progress, ignore
from curation.store import database
from curation.store.rows import imports
from curation.store.rows.imports import Import

AT_OPEN = 20
"""Batches deleted when a project is opened, three seconds' worth; the next load deletes what is more."""


@contextmanager
def stored(engine: database.Engine, files: Sequence[Imported], progress: Progress) -> Iterator[list[Import]]:
    """The files with all their rows stored, in no set yet; those that the block does not take in are gone after it.

    Raises what `progress` raises; then nothing of any of them is left, or it is swept when the project is opened next.
    """
    sweep(engine, progress=progress)
    process = processes.this()
    rows, done = sum(len(file.dataset) + file.rejected.num_rows for file in files), 0
    with ExitStack() as ours:
        coming: list[Import] = []
        for file in files:
            with database.write(engine) as connection:
                one = imports.begin(connection, file, process, now())
                # before it can be seen, so that nobody takes it for dead
                ours.enter_context(at_work.doing(engine, _name(one)))
            ours.callback(_removed, engine, one)
            coming.append(one)
            for size in _stored(engine, file, one):
                done += size
                progress(done / max(rows, 1), "storing")
        yield coming


def _stored(engine: database.Engine, file: Imported, one: Import) -> Iterator[int]:
    """Store the rows of a file; yields how many each transaction stored."""
    for batch in imports.row_batches(file):
        with database.write(engine) as connection:
            lines = imports.add_rows(connection, one, batch, bool(file.columns.id))
        one.digest.feed(lines)
        yield len(lines)
    for batch in imports.rejected_batches(file):
        with database.write(engine) as connection:
            imports.add_rejected(connection, one, batch)
        yield len(batch)


def sweep(engine: database.Engine, most: int | None = None, progress: Progress = ignore) -> None:
    """Delete the rows of files whose process ended before the file was stored, `most` batches of each."""
    with database.read(engine) as connection:
        left = imports.unfinished(connection)
    for one in left:
        if not at_work.is_doing(engine, one.process, _name(one)):
            progress(0.0, "clearing what a load that was cut off has left")
            _remove(engine, one, most)


def _name(one: Import) -> str:
    return f"import {one.source}"


def _removed(engine: database.Engine, one: Import) -> None:
    with database.read(engine) as connection:
        is_left = one in imports.unfinished(connection)
    if is_left:
        with suppress(StoreFailed):  # on a full disk nothing can be deleted either: it is swept later
            _remove(engine, one)


def _remove(engine: database.Engine, one: Import, most: int | None = None) -> None:
    more, batches = True, 0
    while more and batches != most:
        with database.write(engine) as connection:
            more = imports.remove_batch(connection, one)
        batches += 1


def result_of(connection: database.Connection, pid: int | None, started: float | None) -> dict[str, Any] | None:
    """What became of the file that a process has put into the set, None where it has put in none."""
    return imports.result_of(connection, Process(pid, started or 0.0)) if pid else None
