"""Conversations as they stand in files, read as turns of role and content."""

import ast
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import orjson

from curation.load.rows import Unusable, as_text, seen
from curation.text.turns import calls, part_text, role_of, stand_in
from curation.text.turns.fields import are_fields, from_fields

ROLE_KEYS = ("role", "from", "speaker", "author", "sender", "message.role", "type")
"""Keys that name who speaks: OpenAI, ShareGPT, meeting transcripts, PaLM, Phoenix, LangChain; likeliest first."""
CONTENT_KEYS = ("content", "value", "text", "message", "parts", "utterance", "message.content", "contents")
"""Keys that hold what is said, likeliest first; `parts` is Gemini's."""
SPEAKERS = (("human", "assistant"), ("user", "assistant"), ("human", "gpt"), ("user", "bot"), ("human", "bot"))
"""Keys of an object that is a question and its answer at once."""
EXCHANGES = (*SPEAKERS, ("query", "response"), ("question", "answer"), ("prompt", "response"), ("input", "output"))
"""The same where the column is known to hold turns; elsewhere a list of questions and answers is no conversation."""
PYTHON_TEXT = 1 << 20
"""Characters; longer Python literals (lists that a table program wrote with `str`) are not read."""
FIRST_LETTERS = ("[{", "['", '["', "[[", "[(")


def decoded(value: Any) -> Any:
    """The list in a value; tables hold lists as JSON text, or as Python wrote them."""
    if not isinstance(value, str) or value.lstrip()[:1] != "[":
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _python_list(value)


def _python_list(value: str) -> Any:
    if len(value) > PYTHON_TEXT or not "".join(value[:64].split()).startswith(FIRST_LETTERS):
        return value
    try:
        return ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


class Style(NamedTuple):
    """The keys of a turn that hold its role and its content; `content` is "" where it has none."""

    role: str
    content: str


def style_of(turn: Any) -> Style | None:
    """How a turn is written; None where it is no object, or no key of it names a role.

    `role` and `from` name one whatever they hold, so that an unknown role is reported and not overlooked.
    """
    if not isinstance(turn, Mapping):
        return None
    for key in ROLE_KEYS:
        said = turn.get(key)
        if said is not None and (key in ("role", "from") or role_of(said)):
            return Style(key, next((name for name in CONTENT_KEYS if name in turn and name != key), ""))
    return None


def looks_like_turns(value: Any) -> bool:
    """Whether a value is a list whose first turn has a role and a content, or is a question with its answer."""
    turns = decoded(value)
    if not isinstance(turns, list) or not turns:
        return False
    first = _unwrapped(turns[0])
    style = style_of(first)
    if style:
        return bool(style.content or calls(first))
    return _exchange(first, SPEAKERS) is not None


def looks_like_rounds(value: Any) -> bool:
    """Whether a value is a list of questions with answers, of texts, or of pairs of them: turns, if that is said."""
    rounds = decoded(value)
    if not isinstance(rounds, list) or not rounds:
        return False
    is_texts = len(rounds) > 1 and all(isinstance(said, str) for said in rounds)
    return is_texts or is_history(rounds) or all(_exchange(pair, EXCHANGES) for pair in rounds)


def looks_like_turn(value: Any) -> bool:
    """Whether a value is one turn: an object with a role we know and a content."""
    style = style_of(value)
    return bool(style and role_of(value[style.role]) and (style.content or calls(value)))


def turn_style(values: Sequence[Any]) -> str:
    """`sharegpt` where the first conversation has from/value turns, else `messages`."""
    for value in values:
        turns = decoded(value)
        if isinstance(turns, list) and turns and isinstance(turns[0], dict):
            return "sharegpt" if "from" in turns[0] and "role" not in turns[0] else "messages"
    return "messages"


def turns_of(value: Any, column: str) -> list[dict[str, Any]]:
    """The turns of a conversation as dicts with a known role and text content, further keys kept.

    Calls and results that stand among the content's parts become `tool_calls` and turns of their own. Raises Unusable
    with reason bad_messages, naming the turn.
    """
    turns = decoded(value)
    if not isinstance(turns, list) or not turns:
        raise Unusable("bad_messages", f"column {column!r} holds no list of turns")
    return [part for n, turn in enumerate(turns) for part in _read(turn, f"turn {n + 1} in column {column!r}")]


