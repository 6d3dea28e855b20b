"""Where SQLite and PostgreSQL do not speak the same SQL: types and expressions that each is given in its own words."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

POSTGRESQL = "postgresql"
BYTES = "C"
"""The collation that compares texts by their bytes and folds the letters of ASCII alone, as SQLite does."""
ASKED = "asked"
"""Where a connection keeps (query, values, first row) of what was asked with the turn to write."""
_ESCAPES = {"\0": "\uffff0", "\uffff": "\uffff1"}


def escaped(text: str) -> str:
    """A text as PostgreSQL can hold it: NUL, which it refuses, stands behind a character that no script has."""
    if "\0" in text or "\uffff" in text:
        return "".join(_ESCAPES.get(one, one) for one in text)
    return text


def unescaped(text: str) -> str:
    """The text of what `escaped` made of it."""
    return text.replace("\uffff0", "\0").replace("\uffff1", "\uffff") if "\uffff" in text else text


class _AnyText(TypeDecorator[str]):
    """Text of PostgreSQL that holds every character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else unescaped(value)


def portable(metadata: MetaData) -> None:
    """Give the columns of all tables the types by which PostgreSQL holds what SQLite does, in the same order."""
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, String):
                column.type = column.type.with_variant(_AnyText(collation=BYTES), POSTGRESQL)
            elif type(column.type) is Integer:
                column.type = column.type.with_variant(BigInteger(), POSTGRESQL)


class _Listed(FunctionElement[Any]):
    inherit_cache = True


class _ListedTexts(_Listed):
    inherit_cache = True


def listed(values: Sequence[int], name: str | None = None) -> Any:
    """Numbers as a table: `value`, and `key`, their places from 0. In one value, as a statement takes some ten thousand
    at most."""
    return _Listed(json.dumps(list(values))).table_valued("key", "value", name=name)


def listed_texts(values: Sequence[str]) -> Any:
    """As `listed`, of texts without NUL."""
    return _ListedTexts(json.dumps(list(values))).table_valued("key", "value")


@compiles(_Listed)
def _json_each(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_Listed, POSTGRESQL)
def _array_elements(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    of = "text" if isinstance(element, _ListedTexts) else "bigint"
    elements = f"json_array_elements_text(CAST({compiler.process(element.clauses, **kw)} AS json))"
    return f"(SELECT place - 1 AS key, value::{of} AS value FROM {elements} WITH ORDINALITY AS each(value, place))"


class _Like(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()


def holds(side: Any, text: str) -> Any:
    """Whether a text holds another as it is written; letters of ASCII match in either case."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return _Like(side, type_coerce(f"%{pattern}%", side.type))


@compiles(_Like)
def _like(element: _Like, compiler: SQLCompiler, **kw: Any) -> str:
    side, pattern = (compiler.process(one, **kw) for one in element.clauses)
    return f"({side} LIKE {pattern} ESCAPE '\\')"


@compiles(_Like, POSTGRESQL)
def _ilike(element: _Like, compiler: SQLCompiler, **kw: Any) -> str:
    # by the collation of our columns, letters of ASCII alone are folded
    side, pattern = (compiler.process(one, **kw) for one in element.clauses)
    return f"({side} ILIKE {pattern} ESCAPE '\\')"


class _Seconds(FunctionElement[int]):
    inherit_cache = True
    type = Integer()


def seconds(at: Any) -> Any:
    """A time as it is stored, in seconds."""
    return _Seconds(at)


@compiles(_Seconds)
def _strftime(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS INTEGER)"


@compiles(_Seconds, POSTGRESQL)
def _epoch(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM CAST({compiler.process(element.clauses, **kw)} AS timestamptz)) AS bigint)"


class _Whole(FunctionElement[int]):
    inherit_cache = True
    type = Integer()


def whole(number: Any) -> Any:
    """A number above 0 without what stands behind its point."""
    return _Whole(number)


@compiles(_Whole)
def _cast(element: _Whole, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS INTEGER)"


@compiles(_Whole, POSTGRESQL)
def _trunc(element: _Whole, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(trunc(CAST({compiler.process(element.clauses, **kw)} AS double precision)) AS bigint)"


class _Field(FunctionElement[str]):
    inherit_cache = True


def json_text(document: Any, field: str) -> Any:
    """A text field of an object that is stored as JSON."""
    return type_coerce(_Field(document, literal_column(f"'{field}'")), document.type)


@compiles(_Field)
def _json_extract(element: _Field, compiler: SQLCompiler, **kw: Any) -> str:
    document, field = (compiler.process(one, **kw) for one in element.clauses)
    return f"json_extract({document}, '$.{field[1:]})"


@compiles(_Field, POSTGRESQL)
def _json_get(element: _Field, compiler: SQLCompiler, **kw: Any) -> str:
    document, field = (compiler.process(one, **kw) for one in element.clauses)
    # no text of PostgreSQL holds NUL, and one anywhere in the document would be an error: see `escaped`
    return f"(CAST(replace({document}, '\\u0000', '\\uffff0') AS json) ->> {field})"


def folder_of(engine: Engine) -> Path:
    """The folder of the project whose database this is."""
    folder: Path | None = engine.get_execution_options().get("folder")
    return folder or Path(str(engine.url.database)).parent


def name_of(engine: Engine) -> str:
    """A text that names this database and no other."""
    options = engine.get_execution_options()
    return f"{engine.url.host}:{engine.url.port}/{engine.url.database} {options.get('schema', '')}"


def is_postgresql(of: Engine | Connection) -> bool:
    """Whether a database is one of PostgreSQL."""
    return of.dialect.name == POSTGRESQL
