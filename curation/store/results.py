"""What dedup, checks and the verdict found: derived, replaced as a whole by the next run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from curation.records import Measurement, Snapshot, StoredVerdict, parse_measurement, parse_stored
from curation.store.database import bump
from curation.store.database.schema import (
    events,
    history,
    results,
    settings,
    sources,
    votes,
)
from curation.store.rows.loaded import last_number
from curation.store.settings import NOT_READ


def save_result(
    connection: Connection, kind: str, body: Mapping[str, Any], at: str, snapshot: Snapshot | None = None
) -> None:
    """Add a result to the history of its kind; `snapshot` is what it was worked out from, None where of several."""
    of = "" if snapshot is None else json.dumps(asdict(snapshot))
    values = {"kind": kind, "snapshot": of, "at": at, "body": json.dumps(body, ensure_ascii=False)}
    connection.execute(insert(results).values(**values))
    bump(connection)


def snapshot_of(connection: Connection, kind: str) -> Snapshot | None:
    """What the newest result of a kind was worked out from; None where there is no result or it belongs to none."""
    row = result_row(connection, kind)
    return None if row is None else snapshot_in(row)


def snapshot_in(row: Row[Any]) -> Snapshot | None:
    """What a stored result was worked out from; None where it belongs to no snapshot."""
    return snapshot_from(json.loads(row.snapshot)) if row.snapshot else None


def snapshot_from(values: Mapping[str, Any]) -> Snapshot:
    """The snapshot of its JSON values."""
    return Snapshot(**{**values, "sources": tuple(values["sources"])})


def take_snapshot(connection: Connection, digests: Mapping[str, str], at: str) -> Snapshot:
    """What the project holds now; `digests` are those of its files by field."""
    last = connection.execute(_LAST).one()
    choices = select(settings.c.key, settings.c.value).where(settings.c.key.not_in(NOT_READ)).order_by("key")
    chosen = [list(row) for row in connection.execute(choices)]
    measured = result_row(connection, "measure")
    return Snapshot(
        decision=last.decision or 0,
        vote=last.vote or last.old_vote or 0,
        example=last_number(connection),
        sources=tuple(connection.scalars(select(sources.c.id).where(sources.c.active).order_by(sources.c.id))),
        settings=digest(json.dumps(chosen)) if chosen else "",
        measured=digest(measured.body) if measured else "",
        at=at,
        **digests,
    )


_LAST = select(
    select(func.max(history.c.seq)).scalar_subquery().label("decision"),
    select(func.max(events.c.seq)).where(events.c.kind == "vote").scalar_subquery().label("vote"),
    select(func.max(votes.c.seq)).scalar_subquery().label("old_vote"),
)
"""The last of each kind; a maximum is looked up at the end of an index, however many rows there are."""


def digest(text: str) -> str:
    """SHA-256 of a text (hex)."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_result(connection: Connection, kind: str) -> dict[str, Any] | None:
    """The newest result of a kind."""
    row = result_row(connection, kind)
    return None if row is None else dict(json.loads(row.body))


def read_verdict(connection: Connection) -> StoredVerdict | None:
    """The newest verdict; None where there is none."""
    body = read_result(connection, "verdict")
    return None if body is None else parse_stored(body)


def earlier_verdict(connection: Connection) -> StoredVerdict | None:
    """The verdict before the newest one; None where there is none."""
    body = earlier_result(connection, "verdict")
    return None if body is None else parse_stored(body)


def read_measurement(connection: Connection) -> Measurement | None:
    """All that was measured so far; None before the first measurement."""
    body = read_result(connection, "measure")
    return None if body is None else parse_measurement(body)


def result_row(connection: Connection, kind: str) -> Row[Any] | None:
    """The newest result of a kind with the version and time it belongs to."""
    query = select(results).where(results.c.kind == kind).order_by(results.c.seq.desc()).limit(1)
    return connection.execute(query).first()


def earlier_result(connection: Connection, kind: str) -> dict[str, Any] | None:
    """The result of a kind before the newest one; None where there is none."""
    query = select(results).where(results.c.kind == kind).order_by(results.c.seq.desc()).limit(1).offset(1)
    row = connection.execute(query).first()
    return None if row is None else dict(json.loads(row.body))
