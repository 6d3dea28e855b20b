"""A filter as the parameters of an address, and back: every view can be linked and reopened."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_args

import streamlit as st

from curation.records import Filter, Search
from curation.ui.widgets.formatting import short

NAMES = tuple(one.name for one in fields(Filter) if one.name != "among")
"""What an address says of a filter: what a search found is looked for anew."""
DAYS = ("since", "until")
YES = "yes"
LONGEST = 1_000
"""Characters of a text in an address: more is no question a person asks."""


def params(filter: Filter) -> dict[str, str]:
    """What the filter says beyond an empty one, by the names of its fields."""
    empty = Filter()
    named = {name: getattr(filter, name) for name in NAMES}
    said = {name: value for name, value in named.items() if value != getattr(empty, name)}
    return {name: YES if value is True else str(value) for name, value in said.items()}


def filter_of(given: Mapping[str, str]) -> tuple[Filter, list[str]]:
    """The filter that such parameters say, and a sentence for each that cannot be one; others are passed over."""
    values: dict[str, Any] = {}
    wrong = []
    for name in NAMES:
        if name in given:
            try:
                values[name] = _value(name, given[name])
            except ValueError:
                wrong.append(f"The address says {name}={short(given[name], 40)}, which is none. It is left out.")
    return Filter(**values), wrong


def said(also: Iterable[str] = ()) -> dict[str, str]:
    """What the address says of a filter and of these other names."""
    known = {*NAMES, *also}
    return {name: value for name, value in st.query_params.items() if name in known}


def say(project: str, wanted: Mapping[str, str], also: Iterable[str] = ()) -> None:
    """Let the address name the project and this, in place of what it said of a filter and of these other names."""
    before = said(also)
    if before != dict(wanted):
        rest = {name: value for name, value in st.query_params.items() if name not in before}
        st.query_params.from_dict({**rest, "project": project, **wanted})


def _value(name: str, text: str) -> Any:
    if name in DAYS:
        return date.fromisoformat(text).isoformat()
    if name == "search":
        return get_args(Search)[get_args(Search).index(text)]
    if name == "disputed":
        return text == YES
    if name == "sure":
        sure = float(text)
        if not (math.isfinite(sure) and 0 <= sure <= 1):
            raise ValueError(name)
        return sure
    if name in ("source", "cluster", "shortest", "longest", "topic"):
        number = int(text)
        if not 0 <= number < 2**53:
            raise ValueError(name)
        return number
    if len(text) > LONGEST:
        raise ValueError(name)
    return text
