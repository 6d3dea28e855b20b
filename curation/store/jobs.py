"""Rows of background jobs: what was asked, how far it is, how it ended."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from curation.store.database.schema import jobs


def add(connection: Connection, id: str, verb: str, arguments: Mapping[str, Any], at: str, actor: str) -> None:
    """A job that is waiting to start, and who started it."""
    row = {"id": id, "verb": verb, "arguments": json.dumps(arguments), "state": "queued", "at": at, "actor": actor}
    empty = {"done": 0.0, "message": "", "error": "", "result": "", "cancel": False}
    connection.execute(insert(jobs).values(**row, **empty))


def change(connection: Connection, id: str, **values: Any) -> None:
    """Write how a job is doing."""
    connection.execute(update(jobs).where(jobs.c.id == id).values(**values))


def get(connection: Connection, id: str) -> Row[Any] | None:
    """One job."""
    return connection.execute(select(jobs).where(jobs.c.id == id)).first()


def newest(connection: Connection, limit: int, without: Sequence[str] = ()) -> list[Row[Any]]:
    """The newest jobs, newest first, but for those of the verbs in `without`."""
    query = select(jobs).where(jobs.c.verb.not_in(without)).order_by(jobs.c.seq.desc())
    return list(connection.execute(query.limit(limit)))


def last_done(connection: Connection, verb: str) -> Row[Any] | None:
    """The newest job of a verb that ended well."""
    query = select(jobs).where(jobs.c.verb == verb, jobs.c.state == "done").order_by(jobs.c.seq.desc())
    return connection.execute(query.limit(1)).first()


def unfinished(connection: Connection) -> list[Row[Any]]:
    """Jobs that are queued or running."""
    return list(connection.execute(select(jobs).where(jobs.c.state.in_(["queued", "running"])).order_by(jobs.c.seq)))
