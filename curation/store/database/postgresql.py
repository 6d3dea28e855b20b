"""A project's database as a schema of its own on a PostgreSQL server, with a folder beside it for its files.

All projects of a server share the connections of a process. A transaction that writes begins with a lock of the
schema, which the server gives in the order of asking and takes back from the dead.
"""

import atexit
import hashlib
import logging
import os
import re
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from curation.errors import UsageError
from curation.store.database import patience
from curation.store.database.dialect import ASKED, escaped, unescaped
from curation.store.database.failures import shown

CONNECT_SECONDS = 10
"""How long a server may take to answer: on a network it takes some hundredths."""
CONNECTIONS, MORE = 10, 40
"""Connections a process keeps, and how many more it opens for a moment; a server takes 100 unless told otherwise."""
DRIVER = "postgresql+psycopg"
NO_DRIVER = "PostgreSQL needs a driver that is not installed: pip install 'curation[postgres]'"
FEW = 50
"""Rows up to which statements are quicker than a stream."""
OURS = re.compile(r"curation_[a-z0-9_]{1,54}")
"""What a schema of ours may be called, in 63 characters. The name goes into SQL as it is, so no other is accepted."""
SECRETS = ("password", "sslpassword")
ENCODING = "The database {place} is not in UTF-8. Make one that is: createdb -E UTF8 -T template0 NAME."


@dataclass(frozen=True)
class Schema:
    """Where a project stands on a server, and the folder of its files."""

    url: URL
    name: str
    folder: Path


def parse_url(text: str) -> URL:
    """The address of a server and its database. Raises UsageError where it is none of PostgreSQL's."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in (DRIVER, "postgresql") or not url.database:
        raise UsageError(f"The store is named as {DRIVER}://USER@HOST/DATABASE. Left out, it is a file of SQLite.")
    return url.set(drivername=DRIVER)


def has_password(url: URL) -> bool:
    """Whether an address says a password."""
    return bool(url.password or set(url.query) & set(SECRETS))


def without_secrets(url: URL) -> str:
    """The address as it may be shown and written down."""
    return URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database,
        {name: value for name, value in url.query.items() if name not in SECRETS},
    ).render_as_string(hide_password=False)  # fmt: skip


_servers: dict[URL, Engine] = {}


def engine_of(place: Schema) -> Engine:
    """The engine of a project's schema: its tables are found without their schema's name."""
    server = _servers.get(place.url) or _servers.setdefault(place.url, _server(place.url))
    return server.execution_options(schema=place.name, folder=place.folder)


def _server(url: URL) -> Engine:
    own = {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": int(patience.BUSY_SECONDS * 1000),
        "application_name": "curation",
    }
    given = {name: value for name, value in own.items() if name not in url.query}
    try:
        engine = create_engine(
            url, connect_args=given, pool_size=CONNECTIONS, max_overflow=MORE, pool_use_lifo=True, hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # we begin transactions ourselves, see `_begin`
            pool_reset_on_return=None,  # see `_given_back`
        )  # fmt: skip
    except ModuleNotFoundError:
        raise UsageError(NO_DRIVER) from None
    # of a connection that breaks people read a sentence of ours
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkout", _check)
    event.listen(engine, "reset", _given_back)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    # compiling a query takes longer than our longest one
    connection.execute("SET jit = off")
    # what was acknowledged is on the server's disk, whatever the server is told for others
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )


def _check(connection: Any, _: Any, __: Any) -> None:
    """Take another connection where the server has closed this one: then there is something to read, which nobody asked
    for. Asking the server itself would take as long as a query."""
    waiting = select.poll()
    if not connection.closed:
        waiting.register(connection.fileno(), select.POLLIN)
    if connection.closed or waiting.poll(0):
        raise DisconnectionError


def _given_back(connection: Any, _: Any, __: Any) -> None:
    # SQLAlchemy would write the traceback of a rollback that fails to stderr; what broke is seen by `_check`
    with suppress(*raw_errors()):
        connection.rollback()


@atexit.register
def _let_go() -> None:
    for server in _servers.values():
        server.dispose()


def _forget() -> None:
    # A fork shares the sockets of its parent: two would talk over one.
    for server in _servers.values():
        server.dispose(close=False)


os.register_at_fork(after_in_child=_forget)

MODES = {
    "read": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "prepare": "BEGIN ISOLATION LEVEL REPEATABLE READ",
    # nobody else writes, so that every statement sees the same
    "write": "BEGIN ISOLATION LEVEL READ COMMITTED",
    # nobody else replaces what was found, which is what such a transaction does before its turn to write
    "replace": "BEGIN ISOLATION LEVEL READ COMMITTED",
}


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    mode, schema = options.get("mode", "read"), options["schema"]
    said = [MODES[mode], f'SET LOCAL search_path TO "{schema}", pg_temp']
    if mode == "write":
        _wait(connection, said, [])
        return
    if mode == "replace":
        said += [f"SELECT pg_advisory_xact_lock({key(f'{schema} found')})"]
    at_once(connection, said)


def take_turn(connection: Connection) -> None:
    """From here on the transaction is the only one that writes."""
    # what it has done so far is kept while it asks again
    _wait(connection, ["SAVEPOINT turn"], ["ROLLBACK TO SAVEPOINT turn"], ["RELEASE SAVEPOINT turn"])


LOCK_NOT_AVAILABLE = "55P03"


def _wait(connection: Connection, before: list[str], back: list[str], after: Sequence[str] = ()) -> None:
    """Wait for the turn to write. `before` comes first, `back` follows a wait in vain, `after` the lock.

    Nothing of what the turn is for has been done by then, so that whoever asks again does nothing twice.
    """
    options = connection.get_execution_options()
    lock = f"SELECT pg_advisory_xact_lock({key(options['schema'])})"
    wait = "SET LOCAL lock_timeout = '{:.0f}ms'"
    for seconds in patience.waits():
        is_usual = seconds == patience.BUSY_SECONDS
        others = [] if is_usual else [wait.format(patience.BUSY_SECONDS * 1000)]
        try:
            _ask(connection, [*before, wait.format(seconds * 1000), lock, *others, *after], options.get("ask"))
        except raw_errors() as error:
            if back:
                at_once(connection, back)
            else:
                _driver(connection).rollback()
            if getattr(error, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
        else:
            return
    raise patience.gave_up(shown(connection.engine.url))


def _ask(connection: Connection, statements: Sequence[str], query: tuple[Any, Mapping[str, Any]] | None) -> None:
    """Several statements in one message; with them a query, whose first row is kept under ASKED."""
    if query is None:
        at_once(connection, statements)
        return
    driver, (statement, values) = _driver(connection), query
    with driver.pipeline():
        for one in statements:
            driver.execute(one)
        cursor = driver.execute(*_in_words(connection, statement, values))
    row = cursor.fetchone()
    connection.info[ASKED] = statement, values, row and tuple(map(_unescaped, row))


def glance(engine: Engine, query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query, which is a transaction of its own."""
    text, values = _of_schema(query, engine.dialect, engine.get_execution_options()["schema"])
    with _session(engine) as run:
        return [tuple(map(_unescaped, row)) for row in run(text, values)]


