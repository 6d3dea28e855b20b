"""Parquet, read in batches with every page's checksum verified where the file carries them."""

import base64
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import InputRejected
from curation.load.formats import file_format
from curation.load.guess import unique_names
from curation.load.raw.detect import is_parquet
from curation.load.rows import Claim, Number, Rejection, Row, Rows, Source, Unusable, checked_width, compact

BATCH = 1024
"""Rows decoded at a time: a dictionary bomb of 2.6 KB took 108 MB this way and 2.5 GB as one table (measured)."""


@file_format("parquet", "Parquet")
def parquet(source: Source) -> Claim | None:
    """Claims files that begin with Parquet's magic bytes."""
    return Claim(1.0, lambda: rows(source)) if is_parquet(source.binary) else None


def rows(source: Source) -> Rows:
    """Every row; raises InputRejected where the file is damaged, holds no rows, or decodes to too much."""
    number, decoded = 0, 0
    most = source.limits.decoded * source.limits.growth(source.size)
    try:
        for batch in _batches(source):
            decoded += batch.nbytes
            if decoded > most:
                raise InputRejected(f"{source.name}: it unpacks to more than {most / 1e9:.1f} GB; split the file")
            for values in batch.to_pylist():
                yield _row(number, values, source)
                number += 1
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputRejected(
            f"{source.name}: the Parquet file is damaged or cut off after row {number:,} ({reason}); write it again"
        ) from None


def _batches(source: Source) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source.path, page_checksum_verification=True, pre_buffer=False) as file:
        schema = file.schema_arrow
        if len(schema) > source.limits.columns:
            raise InputRejected(f"{source.name}: {len(schema):,} columns, more than {source.limits.columns:,}")
        names, changes = unique_names(schema.names)
        for change in changes:
            source.warn(change)
        source.columns.extend(names)
        source.expected.append(file.metadata.num_rows)
        read = 0
        for batch in file.iter_batches(BATCH, use_threads=False):
            batch.validate(full=True)
            read += batch.num_rows
            yield pa.RecordBatch.from_arrays([_readable(column) for column in batch.columns], names=names)
        if read != file.metadata.num_rows:
            raise InputRejected(f"{source.name}: it claims {file.metadata.num_rows:,} rows and holds {read:,}")


def _readable(column: pa.Array) -> pa.Array:
    """Dates and times as text, so that years Python doesn't know survive too."""
    kind = column.type
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind) and not pa.types.is_duration(kind):
        return pc.cast(column, pa.string())
    return column


def _row(number: int, values: dict[str, Any], source: Source) -> Row | Rejection:
    plain = {name: value if type(value) is str else _plain(value) for name, value in values.items()}
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