def history_turns(value: Any, column: str) -> list[dict[str, Any]]:
    """The turns of what was said before: pairs of question and answer, texts in turn, or turns; [] where there are
    none. Raises Unusable with reason bad_messages.
    """
    rounds = decoded(value)
    if rounds is None or rounds in ("", []):
        return []
    if not isinstance(rounds, list):
        raise Unusable("bad_messages", f"column {column!r} holds no list of questions and answers")
    if all(isinstance(said, str) for said in rounds):
        return _alternating(rounds)
    if all(isinstance(pair, list | tuple) and all(isinstance(said, str | None) for said in pair) for pair in rounds):
        return [turn for pair in rounds for turn in _alternating(pair)]
    return turns_of(rounds, column)


def is_history(value: Any) -> bool:
    """Whether a value is a list of question and answer pairs, or of turns."""
    rounds = decoded(value)
    if not isinstance(rounds, list) or not rounds:
        return False
    pairs = all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in rounds)
    return looks_like_turns(rounds) or (pairs and all(isinstance(said, str) for pair in rounds for said in pair))


def answer_turns(value: Any, column: str) -> list[dict[str, Any]]:
    """The turns of an answer that stands in a column of its own: a list of turns, one turn, or a text."""
    value = decoded(value)
    if looks_like_turn(value):
        value = [value]
    if looks_like_turns(value):
        return turns_of(value, column)
    if isinstance(value, list | Mapping) and value:
        raise Unusable("not_text", f"column {column!r} holds {seen(value)}, not a text or turns")
    return [{"role": "assistant", "content": as_text(value)}] if as_text(value).strip() else []


def ends_with_answer(turns: Sequence[Any]) -> bool:
    """Whether the last of these turns, as they stand in the file, is an answer of the assistant that is not empty."""
    last = _unwrapped(turns[-1])
    style = style_of(last)
    if not style:
        return _exchange(last, EXCHANGES) is not None
    says = not style.content or last[style.content] not in (None, "", []) or calls(last)
    return role_of(last[style.role]) == "assistant" and bool(says)


