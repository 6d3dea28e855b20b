"""Tables that may be larger than memory."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

IN_MEMORY = 256 << 20
"""Bytes of rows up to which a table is in memory: some hundred thousand usual rows."""


def gathered(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path) -> pa.Table:
    """The batches as one table.

    Of more than IN_MEMORY the table is a file in the folder, mapped and removed already: the system takes its pages
    back where memory is short.
    """
    made, size, rest = [], 0, iter(batches)
    for batch in rest:
        made.append(batch)
        size += batch.nbytes
        if size > IN_MEMORY:
            return _mapped(chain(made, rest), schema, folder)
    return pa.Table.from_batches(made, schema=schema)


def gathered_where(table: pa.Table, mask: pa.ChunkedArray, folder: Path) -> pa.Table:
    """The rows of a table where the mask is true, as `gathered`."""

    def batches() -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in table.to_batches():
            yield batch.filter(mask.slice(at, batch.num_rows).combine_chunks())
            at += batch.num_rows

    return gathered(batches(), table.schema, folder)


def _mapped(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path) -> pa.Table:
    with tempfile.TemporaryFile(dir=folder) as file:
        with pa.RecordBatchFileWriter(file, schema) as out:
            for batch in batches:
                out.write_batch(batch)
        file.flush()
        # by its number, as the file has no name that a killed process could leave behind
        with pa.memory_map(f"/dev/fd/{file.fileno()}") as mapped:
            return pa.ipc.open_file(mapped).read_all()
