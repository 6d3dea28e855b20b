"""Parquet, read in batches with every page's checksum verified where the file carries them."""

from collections.abc import Iterator

import pyarrow as pa

from curation.errors import InputRejected
from curation.load.formats import file_format
from curation.load.raw.detect import is_parquet
from curation.load.rows import Claim, Source
from curation.load.tables.columnar import BATCH, name_columns, rows_of


@file_format("parquet", "Parquet")
def parquet(source: Source) -> Claim | None:
    """Claims files that begin with Parquet's magic bytes."""
    if not is_parquet(source.binary):
        return None
    return Claim(1.0, lambda: rows_of(source, lambda: _batches(source), "Parquet"))


def _batches(source: Source) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source.path, page_checksum_verification=True, pre_buffer=False) as file:
        name_columns(file.schema_arrow, source)
        source.expected.append(file.metadata.num_rows)
        read = 0
        for batch in file.iter_batches(BATCH, use_threads=False):
            batch.validate(full=True)
            read += batch.num_rows
            yield batch.replace_schema_metadata(file.schema_arrow.metadata)
        if read != file.metadata.num_rows:
            raise InputRejected(f"{source.name}: it claims {file.metadata.num_rows:,} rows and holds {read:,}")
