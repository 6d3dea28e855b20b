"""Tool calls that no program could run: arguments that are no JSON, unknown tools, results that belong to no call.

Every call in the middle of a chat needs its result before somebody else speaks; the last turn may end with a call.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, judged
from curation.errors import NotChecked
from curation.records import Findings
from curation.text.turns import calls, kept, turns_in
from curation.text.turns.conversation import FUNCTION_CALL, calls_in_text, opened
from curation.text.turns.exact import exact


@dataclass(frozen=True)
class Settings:
    declared: bool = field(
        default=True, metadata={"help": "Flag calls of tools that the row does not declare, where it declares any"}
    )
    results: bool = field(default=True, metadata={"help": "Flag calls without a result before the last turn"})


UNREADABLE, UNDECLARED, ARGUMENTS, UNANSWERED = 0.95, 0.85, 0.7, 0.8
"""How sure it is a fault: what no program reads, an unknown tool, arguments against its schema, a missing result."""
_IN_TEXT = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)

Fault = tuple[int, str, float]
"""The place of the turn, what is wrong in plain words, and how sure it is."""


def calling(shard: Shard, settings: Settings, seed: int) -> int:
    """How many rows of a shard call a tool, or have the result of a call."""
    return sum(_calls(turns_in(meta) or []) for meta in shard.values("meta"))


def all_calling(states: Sequence[int], settings: Settings) -> int:
    """How many rows of the set do. Raises NotChecked where none does."""
    if not sum(states):
        raise NotChecked("no row calls a tool")
    return sum(states)


def figures(state: int, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """How many rows call a tool."""
    return {"rows_with_calls": state}


@check("tool_calls", "Broken tool calls", settings=Settings(), fit=calling, merge=all_calling, summary=figures)
def tool_calls(shard: Shard, settings: Settings, state: int) -> Findings:
    """One finding a row with a broken call, result or declaration."""

    def rule(row: Row) -> Hit | None:
        turns = turns_in(row.meta) or []
        if not _calls(turns):
            return None
        tools = _tools(kept(row.meta).get("tools"))
        faults = [*_of_tools(tools), *_of_calls(turns, tools, settings)]
        faults += _of_results(turns) if settings.results else ()
        if not faults:
            return None
        turn, why, sure = max(faults, key=lambda fault: fault[2])
        evidence = {"turn": turn, "faults": [cut(each) for _, each, _ in faults[:10]]}
        where = f" (turn {turn + 1})" if turn >= 0 else ""
        return Hit(sure, f"{why}{where}.", evidence)

    return judged("tool_calls", shard, rule, turns=False)


def _calls(turns: Sequence[Mapping[str, Any]]) -> bool:
    return any(_made(turn) or turn.get("role") == "tool" for turn in turns)


def _made(turn: Mapping[str, Any]) -> list[Any]:
    """The calls of a turn: as such, as ShareGPT's JSON text, or between the marks of Hermes' format."""
    made = calls(turn) or calls_in_text(turn)
    if made:
        return list(made)
    content = turn.get("content")
    if turn.get("role") != "assistant" or not isinstance(content, str):
        return []
    if turn.get("original_role") == FUNCTION_CALL:
        return [{"function": content}]
    return [_parsed(text) for text in _IN_TEXT.findall(content)]


def _parsed(text: str) -> Any:
    try:
        return {"function": exact(text)}
    except ValueError:
        return {"function": text}


def _tools(value: Any) -> dict[str, Mapping[str, Any]] | None:
    """The declared tools by name; None where there are none, and one named "" where they cannot be read."""
    if isinstance(value, str):
        try:
            value = exact(value) if value.strip() else None
        except ValueError:
            return {"": {}}
    if not value:
        return None
    named = [_function(tool) for tool in value] if isinstance(value, list) else [{}]
    return {str(tool.get("name") or ""): tool for tool in named}


def _function(tool: Any) -> Mapping[str, Any]:
    inside = tool.get("function", tool) if isinstance(tool, Mapping) else {}
    return inside if isinstance(inside, Mapping) else {}


def _of_tools(tools: Mapping[str, Any] | None) -> Iterator[Fault]:
    if tools is not None and "" in tools:
        yield -1, "A declared tool has no name or cannot be read", UNDECLARED


def _of_calls(turns: Sequence[Mapping[str, Any]], tools: Any, settings: Settings) -> Iterator[Fault]:
    """What is wrong with the calls themselves."""
    for n, turn in enumerate(turns):
        for call in _made(turn):
            function = _function(call)
            name, arguments = function.get("name"), opened(function.get("arguments", function.get("parameters")))
            if not isinstance(name, str) or not name.strip():
                yield n, "A call names no tool, or is no JSON", UNREADABLE
            elif arguments not in (None, "") and not isinstance(arguments, Mapping):
                yield n, f"The arguments of “{cut(name, 40)}” are no JSON object", UNREADABLE
            elif tools is not None and name not in tools and settings.declared:
                yield n, f"The tool “{cut(name, 40)}” is called, but the row does not declare it", UNDECLARED
            elif tools is not None and name in tools:
                yield from ((n, why, ARGUMENTS) for why in _against(tools[name], name, arguments or {}))


def _against(tool: Mapping[str, Any], name: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    """What the arguments lack, or have too many of, by the tool's schema."""
    schema = tool.get("parameters", tool.get("input_schema"))
    if not isinstance(schema, Mapping) or not isinstance(schema.get("properties"), Mapping):
        return
    needed = schema.get("required")
    listed = needed if isinstance(needed, list) else []
    lacking = [key for key in listed if isinstance(key, str) and key not in arguments]
    if lacking:
        yield f"The call of “{cut(name, 40)}” lacks the argument “{cut(lacking[0], 40)}”"
    if schema.get("additionalProperties") not in (None, False):
        return
    others = [key for key in arguments if key not in schema["properties"]]
    if others:
        yield f"The call of “{cut(name, 40)}” has the argument “{cut(others[0], 40)}”, which it does not know"


def _of_results(turns: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Results without a call, and calls that wait for one when somebody else speaks."""
    waiting: list[Any] = []
    asked = -1
    for n, turn in enumerate(turns):
        if turn.get("role") == "tool":
            id = turn.get("tool_call_id")
            known = [each for each in waiting if id is None or each is None or each == id]
            if known:
                waiting.remove(known[0])
            else:
                yield n, "A result belongs to no call", UNREADABLE
            continue
        if waiting:
            yield asked, "A call has no result before the next turn", UNANSWERED
        waiting = [call.get("id") if isinstance(call, Mapping) else None for call in _made(turn)]
        asked = n
