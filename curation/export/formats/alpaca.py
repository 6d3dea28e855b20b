"""Alpaca JSON: one array of `{"instruction": ..., "input": "", "output": ...}`. The whole input stands in
`instruction`, since it was joined when the file was loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pyarrow as pa

from curation.export.formats import export_format, rows_of
from curation.progress import Progress


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "alpaca.json"


@export_format("alpaca", "Alpaca (JSON)", settings=Settings())
def alpaca(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: input and output are written as they are."""
    with path.open("wb") as file:
        lead = b"[\n"
        for row in rows_of(table.select(["input", "output"]), progress):
            file.write(lead)
            file.write(orjson.dumps({"instruction": row["input"], "input": "", "output": row["output"]}))
            lead = b",\n"
        file.write(b"[]\n" if table.num_rows == 0 else b"\n]\n")
    return {}
