"""Preference pairs (JSONL), for DPO and its kin: one prompt, its chosen and its rejected answer a line, in the form
that TRL, LLaMA-Factory, axolotl or torchtune reads. Rows without a rejected answer are not written, and counted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from curation.export.formats import arguments_field, export_format, present, rows_of, tools_field, tools_of, write_lines
from curation.export.formats.jsonl_prompt_completion import prompt_and_answer
from curation.export.formats.sharegpt import sharegpt_row
from curation.records.progress import Progress, ignore
from curation.text.carried import ALL
from curation.text.turns import says, shown
from curation.text.turns.conversation import as_chat, as_sharegpt, conversation, with_arguments
from curation.text.turns.fields import shares_start

Turns = list[dict[str, Any]]
UNPAIRED = "rows without a rejected answer (not written)"
UNANSWERED = "rows without a chosen answer (not written)"
LONGER = "rows whose answer is several turns (not written)"


@dataclass(frozen=True)
class Settings:
    """Whose form is written."""

    suffix: ClassVar[str] = "preference.jsonl"
    needs: ClassVar[str] = "rejected"
    form: str = field(
        default="trl",
        metadata={
            "help": "Whose form: TRL with turns, TRL with plain texts, LLaMA-Factory (ShareGPT), axolotl, or torchtune "
            "with the prompt in both answers",
            "choices": ("trl", "trl_text", "llama_factory", "axolotl", "torchtune"),
        },
    )
    arguments: str = arguments_field("Arguments of tool calls in TRL's turns")
    tools: str = tools_field("Tool definitions beside turns, as a list or as JSON text")

    @property
    def carries(self) -> frozenset[str]:
        """What the file holds beside prompt and chosen answer."""
        lost = {
            "trl": {"after"},
            "trl_text": ALL - {"rejected"},
            "llama_factory": {"after", "parts", "name", "tool_call_id", "other"},
            "axolotl": {"after"},
            "torchtune": {"after"},
        }
        return ALL - lost[self.form]


@export_format(
    "preference",
    "Preference pairs (JSONL)",
    settings=Settings(),
    ids=lambda table, settings: written_ids(table, settings),
)
def preference(
    table: pa.Table, path: Path, metadata: Mapping[str, str], settings: Settings, progress: Progress
) -> Mapping[str, Any]:
    """How many rows are not written, by why."""
    lost: dict[str, int] = {}
    write_lines(path, _pairs(table, settings, progress, lost))
    return {"lost": lost} if lost else {}


def _pairs(
    table: pa.Table, settings: Settings, progress: Progress, lost: dict[str, int]
) -> Iterator[Mapping[str, Any]]:
    for row, parts in _whole(table, settings, progress, lost):
        yield FORMS[settings.form](row, parts, settings)


def written_ids(table: pa.Table, settings: Settings) -> Iterator[str]:
    """The id of the row that each line is written from."""
    return (row["id"] for row, _ in _whole(table, settings, ignore, {}))


def _whole(
    table: pa.Table, settings: Settings, progress: Progress, lost: dict[str, int]
) -> Iterator[tuple[dict[str, Any], tuple[Turns, Turns, Turns]]]:
    """The rows that have both answers, with prompt, chosen and rejected; the others are counted in `lost` by why."""
    for row in rows_of(table.select(present("rejected", "id")), progress):
        prompt, chosen = prompt_and_answer(conversation(row))
        rejected = losing_answer(prompt, row["rejected"])
        if rejected is None:
            why = UNPAIRED
        elif not chosen or not says(chosen[0]):
            why = UNANSWERED
        elif len(rejected) > 1 and settings.form in ("llama_factory", "axolotl"):
            why = LONGER
        else:
            yield row, (prompt, chosen, rejected)
            continue
        lost[why] = lost.get(why, 0) + 1


def losing_answer(prompt: Turns, rejected: Turns | None) -> Turns | None:
    """The rejected turns behind the prompt, where they repeat it; None where a row has none that says anything."""
    if rejected is None:
        return None
    plain = [{k: turn.get(k) for k in ("role", "content")} for turn in rejected]
    asked = [{k: turn.get(k) for k in ("role", "content")} for turn in prompt]
    answer = rejected[len(prompt) :] if shares_start(plain, asked) else rejected
    return answer if any(map(says, answer)) else None


def _trl(row: Mapping[str, Any], parts: tuple[Turns, Turns, Turns], settings: Settings) -> dict[str, Any]:
    names = ("prompt", "chosen", "rejected")
    made = {
        name: [with_arguments(as_chat(turn), settings.arguments) for turn in turns]
        for name, turns in zip(names, parts, strict=True)
    }
    return {**made, **tools_of(row, settings.tools)}


def _trl_text(row: Mapping[str, Any], parts: tuple[Turns, Turns, Turns], settings: Settings) -> dict[str, Any]:
    answer = "\n".join(shown(turn) for turn in parts[2])
    return {"prompt": row["input"], "chosen": row["output"], "rejected": answer}


def _llama_factory(row: Mapping[str, Any], parts: tuple[Turns, Turns, Turns], settings: Settings) -> dict[str, Any]:
    prompt, chosen, rejected = parts
    return {**sharegpt_row(prompt, row), "chosen": as_sharegpt(chosen[0])[-1], "rejected": as_sharegpt(rejected[0])[-1]}


def _axolotl(row: Mapping[str, Any], parts: tuple[Turns, Turns, Turns], settings: Settings) -> dict[str, Any]:
    prompt, chosen, rejected = parts
    made = {"messages": list(map(as_chat, prompt)), "chosen": as_chat(chosen[0]), "rejected": as_chat(rejected[0])}
    return {**made, **tools_of(row, settings.tools)}


def _torchtune(row: Mapping[str, Any], parts: tuple[Turns, Turns, Turns], settings: Settings) -> dict[str, Any]:
    made = _trl(row, parts, settings)
    prompt = made.pop("prompt")
    return {**made, "chosen": [*prompt, *made["chosen"]], "rejected": [*prompt, *made["rejected"]]}


FORMS: Mapping[str, Callable[[Mapping[str, Any], tuple[Turns, Turns, Turns], Settings], dict[str, Any]]] = {
    "trl": _trl,
    "trl_text": _trl_text,
    "llama_factory": _llama_factory,
    "axolotl": _axolotl,
    "torchtune": _torchtune,
}
"""How one pair is written, by the setting."""
