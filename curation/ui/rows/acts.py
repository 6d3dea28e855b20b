"""What can be done with every row in the filter: decide them, send them, review them, take them away."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.rows import MOST_TAKEN, TakenAs
from curation.records import Action, Filter
from curation.ui import state
from curation.ui.review import queue
from curation.ui.widgets import bulk_actions, formatting
from curation.ui.widgets.bulk_actions import BulkAction, already_decided
from curation.wording import counted

KINDS: Mapping[TakenAs, str] = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}

OFFERED: tuple[tuple[Action, str, str, str], ...] = (
    ("accept", "Accept them", "Accepts", "Accepted"),
    ("reject", "Leave them out", "Leaves out", "Left out"),
)
"""What is decided, what the button says, what it does to so many rows, what was done."""


def count_line(filter: Filter, rows: int, undecided: int) -> str:
    """How many rows the filter holds."""
    if not rows:
        return "No row is left in this filter."
    is_search = filter.among is not None and (filter.like or filter.text)
    what = f"The {counted(rows, 'row')} nearest" if is_search else counted(rows, "row")
    return f"{what}, {undecided:,} of them undecided. Tick one to open it."


def on_all(project: Project, filter: Filter, figures: tuple[int, int], titles: Mapping[str, str]) -> None:
    """Every act on all rows of the filter, counted and confirmed."""
    rows, undecided = figures
    where = formatting.rows_words(filter, titles, _files(project))
    st.header(f"With all {rows:,} rows of this filter" if rows > 1 else "With this row", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", key="rows-acts"):
        for action, label, verb, done in OFFERED:
            line = _line(verb, undecided, rows)
            changes: Any = partial(project.rows.changes, filter, action)
            act = BulkAction(f"rows-{action}", label, line, changes, f"{done}: {where}", undecided == 0)
            bulk_actions.confirm(project, act)
        _relabel(project, filter, figures, where)
        _send(project, filter, rows)
        label = f"Review them one by one ({undecided:,})"
        if st.button(label, key="rows-review", disabled=undecided == 0, on_click=_to_review, args=(filter,)):
            st.switch_page(str(state.page_file("review")))
        with st.popover("Download them", key="rows-download"):
            _download(project, filter, rows)


def _files(project: Project) -> dict[int, str]:
    return {source.id: source.name for source in project.examples.stored.sources()}


def _line(verb: str, undecided: int, rows: int) -> str:
    return " ".join(_said([f"{verb} {counted(undecided, 'row')}.", already_decided(rows - undecided)]))


def _said(sentences: list[str]) -> list[str]:
    """The sentences that say something."""
    return [sentence for sentence in sentences if sentence]


def _relabel(project: Project, filter: Filter, figures: tuple[int, int], where: str) -> None:
    labels = project.examples.label_set()
    if not labels:
        return
    rows, undecided = figures
    with st.popover("Label them", key=f"rows-label-{project.place.version()}", disabled=undecided == 0):
        label = st.selectbox("Label", sorted(labels), index=None, format_func=formatting.visible, key="rows-label-to")
        st.text(_line("Labels", undecided, rows))
        args = (project, filter, label or "", where)
        st.button("Yes, do it", key="rows-label-do", type="primary", disabled=not label, on_click=_label, args=args)


def _label(project: Project, filter: Filter, label: str, where: str) -> None:
    changes = project.rows.changes(filter, "label", label)
    bulk_actions.act(project, changes, f"Labelled “{label}”: {where}")


def _send(project: Project, filter: Filter, rows: int) -> None:
    most = 1_000  # a handful a person can look at: what more would be is the queue itself
    with st.popover("Send them to", key=f"rows-send-{project.place.version()}", disabled=rows > most):
        to = st.text_input("Name", key="rows-send-to")
        comment = st.text_area("Comment (may stay empty)", key="rows-send-comment", height=80)
        st.caption(f"Rows they find in the review queue “Sent to me”: {rows:,}.")
        args = (project, filter, to, comment)
        st.button("Send", key="rows-send-do", type="primary", disabled=not to.strip(), on_click=_sent, args=args)


def _sent(project: Project, filter: Filter, to: str, comment: str) -> None:
    ids = project.rows.stored.ids(filter)
    try:
        project.rows.send(ids, to, state.reviewer(), comment)
        state.notify(f"Sent to {to}: {counted(len(ids), 'row')}.")
    except CurationError as error:
        state.notify(str(error))


def _to_review(filter: Filter) -> None:
    queue.hand_over(state.project(), filter if filter.check else replace(filter, check="all"))


def _download(project: Project, filter: Filter, rows: int) -> None:
    if rows > MOST_TAKEN:
        st.text(f"The first {MOST_TAKEN:,} rows; the whole set leaves by the Export page.")
    st.caption("As the rows stand now, with who decided them; personal data is in it. For training, use Export.")
    for kind, mime in KINDS.items():
        st.download_button(
            kind.upper() if kind == "csv" else kind.title(),
            partial(project.rows.taken, filter, kind),
            f"{project.name} rows.{kind}",
            mime,
            key=f"rows-download-{kind}",
            on_click="ignore",
        )
