"""Search and filters of the Rows page; those in use are always in sight."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zlib import crc32

import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.records import Filter
from curation.ui.rows import view as views
from curation.ui.widgets import formatting
from curation.wording import DECISIONS, QUEUES, SEARCHES, SORTS

MORE = (
    "source",
    "reviewer",
    "check",
    "tag",
    "assigned",
    "shortest",
    "longest",
    "cluster",
    "since",
    "until",
    "disputed",
    "topic",
)
"""Fields of the filter that stand behind "More filters"."""
PREPARING = "Preparing the search, once for these rows"


def choose(project: Project, view: views.View, titles: Mapping[str, str]) -> None:
    """Every field of the filter."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="rows-search"):
        key = _key(project, "text")
        st.text_input("Search", view.filter.text, key=key, on_change=_set, args=(project, "text", key), width=240)
        key = _key(project, "search")
        kinds = list(SEARCHES)
        st.selectbox(
            "How", kinds, kinds.index(_search(view.filter)), lambda kind: SEARCHES[kind].title, key=key, width=160,
            on_change=_set, args=(project, "search", key), help=" ".join(word.sentence for word in SEARCHES.values()),
        )  # fmt: skip
        labels = {label: f"{formatting.short(label, 60)} ({n:,})" for label, n in _labels(project)}
        if labels:
            _choice(project, view, "Label", "label", {"": "All labels", **labels})
        decisions = {status: word.title for status, word in DECISIONS.items()}
        _choice(project, view, "Decision", "status", {"": "Decided or not", **decisions})
        used = sum(getattr(view.filter, name) != getattr(Filter(), name) for name in MORE)
        with st.popover(f"More filters ({used})" if used else "More filters", key="rows-more"):
            _more(project, view, titles)
    names = project.meaning.topics.names() if view.filter.topic is not None else []
    if view.filter.topic is not None and view.filter.topic < len(names):
        st.text(f"Topic: {formatting.short(names[view.filter.topic], 120)}")
    if view.filter.like and (example := project.examples.stored.get(view.filter.like)):
        st.text(f"Like: “{formatting.asked(example.input, 120)}”")


def _search(filter: Filter) -> str:
    # Words are what people type; an empty filter says "exact" only because other pages begin so.
    return filter.search if filter.text else st.session_state.get("rows-how", "words")


def _more(project: Project, view: views.View, titles: Mapping[str, str]) -> None:
    filter, sources = view.filter, project.examples.stored.sources()
    _choice(project, view, "File", "source", {0: "All files", **{s.id: formatting.visible(s.name) for s in sources}})
    people = {name: formatting.visible(name) for name in project.rows.stored.reviewers()}
    _choice(project, view, "Decided by", "reviewer", {"": "Anybody or nobody", **people})
    _choice(project, view, "Sent to", "assigned", {"": "Anybody or nobody", **people})
    checks = {"": "With or without findings", "unlabelled": QUEUES["unlabelled"].title}
    checks |= {name: titles.get(name, formatting.words(name)) for name in project.findings.stored.counts(0.0)}
    _choice(project, view, "Found by the check", "check", checks)
    tags = {tag: f"{formatting.visible(tag)} ({n:,})" for tag, n in project.rows.stored.tags()}
    _choice(project, view, "Tag", "tag", {"": "With or without tags", **tags})
    if topics := {n: formatting.short(name, 60) for n, name in enumerate(project.meaning.topics.names())}:
        _choice(project, view, "Topic", "topic", {None: "All topics", **topics})
    left, right = st.columns(2)
    with left:
        _number(project, "Characters, from", "shortest", filter.shortest or None)
        _day(project, "Decided from (UTC)", "since", filter.since)
    with right:
        _number(project, "to", "longest", filter.longest or None)
        _day(project, "to (UTC)", "until", filter.until)
    _number(project, "Cluster of duplicates", "cluster", filter.cluster)
    key = _key(project, "disputed")
    args = (project, "disputed", key)
    st.checkbox("Answered differently in the newest team round", filter.disputed, key=key, on_change=_set, args=args)


