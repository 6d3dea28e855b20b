"""Near-duplicate clusters, one page at a time, and what deciding about all of them at once would touch.

Every page is a search in one of the indexes of `cluster_sizes` from where the last one ended. Only a text is looked
for row by row, WINDOW clusters at a time, and the page says where it got to: who asks can stop between two windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
)

from curation.records import (
    CLUSTER_KINDS,
    CLUSTERS_SCHEMA,
    OPEN,
    WINDOW,
    Bulk,
    ClusterFilter,
    ClusterPage,
    ClusterRow,
    Clusters,
    Example,
    Member,
    Position,
    Snapshot,
    Touched,
)
from curation.store.database import Engine, read, set_aside
from curation.store.database.schema import (
    cluster_sizes,
    clusters,
    examples,
    history,
    sources,
    states,
)
from curation.store.examples import BATCH, JOINED, NOW, Numbers, of_some, read_table, sequence_numbers, status_now
from curation.store.results import read_result, save_result
from curation.store.rows.loaded import last_number
from curation.store.rows.search import among, contains

AT_ONCE = 10_000  # rows a statement: long enough to hide the call, short enough to report progress ten times a second


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
    example = last_number(connection)
    decision = connection.scalar(select(func.max(history.c.seq))) or 0
    active = connection.scalars(select(sources.c.id).where(sources.c.active).order_by(sources.c.id))
    return Mark(example, decision, tuple(active))


def batch(connection: Connection, after: int) -> list[Compared]:
    """The next examples after a sequence number, in the order they were stored; none after the last."""
    rows = connection.execute(_query.where(examples.c.seq > after).order_by(examples.c.seq).limit(AT_ONCE))
    return [Compared(*row) for row in rows]


def by_id(connection: Connection, ids: Sequence[str]) -> list[Compared]:
    """The examples with these ids."""
    return [Compared(*row) for row in connection.execute(_query.where(examples.c.id.in_(ids)))]


def changed_since(connection: Connection, before: Mark, limit: int) -> list[Compared]:
    """Up to `limit` examples that were added or decided about since a mark."""
    decided = select(history.c.example).where(history.c.seq > before.decision)
    query = _query.where((examples.c.seq > before.example) | examples.c.seq.in_(decided))
    return [Compared(*row) for row in connection.execute(query.limit(limit))]


def page_query(filter: ClusterFilter, after: Position | None, end: Position | None) -> Select[Any]:
    """The clusters between two positions (the second included) in the filter's order."""
    key, columns = _key(filter), cluster_sizes.c
    own = (columns.cluster, columns.size, columns.kind, columns.similarity)
    joined = cluster_sizes.join(examples, examples.c.seq == columns.keeper)
    query = select(*own, examples.c.id.label("keeper"), examples.c.input.label("text")).select_from(joined)
    if filter.text:
        query = query.where(_has_text(filter.text))
    if end is not None:
        query = query.where(key <= tuple_(*end) if filter.order == "loosest" else key >= tuple_(*end))
    return _from(query, filter, after)


def _from(query: Select[Any], filter: ClusterFilter, after: Position | None) -> Select[Any]:
    """The query narrowed to clusters of the filter's kind and size after a position, in the filter's order."""
    key, upwards = _key(filter), filter.order == "loosest"
    query = query.where(*_bounds(filter))
    if after is not None:
        query = query.where(key > tuple_(*after) if upwards else key < tuple_(*after))
    return query.order_by(*(column.asc() if upwards else column.desc() for column in key))


def _bounds(filter: ClusterFilter) -> list[ColumnElement[bool]]:
    bounds = [cluster_sizes.c.kind == filter.kind] if filter.kind else []
    if filter.least_size > 2:
        bounds.append(cluster_sizes.c.size >= filter.least_size)
    if filter.among is not None:
        member = clusters.alias("found")
        found = select(member.c.cluster).where(member.c.example.in_(select(among(filter).c.value)))
        bounds.append(cluster_sizes.c.cluster.in_(found))
    return bounds


