"""How long people need, in words."""

from collections.abc import Sequence


def minutes(range_: Sequence[float]) -> str:
    """From and to in minutes, in hours from two hours on, in working days of eight hours from two days on."""
    low, high = range_
    for unit, length in (("working day", 480.0), ("hour", 60.0)):
        if low >= 2 * length:
            return _between(low / length, high / length, unit)
    return _between(low, high, "minute")


def _between(low: float, high: float, unit: str) -> str:
    first, last = f"{low:,.0f}", f"{high:,.0f}"
    units = unit if last == "1" else f"{unit}s"
    return f"{last} {units}" if first == last else f"{first} to {last} {units}"
