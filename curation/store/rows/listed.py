"""Lists of rows: any filter in any order, a page at a time, counted, or whole as a table to take away."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Select, and_, case, func, or_, select

from curation.records import OPEN, Example, Filter, ListedRow, Sort
from curation.store.database import Engine, read, write
from curation.store.database.schema import assigned, clusters, examples, findings, history, states, tags
from curation.store.examples import JOINED, NOW, label_now, length_now, narrow, read_table, status_now, unlabelled_now
from curation.store.findings import found_by
from curation.store.rows.search import index_batch, place_among, unindexed

TAKEN_AWAY = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "input", "output", "label", "decision", "decided_by", "decided_at")),
        *((name, pa.string()) for name in ("imported_input", "imported_output", "imported_label", "file")),
        ("row", pa.int64()),
    ]
)
"""The columns of rows taken away; `row` counts the rows of the file from 1."""


def _newest(column: Any) -> Any:
    """That of the newest decision on the row, for the few rows with one."""
    query = select(column).where(history.c.example == examples.c.seq, history.c.action != "rename")
    query = query.order_by(history.c.seq.desc()).limit(1)
    decision = query.correlate(examples).scalar_subquery()
    return case((states.c.version > 0, func.coalesce(decision, "")), else_="")


_surest = select(func.max(findings.c.confidence)).where(findings.c.example == examples.c.seq).correlate(examples)
KEYS: Mapping[Sort, Any] = {
    "loaded": examples.c.seq,
    "newest": examples.c.seq,
    "longest": length_now,
    "shortest": length_now,
    "label": func.coalesce(label_now, ""),
    "decided": _newest(history.c.at),
    "surest": func.coalesce(_surest.scalar_subquery(), 0.0),
}
FALLING = ("newest", "longest", "decided", "surest")
"""Orders that begin with the greatest key."""


def rows_of(connection: Connection, filter: Filter, *columns: Any) -> Select[Any]:
    """These columns of the rows the filter leaves; what it says of findings holds for one of the row's."""
    query = narrow(connection, select(*columns).select_from(JOINED), filter)
    if filter.check == "unlabelled":
        return query.where(label_now.is_(None) if filter.status == "rejected" else unlabelled_now())
    if filter.check not in ("", "all") or filter.sure or filter.given or filter.suggested:
        return query.where(examples.c.seq.in_(select(findings.c.example).where(*found_by(filter))))
    return query