def _key(filter: ClusterFilter) -> Any:
    first = cluster_sizes.c.size if filter.order == "largest" else cluster_sizes.c.similarity
    return tuple_(first, cluster_sizes.c.cluster)


def _position(filter: ClusterFilter, row: ClusterRow | Row[Any]) -> Position:
    return (row.size if filter.order == "largest" else row.similarity, row.cluster)


def _window_end(connection: Connection, filter: ClusterFilter, after: Position | None) -> Position | None:
    columns = (cluster_sizes.c.size, cluster_sizes.c.similarity, cluster_sizes.c.cluster)
    row = connection.execute(_from(select(*columns), filter, after).offset(WINDOW - 1).limit(1)).first()
    return None if row is None else _position(filter, row)


def _has_text(text: str) -> ColumnElement[bool]:
    rows = clusters.join(examples, examples.c.seq == clusters.c.example).outerjoin(
        states, states.c.example == clusters.c.example
    )
    inner = select(clusters.c.example).select_from(rows).correlate(cluster_sizes)
    return exists(inner.where(clusters.c.cluster == cluster_sizes.c.cluster, contains(text)))


def _rows(connection: Connection, query: Select[Any]) -> list[ClusterRow]:
    return [ClusterRow(**row._mapping) for row in connection.execute(query)]


def _with_left_out(connection: Connection, rows: list[ClusterRow]) -> list[ClusterRow]:
    query = (
        select(clusters.c.cluster, func.count().label("n"))
        .join(states, states.c.example == clusters.c.example)
        .where(clusters.c.cluster.in_([row.cluster for row in rows]), states.c.status == "rejected")
        .group_by(clusters.c.cluster)
    )
    gone: dict[int, int] = {row.cluster: row.n for row in connection.execute(query)}
    return [ClusterRow(**{**vars(row), "left_out": gone.get(row.cluster, 0)}) for row in rows]


def members_query(cluster: int) -> Select[Any]:
    """All rows of a cluster, each keeper before its own: the cluster's alone are read and sorted."""
    keepers = examples.alias("keepers")
    joined = JOINED.join(clusters, clusters.c.example == examples.c.seq).join(
        keepers, keepers.c.seq == clusters.c.keeper
    )
    own = (clusters.c.kind.label("relation"), clusters.c.similarity, keepers.c.id.label("keeper"))
    main = select(cluster_sizes.c.keeper).where(cluster_sizes.c.cluster == cluster).scalar_subquery()
    family = ((clusters.c.keeper == main).desc(), clusters.c.keeper)
    first = (clusters.c.keeper == clusters.c.example).desc()
    query = select(*own, *NOW).select_from(joined).where(clusters.c.cluster == cluster)
    return query.order_by(*family, first, clusters.c.similarity.desc(), examples.c.seq)


_keepers, _kept = examples.alias("keepers"), states.alias("kept")
_STATED = (
    cluster_sizes.join(clusters, clusters.c.cluster == cluster_sizes.c.cluster)
    .outerjoin(states, states.c.example == clusters.c.example)
    .outerjoin(_kept, _kept.c.example == clusters.c.keeper)
)
"""The rows of clusters beside what people said about them and about their keepers. The examples themselves are left
out of it: reading half a million of them takes 10 s."""


def _in_filter(filter: ClusterFilter, joined: Any, *columns: Any) -> Select[Any]:
    """These columns of the rows in the clusters of the filter that are in the set."""
    unused = select(examples.c.seq).join(sources, sources.c.id == examples.c.source).where(sources.c.active.is_(False))
    query = select(*columns).select_from(joined).where(clusters.c.example.not_in(unused), *_bounds(filter))
    return query.where(clusters.c.cluster.in_(_with_text(filter.text))) if filter.text else query


