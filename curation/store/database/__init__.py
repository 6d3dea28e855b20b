"""Opening a project's database, and its two kinds of transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from curation.errors import CurationError
from curation.store.database import failures, postgresql, schema, sqlite
from curation.store.database.chain import START, Head
from curation.store.database.dialect import ASKED, folder_of, is_postgresql, name_of
from curation.store.database.failures import shown
from curation.store.database.migrate import keep_copy, migrate
from curation.store.database.postgresql import OURS, Schema, has_password, parse_url, without_secrets
from curation.store.database.statements import answer, bump, driver_of, insert_rows, put_rows, run, together
from curation.store.database.transfer import transfer as fill

__all__ = [
    "OURS", "URL", "Connection", "Engine", "Schema", "answer", "bump", "close", "consistent", "copy", "count",
    "data_version", "doing", "drop", "folder_of", "glance", "has_password", "insert_rows", "is_doing", "is_shared",
    "keep_heads", "making", "name_of", "open_database", "parse_url", "put_rows", "read", "run", "set_aside", "shown",
    "stream", "together", "transfer", "unfinished", "version", "without_secrets", "write",
]  # fmt: skip


def open_database(place: Path | Schema, create: bool = True, by: str = "") -> Engine:
    """The engine of the database in a file of SQLite or a schema of PostgreSQL, made there when absent; on a
    schema that is made `by` is written until it is finished.

    Raises InputRejected when the file is not a database of ours, StoreFailed where the disk, folder or server is at
    fault, CurationError when it was written by a newer version.
    """
    engine = postgresql.engine_of(place) if isinstance(place, Schema) else sqlite.engine_of(place)
    try:
        with write(engine) as connection:
            if isinstance(place, Schema) and create:
                postgresql.make_schema(connection, place.name)
                postgresql.mark(connection, place.name, by)
            found = _made_or_migrated(connection, place, create)
            if isinstance(place, Schema) and not create and postgresql.marked(connection, place.name):
                postgresql.mark(connection, place.name, "")
    except CurationError:
        close(engine)
        raise
    if found > schema.SCHEMA_VERSION:
        close(engine)
        raise CurationError(f"{place.name} was written by a newer version of curation. Update curation to open it.")
    return engine


def _made_or_migrated(connection: Connection, place: Path | Schema, create: bool) -> int:
    """The version of the schema it had. Read, copied and migrated under one lock: several processes may open an old
    project at once."""
    if create and not _has_tables(connection):
        schema.metadata.create_all(connection, checkfirst=False)
        start = {"schema_version": schema.SCHEMA_VERSION, "version": 0, "data_version": 0, "events": START}
        rows = [{"key": key, "value": str(value)} for key, value in start.items()]
        connection.execute(insert(schema.about), rows)
    found = _about(connection, "schema_version")
    if found < schema.SCHEMA_VERSION:
        if isinstance(place, Path):
            keep_copy(place, found)
        migrate(connection, found)
    return found


def _has_tables(connection: Connection) -> bool:
    if is_postgresql(connection):
        return inspect(connection).has_table(schema.about.name)
    return bool(inspect(connection).get_table_names())


def close(engine: Engine) -> None:
    """Let go of a database. The connections to a server stay, for the other projects there."""
    if not is_postgresql(engine):
        engine.dispose()


def drop(engine: Engine) -> None:
    """Delete what is on a server of a project, for good; of SQLite the file is the database."""
    if is_postgresql(engine):
        with _said_plainly(engine):
            postgresql.drop_schema(engine)


MAKING = "making"


@contextmanager
def making(place: Schema, by: str) -> Iterator[Engine]:
    """A new schema, for the block to fill and to write down where it is found; gone again where that raises.

    Where the process dies in it, `unfinished` names the schema with `by` to whoever asks.
    """
    with doing(postgresql.engine_of(place), MAKING):
        engine = open_database(place, by=by)
        try:
            yield engine
        except BaseException:
            drop(engine)
            raise
        with write(engine) as connection:
            postgresql.mark(connection, place.name, "")


def unfinished(url: URL) -> Iterator[tuple[Engine, str, str]]:
    """The schemas of a server whose makers died, their names and what is written on them."""
    with read(postgresql.engine_of(Schema(url, "public", Path()))) as connection:
        found = [name for name in postgresql.all_marked(connection) if OURS.fullmatch(name)]
    for name in found:
        engine = postgresql.engine_of(Schema(url, name, Path()))
        if is_doing(engine, MAKING):
            continue
        with read(engine) as connection:  # once more: it may have been finished since
            by = postgresql.marked(connection, name)
        if by:
            yield engine, name, by


def copy(engine: Engine, path: Path) -> None:
    """The database as it stands at one moment, in a file of SQLite of its own; others read and write meanwhile."""
    with read(engine) as connection, _said_plainly(engine):
        if not is_postgresql(engine):
            sqlite.copy(connection, path)
            return
    target = open_database(path)
    try:
        transfer(engine, target)
    finally:
        close(target)


def transfer(source: Engine, target: Engine) -> None:
    """Fill an empty database with all that stands in another at one moment."""
    with read(source) as before, write(target) as after:
        fill(before, after)


@contextmanager
def _said_plainly(engine: Engine) -> Iterator[None]:
    """Raises StoreFailed where a disk, folder or server fails inside the block, InputRejected where it is no database
    of ours.

    What our own tables refuse, such as a change of what is append-only, goes on as it is.
    """
    try:
        yield
    except (DBAPIError, NoConnection) as error:
        if (said := failures.said_plainly(error, engine)) is None:
            raise
        raise said from None
    except driver_of(engine).raw_errors() as error:
        if (said := failures.said_plainly(error, engine)) is None:
            raise
        raise said from None


@contextmanager
def write(
    engine: Engine,
    prepare: Callable[[Connection], None] | None = None,
    replace: Callable[[Connection], None] | None = None,
    ask: tuple[Any, Mapping[str, Any]] | None = None,
) -> Iterator[Connection]:
    """A transaction that may write: waits for other writers, is acknowledged when the block ends.

    `prepare` comes before it, while others write, and may `set_aside` rows; they are put in place here alone, first of
    all. `replace` comes next. On a server both run while others still write: they may change what was found, and
    nothing else. `ask` is a query and its values for `answer`, before anything is written: a server hears of it in the
    message that asks for the turn.
    """
    head: Head | None = None
    with _said_plainly(engine), engine.connect() as connection:
        connection.info.pop(ASIDE, None)
        if prepare is not None:
            connection.execution_options(mode="prepare")
            with connection.begin():
                prepare(connection)
        connection.execution_options(mode="replace" if prepare or replace else "write", ask=ask)
        connection.info.pop("head", None)
        connection.info.pop(ASKED, None)
        with driver_of(engine).waited(engine), connection.begin():
            if prepare or replace:
                _put_in_place(connection)
                if replace:
                    replace(connection)
                driver_of(engine).take_turn(connection)
            yield connection
        head = connection.info.pop("head", None)
    if head is not None and engine in _keepers:
        _keepers[engine](head)


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
    with _said_plainly(engine), engine.connect() as connection, connection.begin():
        yield connection


def glance(engine: Engine, query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query that is made once: of a server it is asked without a transaction around it and past
    SQLAlchemy, as every call of every verb waits for it."""
    if _reading.get() is not None or not is_postgresql(engine):
        with read(engine) as connection:
            return [tuple(row) for row in connection.execute(query)]
    with _said_plainly(engine):
        return postgresql.glance(engine, query)


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


