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
    "sequence": "turns that do not alternate (their text stands in the input)",
    "after": "turns after the answer",
}
"""What a row may hold, as people read it, in the order it is listed."""
TURNS = frozenset({"system_turn", "turns", "sequence", "after"})
"""What a list of turns carries that have a role and a content and nothing else."""
ALL = frozenset(NAMES)
ROW_WEIGHTS = "weights of rows"

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
    names = held(meta) - carries
    return names - {"sequence"} if "turns" in names else names


def count_lost(metas: Iterable[str], carries: Set[str]) -> dict[str, int]:
    """Rows by what is lost of them, named for people, in the order of NAMES; `metas` are JSON objects."""
    return count_each(metas, {"": carries})[""]


def count_each(metas: Iterable[str], carries: Mapping[str, Set[str]]) -> dict[str, dict[str, int]]:
    """`count_lost` of several forms at once, by name: every row is read once."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in carries}
    lossy = {name: kinds for name, kinds in carries.items() if not kinds >= ALL}
    for meta in metas if lossy else ():
        if values := _kept(meta):
            for name, kinds in lossy.items():
                counts[name].update(lost(values, kinds))
    return {name: named(count) for name, count in counts.items()}


def named(counts: Mapping[str, int]) -> dict[str, int]:
    """Rows by name as people read it, in the order of NAMES."""
    return {words: counts[name] for name, words in NAMES.items() if counts.get(name)}


def listed(counts: Mapping[str, int]) -> str:
    """Such counts in a line: "tool calls (24 rows), turn weights (1 row)"."""
    known = [*NAMES.values(), *(words for words in counts if words not in NAMES.values())]
    rows = {words: counts[words] for words in known if words in counts}
    return ", ".join(f"{words} ({n:,} {'row' if n == 1 else 'rows'})" for words, n in rows.items())


def held(meta: Mapping[str, Any]) -> frozenset[str]:
    """The names of what a row with this `meta` holds beside plain input and output."""
    columns = {key: meta[key] for key in COLUMNS.keys() & meta.keys()}
    turns = turns_in(meta) or []
    said = [turn.get("content") for turn in turns]
    names = {COLUMNS[key] for key, value in columns.items() if _says(value) and not _stands_in(key, value, said)}
    return frozenset(names | _held_by_turns(turns) if turns else names)


def _stands_in(key: str, value: Any, said: Sequence[Any]) -> bool:
    """Whether a system prompt or history beside the turns is among them too: then a list of turns carries it."""
    if COLUMNS[key] == "history" and isinstance(value, list):
        return bool(said) and all(isinstance(pair, list) and all(text in said for text in pair) for pair in value)
    return COLUMNS[key] == "system" and value in said


def _held_by_turns(turns: Sequence[Mapping[str, Any]]) -> set[str]:
    names = {_field(key, value) for turn in turns for key, value in turn.items()} - {""}
    roles = [turn.get("role") for turn in turns]
    if "system" in roles:
        names.add("system_turn")
    last = last_answer(turns)
    before = [role for role in roles[:last] if role != "system"]
    if len(before) > 1:
        names.add("turns")
    if last is not None and before != [("user", "assistant")[n % 2] for n in range(2 * (len(before) // 2) + 1)]:
        names.add("sequence")
    if last is not None and last < len(turns) - 1:
        names.add("after")
    return names


def _field(key: str, value: Any) -> str:
    name = FIELDS.get(key, "other")
    # Without a weight a turn counts once, and a lone text part is its text.
    is_usual = (name == "weight" and str(value) in ("1", "1.0")) or (name == "parts" and _is_text_part(value))
    return "" if is_usual or not (_says(value) or isinstance(value, int | float)) else name


def _is_text_part(parts: Any) -> bool:
    part = parts[0] if isinstance(parts, list) and len(parts) == 1 else None
    return isinstance(part, Mapping) and part.get("type", "text") == "text" and part.keys() <= {"type", "text", "value"}


def _says(value: Any) -> bool:
    return isinstance(value, str | list | dict) and bool(value) and value not in ("[]", "{}", "null")


def _kept(meta: str) -> Mapping[str, Any]:
    return kept(meta) if any(f'"{name}"' in meta for name in ("messages", *COLUMNS)) else {}
