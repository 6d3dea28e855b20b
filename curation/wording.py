"""Every word shown for an id, and every figure as text: the same on the command line, pages, reports and in exports."""

from collections.abc import Mapping, Sequence
from typing import Any

NARROW = 0.02
"""An interval this small beside its amount is not worth a reader's time (policy)."""
SMALL = 10
"""Amounts below ten are written with two decimals: a call or a row costs cents (policy)."""

LEAST_POINTS = 0.0005
"""Half a tenth of a percentage point: less would be written as 0.0 points."""


def percent(share: float, decimals: int | None = None) -> str:
    """A share 0..1 as a percentage, one decimal below ten: "3.4 %", "27 %"; with so many `decimals` where given."""
    number = 100 * share
    if decimals is not None:
        return f"{number:.{decimals}f} %"
    if 0 < number < 0.05:
        return "under 0.1 %"
    return f"{number:.0f} %" if abs(number) >= 9.95 or number == round(number) else f"{number:.1f} %"


def span(low: float, high: float) -> str:
    """Two shares as a range: "2.1 to 4.9 %"."""
    first, last = percent(low), percent(high)
    if first == last:
        first, last = percent(low, 1), percent(high, 1)
    return last if first == last else f"{first.removesuffix(' %')} to {last}"


def bare_points(share: float) -> str:
    """A difference of shares -1..1 in percentage points, without the noun: "23.4", "5"."""
    number = 100 * share
    whole = round(number)
    text = f"{whole}" if abs(number - whole) < 1e-9 else f"{number:.1f}"
    return "0.0" if text == "-0.0" else text


def points(share: float) -> str:
    """A difference of shares -1..1 in percentage points: "23.4 points", "1 point"."""
    text = bare_points(share)
    return f"{text} point" if text in ("1", "-1") else f"{text} points"


def points_span(value: float, low: float, high: float) -> str:
    """Such a difference with its interval: "23.4 points (21 to 25.8)"."""
    return f"{points(value)} ({bare_points(low)} to {bare_points(high)})"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 row", "2,400 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def plain(value: Any) -> Any:
    """A count with thousands separators; anything else as it is."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def number(value: float | None, detail: Mapping[str, Any], decimals: int | None = 1) -> str:
    """A number in the unit its evidence names in `detail["unit"]`; an en dash when there is none.

    `decimals` of a share: 1 in tables, None in sentences, where `percent` decides.
    """
    if value is None:
        return "–"
    unit = detail.get("unit", "")
    if unit == "share":
        return percent(value, decimals)
    if unit == "points":
        return points(value)
    if unit in ("rows", "needs"):
        return f"{value:,.0f}"
    if unit == "months":
        return months(value, detail.get("never"))
    if unit == "ratio":
        return f"{value:.2f} times"
    return f"{value:.2f}" if unit == "alpha" else f"{value:,.3g}"


def months(value: float, never: float | None = None) -> str:
    """A time in months; from `never` on it is none."""
    if never is not None and value >= never:
        return "never"
    return "under a month" if value < 1 else f"{value:,.1f} months"


def money(interval: Sequence[float]) -> str:
    """(value, low, high) of an amount, the interval only where it is not narrow: "1,680", "5.00 (4.00 to 6.00)"."""
    value, low, high = (f"{one:,.2f}" if 0 < abs(one) < SMALL else f"{one:,.0f}" for one in interval)
    is_narrow = abs(interval[2] - interval[1]) <= NARROW * abs(interval[0])
    return value if is_narrow else f"{value} ({low} to {high})"


def minutes(interval: Sequence[float]) -> str:
    """From and to in minutes, in hours from two hours on, in working days of eight hours from two days on."""
    low, high = interval
    for unit, length in (("working day", 480.0), ("hour", 60.0)):
        if low >= 2 * length:
            return _between(low / length, high / length, unit)
    return _between(low, high, "minute")


def _between(low: float, high: float, unit: str) -> str:
    first, last = f"{low:,.0f}", f"{high:,.0f}"
    units = unit if last == "1" else f"{unit}s"
    return f"{last} {units}" if first == last else f"{first} to {last} {units}"
