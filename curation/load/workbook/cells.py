"""A spreadsheet's numbers as the text a person sees: dates in ISO form, numbers in their shortest digits."""

import math
import re
from datetime import datetime, timedelta

DATE_IDS = frozenset([*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58])
TIME_IDS = frozenset([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56])
SPAN_IDS = frozenset([46])
"""Number formats every spreadsheet program knows by number, East Asian ones included (ECMA-376 part 1, 18.8.30)."""
SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P', re.IGNORECASE)
"""What in a format's code is literal text, padding, a colour or condition, and no sign for a part of a date."""
EXACT = 2**53
"""Whole numbers below this are exact in the floating point a spreadsheet stores."""
LAST_DAY = 2_958_466
"""The day after 9999-12-31 in the 1900 system, counted as spreadsheets do."""
OF_1904 = 1_462
"""Days from the first day of the 1900 system to that of the 1904 system."""
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number as XML Schema writes a double (NaN and INF apart, which no cell holds)."""


def kind_of_format(id: str, code: str) -> str:
    """What a number format makes of a number: `date`, `span` (of hours), `zeros:N` (N digits), or "" for a number."""
    number = int(id) if id.isdecimal() else 0
    if number in SPAN_IDS or SPAN.search(code):
        return "span"
    if number in DATE_IDS | TIME_IDS:
        return "date"
    first = code.partition(";")[0]
    if first and set(first) == {"0"}:
        return f"zeros:{len(first)}"
    return "date" if set(NOT_CODE.sub("", first).lower()) & set("ymdhs") else ""


def number_text(raw: str, kind: str, is_1904: bool) -> str:
    """The text of a number cell; raises ValueError where it holds no number."""
    if not kind and raw.isdecimal() and raw.isascii() and (raw[0] != "0" or raw == "0"):
        return raw
    if not NUMBER.fullmatch(raw):
        raise ValueError(raw)
    value = float(raw)
    if value in (math.inf, -math.inf):
        return raw
    if kind == "date" and 0 <= value < LAST_DAY - (OF_1904 if is_1904 else 0):
        return _date(value, is_1904)
    if kind == "span" and 0 <= value < LAST_DAY:
        seconds = round(value * 86_400)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    whole = repr(value) if not value.is_integer() or abs(value) >= EXACT else str(int(value))
    return whole.zfill(int(kind[6:])) if kind.startswith("zeros:") else whole


def _date(value: float, is_1904: bool) -> str:
    """A date, a time (below one day) or both. Day 60 of the 1900 system is a 29 February that never was."""
    if value < 1 and not is_1904:
        return (datetime.min + _span(value)).time().isoformat()
    if is_1904:
        at = _at(value + OF_1904)
    elif 60 <= value < 61:
        return "1900-02-29"
    else:
        at = _at(value + 1 if value < 60 else value)
    return at.isoformat() if at.time() != at.time().min else at.date().isoformat()


def _at(days: float) -> datetime:
    return datetime(1899, 12, 30) + min(_span(days), timedelta(LAST_DAY, seconds=-1))


def _span(days: float) -> timedelta:
    # Seconds are what a sheet shows; the fraction of a day it stores is off by some microseconds.
    return timedelta(seconds=round(days * 86_400))
