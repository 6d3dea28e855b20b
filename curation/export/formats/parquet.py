"""Parquet: the complete set with every column, turns, tools and rejected answers included. Opens in pandas, polars,
DuckDB and the Hugging Face `datasets` library. A conversation stands once, in `messages`: such a row has no input and
output unless they are asked for. A row whose only answer is a bad one has that as `rejected` and no output. The
manifest and the verdict ride along in the file's metadata."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.export.formats import bad_alone, export_format
from curation.records.progress import Progress
from curation.text.carried import ALL


@dataclass(frozen=True)
class Settings:
    """How the file is written."""

    suffix: ClassVar[str] = "parquet"
    carries: ClassVar[frozenset[str]] = ALL | {"row_weights"}
    takes_bad: ClassVar[bool] = True
    with_rendering: bool = field(
        default=False, metadata={"help": "Write input and output as readable text for conversations too"}
    )
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
            part = _without_output(part if settings.with_rendering else _chats_once(part))
            writer.write_table(part.replace_schema_metadata(schema.metadata), row_group_size=settings.row_group)
    return {}


def _without_output(table: pa.Table) -> pa.Table:
    """The table with a null output where a row has a bad answer alone: nothing there is to be learned."""
    at = table.column_names.index("output")
    return table.set_column(at, table.field(at), pc.if_else(bad_alone(table), None, table["output"]))


def _chats_once(table: pa.Table) -> pa.Table:
    """The table with null input and output where a row has turns."""
    is_flat = pc.is_null(table["messages"])
    for name in ("input", "output"):
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(at), pc.if_else(is_flat, table[name], None))
    return table
