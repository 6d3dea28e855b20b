"""A file on its way into the set: its rows are stored a batch at a time, where nobody sees them, and taken in at once.

A batch is a transaction of its own, so that others decide meanwhile. Until `take_in` the file is in no set; what a
process that was killed has left of one is deleted by `remove_batch`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from curation.errors import StoreFailed
from curation.records import REJECTED_SCHEMA, Imported, Process
from curation.store.database import bump, insert_rows
from curation.store.database.dialect import listed_texts
from curation.store.database.schema import examples, imports, rejected, sources
from curation.store.rows.loaded import COLUMNS, Digest, next_number
from curation.store.rows.versions import free_ids

ROWS, BYTES = 5_000, 16 << 20
"""What a batch holds at most: a third of a second on 2 cores, which is how long somebody else's decision waits."""
REJECTED = ("row", "offset", "reason", "message", "raw")
GONE = "Another process took this load for dead and deleted what it had stored. Nothing of it is left: load it again."
SAME_PROCESS = 1.0
"""Seconds between two readings of when a process started: the clock of the computer is set now and then."""


@dataclass(frozen=True)
class Import:
    """A file coming in: its source, the numbers kept for its rows, and what its rows so far add up to."""

    source: int
    first: int
    last: int
    process: Process
    digest: Digest = field(default_factory=Digest, compare=False)


def begin(connection: Connection, imported: Imported, process: Process, at: str) -> Import:
    """The file with a source of its own, in no set, and numbers kept for all its rows."""
    columns = {key: value for key, value in asdict(imported.columns).items() if value}
    made = connection.execute(
        insert(sources).values(
            name=imported.name,
            digest=imported.digest,
            format=imported.format,
            shape=imported.shape,
            encoding=imported.encoding,
            columns=json.dumps(columns),
            warnings=json.dumps(list(imported.warnings)),
            stored=len(imported.dataset),
            rejected=imported.rejected.num_rows,
            active=False,
            at=at,
        )
    ).inserted_primary_key
    first = next_number(connection)
    begun = Import(int(made[0]) if made else 0, first, first + len(imported.dataset) - 1, process)
    values = {"source": begun.source, "first": begun.first, "last": begun.last, "whole": False}
    connection.execute(insert(imports).values(**values, pid=process.pid, process_started=process.started))
    return begun


def batches(table: pa.Table) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table in pieces that a transaction may hold."""
    size = max(table.nbytes // max(table.num_rows, 1), 1)
    most = max(1, min(ROWS, BYTES // size))
    for start in range(0, table.num_rows, most):
        piece = table.slice(start, most)  # not the table's own pieces, which may be small
        yield list(zip(*(column.to_pylist() for column in piece.columns), strict=True))


def row_batches(imported: Imported) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of COLUMNS of a file, in such pieces."""
    return batches(imported.dataset.table.select(COLUMNS))


def rejected_batches(imported: Imported) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a file that were rejected, in such pieces."""
    return batches(imported.rejected.select([name for name in REJECTED_SCHEMA.names if name in REJECTED]))


def add_rows(connection: Connection, coming: Import, rows: Sequence[tuple[Any, ...]], of_own: bool) -> list[Any]:
    """The rows as they are now stored, for the digest.

    A row that repeats one of an earlier source gets the next ordinal in its id, so that nothing is dropped; so does a
    row with an id of its own (`of_own`) of which another version is stored.
    """
    _check(connection, coming)
    taken = _taken(connection, [row[0] if of_own else row[0].partition("-")[0] for row in rows])
    ids = [row[0] for row in rows]
    if taken:
        ids = free_ids(ids, taken) if of_own else [_free(id, taken) for id in ids]
    stored = [(id, *row[1:]) for id, row in zip(ids, rows, strict=True)]
    start = coming.first + coming.digest.rows
    lines = [(start + n, coming.source, *row) for n, row in enumerate(stored)]
    insert_rows(connection, examples, ("seq", "source", *COLUMNS), lines)
    return stored


def add_rejected(connection: Connection, coming: Import, rows: Sequence[tuple[Any, ...]]) -> None:
    """Store rows that were rejected."""
    _check(connection, coming)
    names = [name for name in REJECTED_SCHEMA.names if name in REJECTED]
    insert_rows(connection, rejected, (*names, "source"), [(*row, coming.source) for row in rows])


def _taken(connection: Connection, bases: Sequence[str]) -> set[str]:
    """The ids in the store that are one of these, or one of these with something behind it."""
    base = listed_texts(bases)
    # every character that may stand in an id comes before "~"
    own = and_(examples.c.id >= base.c.value, examples.c.id < base.c.value.op("||")("~"))
    # an outer join, so that the ids are looked up for each of these, and not the other way round
    return set(connection.scalars(select(examples.c.id).select_from(base.outerjoin(examples, own)))) - {None}


def _free(example: str, taken: set[str]) -> str:
    base, _, repeat = example.partition("-")
    number = int(repeat or 0)
    while (name := f"{base}-{number}" if number else base) in taken:
        number += 1
    taken.add(name)
    return name


def take_in(connection: Connection, coming: Import, result: Mapping[str, Any]) -> None:
    """Put the file into the set, with all its rows; `result` is what the job of it says then."""
    _check(connection, coming)
    coming.digest.note(connection, coming.first, coming.last)
    connection.execute(update(sources).where(sources.c.id == coming.source).values(active=True))
    whole = {"whole": True, "result": json.dumps(result, ensure_ascii=False)}
    connection.execute(update(imports).where(imports.c.source == coming.source).values(**whole))
    bump(connection, data=True)


def result_of(connection: Connection, process: Process) -> dict[str, Any] | None:
    """What became of the file that a process has put into the set; None where it has put in none."""
    query = select(imports).where(imports.c.pid == process.pid, imports.c.whole).order_by(imports.c.source.desc())
    for row in connection.execute(query):
        if abs(row.process_started - process.started) < SAME_PROCESS:
            return dict(json.loads(row.result))
    return None


def unfinished(connection: Connection) -> list[Import]:
    """The files that are coming in, or were when their process ended."""
    query = select(imports).where(imports.c.whole.is_(False)).order_by(imports.c.source)
    return [_import(row) for row in connection.execute(query)]


def _import(row: Row[Any]) -> Import:
    return Import(row.source, row.first, row.last, Process(row.pid, row.process_started))


def remove_batch(connection: Connection, left: Import) -> bool:
    """Delete up to a batch of the rows of a file that is in no set yet, at last the file; whether more is left."""
    if not _is_coming(connection, left):
        return False
    for table in (rejected, examples):
        some = select(table.c.seq).where(table.c.source == left.source).limit(ROWS)
        if connection.execute(delete(table).where(table.c.seq.in_(some))).rowcount:
            return True
    connection.execute(delete(imports).where(imports.c.source == left.source))
    connection.execute(delete(sources).where(sources.c.id == left.source))
    return False


def _is_coming(connection: Connection, one: Import) -> bool:
    own = and_(imports.c.pid == one.process.pid, imports.c.process_started == one.process.started)
    query = select(imports.c.source).where(imports.c.source == one.source, own, imports.c.whole.is_(False))
    return connection.scalar(query) is not None


def _check(connection: Connection, coming: Import) -> None:
    if not _is_coming(connection, coming):
        raise StoreFailed(GONE)