def _with_text(text: str) -> Select[Any]:
    """The clusters with the text in one of their rows: all rows are read once, in the order they are stored."""
    own, said, member = examples.alias("own"), states.alias("said"), clusters.alias("member")
    rows = member.join(own, own.c.seq == member.c.example).outerjoin(said, said.c.example == member.c.example)
    return select(member.c.cluster).select_from(rows).where(contains(text, own, said)).correlate(None)


def _touches(bulk: Bulk) -> ColumnElement[bool]:
    is_open = status_now.in_(OPEN)
    return is_open if bulk == "accept" else and_(is_open, _is_repeat())


def _is_repeat() -> ColumnElement[bool]:
    """A row that only repeats a keeper which is still there as it was, and that nobody asked to keep.

    Where a person chose the keeper, changed it or left it out, what the others repeat is for a person to say.
    """
    own, said = clusters.alias("own"), states.alias("said")
    chosen = select(own.c.cluster).join(said, said.c.example == own.c.example).where(said.c.pinned == "keeper")
    label = select(examples.c.label).where(examples.c.seq == clusters.c.example).correlate(clusters).scalar_subquery()
    return and_(
        clusters.c.kind.in_(("exact", "near")),
        clusters.c.example != clusters.c.keeper,
        func.coalesce(states.c.pinned, "") == "",
        func.coalesce(_kept.c.status, "undecided") != "rejected",
        _kept.c.input.is_(None),
        _kept.c.output.is_(None),
        or_(_kept.c.label.is_(None), _kept.c.label == func.coalesce(states.c.label, label)),
        clusters.c.cluster.not_in(chosen.correlate(None)),
    )


CLUSTER_COLUMNS = ("example", "cluster", "keeper", "similarity", "kind")
SIZE_COLUMNS = ("cluster", "size", "kind", "keeper", "similarity")


def prepare_clusters(connection: Connection, found: Clusters) -> None:
    """Set the clusters aside: `database.write` takes it as `prepare`, and puts them in place."""
    numbers = sequence_numbers(connection)
    sizes: dict[int, list[Any]] = {}

    def batches() -> Iterator[list[tuple[Any, ...]]]:
        for batch in found.table.to_batches(BATCH):
            columns = [batch.column(name).to_pylist() for name in ("id", "cluster", "keeper", "similarity", "kind")]
            rows = [(numbers[i], c, numbers[k], s, kind) for i, c, k, s, kind in zip(*columns, strict=True)]
            for example, cluster, keeper, similarity, kind in rows:
                line = sizes.setdefault(cluster, [cluster, 0, "unique", keeper, 1.0])
                line[1] += 1
                line[4] = min(line[4], similarity)
                if example == keeper:
                    line[2] = max(line[2], kind, key=CLUSTER_KINDS.index)
            yield rows

    set_aside(connection, clusters, CLUSTER_COLUMNS, batches())
    set_aside(connection, cluster_sizes, SIZE_COLUMNS, [[tuple(line) for line in sizes.values() if line[1] > 1]])


def save_clusters(connection: Connection, found: Clusters, snapshot: Snapshot) -> None:
    """Note the snapshot that the clusters belong to which `prepare_clusters` set aside for this transaction."""
    save_result(connection, "dedup", dict(found.settings), snapshot.at, snapshot)


def with_their_clusters(rows: Numbers) -> Numbers:
    """These rows and all of their near-duplicate clusters."""
    shared = select(clusters.c.cluster).where(clusters.c.example.in_(rows))
    return union(rows, select(clusters.c.example).where(clusters.c.cluster.in_(shared)))


