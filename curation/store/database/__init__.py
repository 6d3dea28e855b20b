"""Opening a project's database, and its two kinds of transaction."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Integer,
    String,
    cast,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)

from curation.errors import CurationError, StoreFailed
from curation.store.database import schema
from curation.store.database.chain import START, Head
from curation.store.database.failures import BUSY, said_plainly
from curation.store.database.migrate import keep_copy, migrate
from curation.store.database.turns import turn
from curation.text.words import has_words

__all__ = [
    "Connection", "Engine", "bump", "consistent", "copy", "count", "data_version", "insert_rows", "keep_heads",
    "open_database", "put_in_place", "read", "set_aside", "version", "write",
]  # fmt: skip


BUSY_SECONDS = 30  # how long a writer waits for another; a decision takes about 5 ms, so this is thousands of writers


def open_database(path: Path) -> Engine:
    """The engine of the SQLite database at `path`, made there when absent.

    WAL with synchronous=FULL: what a transaction acknowledged survives a kill and a power cut. Raises InputRejected
    when the file is not a database of ours, StoreFailed where the disk or folder is at fault, CurationError when it was
    written by a newer version.
    """
    # As a text, a path with ? or % in it would name another file.
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with write(engine) as connection:
            if not inspect(connection).get_table_names():
                schema.metadata.create_all(connection)
                start = {"schema_version": schema.SCHEMA_VERSION, "version": 0, "data_version": 0, "events": START}
                rows = [{"key": key, "value": str(value)} for key, value in start.items()]
                connection.execute(insert(schema.about), rows)
            # Read, copied and migrated under one lock: several processes may open an old project at once.
            found = _about(connection, "schema_version")
            if found < schema.SCHEMA_VERSION:
                keep_copy(path, found)
                migrate(connection, found)
    except CurationError:
        engine.dispose()
        raise
    if found > schema.SCHEMA_VERSION:
        engine.dispose()
        raise CurationError(f"{path.name} was written by a newer version of curation. Update curation to open it.")
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see `_begin`
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("has_words", 2, has_words, deterministic=True)


def _begin(connection: Connection) -> None:
    # A deferred BEGIN that later writes fails with "database is locked" instead of waiting its turn.
    mode = "IMMEDIATE" if connection.get_execution_options().get("write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")


def copy(engine: Engine, path: Path) -> None:
    """The database as it stands at one moment, in a file of its own; others read and write meanwhile."""
    with read(engine) as connection, closing(sqlite3.connect(path)) as target, said_plainly(engine):
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(target)


@contextmanager
def write(engine: Engine, prepare: Callable[[Connection], None] | None = None) -> Iterator[Connection]:
    """A transaction that may write: waits for other writers, is acknowledged when the block ends.

    `prepare` comes before it, while others write, and may `set_aside` rows for the block to `put_in_place`.
    """
    head: Head | None = None
    with said_plainly(engine), engine.connect() as connection:
        if prepare is not None:
            with connection.begin():
                prepare(connection)
        connection.execution_options(write=True)
        connection.info.pop("head", None)
        with _turn(engine), connection.begin():
            yield connection
        head = connection.info.pop("head", None)
    if head is not None and engine in _keepers:
        _keepers[engine](head)


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    path = Path(str(engine.url.database))
    with turn(path, BUSY_SECONDS) as is_ours:
        if not is_ours:
            raise StoreFailed(BUSY.format(folder=path.parent))
        yield


_keepers: WeakKeyDictionary[Engine, Callable[[Head], None]] = WeakKeyDictionary()


def keep_heads(engine: Engine, keep: Callable[[Head], None]) -> None:
    """Let `keep` have the end of the events whenever a transaction that added some is committed."""
    _keepers[engine] = keep


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads one consistent state; inside `consistent`, that one."""
    open_one = _reading.get()
    if open_one is not None and open_one.engine is engine:
        yield open_one
        return
    with said_plainly(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def consistent(engine: Engine) -> Iterator[Connection]:
    """Every `read` of this engine inside the block sees the same state, whatever others store meanwhile."""
    with read(engine) as connection:
        before = _reading.set(connection)
        try:
            yield connection
        finally:
            _reading.reset(before)


_reading: ContextVar[Connection | None] = ContextVar("reading", default=None)


def version(connection: Connection) -> int:
    """A number that changes with everything stored: the key of every cache."""
    return _about(connection, "version")


def data_version(connection: Connection) -> int:
    """A number that changes with examples and decisions only: what derived results are held against."""
    return _about(connection, "data_version")


def _about(connection: Connection, key: str) -> int:
    return int(connection.scalar(select(schema.about.c.value).where(schema.about.c.key == key)) or 0)


def bump(connection: Connection, data: bool = False) -> None:
    """Note that something changed; `data` when examples or decisions did."""
    keys = ("version", "data_version") if data else ("version",)
    connection.execute(update(schema.about).where(schema.about.c.key.in_(keys)).values(value=_NEXT))


_NEXT = cast(cast(schema.about.c.value, Integer) + 1, String)


def count(connection: Connection, table: Any, *where: Any) -> int:
    """How many rows of a table fulfil the conditions."""
    return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def insert_rows(connection: Connection, table: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows by the driver's own executemany: a million in 6 s, 40 s through compiled statements."""
    _insert(connection, table.name, columns, rows)


def _insert(connection: Connection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:  # an empty executemany is an error
        return
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    connection.exec_driver_sql(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', [tuple(row) for row in rows])


def set_aside(
    connection: Connection, table: Any, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]
) -> None:
    """Keep rows that are to replace all of a table in a table of this connection alone: nobody waits for it."""
    aside = f"new_{table.name}"
    names = ", ".join(f'"{name}"' for name in columns)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{aside}")
    connection.exec_driver_sql(f'CREATE TEMP TABLE {aside} AS SELECT {names} FROM "{table.name}" WHERE 0')
    for rows in batches:
        _insert(connection, aside, columns, rows)


def put_in_place(connection: Connection, table: Any, columns: Sequence[str]) -> None:
    """Let the rows that were set aside stand in the table, in their order, and no others."""
    aside = f"new_{table.name}"
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(delete(table))
    rows = f"SELECT {names} FROM temp.{aside} ORDER BY rowid"
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) {rows}')
    connection.exec_driver_sql(f"DROP TABLE temp.{aside}")
