"""One page at a time of what a person looks at: every query reads only the rows it returns (keyset paging)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, and_, func, or_, select, type_coerce

from curation.records import LIKELY, Example, Filter, FindingRow
from curation.store.database.schema import (
    examples,
    findings,
    queue,
    sources,
    states,
)
from curation.store.examples import imported_labels, stated

label_now = func.coalesce(states.c.label, examples.c.label)
status_now = func.coalesce(states.c.status, "undecided")
given_label = type_coerce(findings.c.evidence, JSON)["given"].as_string()
NOW = (
    examples.c.seq,
    examples.c.id,
    sources.c.name.label("source"),
    examples.c.row,
    func.coalesce(states.c.input, examples.c.input).label("input"),
    func.coalesce(states.c.output, examples.c.output).label("output"),
    label_now.label("label"),
    examples.c.input.label("imported_input"),
    examples.c.output.label("imported_output"),
    examples.c.label.label("imported_label"),
    examples.c.group,
    examples.c.meta,
    func.coalesce(states.c.version, 0).label("version"),
    status_now.label("status"),
    func.coalesce(states.c.pinned, "").label("pinned"),
)
JOINED = examples.join(sources, sources.c.id == examples.c.source).outerjoin(states, states.c.example == examples.c.seq)


def example(connection: Connection, id: str) -> Example | None:
    """One example by id."""
    row = connection.execute(select(*NOW).select_from(JOINED).where(examples.c.id == id)).first()
    return None if row is None else Example(**row._mapping)


def examples_by_id(connection: Connection, ids: Sequence[str]) -> list[Example]:
    """The examples with these ids, in the order asked for; unknown ids are left out."""
    rows = connection.execute(select(*NOW).select_from(JOINED).where(examples.c.id.in_(ids)))
    found = {row.id: Example(**row._mapping) for row in rows}
    return [found[id] for id in ids if id in found]


def contains(text: str, example: Any = examples, state: Any = states) -> ColumnElement[bool]:
    """Whether an example's input or output, as they stand now, holds the text: the one rule of every text filter.

    Letters of ASCII match in either case. `example` and `state` are the tables, or aliases of them.
    """
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sides = (func.coalesce(state.c[side], example.c[side]) for side in ("input", "output"))
    return or_(*(side.like(f"%{escaped}%", escape="\\") for side in sides))


def _narrow(query: Select[Any], filter: Filter) -> Select[Any]:
    query = query.where(sources.c.active)
    if filter.label:
        query = query.where(label_now == filter.label)
    if filter.status:
        query = query.where(status_now == filter.status)
    if filter.text:
        query = query.where(contains(filter.text))
    return query


_FINDING = tuple(findings.c[n] for n in ("check", "confidence", "message", "evidence", "suggestion", "cluster"))


def _finding(row: Any) -> FindingRow:
    values = dict(row._mapping)
    own = {name: values.pop(name) for name in ("check", "confidence", "message", "evidence", "suggestion", "cluster")}
    return FindingRow(seq=values.pop("finding"), **own, example=Example(**values))


def of_findings(filter: Filter, *columns: Any) -> Select[Any]:
    """These columns of the findings the filter leaves, each beside its example, file and state."""
    joined = JOINED.join(findings, findings.c.example == examples.c.seq)
    return _narrow(select(*columns).select_from(joined), filter).where(*_found(filter))


def _found(filter: Filter) -> list[ColumnElement[bool]]:
    conditions = [findings.c.confidence >= filter.sure]
    if filter.check:
        conditions.append(findings.c.check == filter.check)
    if filter.suggested:
        conditions.append(findings.c.suggestion == f"relabel:{filter.suggested}")
    if filter.given:
        conditions.append(given_label == filter.given)
    return conditions


def finding_page(
    connection: Connection, filter: Filter, after: tuple[float, int] | None, limit: int
) -> list[FindingRow]:
    """Up to `limit` findings, surest first, that come after the (confidence, seq) of the last one shown."""
    # Which ones first, from narrow rows; their texts are read only for those shown.
    query = of_findings(filter, findings.c.seq)
    if after is not None:
        confidence, seq = after
        beyond = and_(findings.c.confidence == confidence, findings.c.seq > seq)
        # The first condition says nothing new, but an index can be searched by it.
        query = query.where(findings.c.confidence <= confidence, or_(findings.c.confidence < confidence, beyond))
    order = (findings.c.confidence.desc(), findings.c.seq)
    shown = list(connection.scalars(query.order_by(*order).limit(limit)))
    whole = of_findings(Filter(), findings.c.seq.label("finding"), *_FINDING, *NOW).where(findings.c.seq.in_(shown))
    return [_finding(row) for row in connection.execute(whole.order_by(*order))]


def finding_total(connection: Connection, filter: Filter) -> int:
    """How many findings the filter leaves."""
    return connection.scalar(of_findings(filter, func.count())) or 0


def findings_of(connection: Connection, id: str) -> list[FindingRow]:
    """All findings on one example, surest first."""
    query = of_findings(Filter(), findings.c.seq.label("finding"), *_FINDING, *NOW).where(examples.c.id == id)
    return [_finding(row) for row in connection.execute(query.order_by(findings.c.confidence.desc(), findings.c.seq))]


def _queue(filter: Filter, *columns: Any) -> tuple[Select[Any], Any]:
    """The undecided examples of a review queue, and the column that orders it."""
    waiting = _waiting(filter)
    if filter.check == "unlabelled":
        query = _narrow(select(*columns).select_from(JOINED), waiting).where(label_now.is_(None))
        return query, examples.c.seq
    if filter.check == "all":
        return _narrow(select(*columns).select_from(JOINED), waiting), examples.c.seq
    query = _narrow(select(*columns).select_from(JOINED.join(queue, queue.c.example == examples.c.seq)), waiting)
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


def queue_page(connection: Connection, filter: Filter, after: int, limit: int) -> list[tuple[int, Example]]:
    """(position, example) of up to `limit` undecided examples beyond the position `after`."""
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


def queue_total(connection: Connection, filter: Filter) -> int:
    """How many undecided examples the queue holds."""
    if filter.label or filter.text or filter.status:
        query, _ = _queue(filter, func.count())
        return connection.scalar(query) or 0
    if filter.check in ("all", "unlabelled"):
        return _undecided(connection, filter.check == "unlabelled")
    return connection.scalar(_waiting_in_queue(filter)) or 0


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
