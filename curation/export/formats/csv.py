"""CSV for spreadsheets. A cell that a spreadsheet would run as a formula gets a `'` before it, and the manifest says
how many did; use Parquet or JSONL for training."""

import csv as stdlib_csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import export_format, rows_of
from curation.records.progress import Progress
from curation.wording.visible import disarmed

COLUMNS = ("id", "input", "output", "label", "group", "source", "split", "weight")
ON_REQUEST = ("topic",)
"""Columns that a table has only where somebody asked for them."""


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "csv"
    carries: ClassVar[frozenset[str]] = frozenset({"row_weights"})


@export_format("csv", "CSV", settings=Settings())
def csv(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """The number of cells that got a `'`."""
    columns = [*COLUMNS, *(name for name in ON_REQUEST if name in table.column_names)]
    return {"cells_prefixed": write_csv(table.select(columns), path, progress)}


def write_csv(table: pa.Table, path: Path, progress: Progress) -> int:
    """The number of cells that got a `'`, the whole table written to `path`."""
    prefixed = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        # With "\n" alone the csv module would leave a lone carriage return unquoted, and readers would break the row.
        writer = stdlib_csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for row in rows_of(table, progress):
            cells = ["" if row[name] is None else str(row[name]) for name in table.column_names]
            safe = [disarmed(cell) for cell in cells]
            prefixed += sum(a is not b for a, b in zip(cells, safe, strict=True))
            writer.writerow(safe)
    return prefixed