class StoredClusters:
    """The clusters of the last run: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def page(self, filter: ClusterFilter, after: Position | None, limit: int) -> ClusterPage:
        """Up to `limit` clusters in the filter's order that come after the position where the last page ended."""
        with read(self.engine) as connection:
            end = _window_end(connection, filter, after) if filter.text else None
            rows = _rows(connection, page_query(filter, after, end).limit(limit + 1))
            rows, more = rows[:limit], len(rows) > limit
            return ClusterPage(_with_left_out(connection, rows), _position(filter, rows[-1]) if more else end)

    def members(self, cluster: int, limit: int) -> list[Member]:
        """The keeper and what repeats it by falling similarity, then the other keepers of a long chain and theirs."""
        with read(self.engine) as connection:
            found = []
            for row in connection.execute(members_query(cluster).limit(limit)):
                values = dict(row._mapping)
                related = (values.pop("relation"), values.pop("similarity"), values.pop("keeper"))
                found.append(Member(*related, Example(**values)))
            return found

    def touched(self, filter: ClusterFilter, bulk: Bulk) -> Touched:
        """How much a decision about all clusters of the filter touches, and what it leaves alone."""
        with read(self.engine) as connection:
            touches = _touches(bulk)
            unlike = clusters.c.kind.in_(("variant", "contradiction")) & (clusters.c.example != clusters.c.keeper)
            counts = (
                func.count(case((touches, 1))),
                func.count(case((touches, clusters.c.cluster)).distinct()),
                func.count(case((status_now.not_in(OPEN), 1))),
                func.count(case((unlike, 1))),
            )
            rows, number, decided, differ = connection.execute(_in_filter(filter, _STATED, *counts)).one()
            return Touched(rows, number, decided, 0 if bulk == "accept" else differ)

    def touched_rows(self, filter: ClusterFilter, bulk: Bulk) -> list[tuple[str, str, float]]:
        """(example id, its keeper's id, their similarity) of what such a decision touches, in the order of the set."""
        with read(self.engine) as connection:
            named = _STATED.join(examples, examples.c.seq == clusters.c.example).join(
                _keepers, _keepers.c.seq == clusters.c.keeper
            )
            columns = (examples.c.id, _keepers.c.id.label("keeper"), clusters.c.similarity)
            query = _in_filter(filter, named, *columns).where(_touches(bulk)).order_by(clusters.c.example)
            return [(id, keeper, similarity) for id, keeper, similarity in connection.execute(query)]

    def decided_at(self, batch: str) -> str:
        """When the first decision of a bulk decision was made."""
        with read(self.engine) as connection:
            query = select(history.c.at).where(history.c.batch == batch).order_by(history.c.seq).limit(1)
            return connection.scalar(query) or ""

    def current(self, some: Numbers | None = None) -> Clusters | None:
        """The clusters of the last run, in row order, of all rows or of some; None before the first."""
        with read(self.engine) as connection:
            body = read_result(connection, "dedup")
            if body is None:
                return None
            keeper = examples.alias("keepers")
            query = (
                select(examples.c.id, clusters.c.cluster, keeper.c.id, clusters.c.similarity, clusters.c.kind)
                .select_from(clusters)
                .join(examples, examples.c.seq == clusters.c.example)
                .join(keeper, keeper.c.seq == clusters.c.keeper)
                .order_by(clusters.c.example)
            )
            return Clusters(read_table(connection, of_some(query, clusters.c.example, some), CLUSTERS_SCHEMA), body)

    def counts(self) -> list[tuple[str, int, int]]:
        """(kind, clusters, rows in them) of the clusters of two or more."""
        with read(self.engine) as connection:
            query = select(cluster_sizes.c.kind, func.count(), func.sum(cluster_sizes.c.size)).group_by(
                cluster_sizes.c.kind
            )
            return [(str(kind), int(n), int(rows)) for kind, n, rows in connection.execute(query)]

    def size_counts(self) -> list[tuple[int, int]]:
        """(size, clusters of that size) of the clusters of two or more, smallest first."""
        with read(self.engine) as connection:
            query = (
                select(cluster_sizes.c.size, func.count()).group_by(cluster_sizes.c.size).order_by(cluster_sizes.c.size)
            )
            return [(int(size), int(n)) for size, n in connection.execute(query)]
