"""Logged calls of a model and data sets made of them (Langfuse, Phoenix, LangSmith): `input` and `output` hold texts,
turns, or objects with the fields of a prompt and its answer. An expected output counts before the logged one."""

from collections.abc import Mapping
from typing import Any

import orjson

from curation.load.chat import decoded, looks_like_turn, looks_like_turns
from curation.load.guess import OUTPUT, Look, first
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape

ASKED = ("input", "inputs", "attributes.llm.input_messages", "attributes.input.value")
EXPECTED = (
    "expectedoutput", "expected_output", "reference_outputs", "reference_output", "expected", "expectations", "ideal",
)  # fmt: skip
ANSWERED = ("output", "outputs", "attributes.llm.output_messages", "attributes.output.value")
REPLY = {"role", "choices", "generations", "messages", "message"}
"""Keys of an object that a model's interface gave back."""
SPANS = (
    ("llm.input_messages", "llm.output_messages"), ("gen_ai.input.messages", "gen_ai.output.messages"),
    ("gen_ai.prompt", "gen_ai.completion"), ("input.value", "output.value"),
)  # fmt: skip
"""Where a span's attributes hold what a model was asked and answered: OpenInference, OpenTelemetry; likeliest first."""
CALLED = {"args", "kwargs"}
"""Keys of an object that holds how a function was called (Langfuse's decorator)."""
BODIES = ("inputBodyJson", "outputBodyJson")
"""Keys under which Bedrock's logs hold a request and its response."""
TURNS = ("messages", "chat_history", "conversation")
"""Keys of an object under which its turns stand."""


@row_shape("logged_call", "Logged calls of a model")
def logged_call(look: Look) -> Wrapped | None:
    """Claims rows with an input and an output of which one at least holds objects or turns; Phoenix's CSV too."""
    if look.given and (look.given.output or look.given.label or look.given.input):
        return None
    is_lifted = {"input", "output"} <= set(look.columns)
    if not is_lifted and look.share("attributes", lambda value: bool(_span_paths(value))) > 0.5:
        return Wrapped(0.9, lambda values: [_lifted(values)])
    if "example_id" in look.columns and (sides := _flattened(look)):
        return Wrapped(0.9, lambda values: _from_columns(values, sides))
    asked, expected, answered = look.named(*ASKED), look.named(*EXPECTED), look.named(*ANSWERED)
    if expected and not look.values(expected):
        expected = None
    if not asked or not (expected or answered):
        return None
    if look.share(asked, _is_object) < 0.5 and look.share(expected or answered or "", _is_logged) < 0.5:
        return None

    quoted = {name for name in (asked, expected, answered) if name and look.share(name, _is_json_text) > 0.9}

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        values = {name: _unquoted(value) if name in quoted else value for name, value in values.items()}
        rest = {name: value for name, value in values.items() if name not in (asked, expected, answered)}
        wanted = values.get(expected) if expected else None
        logged = values.get(answered) if answered else None
        if wanted not in (None, "") and logged not in (None, ""):
            rest["logged_output"] = logged
        return [_row(_asked(values.get(asked)), _answered(logged if wanted in (None, "") else wanted), rest)]

    return Wrapped(0.75, rows)


def _span_paths(attributes: Any) -> tuple[str, ...]:
    """Where a span's attributes hold what was asked and answered; empty where it is no call of a model."""
    return next((paths for paths in SPANS if _at(attributes, paths[0]) is not None), ())


def _keys(value: Any, path: str) -> tuple[str, str]:
    """The key of an object with which a path of names joined by dots goes on, and the rest of the path.

    Attributes stand as one long key or as objects one in the other. ("", "") where no key fits.
    """
    names = path.split(".")
    for n in range(len(names), 0, -1):
        if isinstance(value, Mapping) and (key := ".".join(names[:n])) in value:
            return key, ".".join(names[n:])
    return "", ""


def _at(value: Any, path: str) -> Any:
    key, rest = _keys(value, path)
    return None if not key else _at(value[key], rest) if rest else value[key]


