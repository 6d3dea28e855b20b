"""A project's database as a file of SQLite."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import OperationalError

from curation.store.database import patience
from curation.store.database.turns import turn
from curation.text.words import has_words


def engine_of(path: Path) -> Engine:
    """The engine of the database at `path`, made there when absent.

    WAL with synchronous=FULL: what a transaction acknowledged survives a kill and a power cut.
    """
    # As a text, a path with ? or % in it would name another file.
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": patience.BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see `_begin`
    busy = f"busy_timeout={patience.BUSY_SECONDS * 1000:.0f}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", busy):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("has_words", 2, has_words, deterministic=True)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("mode") not in ("write", "replace"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    # A deferred BEGIN that later writes fails with "database is locked" instead of waiting its turn.
    for _ in range(sum(patience.WAITS)):
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if not str(getattr(error.orig, "sqlite_errorname", "")).startswith("SQLITE_BUSY"):
                raise
        else:
            return
    raise patience.gave_up(str(_folder(connection.engine)))


def take_turn(connection: Connection) -> None:
    """Nothing: whoever may write is the only one from the start."""


@contextmanager
def waited(engine: Engine) -> Iterator[None]:
    """The block runs when those who wanted to write before are done."""
    with turn(Path(str(engine.url.database)), sum(patience.waits())) as is_ours:
        if not is_ours:
            raise patience.gave_up(str(_folder(engine)))
        yield


def _folder(engine: Engine) -> Path:
    return Path(str(engine.url.database)).parent


def together(_: Connection, ends: bool) -> Any:
    """Nothing: there is no way to a server."""
    return nullcontext()


def run(connection: Connection, statement: Any, values: Mapping[str, Any]) -> None:
    """Run a statement whose answer nobody reads."""
    connection.execute(statement, values)


def copy(connection: Connection, path: Path) -> None:
    """The database as this transaction sees it, in a file of its own."""
    with closing(sqlite3.connect(path)) as target:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(target)


def insert(connection: Connection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by the driver's own executemany: a million in 6 s, 40 s through compiled statements."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    connection.exec_driver_sql(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', [tuple(row) for row in rows])


def make_aside(connection: Connection, name: str, aside: str, names: str) -> None:
    """An empty table of this connection alone with these columns of another."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{aside}")
    connection.exec_driver_sql(f'CREATE TEMP TABLE {aside} AS SELECT {names} FROM "{name}" WHERE 0')


def from_aside(aside: str, names: str) -> str:
    """The rows of such a table in the order they were inserted, as a query."""
    return f"SELECT {names} FROM temp.{aside} ORDER BY rowid"


def drop_aside(connection: Connection, aside: str) -> None:
    """Drop such a table."""
    connection.exec_driver_sql(f"DROP TABLE temp.{aside}")


def refuse(connection: Connection, table: str, verb: str, why: str, only: str = "") -> None:
    """Let a table refuse INSERT, DELETE or UPDATE [OF columns] of a row, where `only`, a condition on OLD, holds."""
    when = f"WHEN {only} " if only else ""
    connection.exec_driver_sql(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{table} are {why}'); END"
    )


def allow(connection: Connection, table: str, verb: str) -> None:
    """Let a table take again what it was made to refuse."""
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb.lower()}")


def number_on(connection: Connection, table: Table) -> None:
    """Nothing: the next number is always the one after the last."""


def stream(connection: Connection, query: str, most: int) -> Iterator[Sequence[Any]]:
    """The rows of a query, so many at once, as the driver has them: made into SQLAlchemy's they take four times as
    long."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(most):
            yield rows


def raw_errors() -> tuple[type[Exception], ...]:
    """What the driver itself raises."""
    return (sqlite3.DatabaseError,)
