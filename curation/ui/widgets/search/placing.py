"""Searches by meaning and topics on any page that lists rows: the lists to choose from, and the rows they come to."""

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.records import Filter, Search
from curation.records.progress import Progress
from curation.ui import state
from curation.ui.widgets import formatting
from curation.ui.widgets.search import view as views
from curation.wording import SEARCHES

PREPARING = "Preparing the search, once for these rows"
HOW: tuple[Search, ...] = ("exact", "meaning", "both")
"""Ways of looking for a text where whole pages are searched again with every choice."""
Change = Callable[..., None]


def topic(project: Project, chosen: int | None, key: str, change: Change, *args: Any) -> None:
    """The list of topics; nothing where none were found. `change` is called with `args` and the key of the list."""
    names: dict[int | None, str] = {
        n: formatting.short(name, 60) for n, name in project.meaning.topics.choices().items()
    }
    if not names and chosen is None:
        return
    options: dict[int | None, str] = {None: "All topics", **names}
    options.setdefault(chosen, f"topic {chosen}")  # what a link names stays, even if nothing has it
    # The browser answers with the text of an option, so a list of other texts needs a key of its own.
    key = f"{key}-{crc32(repr(options).encode(errors='replace'))}"
    at = list(options).index(chosen)
    st.selectbox("Topic", list(options), at, options.__getitem__, key=key, on_change=change, args=(*args, key))


def how(chosen: Search, key: str, change: Change, *args: Any, ways: Sequence[Search] = HOW) -> None:
    """The ways of looking for a text; `change` is called with `args` and the key of the list."""
    shown = ways if chosen in ways else (*ways, chosen)
    st.selectbox(
        "How", shown, shown.index(chosen), lambda way: SEARCHES[way].title, key=key,
        on_change=change, args=(*args, key), help=" ".join(SEARCHES[way].sentence for way in shown),
    )  # fmt: skip


def like(project: Project, id: str) -> None:
    """A button to the rows like one, on the Rows page; nothing where no vectors can be made."""
    if not project.meaning.missing() and st.button("Rows like this one", f"like-{id}", icon=":material/near_me:"):
        views.like(project, id)
        st.switch_page(str(state.page_file("rows")))


def placed(project: Project, filter: Filter) -> Filter:
    """The filter with the rows that its search by meaning and its topic come to, found once a version of the project.

    Raises UsageError as `Meaning.placed` does.
    """
    _prepare(project, filter)
    with st.spinner("Searching", show_time=False):
        return _placed(project, project.place.opened, project.place.version(), repr(filter), filter)


def placed_or_none(project: Project, filter: Filter) -> Filter:
    """As `placed`; no row, after the sentence that says why, where it cannot be worked out."""
    try:
        return placed(project, filter)
    except UsageError as error:
        st.warning(formatting.plain(str(error)))
        return Filter(among=())


@st.cache_resource(max_entries=200, show_spinner=False)
def _placed(_project: Project, opened: str, version: int, key: str, _filter: Filter) -> Filter:
    return _project.meaning.placed(_filter)


def _prepare(project: Project, filter: Filter) -> None:
    """Let the search know every row, with a bar that says how far it is."""
    wants_words = filter.text and filter.search in ("words", "both") and project.rows.stored.unindexed()
    wants_meaning = filter.like or (filter.text and filter.search in ("meaning", "both"))
    if wants_meaning and not project.meaning.missing() and project.meaning.waiting():
        _with_bar(project.meaning.make)
    if wants_words:
        _with_bar(project.rows.index)


def _with_bar(work: Callable[[Progress], None]) -> None:
    bar = st.progress(0.0, PREPARING)

    def progress(done: float, _: str) -> None:
        bar.progress(done, PREPARING)

    work(progress)
    bar.empty()
