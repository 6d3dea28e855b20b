"""Where rows are read from, batch by batch and as often as needed: a Dataset, or a Parquet or Arrow file on disk."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.dedup.similarity.spill import MEMORY_BYTES
from curation.dedup.similarity.text import Mask
from curation.errors import InputRejected, UsageError
from curation.records import DATASET_SCHEMA, Dataset

BATCH_ROWS = 1 << 16
"""Rows read at a time: some 30 MB of usual text."""

Read = Callable[[Sequence[str]], Iterator[Any]]


@dataclass(frozen=True)
class Source:
    """`count` rows; `read(columns)` gives these columns in row order as tables of the types of `DATASET_SCHEMA`.

    `classification` as in Dataset.
    """

    count: int
    read: Read
    classification: bool | None = None

    def where(self, mask: Mask, columns: Sequence[str]) -> Iterator[Any]:
        """As `read`, only the rows where `mask` is true."""
        at = 0
        for table in self.read(columns):
            chosen = mask[at : at + table.num_rows]
            at += table.num_rows
            yield table if chosen.all() else table.filter(pa.array(chosen))


def of_dataset(dataset: Dataset) -> Source:
    """The rows of a Dataset."""

    def read(columns: Sequence[str]) -> Iterator[Any]:
        for first in range(0, len(dataset), BATCH_ROWS):
            yield dataset.table.select(columns).slice(first, BATCH_ROWS)

    return Source(len(dataset), read, dataset.classification)


def of_file(path: Path) -> Source:
    """The rows of a Parquet or Arrow IPC file with a column `input`, and those of `DATASET_SCHEMA` that it has.

    A missing or null output is "", a blank label none, a missing `row` the row's number in the file, a missing `id`
    that number as text. The rows of a small file stay in memory once they are read. Raises UsageError where there is no
    such file or column, InputRejected where it cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; check the path")
    try:
        with path.open("rb") as file:
            arrow = file.read(6) == b"ARROW1"
        names, count = _arrow_shape(path) if arrow else _parquet_shape(path)
    except (pa.ArrowException, OSError) as error:
        raise InputRejected(f"{path.name}: neither Parquet nor Arrow ({str(error)[:100]}); write it again") from None
    if "input" not in names:
        raise UsageError(f"{path.name}: no column named input; its columns are {', '.join(names)}")
    is_small = _size(path, arrow) <= MEMORY_BYTES
    batches = _arrow_batches if arrow else _whole(names) if is_small else _parquet_batches

    def read(columns: Sequence[str]) -> Iterator[Any]:
        at = 0
        found = batches(path, [name for name in columns if name in names] or ["input"])
        for batch in found if is_small else _ahead(found):
            yield _typed(batch, columns, at)
            at += batch.num_rows

    return Source(count, _once(read) if is_small else read)


def _ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """The same, the next one read by a thread while one is worked on: reading is a sixth of the time."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _size(path: Path, arrow: bool) -> int:
    """Bytes of the rows once they are read."""
    if arrow:
        return path.stat().st_size
    with pq.ParquetFile(path) as file:
        return sum(file.metadata.row_group(n).total_byte_size for n in range(file.metadata.num_row_groups))


def _whole(names: Sequence[str]) -> Callable[[Path, list[str]], Iterator[Any]]:
    """What `_parquet_batches` gives, all columns that are ever asked for read at once, which takes both cores."""
    wanted = [name for name in DATASET_SCHEMA.names if name in names]
    kept: list[Any] = []

    def batches(path: Path, columns: list[str]) -> Iterator[Any]:
        if not kept:
            kept.append(pq.read_table(path, columns=wanted))
        yield from kept[0].select(columns).to_batches(max_chunksize=BATCH_ROWS)

    return batches


def _once(read: Read) -> Read:
    """The same reading, each column from the file no more than once and from memory afterwards."""
    kept: dict[str, list[Any]] = {}

    def again(columns: Sequence[str]) -> Iterator[Any]:
        new = [name for name in columns if name not in kept]
        parts: dict[str, list[Any]] = {name: [] for name in new}
        for table in read(new) if new else ():
            for name in new:
                parts[name].append(table[name])
        kept.update(parts)
        for n in range(len(kept[columns[0]])):
            yield pa.table([kept[name][n] for name in columns], names=list(columns))

    return again


def _parquet_shape(path: Path) -> tuple[list[str], int]:
    with pq.ParquetFile(path) as file:
        return file.schema_arrow.names, file.metadata.num_rows


def _arrow_shape(path: Path) -> tuple[list[str], int]:
    with pa.OSFile(str(path)) as raw, pa.ipc.open_file(raw) as file:
        return file.schema.names, file.count_rows()


def _parquet_batches(path: Path, columns: list[str]) -> Iterator[Any]:
    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        yield from file.iter_batches(BATCH_ROWS, columns=columns)


def _arrow_batches(path: Path, columns: list[str]) -> Iterator[Any]:
    with pa.OSFile(str(path)) as raw, pa.ipc.open_file(raw) as opened:
        places = [opened.schema.get_field_index(name) for name in columns]
    options = pa.ipc.IpcReadOptions(included_fields=sorted(places))
    with pa.OSFile(str(path)) as raw, pa.ipc.open_file(raw, options=options) as file:
        for number in range(file.num_record_batches):
            yield file.get_batch(number)


def _typed(batch: Any, columns: Sequence[str], first: int) -> Any:
    """The batch with exactly these columns, what it lacks filled in."""
    count, made = batch.num_rows, []
    for name in columns:
        kind = DATASET_SCHEMA.field(name).type
        if name in batch.schema.names:
            column = batch.column(name).cast(kind)
        elif name in ("row", "id"):
            column = pa.array(np.arange(first, first + count)).cast(kind)
        else:
            column = pa.nulls(count, kind)
        if name in ("input", "output"):
            column = pc.fill_null(column, "")
        elif name == "label":
            column = pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column)
        made.append(column)
    return pa.table(made, names=list(columns))