def count(connection: Connection, table: Any, *where: Any) -> int:
    """How many rows of a table fulfil the conditions."""
    return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


ASIDE = "aside"


def set_aside(
    connection: Connection, table: Any, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]
) -> None:
    """Keep rows that are to replace all of a table in a table of this connection alone: nobody waits for it. Only what
    `write` is given as `prepare` may say so; `write` puts them in place."""
    of, aside = driver_of(connection.engine), f"new_{table.name}"
    connection.info.setdefault(ASIDE, {})[table.name] = columns
    of.make_aside(connection, table.name, aside, _names(columns))
    for rows in batches:
        if rows:
            of.insert(connection, aside, columns, rows)


def _put_in_place(connection: Connection) -> None:
    """Replace all rows of each table of which some were set aside by those, in their order."""
    of = driver_of(connection.engine)
    for name, columns in connection.info.pop(ASIDE, {}).items():
        aside, names = f"new_{name}", _names(columns)
        connection.execute(delete(schema.metadata.tables[name]))
        connection.exec_driver_sql(f'INSERT INTO "{name}" ({names}) {of.from_aside(aside, names)}')
        of.drop_aside(connection, aside)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def stream(connection: Connection, query: str, most: int) -> Iterator[Sequence[Any]]:
    """The rows of a query that both databases understand, so many at once, past SQLAlchemy."""
    rows: Iterator[Sequence[Any]] = driver_of(connection.engine).stream(connection, query, most)
    return rows


def is_shared(engine: Engine) -> bool:
    """Whether people on several computers may work in the database."""
    return is_postgresql(engine)


@contextmanager
def doing(engine: Engine, what: str) -> Iterator[None]:
    """Other computers hear from `is_doing` that somebody is at it, until the block ends or its process does."""
    if is_postgresql(engine):
        with _said_plainly(engine), postgresql.doing(engine, what):
            yield
    else:
        yield


def is_doing(engine: Engine, what: str) -> bool:
    """Whether somebody is at it on a computer that shares the database; of SQLite nobody is known of."""
    with _said_plainly(engine):
        return is_postgresql(engine) and postgresql.is_doing(engine, what)
