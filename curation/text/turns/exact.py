"""JSON text read and written with every digit of its numbers as it came."""

import json
from typing import Any

import orjson

EXACT_DIGITS = 18
"""Digits any 64-bit integer can hold (2**63 has 19); longer ones are kept as their text."""


class Number(str):
    """A JSON number kept as its text, where a float or a machine integer would change its digits."""

    __slots__ = ()


def _fragment(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(str(value))
    return str(value)


def compact(value: Any) -> str:
    """A value as compact JSON text, numbers with the digits they came with."""
    return orjson.dumps(value, default=_fragment, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()


def line(value: Any) -> bytes:
    """A value as one line of JSON, ended by a newline, numbers with the digits they came with."""
    options = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, default=_fragment, option=options)


def exact(text: str) -> Any:
    """The value of a JSON text, its numbers as `Number` where digits would change; raises ValueError where it is none.

    Equal to what `orjson.loads` gives where the text holds no number with a point and none beyond 64 bits.
    """
    value = orjson.loads(text)
    return with_digits(text) if has_float(value) else value


def with_digits(text: str | bytes) -> Any:
    """The value of a JSON text, every number that is no small whole one as its text."""

    def whole(digits: str) -> Any:
        return int(digits) if len(digits) <= EXACT_DIGITS else Number(digits)

    return json.loads(text, parse_float=Number, parse_int=whole)


def has_float(value: Any) -> bool:
    """Whether a parsed JSON value holds a float, which is also what integers beyond 64 bits become."""
    if type(value) is float:
        return True
    if type(value) is dict:
        return any(map(has_float, value.values()))
    return type(value) is list and any(map(has_float, value))
