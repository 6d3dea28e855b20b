"""One field of the context as a widget: what it asks, what may stand in it, and how "don't know" looks."""

from collections.abc import Sequence
from typing import Any, get_args, get_type_hints

import streamlit as st

from curation.records.context import Context, form_field
from curation.ui.readiness.sentences import in_percent, of_percent
from curation.wording import ARMS, METRICS, PACES, TASKS, word

CHOICES = {**ARMS, **METRICS, **TASKS, **PACES, "": PACES["unknown"]}
"""What a person chooses in a list, by name; nothing chosen is not known."""
UNKNOWN = "Don't know"
YES_NO: dict[bool | None, str] = {None: UNKNOWN, True: "Yes", False: "No"}
LIFT = "5 points, or a third of the errors if that is less"
"""What stands in where nobody says which gain is worth the work."""
WIDE = 3
"""Fields side by side."""


def row(context: Context, names: Sequence[str], key: str) -> dict[str, Any]:
    """The fields ("task.target"), three side by side, and what stands in them."""
    found = {}
    for start in range(0, len(names), WIDE):
        line = names[start : start + WIDE]
        for column, name in zip(st.columns(min(WIDE, len(names))), line):
            section, field = name.split(".")
            with column:
                found[name] = draw(getattr(context, section), field, f"{key}-{field}")
    return found


def draw(section: Any, field: str, key: str) -> Any:
    """The field of a section as a widget, and what stands in it."""
    value, hint = getattr(section, field), get_type_hints(type(section))[field]
    if form_field(section, field).choices:
        return choice(section, field, key)
    if hint is bool:
        return st.checkbox(form_field(section, field).title, value, key=key)
    if bool in get_args(hint):
        return maybe(form_field(section, field).title, value, key)
    if hint == tuple[str, ...]:
        return lines(form_field(section, field).title, value, key)
    if hint is str:
        return st.text_input(form_field(section, field).title, value, key=key, placeholder=UNKNOWN)
    found = number(section, field, value, key, whole=int in (hint, *get_args(hint)))
    return getattr(type(section)(), field) if found is None and type(None) not in get_args(hint) else found


def choice(section: Any, field: str, key: str) -> str:
    """One of a few words."""
    asks = form_field(section, field)
    index = asks.choices.index(getattr(section, field))
    said = "\n".join(f"- {one.title}: {one.sentence}" for one in (CHOICES[name] for name in asks.choices if name))
    shown = st.selectbox(
        asks.title, asks.choices, index, format_func=lambda name: word(CHOICES, name).title, key=key, help=said
    )
    return str(shown)


def number(section: Any, field: str, value: float | None, key: str, whole: bool = False) -> float | None:
    """A number in its range, None where nobody knows; a share is asked for in per cent."""
    asks = form_field(section, field)
    if (asks.low, asks.high) == (0, 1):
        return _share(asks.title, value, key, LIFT if field == "minimum_lift" else UNKNOWN)
    low, high = (int(asks.low), None) if whole else (asks.low, asks.high if asks.high <= 1 else None)
    start = value if value is None or whole else float(value)
    step = 1 if whole else None
    found: float | None = st.number_input(asks.title, low, high, start, step, placeholder=UNKNOWN, key=key)
    return found


def _share(title: str, value: float | None, key: str, hint: str) -> float | None:
    start = None if value is None else in_percent(value)
    title = title.replace("(0 to 1", "(%")
    found: float | None = st.number_input(title, 0.0, 100.0, start, 1.0, format="%g", placeholder=hint, key=key)
    return None if found is None else of_percent(found)


def maybe(title: str, value: bool | None, key: str) -> bool | None:
    """Yes, no or not known."""
    found: bool | None = st.selectbox(
        title, list(YES_NO), list(YES_NO).index(value), format_func=lambda one: YES_NO[one], key=key
    )
    return found


def lines(title: str, texts: Sequence[str], key: str) -> tuple[str, ...]:
    """Some texts, one a line."""
    text = st.text_area(f"{title}, one a line", "\n".join(texts), 90, key=key)
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
