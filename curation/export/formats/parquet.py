"""Parquet: the complete set with every column, conversation turns included. Opens in pandas, polars, DuckDB and the
Hugging Face `datasets` library. The manifest and the verdict ride along in the file's metadata."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from curation.export.formats import export_format
from curation.progress import Progress
from curation.text.carried import ALL


@dataclass(frozen=True)
class Settings:
    """How the file is compressed."""

    suffix: ClassVar[str] = "parquet"
    carries: ClassVar[frozenset[str]] = ALL
    row_group: int = field(
        default=50_000, metadata={"help": "Rows compressed together", "min": 1_000, "max": 1_000_000}
    )
    level: int = field(default=3, metadata={"help": "Compression level of zstd", "min": 1, "max": 22})


@export_format("parquet", "Parquet", settings=Settings())
def parquet(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: every value is written as it is."""
    schema = table.schema.with_metadata(dict(metadata))
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=settings.level) as writer:
        for start in range(0, table.num_rows, settings.row_group):
            progress(start / table.num_rows, "writing rows")
            part = table.slice(start, settings.row_group)
            writer.write_table(part.replace_schema_metadata(schema.metadata), row_group_size=settings.row_group)
    return {}
