"""Acting on many examples at once: counted first, confirmed, done in one made, taken back in one press."""

import json
import uuid
from collections.abc import Callable, Sequence

import streamlit as st

from curation.files import write_text
from curation.project import Project
from curation.project.jobs import DecideAll, UndoAll
from curation.records import Action
from curation.ui import state
from curation.ui.widgets import cluster_texts, finding_texts, steps

Change = tuple[str, Action, str]
"""(example id, action, value): what is to be decided about one example."""

AT_ONCE = 5_000
"""Decisions stored while the page waits, about half a second (`benchmarks` machine, 2 cores); more go to a job."""


def confirm(
    project: Project,
    key: str,
    label: str,
    count_line: str,
    changes: Callable[[], Sequence[Change]],
    reason: str,
    disabled: bool = False,
) -> None:
    """A button that says in a popover what it would do and does it on a second press.

    `changes` is asked only then, so that what is done is what the filter holds at that moment. `reason` is what people
    read of it later. Nobody's decision is overwritten.
    """
    # The popover's key moves with the project, so that it closes once the decisions are stored.
    with st.popover(label, key=f"{key}-{project.place.version()}", disabled=disabled):
        st.text(count_line)
        st.caption("What people have decided stays as it is. One press takes all of it back.")
        st.button("Yes, do it", type="primary", key=f"yes-{key}", on_click=_act, args=(project, changes, reason))


def _act(project: Project, changes: Callable[[], Sequence[Change]], reason: str) -> None:
    act(project, list(changes()), reason)


def act(project: Project, changes: Sequence[Change], reason: str) -> None:
    """Decide all of it in one made, in the background where it is much, and say how it went."""
    if len(changes) > AT_ONCE:
        steps.start(project, DecideAll(_kept(project, changes), state.reviewer(), reason))
        return
    made = project.decisions.decide_all(changes, state.reviewer(), reason)
    state.notify(finding_texts.bulk_line(made))
    state.forget_shown()


def _kept(project: Project, changes: Sequence[Change]) -> str:
    # A file, not the job's arguments: those are read every second while the job runs.
    folder = project.folder / "jobs"
    folder.mkdir(exist_ok=True)
    path = folder / f"changes-{uuid.uuid4().hex[:12]}.json"
    write_text(path, json.dumps(list(changes)))
    return str(path)


def undo_bar(project: Project, reason: str | None = None) -> None:
    """This reviewer's newest made, or the newest made for `reason`, and the press that takes all of it back.

    Nothing where there is none.
    """
    made = project.decisions.newest_bulk(state.reviewer(), reason)
    if made is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.text(cluster_texts.bulk_line(made, project.duplicates.stored.decided_at(made.batch)), width="stretch")
        args = (project, made.batch, made.decided)
        st.button("Undo all of it", key=f"undo-made-{made.batch}", on_click=take_back, args=args)


def take_back(project: Project, batch: str, standing: int) -> None:
    """Take back a made of `standing` decisions, in the background where it is many."""
    if standing > AT_ONCE:
        steps.start(project, UndoAll(batch, state.reviewer()))
        return
    number = project.decisions.undo_bulk(batch, state.reviewer())
    state.notify(f"Taken back: {number:,} decisions.")
    state.forget_shown()