class StoredRows:
    """Rows as people look for them: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def page(self, filter: Filter, sort: Sort, after: tuple[Any, int] | None, limit: int) -> list[ListedRow]:
        """Up to `limit` rows that come after the (key, seq) of the last one shown."""
        key, falls = place_among(filter) if sort == "nearest" else KEYS[sort], sort in FALLING
        with read(self.engine) as connection:
            query = rows_of(connection, filter, examples.c.seq, key.label("key"))
            if after is not None:
                value, seq = after
                beyond = key < value if falls else key > value
                tie = examples.c.seq < seq if sort == "newest" else examples.c.seq > seq
                query = query.where(or_(beyond, and_(key == value, tie)))
            order = (key.desc() if falls else key, examples.c.seq)
            shown = connection.execute(query.order_by(*order).limit(limit)).all()
            return _listed(connection, [(row.seq, row.key) for row in shown])

    def counts(self, filter: Filter) -> tuple[int, int]:
        """(rows in the filter, those of them that nobody has decided)."""
        with read(self.engine) as connection:
            undecided = func.count(case((status_now.in_(OPEN), 1)))
            rows, number = connection.execute(rows_of(connection, filter, func.count(), undecided)).one()
            return rows, number

    def ids(self, filter: Filter, only_open: bool = False) -> list[str]:
        """The ids of the rows in the filter, in the order of the set; `only_open` those nobody has decided."""
        with read(self.engine) as connection:
            query = rows_of(connection, filter, examples.c.id)
            query = query.where(status_now.in_(OPEN)) if only_open else query
            return list(connection.scalars(query.order_by(examples.c.seq)))

    def table(self, filter: Filter, limit: int) -> pa.Table:
        """Up to `limit` rows of the filter with TAKEN_AWAY, as they stand now, in the order of the set."""
        now = {column.name: column for column in NOW}
        with read(self.engine) as connection:
            columns = (
                *(now[name] for name in ("id", "input", "output", "label", "status")),
                _newest(history.c.reviewer), _newest(history.c.at),
                *(now[name] for name in ("imported_input", "imported_output", "imported_label", "source")),
                examples.c.row + 1,
            )  # fmt: skip
            query = rows_of(connection, filter, *columns).order_by(examples.c.seq).limit(limit)
            return read_table(connection, query, TAKEN_AWAY)

    def reviewers(self) -> list[str]:
        """Everybody who has decided a row or was sent one, in name order."""
        with read(self.engine) as connection:
            found = {*connection.scalars(select(history.c.reviewer).distinct())}
            return sorted(found | {*connection.scalars(select(assigned.c.reviewer).distinct())} - {""})

    def tags(self) -> list[tuple[str, int]]:
        """(tag, rows), in name order."""
        with read(self.engine) as connection:
            query = select(tags.c.tag, func.count()).group_by(tags.c.tag).order_by(tags.c.tag)
            return [(tag, number) for tag, number in connection.execute(query)]

    def tags_of(self, id: str) -> tuple[str, ...]:
        """The tags of a row, in name order."""
        with read(self.engine) as connection:
            query = select(tags.c.tag).join(examples, examples.c.seq == tags.c.example).where(examples.c.id == id)
            return tuple(connection.scalars(query.order_by(tags.c.tag)))

    def unindexed(self) -> int:
        """How many rows the search by words still has to read one by one."""
        with read(self.engine) as connection:
            return unindexed(connection)

    def index(self) -> tuple[int, int]:
        """(rows done up to, last row) after the words of some more rows were indexed; equal once all are."""
        with write(self.engine) as connection:
            return index_batch(connection)


def _listed(connection: Connection, shown: Sequence[tuple[int, Any]]) -> list[ListedRow]:
    numbers = [seq for seq, _ in shown]
    here = connection.execute(select(*NOW).select_from(JOINED).where(examples.c.seq.in_(numbers)))
    rows = {row.seq: Example(**row._mapping) for row in here}
    decided = select(history.c.example, history.c.reviewer, history.c.at).order_by(history.c.seq)
    decided = decided.where(history.c.example.in_(numbers), history.c.action != "rename")
    newest = {row.example: row for row in connection.execute(decided)}
    checks = _lists(connection, findings.c.example, findings.c.check, numbers, findings.c.confidence.desc())
    tagged = _lists(connection, tags.c.example, tags.c.tag, numbers, tags.c.tag)
    sent = _lists(connection, assigned.c.example, assigned.c.reviewer, numbers, assigned.c.reviewer)
    in_cluster = select(clusters.c.example, clusters.c.cluster)
    in_cluster = in_cluster.where(clusters.c.example.in_(numbers), clusters.c.kind != "unique")
    cluster = {row.example: row.cluster for row in connection.execute(in_cluster)}
    made = []
    for seq, key in shown:
        reviewer, at = (newest[seq].reviewer, newest[seq].at) if seq in newest else ("", "")
        known = (checks.get(seq, ()), cluster.get(seq), tagged.get(seq, ()), sent.get(seq, ()))
        made.append(ListedRow(rows[seq], key, reviewer, at, *known))
    return made


def _lists(
    connection: Connection, example: Any, column: Any, numbers: Sequence[int], order: Any
) -> dict[int, tuple[Any, ...]]:
    """By example, what a table holds of it, each once."""
    found: dict[int, dict[Any, None]] = {}
    for seq, value in connection.execute(select(example, column).where(example.in_(numbers)).order_by(order)):
        found.setdefault(seq, {})[value] = None
    return {seq: tuple(values) for seq, values in found.items()}
