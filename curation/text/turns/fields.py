"""A turn as fields of a fixed shape, for tables, and back as it came: nothing lost, null told from absent."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from curation.text.turns.exact import Number, compact, exact

TEXTS = ("role", "content", "name", "tool_call_id")
FIELDS = ("role", "content", "parts", "name", "tool_calls", "tool_call_id", "weight", "extra")
"""The fields of a turn, in the order they are written."""
CALL = ("id", "type", "function")


def to_fields(turn: Mapping[str, Any]) -> dict[str, Any]:
    """The FIELDS of a turn: `parts` and `extra` as JSON text, the arguments of calls as text, None where it has none.

    `extra` holds every other key, keys that stand there with null, and what the fixed shape would change.
    """
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    extra: dict[str, Any] = {}
    for key, value in turn.items():
        if value is None or key not in FIELDS or key == "extra":
            extra[key] = value
        elif key in TEXTS and isinstance(value, str) and not isinstance(value, Number):
            fields[key] = value
        elif key == "parts":
            fields[key] = compact(value)
        elif key == "weight" and (weight := _number(value)) is not None:
            fields[key] = weight
            if _plain(weight) is not value and str(_plain(weight)) != str(value):
                extra[key] = value
        elif key == "tool_calls" and (made := _calls(value)) is not None:
            fields[key] = made
            if list(map(_call_as_it_came, made)) != value:
                extra[key] = value
        else:
            extra[key] = value
    fields["extra"] = compact(extra) if extra else None
    return fields


def from_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The turn whose `to_fields` these are, keys in the order of FIELDS; raises ValueError on broken JSON."""
    turn: dict[str, Any] = {name: fields[name] for name in ("role", "content") if fields.get(name) is not None}
    if fields.get("parts") is not None:
        turn["parts"] = exact(fields["parts"])
    if fields.get("name") is not None:
        turn["name"] = fields["name"]
    if fields.get("tool_calls") is not None:
        turn["tool_calls"] = [_call_as_it_came(call) for call in fields["tool_calls"]]
    if fields.get("tool_call_id") is not None:
        turn["tool_call_id"] = fields["tool_call_id"]
    if fields.get("weight") is not None:
        turn["weight"] = _plain(float(fields["weight"]))
    if fields.get("extra") is not None:
        turn |= exact(fields["extra"])
    return turn


def are_fields(turn: Any) -> bool:
    """Whether a value is a turn as `to_fields` gives it: what a file holds that was written from such a table."""
    return isinstance(turn, Mapping) and turn.keys() == set(FIELDS) and isinstance(turn["role"], str)


def _calls(value: Any) -> list[dict[str, Any]] | None:
    if not isinstance(value, list):
        return None
    made = [call for call in map(_call, value) if call is not None]
    return made if len(made) == len(value) else None


def _call(call: Any) -> dict[str, Any] | None:
    """A call in its fixed shape; None where it has none: no name, or a function that is no object."""
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None
    arguments = function.get("arguments")
    return {
        "id": call["id"] if isinstance(call.get("id"), str) else None,
        "type": call["type"] if isinstance(call.get("type"), str) else None,
        "function": {
            "name": function["name"],
            "arguments": arguments if arguments is None or _is_text(arguments) else compact(arguments),
        },
    }


def _call_as_it_came(call: Mapping[str, Any]) -> dict[str, Any]:
    whole = {name: call[name] for name in CALL if call.get(name) is not None}
    return whole | {"function": {k: v for k, v in call["function"].items() if v is not None}}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Number):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _plain(number: float) -> int | float:
    """A number as it is most often written: whole ones without a point, as services ask for weights of 0 or 1."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def shares_start(turns: Sequence[Mapping[str, Any]], start: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a conversation begins with all turns of another."""
    return len(turns) > len(start) and list(turns[: len(start)]) == list(start)
