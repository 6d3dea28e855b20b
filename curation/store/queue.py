"""One page at a time of what a person looks at: every query reads only the rows it returns (keyset paging)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    or_,
    select,
)

from curation.records import (
    LIKELY,
    Example,
    Filter,
)
from curation.store.database import Engine, bump, insert_rows, read
from curation.store.database.schema import (
    examples,
    findings,
    queue,
    sources,
    states,
)
from curation.store.examples import (
    JOINED,
    NOW,
    imported_labels,
    label_now,
    narrow,
    sequence_numbers,
    stated,
    status_now,
)
from curation.store.findings import _found


def _queue(filter: Filter, *columns: Any) -> tuple[Select[Any], Any]:
    """The undecided examples of a review queue, and the column that orders it."""
    waiting = _waiting(filter)
    if filter.check == "unlabelled":
        query = narrow(select(*columns).select_from(JOINED), waiting).where(label_now.is_(None))
        return query, examples.c.seq
    if filter.check == "all":
        return narrow(select(*columns).select_from(JOINED), waiting), examples.c.seq
    query = narrow(select(*columns).select_from(JOINED.join(queue, queue.c.example == examples.c.seq)), waiting)
    return query.where(*_queued(filter)), queue.c.position


def _queued(filter: Filter) -> list[ColumnElement[bool]]:
    if filter.check == "weak":
        return [queue.c.confidence < LIKELY]
    sure = [queue.c.confidence >= min(LIKELY, filter.sure or LIKELY)]
    if filter.check or filter.sure or filter.given or filter.suggested:
        # A sum cannot be searched for in an index: else all rows with such a finding are looked up and sorted.
        sure.append((queue.c.example + 0).in_(select(findings.c.example).where(*_found(filter))))
    return sure


def _waiting(filter: Filter) -> Filter:
    """The filter with its status "undecided" unless another was chosen."""
    return replace(filter, status=filter.status or "undecided")


def _waiting_in_queue(filter: Filter) -> Select[Any]:
    """How many wait in the queue of findings, without the examples: they take most of the time and say nothing here
    but whether their source is in the set."""
    unused = select(examples.c.seq).join(sources, sources.c.id == examples.c.source).where(sources.c.active.is_(False))
    joined = queue.outerjoin(states, states.c.example == queue.c.example)
    query = select(func.count()).select_from(joined).where(queue.c.example.not_in(unused), *_queued(filter))
    return query.where(status_now == (filter.status or "undecided"))


def _undecided(connection: Connection, unlabelled: bool) -> int:
    # All rows less those people said something about: joining a million with their states takes half a second.
    counts, bare = imported_labels(connection), examples.c.label.is_(None)
    query = stated(func.count())
    decided = states.c.status != "undecided"
    query = query.where(bare, or_(decided, states.c.label.is_not(None))) if unlabelled else query.where(decided)
    return (counts.get(None, 0) if unlabelled else sum(counts.values())) - (connection.scalar(query) or 0)


def put_first(connection: Connection, first: Sequence[str]) -> None:
    """Let the review queue begin with these examples, in this order; those without a finding join it."""
    numbers = sequence_numbers(connection) if first else {}
    ahead = [numbers[id] for id in dict.fromkeys(first) if id in numbers]
    if not ahead:
        return
    query = select(queue.c.example, queue.c.confidence).order_by(queue.c.position)
    known = {int(example): float(confidence) for example, confidence in connection.execute(query)}
    order = dict.fromkeys([*ahead, *known])
    connection.execute(delete(queue))
    lines = [
        (n, example, max(known.get(example, 1.0), LIKELY) if n < len(ahead) else known[example])
        for n, example in enumerate(order)
    ]
    insert_rows(connection, queue, ("position", "example", "confidence"), lines)
    bump(connection)


class StoredQueue:
    """The order of review: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def page(self, filter: Filter, after: int, limit: int) -> list[tuple[int, Example]]:
        """(position, example) of up to `limit` undecided examples beyond the position `after`."""
        with read(self.engine) as connection:
            _, order = _queue(filter)
            columns = (order.label("position"), *NOW)
            if filter.check not in ("all", "unlabelled") and not filter.label and not filter.text:
                # Which ones first, by position alone; their texts are read only for those shown.
                shown = _waiting_in_queue(filter).with_only_columns(queue.c.position).where(order > after)
                positions = list(connection.scalars(shown.order_by(order).limit(limit)))
                query = select(*columns).select_from(JOINED.join(queue, queue.c.example == examples.c.seq))
                rows = connection.execute(query.where(order.in_(positions)).order_by(order))
            else:
                query, _ = _queue(filter, *columns)
                rows = connection.execute(query.where(order > after).order_by(order).limit(limit))
            found = []
            for row in rows:
                values = dict(row._mapping)
                found.append((int(values.pop("position")), Example(**values)))
            return found

    def total(self, filter: Filter) -> int:
        """How many undecided examples the queue holds."""
        with read(self.engine) as connection:
            if filter.label or filter.text or filter.status:
                query, _ = _queue(filter, func.count())
                return connection.scalar(query) or 0
            if filter.check in ("all", "unlabelled"):
                return _undecided(connection, filter.check == "unlabelled")
            return connection.scalar(_waiting_in_queue(filter)) or 0
