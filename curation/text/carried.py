"""What a row holds beside its input and output, and which of it a form of writing rows cannot carry."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from curation.text.turns import kept, last_answer, turns_in

NAMES = {
    "tool_calls": "tool calls",
    "tool_call_id": "tool call ids",
    "tools": "tool definitions",
    "parts": "content parts",
    "weight": "turn weights",
    "name": "speaker names",
    "other": "other fields of turns",
    "system": "system prompts beside the turns",
    "history": "history beside the turns",
    "rejected": "rejected answers",
    "system_turn": "system turns (their text stands in the input)",
    "turns": "earlier turns (their text stands in the input)",
}
"""What a row may hold, as people read it, in the order it is listed."""
TURNS = frozenset({"system_turn", "turns"})
"""What a list of turns carries that have a role and a content and nothing else."""
ALL = frozenset(NAMES)

COLUMNS = {
    "system": "system",
    "system_prompt": "system",
    "history": "history",
    "tools": "tools",
    "functions": "tools",
    "rejected": "rejected",
}
"""Columns that hold such things: TRL, ShareGPT, LLaMA-Factory and OpenAI files."""
FIELDS = {
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "tool_call_id": "tool_call_id",
    "parts": "parts",
    "weight": "weight",
    "loss_weight": "weight",
    "name": "name",
    "role": "",
    "content": "",
    "original_role": "",
}
"""Fields of a turn and what they are; "" for what turns always carry."""


def lost(meta: Mapping[str, Any], carries: Set[str]) -> frozenset[str]:
    """The names of what a row with this `meta` holds and a form that `carries` these names cannot."""
    return held(meta) - carries


def count_lost(metas: Iterable[str], carries: Set[str]) -> dict[str, int]:
    """Rows by what is lost of them, named for people, in the order of NAMES; `metas` are JSON objects."""
    if carries >= ALL:
        return {}
    return named(Counter(name for meta in metas for name in lost(_kept(meta), carries)))


def named(counts: Mapping[str, int]) -> dict[str, int]:
    """Rows by name as people read it, in the order of NAMES."""
    return {words: counts[name] for name, words in NAMES.items() if counts.get(name)}


def listed(counts: Mapping[str, int]) -> str:
    """Such counts in a line: "tool calls (24 rows), turn weights (1 row)"."""
    rows = {words: counts[words] for words in NAMES.values() if words in counts}
    return ", ".join(f"{words} ({n:,} {'row' if n == 1 else 'rows'})" for words, n in rows.items())


def held(meta: Mapping[str, Any]) -> frozenset[str]:
    """The names of what a row with this `meta` holds beside plain input and output."""
    columns = {key: meta[key] for key in COLUMNS.keys() & meta.keys()}
    names = {COLUMNS[key] for key, value in columns.items() if _says(value)}
    if turns := turns_in(meta):
        said = {turn.get("content") for turn in turns}
        names = {COLUMNS[key] for key, value in columns.items() if _says(value) and not _stands_in(key, value, said)}
        names |= _held_by_turns(turns)
    return frozenset(names)


def _stands_in(key: str, value: Any, said: Set[Any]) -> bool:
    """Whether a system prompt or history beside the turns is among them too: then a list of turns carries it."""
    if COLUMNS[key] == "history" and isinstance(value, list):
        return all(isinstance(pair, list) and set(pair) <= said for pair in value)
    return COLUMNS[key] == "system" and value in said


def _held_by_turns(turns: Sequence[Mapping[str, Any]]) -> set[str]:
    names = {_field(key, value) for turn in turns for key, value in turn.items()} - {""}
    roles = [turn.get("role") for turn in turns]
    if "system" in roles:
        names.add("system_turn")
    if sum(role != "system" for role in roles[: last_answer(turns)]) > 1:
        names.add("turns")
    return names


def _field(key: str, value: Any) -> str:
    name = FIELDS.get(key, "other")
    # Without a weight a turn counts once, and a lone text part is its text.
    is_usual = (name == "weight" and value == 1) or (name == "parts" and _is_text_part(value))
    return "" if is_usual or not (_says(value) or isinstance(value, int | float)) else name


def _is_text_part(parts: Any) -> bool:
    part = parts[0] if isinstance(parts, list) and len(parts) == 1 else None
    return isinstance(part, Mapping) and part.get("type", "text") == "text" and part.keys() <= {"type", "text", "value"}


def _says(value: Any) -> bool:
    return isinstance(value, str | list | dict) and bool(value) and value not in ("[]", "{}", "null")


def _kept(meta: str) -> Mapping[str, Any]:
    return kept(meta) if any(f'"{name}"' in meta for name in ("messages", *COLUMNS)) else {}
