"""Conversations as they stand in files, read as turns of role and content."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from curation.load.rows import Unusable, as_text
from curation.text.turns import calls, part_text, role_of
from curation.text.turns.fields import are_fields, from_fields

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


def ends_with_answer(turns: Sequence[Any]) -> bool:
    """Whether the last of these turns, as they stand in the file, is the assistant's."""
    last = turns[-1]
    return isinstance(last, Mapping) and any(role_of(last.get(key)) == "assistant" for key, _ in CHAT_KEYS)


def _turn(turn: Any, n: int, column: str) -> dict[str, Any]:
    where = f"turn {n + 1} in column {column!r}"
    if are_fields(turn):
        return from_fields(turn)
    if not isinstance(turn, Mapping):
        raise Unusable("bad_messages", f"{where} is no object with role and content")
    role_key, content_key = CHAT_KEYS[0] if turn.get("role") is not None else CHAT_KEYS[1]
    said = turn.get(role_key)
    role = role_of(said)
    if role is None:
        raise Unusable("bad_messages", f"{where} has no role we know (system, user, assistant, tool)")
    if content_key not in turn and not calls(turn):
        raise Unusable("bad_messages", f"{where} has no {content_key}")
    content = turn.get(content_key)
    rest = {key: value for key, value in turn.items() if key not in (role_key, content_key)}
    if said != role:
        rest["original_role"] = said
    if not isinstance(content, str) and content is not None:
        rest["parts"] = content
    # null says that a turn has no text, an absent content that nobody said: templates tell them apart
    said_or_null = {"content": None if content is None else _content(content)} if content_key in turn else {}
    return {"role": role, **said_or_null, **rest}


def _content(content: Any) -> str:
    if not isinstance(content, list):
        return as_text(content)
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    text = part_text(part)
    return as_text(part) if text is None else text


def answer_turns(value: Any, column: str) -> list[dict[str, Any]]:
    """The turns of an answer that stands in a column of its own: a list of turns, one turn, or a text."""
    value = decoded(value)
    if isinstance(value, Mapping) and any(role_of(value.get(role)) and text in value for role, text in CHAT_KEYS):
        value = [value]
    if looks_like_turns(value):
        return turns_of(value, column)
    return [{"role": "assistant", "content": as_text(value)}] if as_text(value).strip() else []
