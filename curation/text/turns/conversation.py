"""A row as the conversation it is: system prompt, history, turns; and a turn as chat and ShareGPT files write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from curation.text.turns import calls, exchange, role_of, shown
from curation.text.turns.exact import compact, exact

Turn = dict[str, Any]

KEPT_ROLES = frozenset({"developer", "function"})
"""Roles of OpenAI's files that stay as written; every other one is one of the four that all trainers know."""
SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
"""Who speaks, as ShareGPT files and LLaMA-Factory call it."""
FUNCTION_CALL = "function_call"


def before_turns(system: str | None, history: Any) -> list[Turn]:
    """The turns that stand before a row's question: its system prompt and its history."""
    lead: list[Turn] = [{"role": "system", "content": system}] if system else []
    return [*lead, *(history_turns(history) or [])]


def history_turns(history: Any) -> list[Turn] | None:
    """A history as turns, from [question, answer] pairs or from turns; None where it is neither."""
    if not isinstance(history, list):
        return None
    turns: list[Turn] = []
    for part in history:
        if isinstance(part, list) and len(part) == 2 and all(isinstance(text, str) for text in part):
            turns += exchange(*part)
        elif isinstance(part, Mapping) and role_of(part.get("role")) and isinstance(part.get("content"), str):
            turns.append({**part, "role": role_of(part["role"])})
        else:
            return None
    return turns


def lead_of(before: Sequence[Mapping[str, Any]]) -> str:
    """What stands before the question in the rendering of a row with these turns before it."""
    return "".join(f"{turn['role']}: {shown(turn)}\n" for turn in before) + "user: " if before else ""


def question_of(text: str, before: Sequence[Mapping[str, Any]]) -> str:
    """A row's question without the turns before it, where its text begins with them."""
    return text.removeprefix(lead_of(before))


def conversation(row: Mapping[str, Any]) -> list[Turn]:
    """The turns of a row: its `messages`, or question and answer, behind system prompt and history that stand beside.

    `row` has input, output, messages (turns or None), system (text or None) and history (JSON text or None).
    """
    history = exact(row["history"]) if row["history"] is not None else None
    before = before_turns(row["system"], history)
    if row["messages"] is None:
        return [*before, *exchange(question_of(row["input"], before), row["output"])]
    turns: list[Turn] = list(row["messages"])
    start = next((n for n, turn in enumerate(turns) if turn.get("role") != "system"), len(turns))
    said, asked = _said(before[1:] if row["system"] else before), _said(turns[start:])
    is_there = asked[: len(said)] == said
    history = [] if is_there else before[len(before) - len(said) :]
    system = [] if not row["system"] or ("system", row["system"]) in _said(turns[:start]) else before[:1]
    return [*system, *turns[:start], *history, *turns[start:]]


def _said(turns: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Any]]:
    return [(turn.get("role"), turn.get("content")) for turn in turns]


def apart(question: str, instruction: str | None) -> tuple[str, str]:
    """Instruction and input of a question as they came; the question and "" where they came as one text."""
    if instruction == "":
        return "", question
    if instruction is None or not question.startswith(instruction):
        return question, ""
    rest = question[len(instruction) :]
    return (instruction, rest[1:]) if rest[:1] in ("", "\n") else (question, "")


def as_chat(turn: Mapping[str, Any]) -> Turn:
    """A turn as chat files hold it: its parts in place of their text, a call in ShareGPT's form as a tool call."""
    whole = {key: value for key, value in turn.items() if key not in ("parts", "original_role")}
    written = turn.get("original_role")
    if written in KEPT_ROLES:
        whole["role"] = written
    if turn.get("parts") is not None:
        whole["content"] = turn["parts"]
    made = calls_in_text(turn)
    return whole if made is None else {**whole, "content": None, "tool_calls": made}


def calls_in_text(turn: Mapping[str, Any]) -> list[Turn] | None:
    """The tool calls that ShareGPT's turns of function_call hold as JSON text; None where a turn is none of them."""
    if turn.get("original_role") != FUNCTION_CALL or calls(turn) or not isinstance(turn.get("content"), str):
        return None
    try:
        value = exact(turn["content"])
    except ValueError:
        return None
    found = value if isinstance(value, list) else [value]
    if not found or not all(isinstance(call, Mapping) and isinstance(call.get("name"), str) for call in found):
        return None
    return [{"type": "function", "function": dict(call)} for call in found]


def as_sharegpt(turn: Mapping[str, Any]) -> list[Turn]:
    """A turn as ShareGPT files hold it: from, value, and its weight; its tool calls as a turn of function_call.

    One call is an object, several are a list, arguments are objects: what LLaMA-Factory reads.
    """
    functions = [call.get("function", call) for call in calls(turn) or calls_in_text(turn) or []]
    text = turn.get("content") if isinstance(turn.get("content"), str) else ""
    said: list[Turn] = []
    if not functions or (calls(turn) and text):
        said.append({"from": SHAREGPT.get(turn["role"], turn["role"]), "value": text})
    if functions:
        written = [{**function, "arguments": opened(function.get("arguments", {}))} for function in functions]
        said.append({"from": FUNCTION_CALL, "value": compact(written[0] if len(written) == 1 else written)})
    weight = turn.get("weight")
    return said if weight is None else [{**part, "weight": weight} for part in said]


def opened(arguments: Any) -> Any:
    """A call's arguments as the object they are, where they came as its JSON text."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return exact(arguments)
    except ValueError:
        return arguments


def with_arguments(turn: Turn, form: str) -> Turn:
    """A turn whose calls have their arguments as JSON `text`, as an `object`, or `as_came`."""
    made = turn.get("tool_calls")
    if form == "as_came" or not isinstance(made, list):
        return turn
    write = (lambda value: value if isinstance(value, str) else compact(value)) if form == "text" else opened
    changed = []
    for call in made:
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping) and "arguments" in function:
            call = {**call, "function": {**function, "arguments": write(function["arguments"])}}
        changed.append(call)
    return {**turn, "tool_calls": changed}
