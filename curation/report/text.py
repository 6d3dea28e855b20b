"""How data becomes visible text: hidden characters marked, Markdown made harmless, numbers with their unit."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from curation.text.visible import marked

NARROW = 0.02
"""A range this small beside its amount is not worth a reader's time."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&!@$])")
_LINKS = re.compile(r"(?i)(:)(//)|\b(www)(\.)")


def visible(value: Any) -> Any:
    """The value with control, bidi, zero-width and unassigned characters written as ⟨U+202E⟩; markup is left alone."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return marked(value)


def markdown(value: Any) -> Any:
    """The value as one line of Markdown that shows exactly its text: no markup, link, table cell or HTML in it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    text = _MARKDOWN.sub(r"\\\1", " ".join(str(visible(value)).split()))
    return _LINKS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"{m[3]}\\{m[4]}", text)


def number(value: float | None, detail: Mapping[str, Any]) -> str:
    """A number in the unit its evidence names in `detail["unit"]`; an en dash when there is none."""
    if value is None:
        return "–"
    unit = detail.get("unit", "")
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "points":
        return f"{100 * value:.1f} points"
    if unit in ("rows", "needs"):
        return f"{value:,.0f}"
    if unit == "months":
        if value < 1:
            return "under a month"
        return "never" if detail.get("never") is not None and value >= detail["never"] else f"{value:,.1f} months"
    if unit == "ratio":
        return f"{value:.2f} times"
    return f"{value:,.3g}"


def plain(value: Any) -> Any:
    """A count with thousands separators; anything else as it is."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def money(range_: Sequence[float]) -> str:
    """(value, low, high) in whole units of currency, the range only where it shows: "1,680", "5 (4 to 6)"."""
    value, low, high = (f"{amount:,.2f}" if 0 < abs(amount) < 10 else f"{amount:,.0f}" for amount in range_)
    is_narrow = abs(range_[2] - range_[1]) <= NARROW * abs(range_[0])
    return value if is_narrow else f"{value} ({low} to {high})"
