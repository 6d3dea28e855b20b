"""One JSON object from its bytes, refused where reading it would change or lose something."""

import json
import re
from typing import Any

import orjson

from curation.load.limits import Limits
from curation.load.rows import Unusable
from curation.text.turns.exact import with_digits

STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
OPENING = b"[{"
ROLES = frozenset({"role", "from"})
"""Keys of a turn that say who speaks."""
NO_NUMBER = re.compile(rb"(?<![\w\"])(?:-?Infinity|NaN|nan|-?inf)(?![\w\"])")


def depth(raw: bytes) -> int:
    """How many brackets are open at once at most, those in strings not counted."""
    deepest = now = 0
    for bracket in BRACKET.findall(STRING.sub(b"", raw)):
        now += 1 if bracket in OPENING else -1
        deepest = max(deepest, now)
    return deepest


def parse_object(raw: bytes, limits: Limits) -> dict[str, Any]:
    """The JSON object these bytes are, numbers with their digits kept; raises Unusable with the reason otherwise.

    Reasons: bad_encoding, too_deep, bad_json, lone_surrogate, duplicate_key, not_an_object.
    """
    if raw.count(b"{") + raw.count(b"[") > limits.depth and depth(raw) > limits.depth:
        raise Unusable("too_deep", f"brackets are nested more than {limits.depth} deep")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _reason(raw, error) from None
    named = _named(value) if isinstance(value, list) else value
    if not isinstance(named, dict):
        raise Unusable("not_an_object", f"a row must be a JSON object with named fields, this is {_kind(value)}")
    keys, floats = _census(value)
    if raw.count(b":") != keys and STRING.sub(b"", raw).count(b":") != keys:
        raise Unusable("duplicate_key", f"the key {_repeated(raw)!r} appears twice in one object")
    return _named(with_digits(raw)) if floats else named


def _named(value: Any) -> Any:
    """A row that is a list, with names: turns are its messages, texts its columns by number, [text, object] is spaCy's
    form. The value itself where it is none of these, or has its names."""
    if not isinstance(value, list) or not value:
        return value
    if all(isinstance(turn, dict) and ROLES & turn.keys() for turn in value):
        return {"messages": value}
    if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict):
        return {"text": value[0], **value[1]}
    is_flat = len(value) > 1 and not any(isinstance(cell, dict | list) for cell in value)
    if is_flat and any(isinstance(cell, str) and cell.strip() for cell in value):
        return {f"column_{n}": cell for n, cell in enumerate(value, start=1)}
    return value


def _census(value: Any) -> tuple[int, bool]:
    """How many keys the objects in a value have together, and whether it holds a float."""
    if isinstance(value, dict):
        keys, floats = len(value), False
        inside = list(value.values())
    elif isinstance(value, list):
        keys, floats, inside = 0, False, value
    else:
        return 0, isinstance(value, float)
    for child in inside:
        if type(child) is not str:
            more, found = _census(child)
            keys, floats = keys + more, floats or found
    return keys, floats


def _repeated(raw: bytes) -> str:
    found: list[str] = []

    def watch(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        found.extend(name for n, name in enumerate(names) if name in names[:n])

    json.loads(raw, object_pairs_hook=watch, parse_int=str)
    return found[0][:80] if found else ""


def _reason(raw: bytes, error: orjson.JSONDecodeError) -> Unusable:
    try:
        raw.decode()
    except UnicodeDecodeError as where:
        return Unusable("bad_encoding", f"byte {where.start:,} of the row is not UTF-8")
    if "surrogate" in error.msg:
        return Unusable("lone_surrogate", f"an escape stands for half a character (at character {error.pos:,})")
    if NO_NUMBER.search(STRING.sub(b'""', raw)):
        return Unusable("bad_json", "NaN and Infinity are not JSON; write null instead")
    if "after document" in error.msg:
        return Unusable("bad_json", "something follows the object on its line; one object a line, please")
    return Unusable("bad_json", f"not valid JSON at character {error.pos:,} of the row: {error.msg.partition(':')[0]}")


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
