"""Chat JSONL: one `{"messages": [{"role": ..., "content": ...}, ...]}` a line, the form hosted fine-tuning services
and most chat trainers read. Tool calls, names, weights and content parts stand as they came, definitions of tools
beside the messages; a system prompt and a history that stood apart become the first turns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import arguments_field, export_format, present, rows_of, tools_field, tools_of, write_lines
from curation.records.progress import Progress
from curation.text.carried import ALL
from curation.text.turns.conversation import as_chat, conversation, with_arguments


@dataclass(frozen=True)
class Settings:
    """How a conversation is written."""

    suffix: ClassVar[str] = "chat.jsonl"
    carries: ClassVar[frozenset[str]] = ALL - {"rejected"}
    system: str = field(
        default="", metadata={"help": "A system turn put before every conversation that has none; empty for no turn"}
    )
    arguments: str = arguments_field(
        "Arguments of tool calls, as JSON text (hosted services) or as an object (many chat templates)"
    )
    tools: str = tools_field(
        "Tool definitions, as a list, or as JSON text where a trainer's table would merge their keys"
    )


@export_format("jsonl_chat", "Chat messages (JSONL)", settings=Settings())
def jsonl_chat(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """The number of conversations that were given the system turn."""
    given = [0]

    def lines() -> Iterator[Mapping[str, Any]]:
        for row in rows_of(table.select(present()), progress):
            turns = [with_arguments(as_chat(turn), settings.arguments) for turn in conversation(row)]
            if settings.system and not any(turn["role"] in ("system", "developer") for turn in turns):
                turns.insert(0, {"role": "system", "content": settings.system})
                given[0] += 1
            yield {"messages": turns, **tools_of(row, settings.tools)}

    write_lines(path, lines())
    return {"system_turns_added": given[0]} if settings.system else {}
