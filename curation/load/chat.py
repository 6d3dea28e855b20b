"""Conversations as turns of role and content, and the example each one makes."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curation.load.rows import Unusable, as_text

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "tool": "tool",
    "function": "tool",
    "function_call": "assistant",
    "function_response": "tool",
    "observation": "tool",
    "ipython": "tool",
}
"""Roles as written in OpenAI, ShareGPT, Gemma, Llama and LLaMA-Factory files, and what they are called here."""
CHAT_KEYS = (("role", "content"), ("from", "value"))


def decoded(value: Any) -> Any:
    """The turns in a value; tables hold them as JSON text."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def looks_like_turns(value: Any) -> bool:
    """Whether a value is a list whose first turn has a role and a content."""
    turns = decoded(value)
    if not isinstance(turns, list) or not turns or not isinstance(turns[0], dict):
        return False
    return any(role in turns[0] for role, _ in CHAT_KEYS)


def turn_style(values: Sequence[Any]) -> str:
    """`sharegpt` where the first conversation has from/value turns, else `messages`."""
    for value in values:
        turns = decoded(value)
        if isinstance(turns, list) and turns and isinstance(turns[0], dict):
            return "sharegpt" if "from" in turns[0] and "role" not in turns[0] else "messages"
    return "messages"


def turns_of(value: Any, column: str) -> list[dict[str, Any]]:
    """The turns of a conversation as dicts with a known role and text content, further keys kept.

    Raises Unusable with reason bad_messages, naming the turn.
    """
    turns = decoded(value)
    if not isinstance(turns, list) or not turns:
        raise Unusable("bad_messages", f"column {column!r} holds no list of turns")
    return [_turn(turn, n, column) for n, turn in enumerate(turns)]


def _turn(turn: Any, n: int, column: str) -> dict[str, Any]:
    where = f"turn {n + 1} in column {column!r}"
    if not isinstance(turn, Mapping):
        raise Unusable("bad_messages", f"{where} is no object with role and content")
    role_key, content_key = CHAT_KEYS[0] if turn.get("role") is not None else CHAT_KEYS[1]
    said = turn.get(role_key)
    role = ROLES.get(said.strip().lower()) if isinstance(said, str) else None
    if role is None:
        raise Unusable("bad_messages", f"{where} has no role we know (system, user, assistant, tool)")
    if content_key not in turn:
        raise Unusable("bad_messages", f"{where} has no {content_key}")
    content = turn[content_key]
    rest = {key: value for key, value in turn.items() if key not in (role_key, content_key)}
    if said != role:
        rest["original_role"] = said
    if not isinstance(content, str) and content is not None:
        rest["parts"] = content
    return {"role": role, "content": _content(content), **rest}


def _content(content: Any) -> str:
    if not isinstance(content, list):
        return as_text(content)
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    if isinstance(part, Mapping) and isinstance(part.get("text"), str):
        return str(part["text"])
    return as_text(part)


def flattened(turns: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Input and output of a conversation: the turns before the last assistant turn, and that turn.

    A single user turn is the input as it stands; several become one `role: content` line each. Without an assistant
    turn the output is empty and every turn is input.
    """
    last = max((n for n, turn in enumerate(turns) if turn["role"] == "assistant"), default=None)
    before = turns if last is None else turns[:last]
    output = "" if last is None else str(turns[last]["content"])
    if len(before) == 1 and before[0]["role"] == "user":
        return str(before[0]["content"]), output
    return "\n".join(f"{turn['role']}: {turn['content']}" for turn in before), output