def _without(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    key, rest = _keys(value, path)
    if rest and isinstance(value[key], Mapping):
        return {**value, key: _without(value[key], rest)}
    return {name: inside for name, inside in value.items() if name != key}


def _lifted(values: dict[str, Any]) -> dict[str, Any]:
    """The span with what was asked and answered in columns of their own; the rest of its attributes stays."""
    attributes = values.get("attributes")
    for side, path in zip(("input", "output"), _span_paths(attributes)):
        values = {**values, side: _at(attributes, path)}
        values["attributes"] = _without(values["attributes"], path)
    return values


def _is_object(value: Any) -> bool:
    return isinstance(_read(value), list | Mapping)


def _is_logged(value: Any) -> bool:
    """Whether an output is what a log holds: an object, or the text of one that a model's interface gave. Other JSON in
    a text is the answer itself."""
    if not isinstance(value, str):
        return _is_object(value)
    inside = _read(value)
    return looks_like_turns(inside) or (isinstance(inside, Mapping) and not REPLY.isdisjoint(inside))


def _read(value: Any) -> Any:
    """A list or object that a table holds as text, read; a call's arguments or a logged body taken out."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    value = decoded(value)
    if not isinstance(value, Mapping):
        return value
    if value and value.keys() <= CALLED:
        args = value.get("args")
        return value.get("kwargs") or (args[0] if isinstance(args, list) and len(args) == 1 else args)
    return next((_read(value[name]) for name in BODIES if name in value), value)


def _is_json_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and value[:1] == '"' == value[-1:]
        and len(value) > 1
        and isinstance(_unquoted(value), str)
    )


def _unquoted(text: str) -> Any:
    """The text that a table holds as JSON, its quotes and escapes gone; as it is where it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _row(asked: dict[str, Any], answer: Any, rest: dict[str, Any]) -> dict[str, Any]:
    taken = {name: value for name, value in rest.items() if name not in asked}
    if "messages" in asked:
        return {**taken, **asked, "completion": answer}
    return {**asked, **taken, "output": answer[-1].get("content") if looks_like_turns(answer) else answer}


def _asked(value: Any) -> dict[str, Any]:
    """What was asked as columns: turns under `messages`, one text under `input`, or the fields of a prompt."""
    value = _read(value)
    if looks_like_turns(value):
        return {"messages": value}
    if not isinstance(value, Mapping):
        return {"input": value}
    for name in TURNS:
        if looks_like_turns(inside := _read(value.get(name))):
            return {**{key: other for key, other in value.items() if key != name}, "messages": inside}
    texts = [key for key, text in value.items() if isinstance(text, str)]
    if len(texts) == 1 and len(value) == 1:
        return {"input": value[texts[0]]}
    return dict(value)


def _answered(given: Any) -> Any:
    """What was answered: a text, or turns; as it was given where it is neither."""
    value = _read(given)
    if looks_like_turns(value) or not isinstance(value, Mapping):
        return value
    if looks_like_turn(value):
        return [value]
    choices = value.get("choices", value.get("generations"))
    if isinstance(choices, list) and choices:
        return _answered(choices[0])
    for name in (*TURNS, "message", "output"):
        if isinstance(value.get(name), list | Mapping):
            return _answered(value[name])
    texts = {key: text for key, text in value.items() if isinstance(text, str)}
    named = first(("content", "text", *OUTPUT), list(texts))
    if named or (texts and len(value) == 1):
        return texts[named or next(iter(texts))]
    return given


def _flattened(look: Look) -> dict[str, list[str]] | None:
    sides = {side: [n for n in look.columns if n.startswith(f"{side}_")] for side in ("input", "output", "metadata")}
    return sides if sides["input"] and sides["output"] else None


def _from_columns(values: dict[str, Any], sides: Mapping[str, list[str]]) -> list[dict[str, Any] | Unusable]:
    """A row of Phoenix's CSV: `input_question`, `output_answer`, `metadata_...`."""
    inside = {
        side: {name.removeprefix(f"{side}_"): values.get(name) for name in names if values.get(name) not in (None, "")}
        for side, names in sides.items()
    }
    used = {name for names in sides.values() for name in names}
    rest = {name: value for name, value in values.items() if name not in used}
    return [_row(_asked(inside["input"]), _answered(inside["output"]), {**rest, **inside["metadata"]})]
