"""Which review queue is shown: chosen once, and the same until the person chooses another."""

from dataclasses import replace
from zlib import crc32

import streamlit as st

from curation.project import Project
from curation.records import Filter
from curation.ui import state
from curation.ui.widgets import formatting

# Kept under keys of our own: what a widget holds is forgotten when the page is left, or when its options change.
_QUEUE, _TEXT, _HANDED = "review-queue-{}", "review-text-{}", "review-filter-{}"


def hand_over(project: Project, filter: Filter) -> None:
    """Make a filter of the findings page one more review queue, and the one shown."""
    st.session_state[_HANDED.format(project.name)] = filter
    st.session_state[_QUEUE.format(project.name)] = state.FROM_FINDINGS
    st.session_state[_TEXT.format(project.name)] = filter.text
    state.forget_shown()


def handed(project: Project) -> Filter | None:
    """The filter last handed over from the findings page, None without one."""
    found = st.session_state.get(_HANDED.format(project.name))
    return found if isinstance(found, Filter) else None


def choose(project: Project, titles: dict[str, str]) -> Filter:
    """The lists to choose from; returns the filter of the queue chosen."""
    given, chosen = handed(project), st.session_state.get(_QUEUE.format(project.name), "")
    names = _names(project, titles, given)
    if chosen not in names:  # nothing of this check is left: the queue stays, empty, until another is chosen
        names[chosen] = titles.get(chosen, formatting.words(chosen))
    # The browser answers with the text of an option, so a list of other texts needs a key of its own.
    key = f"queue-{project.name}-{_digest(names)}"
    st.selectbox(
        "Queue", list(names), list(names).index(chosen), names.__getitem__, key=key, on_change=_keep,
        args=(_QUEUE.format(project.name), key),
    )  # fmt: skip
    text, key = st.session_state.get(_TEXT.format(project.name), ""), f"queue-text-{project.name}-{_digest(given)}"
    st.text_input("Text contains", text, key=key, on_change=_keep, args=(_TEXT.format(project.name), key))
    return replace(given, text=text) if given and chosen == state.FROM_FINDINGS else Filter(chosen, text=text)


def _names(project: Project, titles: dict[str, str], given: Filter | None) -> dict[str, str]:
    # No counts in these: they change with every decision, and a list that changes is drawn anew under the hand.
    names = {"": "Everything with a finding", "unlabelled": "Not labelled yet", "all": "All examples in order"}
    names |= {check: titles[check] for check in project.findings.stored.counts()}
    return names | ({state.FROM_FINDINGS: f"Findings: {formatting.filter_words(given, titles)}"} if given else {})


def _digest(value: object) -> int:
    return crc32(repr(value).encode(errors="replace"))


def _keep(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key] or ""
    state.forget_shown()
