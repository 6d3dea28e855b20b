"""Answers with a verdict each (JSONL), for KTO: `{"prompt": ..., "completion": ..., "label": true}`. A row's answer is
true, its rejected answer, where it has one, a line of its own with false: it is never a target. Rows whose only answer
is a bad one are written too, and no other format but Parquet writes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import (
    arguments_field,
    bad_alone,
    export_format,
    present,
    rows_of,
    tools_field,
    tools_of,
    write_lines,
)
from curation.export.formats.jsonl_prompt_completion import prompt_and_answer
from curation.export.formats.preference import Turns, losing_answer
from curation.export.formats.sharegpt import sharegpt_row
from curation.records.progress import Progress, ignore
from curation.text.carried import ALL
from curation.text.turns import says, shown
from curation.text.turns.conversation import as_chat, conversation, with_arguments


@dataclass(frozen=True)
class Settings:
    """Whose form is written."""

    suffix: ClassVar[str] = "kto.jsonl"
    needs: ClassVar[str] = "rejected"
    takes_bad: ClassVar[bool] = True
    form: str = field(
        default="trl",
        metadata={
            "help": "Whose form: TRL with turns, plain texts (TRL, axolotl), or LLaMA-Factory (ShareGPT, kto_tag)",
            "choices": ("trl", "text", "llama_factory"),
        },
    )
    arguments: str = arguments_field("Arguments of tool calls in TRL's turns")
    tools: str = tools_field("Tool definitions beside turns, as a list or as JSON text")

    @property
    def carries(self) -> frozenset[str]:
        """What the file holds beside prompt and answer."""
        lost = {
            "trl": {"after"},
            "text": ALL - {"rejected"},
            "llama_factory": {"after", "parts", "name", "tool_call_id", "other"},
        }
        return ALL - lost[self.form]


@export_format(
    "kto",
    "Answers with true or false (JSONL, KTO)",
    settings=Settings(),
    ids=lambda table, settings: written_ids(table, settings),
)
def kto(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """How many lines hold a good answer and how many a bad one."""
    counts = {"true": 0, "false": 0}
    write_lines(path, _lines(table, settings, progress, counts))
    return counts


def _lines(
    table: pa.Table, settings: Settings, progress: Progress, counts: dict[str, int]
) -> Iterator[Mapping[str, Any]]:
    for row, prompt, answer, is_good in _answers(table, progress):
        counts[str(is_good).lower()] += 1
        yield _line(row, (prompt, answer), is_good, settings)


def written_ids(table: pa.Table, settings: Settings) -> Iterator[str]:
    """The id of the row that each line is written from."""
    return (row["id"] for row, *_ in _answers(table, ignore))


def _answers(table: pa.Table, progress: Progress) -> Iterator[tuple[dict[str, Any], Turns, Turns, bool]]:
    """Every row once with its answer and once with its rejected answer, where it has them."""
    bad = iter(bad_alone(table).to_pylist())
    for row in rows_of(table.select(present("rejected", "id")), progress):
        turns = conversation(row)
        # an answer before a bad one that stands alone is part of its prompt
        prompt, chosen = (asked(turns), []) if next(bad) else prompt_and_answer(turns)
        rejected = losing_answer(prompt, row["rejected"])
        if chosen and says(chosen[0]):
            yield row, prompt, chosen, True
        if rejected is not None:
            yield row, prompt, rejected, False


def asked(turns: Turns) -> Turns:
    """The turns without the empty answer that a row without one ends in."""
    return turns if not turns or says(turns[-1]) else turns[:-1]


def _line(row: Mapping[str, Any], parts: tuple[Turns, Turns], is_good: bool, settings: Settings) -> dict[str, Any]:
    prompt, answer = parts
    if settings.form == "text":
        text = row["output"] if is_good else "\n".join(map(shown, answer))
        return {"prompt": row["input"], "completion": text, "label": is_good}
    if settings.form == "llama_factory":
        return {**sharegpt_row([*prompt, *answer], row), "kto_tag": is_good}
    made = [[with_arguments(as_chat(turn), settings.arguments) for turn in turns] for turns in parts]
    return {"prompt": made[0], "completion": made[1], "label": is_good, **tools_of(row, settings.tools)}
