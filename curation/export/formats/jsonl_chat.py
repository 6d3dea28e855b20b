"""Chat JSONL: one `{"messages": [{"role": ..., "content": ...}, ...]}` a line, the form hosted fine-tuning services
and most chat trainers read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pyarrow as pa

from curation.export.formats import export_format, rows_of
from curation.progress import Progress
from curation.text.carried import TURNS


@dataclass(frozen=True)
class Settings:
    """What is put before a conversation."""

    suffix: ClassVar[str] = "chat.jsonl"
    carries: ClassVar[frozenset[str]] = TURNS
    system: str = field(
        default="", metadata={"help": "A system turn put before every conversation that has none; empty for no turn"}
    )


@export_format("jsonl_chat", "Chat messages (JSONL)", settings=Settings())
def jsonl_chat(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """The number of conversations that were given the system turn."""
    given = 0
    with path.open("wb") as file:
        for row in rows_of(table.select(["messages"]), progress):
            turns = row["messages"]
            if settings.system and not any(turn["role"] == "system" for turn in turns):
                turns = [{"role": "system", "content": settings.system}, *turns]
                given += 1
            file.write(orjson.dumps({"messages": turns}, option=orjson.OPT_APPEND_NEWLINE))
    return {"system_turns_added": given} if settings.system else {}
