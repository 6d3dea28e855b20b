"""One page at a time of what a person looks at: every query reads only the rows it returns (keyset paging).

A row may be claimed for a while, so that of several people each gets other rows.
"""

import time
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
    UNLABELLED,
    Example,
    Filter,
)
from curation.store.database import Engine, insert_rows, read, write
from curation.store.database.schema import (
    claims,
    examples,
    findings,
    queue,
    sources,
    states,
    suggestions,
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
    unlabelled,
    unlabelled_now,
)
from curation.store.findings import found_by, of_a_row
from curation.store.rows.answers import unanswered
from curation.store.rows.versions import newer_versions

OF_ROWS = ("all", "unlabelled", "changed", "hardest", "likeliest")
"""Queues that no finding puts a row in."""
SUGGESTED = ("hardest", "likeliest")
"""Queues of rows without a label, in the order of what a model suggests for them."""
LEASE = 600.0
"""Seconds a row stays claimed: longer than people look at one, and not for ever where somebody closed the window."""


def _queue(connection: Connection, filter: Filter, *columns: Any) -> tuple[Select[Any], Any]:
    """The undecided examples of a review queue, and the column that orders it."""
    waiting = _waiting(filter)
    if filter.check == "unlabelled":
        query = narrow(connection, select(*columns).select_from(JOINED), waiting).where(unlabelled_now())
        return query, examples.c.seq
    if filter.check in SUGGESTED:
        table = JOINED.join(suggestions, suggestions.c.example == examples.c.seq)
        query = narrow(connection, select(*columns).select_from(table), waiting).where(unlabelled_now())
        return query, suggestions.c[filter.check]
    if filter.check == "changed":
        query = narrow(connection, select(*columns).select_from(JOINED), waiting)
        return query.where(examples.c.seq.in_(newer_versions())), examples.c.seq
    if filter.check == "all":
        return narrow(connection, select(*columns).select_from(JOINED), waiting), examples.c.seq
    query = select(*columns).select_from(JOINED.join(queue, queue.c.example == examples.c.seq))
    if waiting.status != filter.status:
        return narrow(connection, query, filter).where(*_queued(filter), _open(connection)), queue.c.position
    return narrow(connection, query, waiting).where(*_queued(filter)), queue.c.position


def _open(connection: Connection) -> ColumnElement[bool]:
    """Whether a row with a finding waits: nobody has decided it, or its first label was given before it was flagged."""
    return or_(status_now == "undecided", queue.c.example.in_(unanswered(connection)))


def _queued(filter: Filter) -> list[ColumnElement[bool]]:
    if filter.check == "weak":
        return [queue.c.confidence < LIKELY]
    sure = [queue.c.confidence >= min(LIKELY, filter.sure or LIKELY)]
    if filter.check or filter.sure or filter.given or filter.suggested:
        # A sum cannot be searched for in an index: else all rows with such a finding are looked up and sorted.
        sure.append((queue.c.example + 0).in_(select(findings.c.example).where(*found_by(filter), of_a_row)))
    return sure


def _is_of_findings(filter: Filter) -> bool:
    """Whether the filter says nothing of the examples themselves but their status."""
    own = {name: getattr(filter, name) for name in ("check", "status", "sure", "given", "suggested")}
    return filter == Filter(**own)


def _waiting(filter: Filter) -> Filter:
    """The filter with its status "undecided" unless another was chosen; rows that somebody decided or was sent, and
    rows without a label, may have any."""
    any_status = filter.reviewer or filter.assigned or filter.check in UNLABELLED
    return filter if any_status else replace(filter, status=filter.status or "undecided")


def _waiting_in_queue(connection: Connection, filter: Filter) -> Select[Any]:
    """How many wait in the queue of findings, without the examples: they take most of the time and say nothing here
    but whether their source is in the set."""
    unused = select(examples.c.seq).join(sources, sources.c.id == examples.c.source).where(sources.c.active.is_(False))
    joined = queue.outerjoin(states, states.c.example == queue.c.example)
    query = select(func.count()).select_from(joined).where(queue.c.example.not_in(unused), *_queued(filter))
    return query.where(status_now == filter.status if filter.status else _open(connection))


