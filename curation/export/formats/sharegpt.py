"""ShareGPT JSON: one array of `{"conversations": [{"from": ..., "value": ...}, ...]}`, with `system` and `tools` beside
them where a row has them. Tool calls are turns of `function_call` with JSON text, their results `observation`: what
LLaMA-Factory reads, and axolotl too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import export_format, present, rows_of, tools_of, write_array
from curation.records.progress import Progress
from curation.text.carried import ALL
from curation.text.turns.conversation import as_sharegpt, conversation


@dataclass(frozen=True)
class Settings:
    """Nothing to choose."""

    suffix: ClassVar[str] = "sharegpt.json"
    carries: ClassVar[frozenset[str]] = ALL - {"rejected", "parts", "name", "tool_call_id", "other"}


def sharegpt_row(turns: list[dict[str, Any]], row: Mapping[str, Any]) -> dict[str, Any]:
    """A conversation in ShareGPT's form, a first system turn as `system` beside it, tools as JSON text."""
    system = {}
    if turns and turns[0].get("role") == "system" and isinstance(turns[0].get("content"), str):
        system, turns = {"system": turns[0]["content"]}, turns[1:]
    said = [part for turn in turns for part in as_sharegpt(turn)]
    return {"conversations": said, **system, **tools_of(row, "text")}


@export_format("sharegpt", "ShareGPT (JSON)", settings=Settings())
def sharegpt(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: what the form has no place for is counted beforehand."""

    def rows() -> Iterator[Mapping[str, Any]]:
        for row in rows_of(table.select(present()), progress):
            yield sharegpt_row(conversation(row), row)

    write_array(path, rows())
    return {}
