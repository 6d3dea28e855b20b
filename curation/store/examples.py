"""Sources, examples and rejected rows: written once, read in pages or as a Dataset."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    SelectBase,
    func,
    insert,
    or_,
    select,
    update,
)

from curation.records import (
    ADDED_BY_HAND,
    DATASET_SCHEMA,
    REJECTED_SCHEMA,
    Columns,
    Dataset,
    Example,
    Filter,
    example_ids,
    outputs_are_labels,
)
from curation.records.tables import gathered
from curation.store.database import Engine, bump, folder_of, name_of, read
from curation.store.database.dialect import listed_texts
from curation.store.database.schema import (
    clusters,
    examples,
    rejected,
    sources,
    states,
)
from curation.store.rows.loaded import COLUMNS, Digest, coming, next_number
from curation.store.rows.marks import of_people
from curation.store.rows.search import among, asks_meaning, check_searched, matches
from curation.store.rows.versions import REPLACED, settle

label_now = func.coalesce(states.c.label, examples.c.label)
status_now = func.coalesce(states.c.status, "undecided")
length_now = func.length(func.coalesce(states.c.input, examples.c.input)) + func.length(
    func.coalesce(states.c.output, examples.c.output)
)
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


Numbers = SelectBase
"""The numbers of some examples, as the query that tells them."""
DIGEST = "added by hand"
"""Stands where a file has the SHA-256 of its bytes, so that the source is found again."""


@dataclass(frozen=True)
class Draft:
    """An example as a person wrote it."""

    input: str
    output: str
    label: str | None
    by: str


def add_by_hand(connection: Connection, draft: Draft, is_classification: bool, at: str) -> str:
    """The id of the new example; who added it and when stand in its `meta`.

    A text that is in the set already gets the next ordinal in its id, so that nothing is dropped.
    """
    source, row = _source(connection, is_classification, at)
    base = example_ids([(draft.input, draft.output, draft.label)], {})[0]
    same = select(examples.c.id).where(examples.c.id >= base, examples.c.id < f"{base}~")
    taken, id, number = set(connection.scalars(same)), base, 0
    while id in taken:
        number += 1
        id = f"{base}-{number}"
    meta = json.dumps({"added_by": draft.by, "added_at": at}, ensure_ascii=False)
    texts = {"input": draft.input, "output": draft.output, "label": draft.label}
    number = next_number(connection)
    stored = {"seq": number, "id": id, "row": row, **texts, "group": None, "created": at, "meta": meta}
    connection.execute(insert(examples).values(source=source, **stored))
    digest = Digest()
    digest.feed([[stored[name] for name in COLUMNS]])
    digest.note(connection, number, number)
    connection.execute(update(sources).where(sources.c.id == source).values(stored=row + 1))
    bump(connection, data=True)
    return id


def _source(connection: Connection, is_classification: bool, at: str) -> tuple[int, int]:
    """(number, rows so far) of the source in the set that such examples belong to; made when there is none."""
    found = find_source(connection, DIGEST)
    if found is not None:
        return found.id, found.stored
    columns = Columns(("input",), None if is_classification else "output", "label" if is_classification else None)
    made = connection.execute(
        insert(sources).values(
            name=ADDED_BY_HAND, digest=DIGEST, format="typed in", shape="flat", encoding="utf-8",
            columns=json.dumps({key: value for key, value in asdict(columns).items() if value}),
            warnings="[]", stored=0, rejected=0, active=True, at=at,
        )
    )  # fmt: skip
    return int((made.inserted_primary_key or (0,))[0]), 0


BATCH = 10_000  # rows a statement or fetch: enough to hide the call, 10 MB at a kilobyte a row


def find_source(connection: Connection, digest: str) -> Row[Any] | None:
    """The active source with exactly these bytes, if it was loaded before."""
    query = select(sources).where(sources.c.digest == digest, sources.c.active)
    return connection.execute(query).first()


def repeated(connection: Connection, dataset: Dataset) -> int:
    """How many of these rows the active sources have already, told by their ids: same input, output and label."""
    query = select(examples.c.id).join(sources, sources.c.id == examples.c.source).where(sources.c.active)
    there = {id.partition("-")[0] for id in connection.scalars(query)}
    return sum(id.partition("-")[0] in there for id in dataset.values("id")) if there else 0


def set_active(connection: Connection, source: int, active: bool) -> None:
    """Take a source into the set or leave it out; its rows and decisions stay stored either way."""
    connection.execute(update(sources).where(sources.c.id == source).values(active=active))
    settle(connection, source)
    bump(connection, data=True)


def read_dataset(connection: Connection, some: Numbers | None = None) -> Dataset:
    """All examples of the active sources, or some of them, as imported, in the order they were stored."""
    query = (
        select(
            examples.c.id,
            examples.c.input,
            examples.c.output,
            examples.c.label,
            examples.c.group,
            sources.c.name,
            examples.c.row,
            examples.c.created,
            examples.c.meta,
        )
        .join(sources, sources.c.id == examples.c.source)
        .where(sources.c.active)
        .order_by(examples.c.seq)
    )
    return Dataset(read_table(connection, of_some(query, examples.c.seq, some), DATASET_SCHEMA))


def of_some(query: Select[Any], number: ColumnElement[int], some: Numbers | None) -> Select[Any]:
    """The query for these rows, by the column that holds their numbers; as it is where none are named."""
    return query if some is None else query.where(number.in_(some))


def read_table(connection: Connection, query: Any, schema: pa.Schema) -> pa.Table:
    """The rows of a query as an Arrow table of this schema, read in batches; a large one is a file beside the database
    (see `gathered`)."""

    def batches() -> Iterator[pa.RecordBatch]:
        result = connection.execute(query)
        while rows := result.fetchmany(BATCH):
            columns = [pa.array(values, field.type) for values, field in zip(zip(*rows), schema, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return gathered(batches(), schema, folder_of(connection.engine))


def sequence_numbers(connection: Connection) -> dict[str, int]:
    """The number of every example by id: derived tables refer to examples by number."""
    return {row.id: row.seq for row in connection.execute(select(examples.c.id, examples.c.seq))}


def imported_labels(connection: Connection) -> Mapping[str | None, int]:
    """Rows by label as imported, None for those without one, of the active sources.

    Imported rows never change, so what was counted once for these sources and their rows holds: a million rows take
    a tenth of a second, on every press of a key.
    """
    return _imported(connection).labels


def unlabelled_now() -> ColumnElement[bool]:
    """Whether a row of JOINED is not labelled yet: it has no label now, and nobody has left it out."""
    return label_now.is_(None) & (status_now != "rejected")


def unlabelled(connection: Connection) -> int:
    """How many rows of the set are not labelled yet, as `unlabelled_now` says."""
    # Corrected by what people said: joining a million rows with their states takes 1 s.
    settled = stated(func.count()).where(
        examples.c.label.is_(None), or_(states.c.label.is_not(None), states.c.status == "rejected")
    )
    return imported_labels(connection).get(None, 0) - (connection.scalar(settled) or 0)


@dataclass(frozen=True)
class _Counts:
    """Rows by label, and whether any row has an output other than its label."""

    labels: Mapping[str | None, int]
    has_texts: bool


COUNTED = 60  # counts that are kept: a few of each of twenty projects
_counted: dict[tuple[Any, ...], Any] = {}
T = TypeVar("T")


def _imported(connection: Connection) -> _Counts:
    return _counted_once(connection, "labels", _labels_and_texts)


def _labels_and_texts(connection: Connection) -> _Counts:
    query = select(examples.c.label, func.count()).where(examples.c.source.in_(_active()))
    labels = {row[0]: row[1] for row in connection.execute(query.group_by(examples.c.label))}
    return _Counts(labels, _has_texts(connection))


def _counted_once(connection: Connection, what: str, count: Callable[[Connection], T]) -> T:
    """What is counted of the examples as imported: anew only where the files in the set have changed."""
    own = (sources.c.id, sources.c.digest, sources.c.at, sources.c.stored)
    active = connection.execute(select(*own).where(sources.c.active))
    key = (what, name_of(connection.engine), *sorted(tuple(row) for row in active))
    if key not in _counted:
        counted = count(connection)
        while len(_counted) >= COUNTED:
            _counted.pop(next(iter(_counted)), None)
        _counted[key] = counted
    found: T = _counted[key]
    return found


def _lengths(width: int, connection: Connection) -> list[tuple[str, int, int]]:
    sides = ("input", "output")
    edges = [(func.length(examples.c[side]) / width).label(side) for side in sides]
    edge = select(*edges).where((examples.c.source + 0).in_(_active())).subquery().c
    query = select(edge.input, edge.output, func.count()).group_by(edge.input, edge.output)
    counts: Counter[tuple[str, int]] = Counter()
    for *lows, n in connection.execute(query):  # both at once: going through a million rows takes half a second
        counts.update({(side, int(low) * width): int(n) for side, low in zip(sides, lows, strict=True)})
    return [(side, low, n) for (side, low), n in sorted(counts.items())]


def _has_texts(connection: Connection) -> bool:
    """As `records.has_texts`, of the examples as imported."""
    # A sum cannot be searched for in an index, and reading the rows in their order takes a tenth of the time.
    in_set = (examples.c.source + 0).in_(_active())
    other = examples.c.output != func.coalesce(examples.c.label, "")
    query = select(examples.c.label, examples.c.output).where(in_set, other)
    # Only Python strips every kind of blank; reading ends with the first row that says something.
    with connection.execute(query.execution_options(yield_per=BATCH)) as rows:
        return any(label is not None or output.strip() for label, output in rows)


def is_classification(connection: Connection, declared: bool) -> bool:
    """Whether the outputs are labels, as `curate` settles it; `declared` where labels stand elsewhere."""
    imported = _imported(connection)
    has_labels = any(label is not None for label in imported.labels)
    if imported.has_texts or has_labels or declared:
        return outputs_are_labels(has_labels, imported.has_texts, declared)
    given = connection.scalar(stated(func.count()).where(states.c.label.is_not(None))) or 0
    outputs = connection.scalars(stated(states.c.output).where(states.c.output.is_not(None)))
    return outputs_are_labels(False, False, given=given, written=sum(bool(text.strip()) for text in outputs))


def _active() -> Any:
    return select(sources.c.id).where(sources.c.active)


def stated(*columns: Any) -> Select[Any]:
    """These columns of the examples of active sources that people said something about."""
    # A sum cannot be searched for in an index: else a million examples are walked to find the few with a state.
    joined = states.join(examples, examples.c.seq == states.c.example + 0)
    return select(*columns).select_from(joined).where((examples.c.source + 0).in_(_active()))


def _relabelled() -> Any:
    """(label as imported, label given since, status, rows) of the rows that no longer count as they were imported."""
    columns = (examples.c.label, states.c.label, states.c.status)
    query = stated(*columns, func.count())
    return query.where((states.c.status == "rejected") | states.c.label.is_not(None)).group_by(*columns)


def narrow(connection: Connection, query: Select[Any], filter: Filter) -> Select[Any]:
    """The rows of a query over JOINED that the filter leaves, but for what it says of findings."""
    query = query.where(sources.c.active, *of_people(connection, filter))
    if filter.label:
        query = query.where(label_now == filter.label)
    if filter.status:
        query = query.where(status_now == filter.status)
    if filter.among is not None:
        query = query.where(examples.c.seq.in_(select(among(filter).c.value)))
    if asks_meaning(filter) or filter.topic is not None or filter.area:
        check_searched(filter)
    if filter.text and not asks_meaning(filter):
        query = query.where(matches(connection, filter))
    if filter.source:
        query = query.where(examples.c.source == filter.source)
    if filter.cluster is not None:
        query = query.where(examples.c.seq.in_(select(clusters.c.example).where(clusters.c.cluster == filter.cluster)))
    if filter.shortest:
        query = query.where(length_now >= filter.shortest)
    if filter.longest:
        query = query.where(length_now <= filter.longest)
    return query


SHOWN = 300
"""Characters of a rejected row that a page shows: more than fits into its line."""


class StoredExamples:
    """What is in the set: each question is a read of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def sources(self) -> list[Row[Any]]:
        """Every source ever loaded, oldest first."""
        with read(self.engine) as connection:
            loaded = select(sources).where(sources.c.format != REPLACED, sources.c.id.not_in(coming()))
            return list(connection.execute(loaded.order_by(sources.c.id)))

    def rejected(self) -> pa.Table:
        """The rejected rows of the active sources, in file order."""
        with read(self.engine) as connection:
            query = (
                select(
                    sources.c.name,
                    rejected.c.row,
                    rejected.c.offset,
                    rejected.c.reason,
                    rejected.c.message,
                    rejected.c.raw,
                )
                .join(sources, sources.c.id == rejected.c.source)
                .where(sources.c.active)
                .order_by(rejected.c.seq)
            )
            return read_table(connection, query, REJECTED_SCHEMA)

    def rejected_page(self, after: int | None, limit: int, whole: bool = False) -> list[Row[Any]]:
        """Rejected rows of the active sources after a number, in file order: the beginning of each, or the `whole`."""
        raw = rejected.c.raw if whole else func.substr(rejected.c.raw, 1, SHOWN, type_=rejected.c.raw.type).label("raw")
        columns = (rejected.c[name] for name in ("seq", "row", "offset", "reason", "message"))
        query = (
            select(sources.c.name, *columns, raw)
            .join(sources, sources.c.id == rejected.c.source)
            .where(sources.c.active, rejected.c.seq > (after or 0))
        )
        with read(self.engine) as connection:
            return list(connection.execute(query.order_by(rejected.c.seq).limit(limit)))

    def totals(self) -> Mapping[str, int]:
        """Rows stored and rejected in the active sources, those not labelled yet, and those decided by status."""
        with read(self.engine) as connection:
            sums = connection.execute(
                select(func.sum(sources.c.stored), func.sum(sources.c.rejected), func.count()).where(sources.c.active)
            ).one()
            by_status = connection.execute(select(states.c.status, func.count().label("n")).group_by(states.c.status))
            decided = {row.status: int(row.n) for row in by_status}
            return {
                "stored": int(sums[0] or 0),
                "rejected": int(sums[1] or 0),
                "sources": int(sums[2]),
                "unlabelled": unlabelled(connection),
                "decided": sum(n for status, n in decided.items() if status not in ("undecided", "skipped", "flagged")),
                "handled": sum(n for status, n in decided.items() if status != "undecided"),
                **{f"status_{status}": n for status, n in decided.items()},
            }

    def rejected_reasons(self) -> list[tuple[str, str, int]]:
        """(file, reason, rows) of the rejected rows, commonest first."""
        with read(self.engine) as connection:
            query = (
                select(sources.c.name, rejected.c.reason, func.count().label("n"))
                .join(sources, sources.c.id == rejected.c.source)
                .where(sources.c.active)
                .group_by(sources.c.name, rejected.c.reason)
                .order_by(func.count().desc(), rejected.c.reason)
            )
            return [(str(name), str(reason), int(n)) for name, reason, n in connection.execute(query)]

    def label_counts(self) -> list[tuple[str, int]]:
        """(label, rows) as decided so far, commonest first; unlabelled and rejected rows are not counted."""
        with read(self.engine) as connection:
            counts = {label: n for label, n in imported_labels(connection).items() if label is not None}
            for was, new, status, number in connection.execute(_relabelled()):
                if was is not None:
                    counts[was] -= number
                now = was if new is None else new
                if now is not None and status != "rejected":
                    counts[now] = counts.get(now, 0) + number
            return sorted(((label, n) for label, n in counts.items() if n), key=lambda one: (-one[1], one[0]))

    def length_counts(self, width: int) -> list[tuple[str, int, int]]:
        """("input" or "output", lower edge, rows): lengths in characters, in bins of `width`, as imported."""
        with read(self.engine) as connection:
            return list(_counted_once(connection, f"lengths {width}", partial(_lengths, width)))

    def texts(self, most: int) -> list[tuple[str, str]]:
        """(input, output) of some rows as imported, the same ones each time."""
        query = select(examples.c.input, examples.c.output).join(sources, sources.c.id == examples.c.source)
        with read(self.engine) as connection:
            found = connection.execute(query.where(sources.c.active).order_by(examples.c.id).limit(most))
            return [(row.input, row.output) for row in found]

    def get(self, id: str) -> Example | None:
        """One example by id."""
        with read(self.engine) as connection:
            row = connection.execute(select(*NOW).select_from(JOINED).where(examples.c.id == id)).first()
            return None if row is None else Example(**row._mapping)

    def numbers(self, ids: Sequence[str]) -> tuple[int, ...]:
        """The numbers of the rows with these ids, in the order of the set; unknown ids are left out."""
        wanted = listed_texts(ids)
        with read(self.engine) as connection:
            query = select(examples.c.seq).where(examples.c.id.in_(select(wanted.c.value))).order_by(examples.c.seq)
            return tuple(connection.scalars(query))

    def get_all(self, ids: Sequence[str]) -> list[Example]:
        """The examples with these ids, in the order asked for; unknown ids are left out."""
        with read(self.engine) as connection:
            rows = connection.execute(select(*NOW).select_from(JOINED).where(examples.c.id.in_(ids)))
            found = {row.id: Example(**row._mapping) for row in rows}
            return [found[id] for id in ids if id in found]
