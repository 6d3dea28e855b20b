"""Whether somebody is still at a piece of work: by its process on this computer, on others by a lock in the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from curation.project.place import processes
from curation.records import Process
from curation.store import database

STARTING = 60.0
"""Seconds a job of another computer is given until its process is at work: loading what it needs takes some two."""
YOUNG = 10.0
"""Seconds within which a stored job gets its process."""


@contextmanager
def doing(engine: database.Engine, what: str) -> Iterator[None]:
    """Others hear from `is_doing` that this process is at it, until the block ends or the process does."""
    with processes.doing(_name(engine, what)), database.doing(engine, what):
        yield


def is_doing(engine: database.Engine, process: Process, what: str) -> bool:
    """Whether that process is still at it."""
    return processes.is_doing(process, _name(engine, what)) or database.is_doing(engine, what)


def _name(engine: database.Engine, what: str) -> str:
    return f"{what} {database.name_of(engine)}"


def job(id: str) -> str:
    """What a job is known by while it runs."""
    return f"job {id}"


def is_running(engine: database.Engine, row: Any) -> bool:
    """Whether a job that was stored is at work, or about to be."""
    age = (datetime.now(UTC) - datetime.fromisoformat(row.at)).total_seconds()
    if row.pid is None and age < YOUNG:
        return True
    if processes.is_alive(row.pid, row.process_started) or database.is_doing(engine, job(row.id)):
        return True
    may_start = row.state == "queued" and age < STARTING and not processes.was_started_here(row.pid)
    return may_start and database.is_shared(engine)
