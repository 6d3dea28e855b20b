"""Examples as texts to compare: all of them in batches, and those that changed since they were last read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from curation.store.database.schema import (
    examples,
    history,
    sources,
    states,
)
from curation.store.pages import status_now

BATCH = 10_000  # rows a statement: long enough to hide the call, short enough to report progress ten times a second


@dataclass(frozen=True)
class Mark:
    """How far the set was read: its last example and last decision, and which sources were in it."""

    example: int
    decision: int
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Compared:
    """An example as it stands: `is_in` is False where it was left out or its source is not in the set."""

    seq: int
    id: str
    input: str
    output: str
    is_in: bool


_is_in = sources.c.active & (status_now != "rejected")
_query = select(
    examples.c.seq,
    examples.c.id,
    func.coalesce(states.c.input, examples.c.input).label("input"),
    func.coalesce(states.c.output, examples.c.output).label("output"),
    _is_in.label("is_in"),
).select_from(
    examples.join(sources, sources.c.id == examples.c.source).outerjoin(states, states.c.example == examples.c.seq)
)


def mark(connection: Connection) -> Mark:
    """How far the set reaches now."""
    example = connection.scalar(select(func.max(examples.c.seq))) or 0
    decision = connection.scalar(select(func.max(history.c.seq))) or 0
    active = connection.scalars(select(sources.c.id).where(sources.c.active).order_by(sources.c.id))
    return Mark(example, decision, tuple(active))


def batch(connection: Connection, after: int) -> list[Compared]:
    """The next examples after a sequence number, in the order they were stored; none after the last."""
    rows = connection.execute(_query.where(examples.c.seq > after).order_by(examples.c.seq).limit(BATCH))
    return [Compared(*row) for row in rows]


def by_id(connection: Connection, ids: Sequence[str]) -> list[Compared]:
    """The examples with these ids."""
    return [Compared(*row) for row in connection.execute(_query.where(examples.c.id.in_(ids)))]


def changed_since(connection: Connection, before: Mark, limit: int) -> list[Compared]:
    """Up to `limit` examples that were added or decided about since a mark."""
    decided = select(history.c.example).where(history.c.seq > before.decision)
    query = _query.where((examples.c.seq > before.example) | examples.c.seq.in_(decided))
    return [Compared(*row) for row in connection.execute(query.limit(limit))]
