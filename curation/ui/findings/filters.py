"""Which findings are shown: filters that combine, each list counting what the others leave."""

from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import streamlit as st

from curation.project import Project
from curation.records import (
    LIKELY,
    Filter,
    Pair,
    Precision,
    Scope,
)
from curation.ui.widgets import formatting, parts
from curation.ui.widgets.search import placing
from curation.wording import DECISIONS

NO_THRESHOLD = 1e-9
"""As a filter of the review queue: every finding however weak; 0 means the queue's own threshold there."""
WIDTH = 190
"""Pixels of a filter: five beside each other in a window of 1440."""
LISTED = 100
"""Pairs in the table beside the picture: beyond it the rows a pair are few."""


READ_BY_MODEL = "model_review"
"""The findings of a model that read the rows."""


@dataclass(frozen=True)
class Figures:
    """What the page says about a filter; the same until anything stored changes.

    `only_read` rows are called wrong by a model alone that people have not shown to be right.
    """

    by_check: dict[str, int]
    by_label: list[tuple[str, int]]
    scope: Scope
    bars: list[tuple[float, int]]
    pairs: list[Pair]
    suggested: dict[str, Scope]
    judged: tuple[int, int]
    waiting: int
    planned: int
    precision: dict[str, tuple[float, float, float]]
    only_read: int


def figures(project: Project, filter: Filter) -> Figures:
    """The figures of a filter, counted once for each version of the project."""
    return _figures(project, project.place.opened, project.place.version(), repr(filter), filter)


@st.cache_resource(max_entries=500, show_spinner=False)
def _figures(_project: Project, opened: str, version: int, key: str, _filter: Filter) -> Figures:
    by_check, by_label = _project.findings.choices(_filter)
    return Figures(
        by_check,
        by_label,
        _project.findings.stored.scope(_filter),
        _project.findings.stored.confidence_counts(_filter),
        _project.findings.label_pairs(_filter, LISTED),
        _project.findings.stored.suggested_scopes(_filter),
        _project.findings.stored.judged(_filter),
        _project.decisions.queue.total(in_review(_filter)),
        _project.decisions.queue.total(Filter()),
        precision(_project),
        len(_project.findings.stored.only_read(_filter, READ_BY_MODEL)) if READ_BY_MODEL in by_check else 0,
    )


def decided(project: Project) -> dict[str, Precision]:
    """How often likely findings of each check were right, of those people decided one by one since the checks ran."""
    return _decided(project, project.place.opened, project.place.version())


@st.cache_resource(max_entries=20, show_spinner=False)
def _decided(_project: Project, opened: str, version: int) -> dict[str, Precision]:
    return _project.findings.decided()


def in_review(filter: Filter) -> Filter:
    """The filter as a queue of review."""
    return replace(filter, sure=filter.sure or NO_THRESHOLD)


def precision(project: Project) -> dict[str, tuple[float, float, float]]:
    """How often a check's flags are right, by check, from the newest audit if its result still holds."""
    result = project.rounds.audit_result()
    if result is None or result.found is None or result.why:
        return {}
    found = {check.check: check.rate for check in result.found.precision if check.rate is not None}
    model = result.found.model
    return found | {READ_BY_MODEL: model.precision} if model and model.precision else found


def current(project: Project) -> Filter:
    """The filter of this session; more likely right than not to begin with."""
    found = st.session_state.get(f"findings-filter-{project.name}")
    return found if isinstance(found, Filter) else Filter(sure=LIKELY)


def keep(project: Project, filter: Filter) -> None:
    """Change the filter of this session and begin at its first page."""
    st.session_state[f"findings-filter-{project.name}"] = filter
    parts.reset_pages("findings")


def _turn(project: Project) -> int:
    # Widgets remember what was typed under their key: a new number clears them all.
    return int(st.session_state.get(f"findings-turn-{project.name}", 0))


def clear(project: Project) -> None:
    st.session_state[f"findings-turn-{project.name}"] = _turn(project) + 1
    keep(project, Filter(sure=LIKELY))


def _set(project: Project, field: str, key: str) -> None:
    value = st.session_state[key]
    changed: dict[str, Any] = {field: getattr(Filter(), field) if value is None else value}
    keep(project, replace(current(project), **changed))


def _set_sure(project: Project, key: str) -> None:
    keep(project, replace(current(project), sure=st.session_state[key] / 100))


def choose(project: Project, titles: dict[str, str]) -> Filter:
    """Check, label, text, topic and decision: each list counts what the other filters leave; the rows they come to."""
    asked = current(project)
    filter = placing.placed_or_none(project, asked)
    found = figures(project, filter)
    checks = {"": "All checks"} | {check: f"{titles.get(check, check)} ({n:,})" for check, n in found.by_check.items()}
    labels = {"": "All labels"} | {label: f"{formatting.short(label, 60)} ({n:,})" for label, n in found.by_label}
    statuses = {"": "Decided or not", **{status: word.title for status, word in DECISIONS.items()}}
    with st.container(horizontal=True, vertical_alignment="bottom", key="findings-filters"):
        _choice(project, "Check", "check", checks)
        _choice(project, "Label", "label", labels)
        key = f"f-text-{project.name}-{_turn(project)}"
        st.text_input("Search", asked.text, key=key, on_change=_set, args=(project, "text", key), width=WIDTH)
        with st.container(width=WIDTH):
            placing.how(asked.search, f"f-search-{project.name}-{_turn(project)}", _set, project, "search")
        _choice(project, "Decision", "status", statuses)
        with st.container(width=WIDTH):  # last: there where topics were found
            placing.topic(project, asked.topic, f"f-topic-{project.name}-{_turn(project)}", _set, project, "topic")
    return filter


def threshold(project: Project, filter: Filter) -> None:
    """The least confidence of the findings shown."""
    key, sure = f"f-sure-{project.name}-{_turn(project)}", round(100 * filter.sure)
    args = (project, key)
    st.slider("At least this sure", 0, 100, sure, 5, "%d %%", key=key, on_change=_set_sure, args=args)


def _choice(project: Project, title: str, field: str, options: dict[str, str]) -> None:
    chosen = getattr(current(project), field)
    options.setdefault(chosen, f"{formatting.short(chosen, 60)} (0)")  # a choice stays even when nothing is left of it
    # The browser answers with the text of an option, so a list whose counts have changed needs a key of its own.
    key = f"f-{field}-{project.name}-{_turn(project)}-{crc32(repr(options).encode(errors='replace'))}"
    at = list(options).index(chosen)
    args = (project, field, key)
    st.selectbox(title, list(options), at, options.__getitem__, key=key, on_change=_set, args=args, width=WIDTH)