def _undecided(connection: Connection) -> int:
    # All rows less those people decided: joining a million with their states takes half a second.
    decided = connection.scalar(stated(func.count()).where(states.c.status != "undecided")) or 0
    return sum(imported_labels(connection).values()) - decided


def _page(
    connection: Connection, filter: Filter, after: int, limit: int, without: Any = None
) -> list[tuple[int, Example]]:
    """As `StoredQueue.page`, but for the examples whose numbers the query `without` finds."""
    query, order = _queue(connection, filter, examples.c.seq)
    if filter.check not in OF_ROWS and _is_of_findings(filter):
        # By position alone: the examples take most of the time and say nothing here.
        query = _waiting_in_queue(connection, filter).with_only_columns(queue.c.example)
    if without is not None:
        query = query.where((queue.c.example if order is queue.c.position else examples.c.seq).not_in(without))
    # Which ones first; their texts are read only for those shown.
    numbers = list(connection.scalars(query.where(order > after).order_by(order).limit(limit)))
    table = JOINED
    if order is not examples.c.seq:
        table = JOINED.join(order.table, order.table.c.example == examples.c.seq)
    whole = select(order.label("position"), *NOW).select_from(table).where(examples.c.seq.in_(numbers))
    found = []
    for row in connection.execute(whole.order_by(order)):
        values = dict(row._mapping)
        found.append((int(values.pop("position")), Example(**values)))
    return found


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


class StoredQueue:
    """The order of review: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def page(self, filter: Filter, after: int, limit: int) -> list[tuple[int, Example]]:
        """(position, example) of up to `limit` undecided examples beyond the position `after`."""
        with read(self.engine) as connection:
            return _page(connection, filter, after, limit)

    def claim(self, filter: Filter, who: str, n: int, after: int = -1) -> list[tuple[int, Example]]:
        """As `page`, of the rows that nobody else has claimed; they are claimed for `who`, a session or a person.

        A claim ends with a decision on the row, after LEASE seconds, or with `release`; asked for again, it begins
        anew, and what `who` held beside these rows is let go. Two who ask at once never get the same row.
        """
        at = time.time()
        with write(self.engine) as connection:
            connection.execute(delete(claims).where(claims.c.until < at))
            others = select(claims.c.example).where(claims.c.holder != who)
            page = _page(connection, filter, after, n, others)
            numbers = [example.seq for _, example in page]
            connection.execute(delete(claims).where(or_(claims.c.example.in_(numbers), claims.c.holder == who)))
            insert_rows(connection, claims, ("example", "holder", "until"), [(n, who, at + LEASE) for n in numbers])
            return page

    def release(self, who: str) -> None:
        """Let go of everything `who` has claimed: they left the queue, or chose another."""
        with write(self.engine) as connection:
            connection.execute(delete(claims).where(claims.c.holder == who))

    def holders(self) -> list[str]:
        """Who has claimed rows, in order of name."""
        with read(self.engine) as connection:
            return list(connection.scalars(select(claims.c.holder).distinct().order_by(claims.c.holder)))

    def held(self, filter: Filter, who: str) -> int:
        """How many rows of the queue somebody else than `who` has claimed."""
        with read(self.engine) as connection:
            others = select(claims.c.example).where(claims.c.holder != who, claims.c.until >= time.time())
            query, _ = _queue(connection, filter, func.count())
            return connection.scalar(query.where(examples.c.seq.in_(others))) or 0

    def total(self, filter: Filter) -> int:
        """How many undecided examples the queue holds."""
        with read(self.engine) as connection:
            if filter.status or filter.check in ("changed", *SUGGESTED) or not _is_of_findings(filter):
                query, _ = _queue(connection, filter, func.count())
                return connection.scalar(query) or 0
            if filter.check == "unlabelled":
                return unlabelled(connection)
            if filter.check == "all":
                return _undecided(connection)
            return connection.scalar(_waiting_in_queue(connection, filter)) or 0

    def labelled_total(self, filter: Filter) -> int:
        """As `total`, of the rows that have a label."""
        with read(self.engine) as connection:
            query, _ = _queue(connection, filter, func.count())
            return connection.scalar(query.where(label_now.is_not(None))) or 0