@lru_cache(maxsize=64)
def _of_schema(query: Any, dialect: Any, schema: str) -> tuple[str, dict[str, Any]]:
    """The query in words that name the schema of each table, and its values."""
    named = {"schema_translate_map": {None: schema}, "render_schema_translate": True}
    compiled = query.compile(dialect=dialect, **named)
    return str(compiled), dict(compiled.params)


@contextmanager
def together(connection: Connection, ends: bool) -> Iterator[None]:
    """What the block says goes out in one message (a pipeline): it may read no answer, nor send a stream. With `ends`
    so does the COMMIT, after which SQLAlchemy's own has nothing to say."""
    driver = _driver(connection)
    with driver.pipeline():
        yield
        if ends:
            driver.execute("COMMIT")


def run(connection: Connection, statement: Any, values: Mapping[str, Any]) -> None:
    """Run a statement whose answer nobody reads by the driver itself."""
    _driver(connection).execute(*_in_words(connection, statement, values))


def _in_words(connection: Connection, statement: Any, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    text, fixed = _compiled(statement, connection.dialect)
    return text, {**fixed, **{name: _escaped(value) for name, value in values.items()}}


@lru_cache(maxsize=64)
def _compiled(statement: Any, dialect: Any) -> tuple[str, dict[str, Any]]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), dict(compiled.construct_params(_check=False))


def _escaped(value: Any) -> Any:
    return escaped(value) if isinstance(value, str) else value


def _unescaped(value: Any) -> Any:
    return unescaped(value) if isinstance(value, str) else value


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def at_once(connection: Connection, statements: Sequence[str]) -> None:
    """Several statements in one message; without parameters, as the server takes no more than one with them."""
    _driver(connection).execute("; ".join(statements))