def to_be_answered(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns that an answer is given to: without a last one of the assistant that says nothing."""
    is_empty = turns and turns[-1]["role"] == "assistant" and not turns[-1].get("content") and not calls(turns[-1])
    return turns[:-1] if is_empty else turns


def shared_turns(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> int:
    """How many turns two conversations begin with alike: the prompt of an implicit preference pair."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right)))


def with_system(turns: list[dict[str, Any]], system: str) -> list[dict[str, Any]]:
    """The turns behind a system turn; as they are where they begin with one or there is nothing to say."""
    if not system.strip() or (turns and turns[0]["role"] == "system"):
        return turns
    return [{"role": "system", "content": system}, *turns]


def _alternating(said: Sequence[str | None]) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": text} for n, text in enumerate(said) if text]


def _unwrapped(turn: Any) -> Any:
    """A turn that stands in an object of its own under `message`, as in answers of an interface, taken out."""
    inside = turn.get("message") if isinstance(turn, Mapping) else None
    return inside if isinstance(inside, Mapping) and "role" in inside else turn


def _exchange(turn: Any, names: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    if not isinstance(turn, Mapping):
        return None
    keys = {key.lower(): key for key in turn}
    for asked, answered in names:
        if asked in keys and answered in keys:
            pair = keys[asked], keys[answered]
            if all(isinstance(turn[key], str | None) for key in pair):
                return pair
    return None


def _read(turn: Any, where: str) -> list[dict[str, Any]]:
    if are_fields(turn):
        return [from_fields(turn)]
    turn = _unwrapped(turn)
    if not isinstance(turn, Mapping):
        raise Unusable("bad_messages", f"{where} is no object with role and content")
    style = style_of(turn)
    if style is None:
        pair = _exchange(turn, EXCHANGES)
        if pair is None:
            raise Unusable("bad_messages", f"{where} has no role we know (system, user, assistant, tool)")
        return _alternating([turn[key] for key in pair])
    said, role = turn[style.role], role_of(turn[style.role])
    if role is None:
        named = f": {said[:40]!r}" if isinstance(said, str) else ""
        raise Unusable("bad_messages", f"{where} has no role we know (system, user, assistant, tool){named}")
    if not style.content and not calls(turn):
        raise Unusable("bad_messages", f"{where} has no {'value' if style.role == 'from' else 'content'}")
    rest = {key: value for key, value in turn.items() if key not in style}
    if said != role:
        rest["original_role"] = said
    return _written(role, turn[style.content], rest) if style.content else _silent(role, rest)


def _silent(role: str, rest: dict[str, Any]) -> list[dict[str, Any]]:
    """The turn without a content, which is not one whose content is null: templates tell them apart."""
    (turn,) = _written(role, None, rest)
    return [{key: value for key, value in turn.items() if key != "content"}]


def _written(role: str, content: Any, rest: dict[str, Any]) -> list[dict[str, Any]]:
    """The turn of this role, and before it the results of tools that stand among its parts."""
    if isinstance(content, Mapping):
        content = content.get("parts", [content])
    parts, made, results, thoughts = _sorted(content)
    if made:
        rest["tool_calls"] = [*rest.get("tool_calls", []), *made]
    if thoughts:
        rest.setdefault("reasoning_content", "\n".join(thoughts))
    if rest.get("original_role") == "function_call" and not made:
        called = _written_call(parts)
        if called:
            return [{"role": role, "content": "", **rest, "tool_calls": called}]
    if "function_call" in rest and isinstance(rest["function_call"], Mapping):
        rest.setdefault("tool_calls", [_call(rest.pop("function_call"))])
    if results and not parts:
        return results
    if not isinstance(parts, str) and parts is not None:
        rest["parts"] = parts
    return [*results, {"role": role, "content": None if parts is None else _content(parts), **rest}]


def _sorted(content: Any) -> tuple[Any, list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Content without the calls, results and thoughts among its parts, and these (Anthropic, Bedrock, Gemini)."""
    if not isinstance(content, list):
        return content, [], [], []
    parts, made, results, thoughts = [], [], [], []
    for part in content:
        if (call := _call_in(part)) is not None:
            made.append(call)
        elif (result := _result_in(part)) is not None:
            results.append(result)
        elif (thought := _thought_in(part)) is not None:
            thoughts.append(thought)
        else:
            parts.append(part)
    return parts, made, results, thoughts


def _call_in(part: Any) -> dict[str, Any] | None:
    if not isinstance(part, Mapping):
        return None
    used = part if part.get("type") == "tool_use" else part.get("toolUse")
    if isinstance(used, Mapping):
        return _call(used, used.get("id", used.get("toolUseId")))
    if part.get("type") == "tool_call":
        written = _written_call(part.get("value", part))
        return written[0] if len(written) == 1 else None
    called = part.get("functionCall", part.get("function_call"))
    return _call(called, called.get("id")) if isinstance(called, Mapping) else None


def _call(made: Mapping[str, Any], id: Any = None) -> dict[str, Any]:
    """A call as trainers' templates walk it; arguments as text."""
    arguments: Any = next((made[key] for key in ("arguments", "input", "args") if key in made), {})
    called = {"name": as_text(made.get("name")), "arguments": as_text(arguments) if arguments is not None else "{}"}
    return {**({"id": as_text(id)} if id is not None else {}), "type": "function", "function": called}


def _written_call(value: Any) -> list[dict[str, Any]]:
    """The calls a ShareGPT turn writes out as JSON; [] where it is no such text."""
    try:
        found = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        return []
    made = found if isinstance(found, list) else [found]
    is_call = all(isinstance(call, Mapping) and isinstance(call.get("name"), str) for call in made)
    return [_call(call, call.get("id")) for call in made] if made and is_call else []


def _result_in(part: Any) -> dict[str, Any] | None:
    if not isinstance(part, Mapping):
        return None
    given = part if part.get("type") == "tool_result" else part.get("toolResult")
    if isinstance(given, Mapping):
        id, said = given.get("tool_use_id", given.get("toolUseId")), given.get("content")
        return {"role": "tool", "content": _content(said), **({"tool_call_id": as_text(id)} if id is not None else {})}
    given = part.get("functionResponse", part.get("function_response"))
    if isinstance(given, Mapping):
        return {"role": "tool", "content": as_text(given.get("response")), "name": as_text(given.get("name"))}
    return None


def _thought_in(part: Any) -> str | None:
    if not isinstance(part, Mapping):
        return None
    if part.get("type") == "thinking":
        return as_text(part.get("thinking"))
    if part.get("thought") is True:
        return as_text(part.get("text"))
    said = part.get("reasoningContent")
    if isinstance(said, Mapping) and isinstance(said.get("reasoningText"), Mapping):
        return as_text(said["reasoningText"].get("text"))
    said = next((part[key] for key in ("value", "text", "content") if isinstance(part.get(key), str)), None)
    return said if part.get("type") == "reasoning" else None


def _content(content: Any) -> str:
    if not isinstance(content, list):
        return as_text(content)
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    text = part_text(part)
    if text is not None:
        return text
    return as_text(part["json"]) if isinstance(part, Mapping) and part.keys() == {"json"} else stand_in(part)
