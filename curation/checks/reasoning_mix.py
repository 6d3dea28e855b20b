"""Rows with and without the model's thinking in one set (<think> marks or a field of their own), and broken thinking.

A model tuned on both thinks at random. Rows that say they do not think, by an empty block or /no_think as Qwen3 has
them, are right. Where few rows differ each is found; an even mix is said once, with the counts (free text).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Outputs, Row, free_text, judged, outputs
from curation.records import Findings
from curation.text.turns import kept, turns_in


@dataclass(frozen=True)
class Settings:
    stray_rate: float = field(
        default=0.2,
        metadata={
            "help": "Up to this share of the rows, those that differ are found one by one",
            "min": 0.0,
            "max": 0.5,
        },
    )


MIXED, BROKEN, ONLY_THOUGHT = 0.6, 0.9, 0.8
"""How sure it is a fault to be of the smaller kind, never to stop thinking, and to think without an answer."""
_NAME = r"(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad)"
OPENS = re.compile(rf"<{_NAME}>|<\|begin_of_thought\|>|◁think▷|\[THINK\]", re.IGNORECASE)
CLOSES = re.compile(rf"</{_NAME}>|<\|end_of_thought\|>|◁/think▷|\[/THINK\]", re.IGNORECASE)
FIELDS = ("reasoning_content", "reasoning", "thinking", "thought")
"""What other fields of an answer, or columns, are called that hold the thinking (DeepSeek, OpenRouter, Anthropic)."""
_SWITCHED_OFF = re.compile(r"/no_?think\b|\bdetailed thinking off\b", re.IGNORECASE)


@dataclass(frozen=True)
class Thinking:
    """What the outputs are, how many rows think and how many do not, and the first id of each kind."""

    outputs: Outputs
    thinks: int
    silent: int
    first_thinking: str
    first_silent: str


def thinking(shard: Shard, settings: Settings, seed: int) -> Thinking:
    """How many rows of a shard think."""
    columns = zip(*(shard.values(name) for name in ("id", "input", "output", "label", "meta")), strict=True)
    kinds = [(row.id, _kind(row)) for row in (Row(*values) for values in columns)]
    thinks = [id for id, kind in kinds if kind == "thinks"]
    silent = [id for id, kind in kinds if kind == "silent"]
    ids = (min(thinks, default=""), min(silent, default=""))
    return Thinking(outputs(shard, settings, seed), len(thinks), len(silent), *ids)


def mix(states: Sequence[Thinking], settings: Settings) -> Thinking:
    """How many rows of the set think. Raises NotChecked on labels."""
    free_text("which hold no thinking")([state.outputs for state in states], settings)
    return Thinking(
        states[0].outputs,
        sum(state.thinks for state in states),
        sum(state.silent for state in states),
        min((state.first_thinking for state in states if state.first_thinking), default=""),
        min((state.first_silent for state in states if state.first_silent), default=""),
    )


def figures(state: Thinking, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The rows, those that think and those that do not."""
    return {"rows": counts["rows"], "with_thinking": state.thinks, "without": state.silent}


@check("reasoning_mix", "Thinking in some rows", settings=Settings(), fit=thinking, merge=mix, summary=figures)
def reasoning_mix(shard: Shard, settings: Settings, state: Thinking) -> Findings:
    """One finding a row that thinks where most do not, or the other way round, or whose thinking is broken."""
    is_thinking_rarer = state.thinks < state.silent
    rarer = "thinks" if is_thinking_rarer else "silent"
    few = min(state.thinks, state.silent)
    first = state.first_thinking if is_thinking_rarer else state.first_silent
    counts = {"with_thinking": state.thinks, "without": state.silent}
    each = few <= settings.stray_rate * (state.thinks + state.silent)

    def rule(row: Row) -> Hit | None:
        broken = _broken(row.output)
        if broken is not None:
            return broken
        if not few or _kind(row) != rarer or not (each or row.id == first):
            return None
        what = "This row shows its thinking" if rarer == "thinks" else "This row shows no thinking"
        message = f"{what}: {state.thinks:,} rows of the set do, {state.silent:,} do not."
        return Hit(MIXED, message, counts)

    return judged("reasoning_mix", shard, rule, turns=False)


def _kind(row: Row) -> str:
    """Whether a row "thinks", is "silent", or says that it does not think ("off"); "" without an output."""
    if not row.output.strip():
        return ""
    turns = [turn for turn in turns_in(row.meta) or () if turn.get("role") == "assistant"]
    fields = [turn.get(name) for turn in turns for name in FIELDS]
    if '"reason' in row.meta or '"think' in row.meta or '"thought' in row.meta:
        fields += [kept(row.meta).get(name) for name in FIELDS]
    texts = [row.output, *(turn["content"] for turn in turns if isinstance(turn.get("content"), str))]
    if any(isinstance(text, str) and text.strip() for text in fields) or any(map(_thought, texts)):
        return "thinks"
    if _SWITCHED_OFF.search(row.input) or any(OPENS.search(text) for text in texts):
        return "off"
    return "silent"


def _thought(text: str) -> str:
    """What stands between the marks; some templates leave the first mark to the prompt."""
    closes = CLOSES.search(text)
    opens = OPENS.search(text)
    if closes is None:
        return text[opens.end() :].strip() if opens else ""
    return text[opens.end() if opens and opens.end() <= closes.start() else 0 : closes.start()].strip()


def _broken(output: str) -> Hit | None:
    opens, text = OPENS.match(output.lstrip()), output.strip()
    if opens is None:
        return None
    closes = CLOSES.search(text)
    if closes is None:
        return Hit(BROKEN, f"The thinking opened by “{opens.group()}” never ends.", {"mark": opens.group()})
    if not text[closes.end() :].strip():
        return Hit(ONLY_THOUGHT, "The output holds thinking, and no answer after it.", {"mark": opens.group()})
    return None
