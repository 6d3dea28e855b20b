"""Arrow, as a file (Feather) or as a stream, the form in which Hugging Face data sets lie on a disk."""

from collections.abc import Iterator

import pyarrow as pa

from curation.load.formats import file_format
from curation.load.raw.detect import is_arrow
from curation.load.rows import Claim, Source
from curation.load.tables.columnar import BATCH, name_columns, rows_of


@file_format("arrow", "Arrow")
def arrow(source: Source) -> Claim | None:
    """Claims files that begin as Arrow files and streams do."""
    return Claim(1.0, lambda: rows_of(source, lambda: _batches(source), "Arrow")) if is_arrow(source.binary) else None


def _batches(source: Source) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(source.path)) as file:
        is_file = source.binary.startswith(b"ARROW1")
        reader = pa.ipc.open_file(file) if is_file else pa.ipc.open_stream(file)
        name_columns(reader.schema, source)
        batches = (reader.get_batch(n) for n in range(reader.num_record_batches)) if is_file else reader
        for batch in batches:
            batch.validate(full=True)
            for start in range(0, batch.num_rows, BATCH):
                yield batch.slice(start, BATCH)
