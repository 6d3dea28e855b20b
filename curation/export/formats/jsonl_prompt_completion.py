"""Prompt and completion JSONL: one `{"prompt": ..., "completion": ...}` a line, as texts for trainers of plain text
models, or as turns for chat models: the answer is the last assistant turn, which is what the loss is taken on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import arguments_field, export_format, present, rows_of, tools_field, tools_of, write_lines
from curation.records.progress import Progress
from curation.text.carried import ALL
from curation.text.turns import last_answer
from curation.text.turns.conversation import as_chat, conversation, with_arguments

ESCAPES = {"\\n": "\n", "\\t": "\t"}
"""What people type for characters that a command line or a form cannot hold."""


@dataclass(frozen=True)
class Settings:
    """How prompt and completion are written."""

    suffix: ClassVar[str] = "prompt_completion.jsonl"
    form: str = field(
        default="text",
        metadata={"help": "Texts, or lists of turns for chat models", "choices": ("text", "turns")},
    )
    separator: str = field(
        default="",
        metadata={"help": "Put at the end of every prompt written as text, so that the answer begins apart; \\n: line"},
    )
    arguments: str = arguments_field("Arguments of tool calls in turns")
    tools: str = tools_field("Tool definitions beside turns, as a list or as JSON text")

    @property
    def carries(self) -> frozenset[str]:
        """What the file holds beside input and output; turns behind the answer have no place in either form."""
        return ALL - {"rejected", "after"} if self.form == "turns" else frozenset()


@export_format("jsonl_prompt_completion", "Prompt and completion (JSONL)", settings=Settings())
def jsonl_prompt_completion(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """Nothing to note: what the form has no place for is counted beforehand."""
    write_lines(
        path, _as_turns(table, settings, progress) if settings.form == "turns" else _as_text(table, settings, progress)
    )
    return {}


def _as_text(table: pa.Table, settings: Settings, progress: Progress) -> Iterator[Mapping[str, Any]]:
    separator = settings.separator
    for typed, meant in ESCAPES.items():
        separator = separator.replace(typed, meant)
    for row in rows_of(table.select(["input", "output"]), progress):
        yield {"prompt": row["input"] + separator, "completion": row["output"]}


def _as_turns(table: pa.Table, settings: Settings, progress: Progress) -> Iterator[Mapping[str, Any]]:
    for row in rows_of(table.select(present()), progress):
        prompt, answer = prompt_and_answer(conversation(row))
        made = [[with_arguments(as_chat(turn), settings.arguments) for turn in turns] for turns in (prompt, answer)]
        yield {"prompt": made[0], "completion": made[1], **tools_of(row, settings.tools)}


def prompt_and_answer(turns: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The turns before the last assistant turn, and that turn alone; nothing where nobody answered."""
    last = last_answer(turns)
    return (turns, []) if last is None else (turns[:last], turns[last : last + 1])
