"""Prompt and completion JSONL: one `{"prompt": ..., "completion": ...}` a line, for trainers of plain text models."""

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

    suffix: ClassVar[str] = "prompt_completion.jsonl"


@export_format("jsonl_prompt_completion", "Prompt and completion (JSONL)", settings=Settings())
def jsonl_prompt_completion(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: input and output are written as they are."""
    with path.open("wb") as file:
        for row in rows_of(table.select(["input", "output"]), progress):
            pair = {"prompt": row["input"], "completion": row["output"]}
            file.write(orjson.dumps(pair, option=orjson.OPT_APPEND_NEWLINE))
    return {}
