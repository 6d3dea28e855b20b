"""What changes rows: single statements and many rows at once, on either database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, Integer, String, bindparam, case, cast, delete, insert, or_, update

from curation.store.database import postgresql, schema, sqlite
from curation.store.database.dialect import ASKED, is_postgresql


def driver_of(engine: Engine) -> ModuleType:
    """The module that speaks this database's own language."""
    return postgresql if is_postgresql(engine) else sqlite


@contextmanager
def together(connection: Connection, ends: bool = False) -> Iterator[None]:
    """Statements whose answers nobody reads go to a server in one message, and it answers when the block ends. `ends`
    says that nothing else is done in the transaction: a server commits it then, and others wait one message less."""
    with driver_of(connection.engine).together(connection, ends):
        yield


def bump(connection: Connection, data: bool = False) -> None:
    """Note that something changed; `data` when examples or decisions did."""
    connection.execute(_BUMP_DATA if data else _BUMP)


def set_head(connection: Connection, head: str, data: bool = False) -> None:
    """Note where the events end; with `data` that examples or decisions changed, too, in one statement."""
    run(connection, _SET_HEAD_AND_BUMP if data else _SET_HEAD, {"head": head})


def run(connection: Connection, statement: Any, values: Mapping[str, Any]) -> None:
    """Run a statement, made once, whose answer nobody reads: to a server past SQLAlchemy, which takes twice as long."""
    driver_of(connection.engine).run(connection, statement, values)


def answer(connection: Connection, statement: Any, values: Mapping[str, Any]) -> Any:
    """The first row of the answer to a query, None without one: as `write` was given it to `ask`, or asked now."""
    known, same, row = connection.info.pop(ASKED, (None, None, None))
    return row if known is statement and same == values else connection.execute(statement, values).first()


_KEY, _VALUE = schema.about.c.key, schema.about.c.value
_NEXT = cast(cast(_VALUE, Integer) + 1, String)
# made once: what a decision changes is a good part of what it takes of the client's processor
_BUMP = update(schema.about).where(_KEY == "version").values(value=_NEXT)
_BUMP_DATA = update(schema.about).where(_KEY.in_(("version", "data_version"))).values(value=_NEXT)
_SET_HEAD = update(schema.about).where(_KEY == "events").values(value=bindparam("head"))
_SET_HEAD_AND_BUMP = (
    update(schema.about)
    .where(or_(_KEY == "events", _KEY == "version", _KEY == "data_version"))
    .values(value=case((_KEY == "events", bindparam("head", type_=_VALUE.type)), else_=_NEXT))
)


def insert_rows(connection: Connection, table: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows past SQLAlchemy, whose compiled statements take six times as long."""
    if rows:  # an empty executemany is an error
        driver_of(connection.engine).insert(connection, table.name, columns, rows)


def put_rows(connection: Connection, table: Any, lines: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each in place of the one that has its key."""
    key = [column.name for column in table.primary_key]
    newest = {tuple(line[name] for name in key): line for line in lines}
    if newest:
        same = (table.c[name] == bindparam(f"key_{name}") for name in key)
        keys = [{f"key_{name}": value for name, value in zip(key, values, strict=True)} for values in newest]
        connection.execute(delete(table).where(*same), keys)
        connection.execute(insert(table), list(newest.values()))
