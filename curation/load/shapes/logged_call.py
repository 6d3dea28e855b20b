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
TURNS = ("messages", "chat_history", "conversation")
"""Keys of an object under which its turns stand."""


@row_shape("logged_call", "Logged calls of a model")
def logged_call(look: Look) -> Wrapped | None:
    """Claims rows with an input and an output of which one at least holds objects or turns; Phoenix's CSV too."""
    if look.given and (look.given.output or look.given.label or look.given.input):
        return None
    if look.share("attributes", _is_span) > 0.5:
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

    def rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
        rest = {name: value for name, value in values.items() if name not in (asked, expected, answered)}
        wanted = values.get(expected) if expected else None
        logged = values.get(answered) if answered else None
        if wanted not in (None, "") and logged not in (None, ""):
            rest["logged_output"] = logged
        return [_row(_asked(values.get(asked)), _answered(logged if wanted in (None, "") else wanted), rest)]

    return Wrapped(0.75, rows)


def _is_span(value: Any) -> bool:
    """Whether a span's attributes, nested as Phoenix writes them to a file, hold a call of a model."""
    call = value.get("llm") if isinstance(value, Mapping) else None
    return isinstance(call, Mapping) and "input_messages" in call


def _lifted(values: dict[str, Any]) -> dict[str, Any]:
    """The span with its turns under the names that they have in a table."""
    attributes = values.get("attributes")
    call = dict(attributes["llm"]) if _is_span(attributes) and isinstance(attributes, Mapping) else {}
    sides = {f"attributes.llm.{side}": call.pop(side, None) for side in ("input_messages", "output_messages")}
    rest = {**attributes, "llm": call} if isinstance(attributes, Mapping) else attributes
    return {**values, "attributes": rest, **sides}


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
    """A list or object that a table holds as text, read."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return decoded(value)


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
    for name in (*TURNS, "message"):
        if name in value:
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
