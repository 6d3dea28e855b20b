"""Rows of formats that hold columns (Parquet, Arrow): values as JSON can hold them, class numbers as names."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import InputRejected
from curation.load.labels import class_names, with_names
from curation.load.rows import Number, Rejection, Row, Rows, Source, Unusable, checked_width, compact
from curation.load.tables.header import unique_names

BATCH = 1024
"""Rows decoded at a time: a dictionary bomb of 2.6 KB took 108 MB this way and 2.5 GB as one table (measured)."""


def rows_of(source: Source, batches: Callable[[], Iterator[pa.RecordBatch]], kind: str) -> Rows:
    """Every row of these batches; raises InputRejected where the file is damaged or decodes to too much.

    The first batch's schema names the columns and, as Hugging Face writes it, the classes.
    """
    number, decoded = 0, 0
    most = source.limits.decoded * source.limits.growth(source.size)
    classes: dict[str, list[str]] = {}
    try:
        for batch in batches():
            if not number:
                classes = _described(batch.schema, source)
            decoded += batch.nbytes
            if decoded > most:
                raise InputRejected(f"{source.name}: it unpacks to more than {most / 1e9:.1f} GB; split the file")
            plain = pa.RecordBatch.from_arrays([_readable(column) for column in batch.columns], names=source.columns)
            for values in plain.to_pylist():
                yield _row(number, values, classes, source)
                number += 1
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputRejected(
            f"{source.name}: the {kind} file is damaged or cut off after row {number:,} ({reason}); write it again"
        ) from None


def name_columns(schema: pa.Schema, source: Source) -> None:
    """The columns' names into `source.columns`; raises InputRejected where there are too many."""
    if len(schema) > source.limits.columns:
        raise InputRejected(f"{source.name}: {len(schema):,} columns, more than {source.limits.columns:,}")
    names, changes = unique_names(schema.names)
    for change in changes:
        source.warn(change)
    source.columns.extend(names)


def _described(schema: pa.Schema, source: Source) -> dict[str, list[str]]:
    """The names of the classes by column; said, because the numbers in the file are not what is stored."""
    try:
        told = orjson.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    except orjson.JSONDecodeError:
        return {}
    info = told.get("info") if isinstance(told, Mapping) else None
    classes = class_names(info.get("features")) if isinstance(info, Mapping) else {}
    classes = {name: names for name, names in classes.items() if name in source.columns}
    for name, names in classes.items():
        source.warn(f"the numbers in {name!r} stand for classes and were read as their names ({_listed(names)})")
    return classes


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f", ... {len(names):,} in all" if len(names) > 6 else "")


def _readable(column: pa.Array) -> pa.Array:
    """Dates and times as text, so that years Python doesn't know survive too."""
    kind = column.type
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind) and not pa.types.is_duration(kind):
        return pc.cast(column, pa.string())
    return column


def _row(number: int, values: dict[str, Any], classes: Mapping[str, list[str]], source: Source) -> Row | Rejection:
    plain = {name: value if type(value) is str else _plain(value) for name, value in values.items()}
    for name, names in classes.items():
        plain[name] = with_names(plain[name], names)
    try:
        checked_width(plain, source.limits)
    except Unusable as why:
        return Rejection(number, 0, why.reason, why.message, compact(plain).encode())
    return Row(number, 0, plain)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: floats with their digits, bytes as text or else base64, odd types as their text."""
    if value is None or isinstance(value, (str, bool, int)):
        return Number(value) if type(value) is int and not -(2**63) <= value < 2**64 else value
    if isinstance(value, float):
        return Number(repr(value)) if abs(value) < float("inf") else str(value)
    if isinstance(value, dict):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(child) for child in value]
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return str(value)
