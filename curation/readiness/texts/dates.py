"""The dates rows carry, whichever way they are written."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:\D.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\D.*)?")
_SECONDS = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
"""Seconds or thousandths since 1970."""


def days(texts: Sequence[str | None]) -> list[int | None]:
    """Each date as a day number (1 = 1 January of year 1); None where there is none or it cannot be read.

    "03/04/2024" is taken for 3 April where some date of the set has a first number above 12, else for 4 March where
    some second number is above 12, and for 3 April where nothing tells.
    """
    lasts = [match for text in texts if text and (match := _YEAR_LAST.fullmatch(text.strip()))]
    month_first = any(int(match[2]) > 12 for match in lasts) and not any(int(match[1]) > 12 for match in lasts)
    return [_day(text.strip(), month_first) if text else None for text in texts]


def _day(text: str, month_first: bool) -> int | None:
    try:
        if match := _YEAR_FIRST.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3] or 1)).toordinal()
        if match := _YEAR_LAST.fullmatch(text):
            day, month = (match[2], match[1]) if month_first else (match[1], match[2])
            return date(int(match[3]), int(month), int(day)).toordinal()
        if _SECONDS.fullmatch(text):
            whole = float(text)
            return datetime.fromtimestamp(whole / 1000 if whole > 1e11 else whole, UTC).date().toordinal()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def month(day: int) -> str:
    """The month of a day as text, 2024-03."""
    return date.fromordinal(day).strftime("%Y-%m")


def iso(day: int) -> str:
    """The day as text, 2024-03-01."""
    return date.fromordinal(day).isoformat()


def halves(texts: Sequence[str | None]) -> list[str]:
    """The half of the time each date lies in, in words, "" where there is none; all "" where all are of one day."""
    read = days(texts)
    dated = sorted(day for day in read if day is not None)
    if not dated or dated[0] == dated[-1]:
        return [""] * len(read)
    # the first day of the later half; of many equal days the next one, so that neither half is empty
    middle = dated[len(dated) // 2]
    middle = middle if middle > dated[0] else next(day for day in dated if day > dated[0])
    earlier, later = f"before {iso(middle)}", f"{iso(middle)} or later"
    return ["" if day is None else earlier if day < middle else later for day in read]