def key(what: str) -> int:
    """The number of a lock."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)


def waited(engine: Engine) -> Any:
    """Nothing: the transaction itself waits its turn."""
    return nullcontext()


def make_schema(connection: Connection, name: str) -> None:
    """Make an empty schema. Raises UsageError where texts could not be kept in it."""
    if connection.exec_driver_sql("SHOW server_encoding").scalar() != "UTF8":
        raise UsageError(ENCODING.format(place=shown(connection.engine.url)))
    connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')


UNFINISHED = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = "


def mark(connection: Connection, name: str, said: str) -> None:
    """Write on a schema that it is being made, and by whom; "" once it is made."""
    quoted = "'" + said.replace("'", "''") + "'"  # standard_conforming_strings
    at_once(connection, [f'COMMENT ON SCHEMA "{name}" IS {quoted if said else "NULL"}'])


def marked(connection: Connection, name: str) -> str:
    """What is written on a schema, "" where it is made."""
    return connection.exec_driver_sql(f"{UNFINISHED}'{name}'").scalar() or ""


def all_marked(connection: Connection) -> list[str]:
    """The schemas on which something is written."""
    named = "SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') IS NOT NULL"
    return list(connection.exec_driver_sql(named).scalars())


def drop_schema(engine: Engine) -> None:
    """Delete a project's schema with all that is in it."""
    schema = engine.get_execution_options()["schema"]
    with engine.connect() as connection:
        connection.execution_options(mode="write")
        with connection.begin():
            connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def insert(connection: Connection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows: few by statements, many as a stream."""
    names = ", ".join(f'"{name}"' for name in columns)
    plain = [[_escaped(value) for value in row] for row in rows]
    cursor = _driver(connection).cursor()
    if len(plain) <= FEW:
        said = f'INSERT INTO "{name}" ({names}) VALUES ({", ".join("%s" for _ in columns)})'
        if len(plain) == 1:  # within `together`, where executemany would wait for what was said before
            cursor.execute(said, plain[0])
        else:
            cursor.executemany(said, plain)
        return
    with cursor, cursor.copy(f'COPY "{name}" ({names}) FROM STDIN') as stream:
        for row in plain:
            stream.write_row(row)


def make_aside(connection: Connection, name: str, aside: str, names: str) -> None:
    """An empty table of this connection alone with these columns of another."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{aside}")
    connection.exec_driver_sql(f'CREATE TEMP TABLE {aside} AS SELECT {names} FROM "{name}" WHERE false')
    connection.exec_driver_sql(f"ALTER TABLE {aside} ADD COLUMN place bigserial")


def from_aside(aside: str, names: str) -> str:
    """The rows of such a table in the order they were inserted, as a query."""
    return f"SELECT {names} FROM pg_temp.{aside} ORDER BY place"


def drop_aside(connection: Connection, aside: str) -> None:
    """Drop such a table."""
    connection.exec_driver_sql(f"DROP TABLE pg_temp.{aside}")


def refuse(connection: Connection, table: str, verb: str, why: str, only: str = "") -> None:
    """Let a table refuse INSERT, DELETE or UPDATE [OF columns] of a row, where `only`, a condition on OLD, holds."""
    name, when = f"{table}_no_{verb.split()[0].lower()}", f"IF {only} THEN " if only else ""
    goes_on = " END IF; RETURN OLD;" if only else ""
    # 23000: a constraint is violated, as SQLite calls it
    refused = f"RAISE EXCEPTION '{table} are {why}' USING ERRCODE = '23000';"
    made = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {when}{refused}{goes_on} END $$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
    at_once(connection, made)


def allow(connection: Connection, table: str, verb: str) -> None:
    """Let a table take again what it was made to refuse."""
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb.lower()} ON {table}")


def number_on(connection: Connection, table: Table) -> None:
    """Let the next number of a table that counts its rows be the one after the last."""
    if (column := table.autoincrement_column) is not None:
        last = f'SELECT max("{column.name}") FROM {table.name} HAVING count(*) > 0'
        named = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        connection.exec_driver_sql(f"SELECT setval({named}, ({last})) WHERE EXISTS ({last})")


def stream(connection: Connection, query: str, most: int) -> Iterator[Sequence[Any]]:
    """The rows of a query, so many at once, by a cursor of the server: else all of them come at once."""
    with _driver(connection).cursor(name="stream") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(most):
            yield [[_unescaped(value) for value in row] for row in rows]


@contextmanager
def doing(engine: Engine, what: str) -> Iterator[None]:
    """Others hear from `is_doing`, on any computer, that somebody is at it until the block ends or its process does."""
    number = _key_of(engine, what)
    with _session(engine) as run:
        run(f"SELECT pg_advisory_lock({number})")
        try:
            yield
        finally:
            with suppress(*raw_errors()):  # a connection that broke has let go already
                run(f"SELECT pg_advisory_unlock({number})")


def is_doing(engine: Engine, what: str) -> bool:
    """Whether somebody on some computer is at it."""
    with _session(engine) as run:
        (is_free,) = run(f"SELECT pg_try_advisory_xact_lock_shared({_key_of(engine, what)})").fetchone()
    return not is_free


@contextmanager
def _session(engine: Engine) -> Iterator[Any]:
    """Runs single statements on one connection, each a transaction of its own."""
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection.execute  # type: ignore[union-attr]  # connected until the block ends
    finally:
        connection.close()


def _key_of(engine: Engine, what: str) -> int:
    # one database may be known by several names
    return key(f"{engine.get_execution_options()['schema']} {what}")


def raw_errors() -> tuple[type[Exception], ...]:
    """What the driver itself raises."""
    import psycopg  # an extra

    return (psycopg.Error,)