def order_and_columns(project: Project, view: views.View, filter: Filter, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The order and the columns of the list of what the filter found; returns the columns."""
    if view.filter != Filter():
        st.button("Show all rows", key="rows-clear", on_click=views.clear, args=(project,))
    if filter.among is None:  # what was found by meaning stands nearest first
        key, orders = _key(project, "sort"), views.ORDERS
        st.selectbox(
            "Order", orders, orders.index(view.sort), lambda sort: SORTS[sort].title, key=key,
            on_change=_sort, args=(project, key), width=200, label_visibility="collapsed",
        )  # fmt: skip
    with st.popover("Columns", key="rows-columns"):
        key = _key(project, "columns")
        shown = view.columns or usual
        st.pills(
            "Columns", views.COLUMNS, selection_mode="multi", default=shown, key=key, on_change=_columns,
            args=(project, key), label_visibility="collapsed",
        )  # fmt: skip
    return tuple(name for name in views.COLUMNS if name in shown)


@st.cache_resource(max_entries=20, show_spinner=False)
def _counted(_project: Project, folder: str, version: int) -> list[tuple[str, int]]:
    return _project.examples.stored.label_counts()


def _labels(project: Project) -> list[tuple[str, int]]:
    return _counted(project, str(project.folder), project.place.version())


def _key(project: Project, name: str) -> str:
    return f"rows-{name}-{project.name}-{views.turn(project)}"


def _choice(project: Project, view: views.View, title: str, field: str, options: dict[Any, str]) -> None:
    width: Any = 165 if field in ("label", "status") else "stretch"
    chosen = getattr(view.filter, field)
    options.setdefault(chosen, formatting.short(str(chosen), 60))  # what a link names stays, even if nothing has it
    # The browser answers with the text of an option, so a list of other texts needs a key of its own.
    key = f"{_key(project, field)}-{crc32(repr(options).encode(errors='replace'))}"
    args = (project, field, key)
    at = list(options).index(chosen)
    st.selectbox(title, list(options), at, options.__getitem__, key=key, on_change=_set, args=args, width=width)


def _number(project: Project, title: str, field: str, value: int | None) -> None:
    key = _key(project, field)
    st.number_input(title, 0, None, value, 1, key=key, on_change=_set, args=(project, field, key))


def _day(project: Project, title: str, field: str, value: str) -> None:
    key = _key(project, field)
    chosen = date.fromisoformat(value) if value else None
    st.date_input(title, chosen, key=key, on_change=_set, args=(project, field, key), format="YYYY-MM-DD")


def _set(project: Project, field: str, key: str) -> None:
    value = st.session_state[key]
    empty = getattr(Filter(), field)
    if field == "search":
        st.session_state["rows-how"] = value
    if isinstance(value, date):
        value = value.isoformat()
    changed = {field: empty if value is None else value}
    if field == "text":
        how = st.session_state.get("rows-how", "words") if value else "exact"
        kept = views.current_kept(project).filter
        changed |= {"like": "", "text": value.strip(), "search": kept.search if kept.text and value else how}
    elif field == "search" and not views.current_kept(project).filter.text:
        return  # with nothing to look for it is only kept for the next search
    views.change(project, **changed)


def _sort(project: Project, key: str) -> None:
    views.keep(project, replace(views.current_kept(project), sort=st.session_state[key]))


def _columns(project: Project, key: str) -> None:
    views.keep(project, replace(views.current_kept(project), columns=tuple(st.session_state[key])))


def figures(project: Project, filter: Filter) -> tuple[int, int]:
    """(rows in the filter, those nobody has decided), counted once for each version of the project.

    Raises UsageError on a regular expression that cannot be read.
    """
    return _figures(project, str(project.folder), project.place.version(), repr(filter), filter)


@st.cache_resource(max_entries=200, show_spinner=False)
def _figures(_project: Project, folder: str, version: int, key: str, _filter: Filter) -> tuple[int, int]:
    return _project.rows.stored.counts(_filter)


def found(project: Project, filter: Filter) -> tuple[Filter, tuple[int, int]] | None:
    """The filter with what a search by meaning found, and its figures; None after the sentence that says why not."""
    try:
        _prepare(project, filter)
        with st.spinner("Searching", show_time=False):
            placed = _placed(project, str(project.folder), project.place.version(), repr(filter), filter)
            return placed, figures(project, placed)
    except UsageError as error:
        st.warning(formatting.plain(str(error)))
        return None


@st.cache_resource(max_entries=200, show_spinner=False)
def _placed(_project: Project, folder: str, version: int, key: str, _filter: Filter) -> Filter:
    return _project.meaning.placed(_filter)


def _prepare(project: Project, filter: Filter) -> None:
    """Let the search know every row, with a bar that says how far it is."""
    wants_words = filter.text and filter.search in ("words", "both") and project.rows.stored.unindexed()
    wants_meaning = filter.like or (filter.text and filter.search in ("meaning", "both"))
    if wants_meaning and not project.meaning.missing() and project.meaning.waiting():
        _with_bar(project.meaning.make)
    if wants_words:
        _with_bar(project.rows.index)


def _with_bar(work: Callable[[Callable[[float, str], None]], None]) -> None:
    bar = st.progress(0.0, PREPARING)

    def progress(done: float, _: str) -> None:
        bar.progress(done, PREPARING)

    work(progress)
    bar.empty()
