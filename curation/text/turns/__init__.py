"""A conversation as turns of role and content: kept in a row's `meta`, and shown as its input and output."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.text.turns.exact import compact, exact

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
    "chatbot": "assistant",
    "agent": "assistant",
    "llm": "assistant",
    "claude": "assistant",
    "gemini": "assistant",
    "prompter": "user",
    "customer": "user",
    "client": "user",
    "tool": "tool",
    "function": "tool",
    "function_call": "assistant",
    "tool_call": "assistant",
    "function_response": "tool",
    "function_result": "tool",
    "tool_response": "tool",
    "tool_result": "tool",
    "observation": "tool",
    "ipython": "tool",
    "environment": "tool",
}
"""Roles as written in OpenAI, ShareGPT, Gemma, Llama, Cohere, Open Assistant, LangChain and LLaMA-Factory files and in
support logs, and what they are called here."""
MEDIA = ("image", "audio", "video", "document", "file")
"""What a part that is no text may be, as its type, a key or its media type says it; the surest first."""
MEDIA_TYPES = ("mimeType", "mime_type", "media_type")
PLACES = frozenset(
    {"url", "uri", "fileUri", "file_uri", "path", "filename", "file_id", "value", "image_url", "video_url", *MEDIA}
)
"""Keys under which a part says where its picture or sound is: OpenAI, Gemini, Bedrock, LLaMA-Factory, transformers."""
LONGEST_PLACE = 200
"""Characters; what is longer is the picture itself, written out in letters."""
_SYSTEM = re.compile(r"\Asystem: .*?\nuser: (?=.)", re.DOTALL)


def role_of(said: Any) -> str | None:
    """What a role written in a file is called here: system, user, assistant or tool; None where it is unknown."""
    if not isinstance(said, str):
        return None
    name = re.sub(r"[-\s]+", "_", said.strip().lower())
    return ROLES.get(name) or ROLES.get(name.replace("_", ""))


def kept(meta: str) -> dict[str, Any]:
    """What a row keeps beside its input and output, by name; nothing where `meta` is no JSON object."""
    try:
        values = exact(meta)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def messages_in(meta: str | Mapping[str, Any]) -> list[Any] | None:
    """The conversation a row keeps, whatever its turns look like; None where the row is no chat."""
    if isinstance(meta, str):
        meta = kept(meta) if '"messages"' in meta else {}
    turns = meta.get("messages")
    return turns if isinstance(turns, list) else None


def turns_in(meta: str | Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The turns of the conversation a row keeps; None where the row is no chat or a turn is no object."""
    turns = messages_in(meta)
    return None if turns is None or not all(isinstance(turn, dict) for turn in turns) else turns


def exchange(asked: str, answered: str) -> list[dict[str, Any]]:
    """The conversation of a row without one: a user's turn and the assistant's."""
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]


def last_answer(turns: Sequence[Mapping[str, Any]]) -> int | None:
    """The position of the assistant's last turn, which is the output; None where it has none."""
    return max((n for n, turn in enumerate(turns) if turn.get("role") == "assistant"), default=None)


def calls(turn: Mapping[str, Any]) -> list[Any]:
    """The tool calls of a turn."""
    made = turn.get("tool_calls") or turn.get("function_call")
    if not made:
        return []
    return list(made) if isinstance(made, list) else [made]


def shown(turn: Mapping[str, Any]) -> str:
    """The text of a turn; where it has none but calls tools, the calls, one a line: `name(arguments)`."""
    content = turn.get("content")
    text = content if isinstance(content, str) else ""
    return text if text.strip() else "\n".join(map(_call, calls(turn))) or text


def part_text(part: Any) -> str | None:
    """The text of a content part; None where it is a picture, a sound or anything else that is no text."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        return None
    keys = ("text", "value", "content") if part.get("type") == "text" else ("text",)
    return next((str(part[key]) for key in keys if isinstance(part.get(key), str)), None)


def stand_in(part: Any) -> str:
    """The text shown for a part that is not text: `[image: its address]`, or its JSON where it is no file.

    A file that is written out in the part is told from others by the beginning of its SHA-256.
    """
    if not isinstance(part, Mapping):
        return compact(part)
    said = (*_values_of(part, MEDIA_TYPES), part.get("type"), *part)
    medium = next((name for text in said if isinstance(text, str) for name in MEDIA if name in text.lower()), None)
    if medium is None:
        return compact(part)
    places = (text for text in _values_of(part, PLACES) if len(text) <= LONGEST_PLACE and not text.startswith("data:"))
    return f"[{medium}: {next(places, None) or hashlib.sha256(compact(part).encode()).hexdigest()[:12]}]"


def _values_of(value: Any, keys: Sequence[str] | frozenset[str]) -> Iterator[str]:
    """The texts that stand under these keys in an object, however deep."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            if key in keys and isinstance(inside, str):
                yield inside
            yield from _values_of(inside, keys)


def with_text(turn: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The turn with another text: parts that are no text stay, behind it; what stood for them in the text goes."""
    others = [part for part in turn.get("parts") or () if part_text(part) is None]
    rest = {key: value for key, value in turn.items() if key != "parts"}
    if not others:
        return {**rest, "content": text}
    stood = {said for part in others for said in (compact(part), stand_in(part))}
    said = "\n".join(line for line in text.split("\n") if line not in stood)
    return {**rest, "content": said, "parts": [{"type": "text", "text": said}, *others]}


def says(turn: Mapping[str, Any]) -> bool:
    """Whether a turn holds anything: text, parts or tool calls."""
    return bool(str(turn.get("content") or "").strip() or calls(turn))


def flattened(turns: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Input and output of a conversation: the turns before the last assistant turn (see `as_input`), and that turn.

    A turn that says nothing but calls tools is shown as its calls. Without an assistant turn the output is empty and
    every turn is input.
    """
    last = last_answer(turns)
    before = turns if last is None else turns[:last]
    return as_input(before), "" if last is None else shown(turns[last])


def as_input(turns: Sequence[Mapping[str, Any]]) -> str:
    """Turns as an input: a single user turn as it stands, several as one `role: content` line each."""
    if len(turns) == 1 and turns[0]["role"] == "user":
        return shown(turns[0])
    return "\n".join(f"{turn['role']}: {shown(turn)}" for turn in turns)


def without_system(text: str) -> str:
    """A flattened input from its first user turn on, where a system turn stands before it."""
    return _SYSTEM.sub("", text, count=1)


def _call(call: Any) -> str:
    function = call.get("function", call) if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return compact(call)
    arguments = function.get("arguments", "")
    return f"{function['name']}({arguments if isinstance(arguments, str) else compact(arguments)})"
