"""CSV for spreadsheets. A cell that a spreadsheet would run as a formula gets a `'` before it, and the manifest says
how many did; use Parquet or JSONL for training."""

import csv as stdlib_csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import export_format, rows_of
from curation.progress import Progress

COLUMNS = ("id", "input", "output", "label", "group", "source", "split", "weight")

FORMULA = re.compile(r"\s*[=+\-@\t\r\n]")
"""What a spreadsheet may take for a formula, also behind white space (OWASP, "CSV Injection")."""


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "csv"


@export_format("csv", "CSV", settings=Settings())
def csv(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """The number of cells that got a `'`."""
    prefixed = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        # With "\n" alone the csv module would leave a lone carriage return unquoted, and readers would break the row.
        writer = stdlib_csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for row in rows_of(table.select(list(COLUMNS)), progress):
            cells = ["" if row[name] is None else str(row[name]) for name in COLUMNS]
            safe = [f"'{cell}" if FORMULA.match(cell) else cell for cell in cells]
            prefixed += sum(a is not b for a, b in zip(cells, safe, strict=True))
            writer.writerow(safe)
    return {"cells_prefixed": prefixed}
