"""One page at a time of what a person looks at: every query reads only the rows it returns (keyset paging)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from curation.store.schema import cluster_sizes, clusters, examples, findings, queue, sources, states


@dataclass(frozen=True)
class Filter:
    """Which examples or findings to show; an empty field does not filter.

    `check` is a check's name, or for the review queue "unlabelled", "all", "weak" (only findings below LIKELY) or ""
    (everything with a finding above). `sure` is the least confidence of a finding, 0..1.
    """

    check: str = ""
    label: str = ""
    text: str = ""
    status: str = ""
    kind: str = ""
    sure: float = 0.0


LIKELY = 0.5
"""Findings at least this sure are more likely right than not; below are weak suspicions, shown on request."""


@dataclass(frozen=True)
class Example:
    """An example as it stands now, with what it was when imported."""

    seq: int
    id: str
    source: str
    row: int
    input: str
    output: str
    label: str | None
    imported_input: str
    imported_output: str
    imported_label: str | None
    group: str | None
    meta: str
    version: int
    status: str
    pinned: str


_label = func.coalesce(states.c.label, examples.c.label)
_status = func.coalesce(states.c.status, "undecided")
_NOW = (
    examples.c.seq,
    examples.c.id,
    sources.c.name.label("source"),
    examples.c.row,
    func.coalesce(states.c.input, examples.c.input).label("input"),
    func.coalesce(states.c.output, examples.c.output).label("output"),
    _label.label("label"),
    examples.c.input.label("imported_input"),
    examples.c.output.label("imported_output"),
    examples.c.label.label("imported_label"),
    examples.c.group,
    examples.c.meta,
    func.coalesce(states.c.version, 0).label("version"),
    _status.label("status"),
    func.coalesce(states.c.pinned, "").label("pinned"),
)
_JOINED = examples.join(sources, sources.c.id == examples.c.source).outerjoin(
    states, states.c.example == examples.c.seq
)


def example(connection: Connection, id: str) -> Example | None:
    """One example by id."""
    row = connection.execute(select(*_NOW).select_from(_JOINED).where(examples.c.id == id)).first()
    return None if row is None else Example(**row._mapping)


def examples_by_id(connection: Connection, ids: Sequence[str]) -> list[Example]:
    """The examples with these ids, in the order asked for; unknown ids are left out."""
    rows = connection.execute(select(*_NOW).select_from(_JOINED).where(examples.c.id.in_(ids)))
    found = {row.id: Example(**row._mapping) for row in rows}
    return [found[id] for id in ids if id in found]


def _narrow(query: Select[Any], filter: Filter) -> Select[Any]:
    query = query.where(sources.c.active)
    if filter.label:
        query = query.where(_label == filter.label)
    if filter.status:
        query = query.where(_status == filter.status)
    if filter.text:
        text = filter.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{text}%"
        query = query.where(or_(examples.c.input.like(like, escape="\\"), examples.c.output.like(like, escape="\\")))
    return query


@dataclass(frozen=True)
class FindingRow:
    """One finding with the example it is about."""

    seq: int
    check: str
    confidence: float
    message: str
    evidence: str
    suggestion: str
    cluster: int | None
    example: Example


_FINDING = tuple(findings.c[n] for n in ("check", "confidence", "message", "evidence", "suggestion", "cluster"))


def _finding(row: Any) -> FindingRow:
    values = dict(row._mapping)
    own = {name: values.pop(name) for name in ("check", "confidence", "message", "evidence", "suggestion", "cluster")}
    return FindingRow(seq=values.pop("finding"), **own, example=Example(**values))


def _findings(filter: Filter, *columns: Any) -> Select[Any]:
    joined = _JOINED.join(findings, findings.c.example == examples.c.seq)
    query = _narrow(select(*columns).select_from(joined), filter)
    query = query.where(findings.c.confidence >= filter.sure)
    return query.where(findings.c.check == filter.check) if filter.check else query


def finding_page(
    connection: Connection, filter: Filter, after: tuple[float, int] | None, limit: int
) -> list[FindingRow]:
    """Up to `limit` findings, surest first, that come after the (confidence, seq) of the last one shown."""
    query = _findings(filter, findings.c.seq.label("finding"), *_FINDING, *_NOW)
    if after is not None:
        confidence, seq = after
        beyond = and_(findings.c.confidence == confidence, findings.c.seq > seq)
        query = query.where(or_(findings.c.confidence < confidence, beyond))
    rows = connection.execute(query.order_by(findings.c.confidence.desc(), findings.c.seq).limit(limit))
    return [_finding(row) for row in rows]


def finding_total(connection: Connection, filter: Filter) -> int:
    """How many findings the filter leaves."""
    return connection.scalar(_findings(filter, func.count())) or 0


def findings_of(connection: Connection, id: str) -> list[FindingRow]:
    """All findings on one example, surest first."""
    query = _findings(Filter(), findings.c.seq.label("finding"), *_FINDING, *_NOW).where(examples.c.id == id)
    return [_finding(row) for row in connection.execute(query.order_by(findings.c.confidence.desc(), findings.c.seq))]


@dataclass(frozen=True)
class ClusterRow:
    """A near-duplicate cluster of two or more, and the text of its keeper."""

    cluster: int
    size: int
    kind: str
    keeper: str
    text: str


def cluster_page(connection: Connection, filter: Filter, after: tuple[int, int] | None, limit: int) -> list[ClusterRow]:
    """Up to `limit` clusters, largest first, that come after the (size, cluster) of the last one shown."""
    query = select(
        cluster_sizes.c.cluster,
        cluster_sizes.c.size,
        cluster_sizes.c.kind,
        examples.c.id.label("keeper"),
        examples.c.input.label("text"),
    ).join(examples, examples.c.seq == cluster_sizes.c.keeper)
    if filter.kind:
        query = query.where(cluster_sizes.c.kind == filter.kind)
    if after is not None:
        size, cluster = after
        beyond = and_(cluster_sizes.c.size == size, cluster_sizes.c.cluster > cluster)
        query = query.where(or_(cluster_sizes.c.size < size, beyond))
    rows = connection.execute(query.order_by(cluster_sizes.c.size.desc(), cluster_sizes.c.cluster).limit(limit))
    return [ClusterRow(**row._mapping) for row in rows]


@dataclass(frozen=True)
class Member:
    """An example of a cluster and how it relates to the keeper."""

    kind: str
    similarity: float
    keeper: str
    example: Example

    @property
    def is_keeper(self) -> bool:
        """Whether this example stays for others."""
        return self.keeper == self.example.id


def members(connection: Connection, cluster: int, limit: int) -> list[Member]:
    """The keeper (several in a long chain), then the other members by falling similarity, at most `limit`."""
    keepers = examples.alias("keepers")
    joined = _JOINED.join(clusters, clusters.c.example == examples.c.seq).join(
        keepers, keepers.c.seq == clusters.c.keeper
    )
    own = (clusters.c.kind.label("relation"), clusters.c.similarity, keepers.c.id.label("keeper"))
    query = select(*own, *_NOW).select_from(joined)
    first = (clusters.c.keeper == clusters.c.example).desc()
    order = (first, clusters.c.similarity.desc(), examples.c.seq)
    rows = connection.execute(query.where(clusters.c.cluster == cluster).order_by(*order).limit(limit))
    found = []
    for row in rows:
        values = dict(row._mapping)
        related = (values.pop("relation"), values.pop("similarity"), values.pop("keeper"))
        found.append(Member(*related, Example(**values)))
    return found


def cluster_of(connection: Connection, id: str) -> int | None:
    """The cluster of an example, None when nothing resembles it or dedup has not run."""
    query = (
        select(cluster_sizes.c.cluster)
        .join(clusters, clusters.c.cluster == cluster_sizes.c.cluster)
        .join(examples, examples.c.seq == clusters.c.example)
        .where(examples.c.id == id)
    )
    return connection.scalar(query)


def _queue(filter: Filter, *columns: Any) -> tuple[Select[Any], Any]:
    """The undecided examples of a review queue, and the column that orders it."""
    waiting = _waiting(filter)
    if filter.check == "unlabelled":
        query = _narrow(select(*columns).select_from(_JOINED), waiting).where(_label.is_(None))
        return query, examples.c.seq
    if filter.check == "all":
        return _narrow(select(*columns).select_from(_JOINED), waiting), examples.c.seq
    query = _narrow(select(*columns).select_from(_JOINED.join(queue, queue.c.example == examples.c.seq)), waiting)
    if filter.check == "weak":
        return query.where(queue.c.confidence < LIKELY), queue.c.position
    query = query.where(queue.c.confidence >= LIKELY)
    if filter.check:
        query = query.where(examples.c.seq.in_(select(findings.c.example).where(findings.c.check == filter.check)))
    return query, queue.c.position


def _waiting(filter: Filter) -> Filter:
    """The filter with its status "undecided" unless another was chosen."""
    return replace(filter, status=filter.status or "undecided")


def queue_page(connection: Connection, filter: Filter, after: int, limit: int) -> list[tuple[int, Example]]:
    """(position, example) of up to `limit` undecided examples beyond the position `after`."""
    _, order = _queue(filter)
    query, _ = _queue(filter, order.label("position"), *_NOW)
    rows = connection.execute(query.where(order > after).order_by(order).limit(limit))
    found = []
    for row in rows:
        values = dict(row._mapping)
        found.append((int(values.pop("position")), Example(**values)))
    return found


def queue_total(connection: Connection, filter: Filter) -> int:
    """How many undecided examples the queue holds."""
    query, _ = _queue(filter, func.count())
    return connection.scalar(query) or 0
