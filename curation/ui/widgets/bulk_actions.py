"""Acting on many examples at once: counted first, confirmed, done in one stroke, taken back in one press."""

import json
import uuid
from collections.abc import Callable, Sequence

import streamlit as st

from curation.files import write_text
from curation.project import Project
from curation.records import Action
from curation.ui import frame, state
from curation.ui.widgets import cluster_texts, finding_texts
from curation.wording import counted

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
    with st.popover(label, key=f"{key}-{project.version()}", disabled=disabled):
        st.text(count_line)
        st.caption("Rows that people have decided stay as they are. You can undo all of it at once.")
        st.button("Yes, do it", type="primary", key=f"yes-{key}", on_click=_act, args=(project, changes, reason))


def _act(project: Project, changes: Callable[[], Sequence[Change]], reason: str) -> None:
    act(project, list(changes()), reason)


def act(project: Project, changes: Sequence[Change], reason: str) -> None:
    """Decide all of it in one stroke, in the background where it is much, and say how it went."""
    if len(changes) > AT_ONCE:
        frame.start(project, "decide_all", path=_kept(project, changes), reviewer=state.reviewer(), reason=reason)
        return
    stroke = project.decide_all(changes, state.reviewer(), reason)
    state.notify(finding_texts.stroke_line(stroke))
    state.forget_shown()


def _kept(project: Project, changes: Sequence[Change]) -> str:
    # A file, not the job's arguments: those are read every second while the job runs.
    folder = project.folder / "jobs"
    folder.mkdir(exist_ok=True)
    path = folder / f"changes-{uuid.uuid4().hex[:12]}.json"
    write_text(path, json.dumps(list(changes)))
    return str(path)


def undo_bar(project: Project, reason: str | None = None) -> None:
    """This reviewer's newest stroke, or the newest made for `reason`, and the press that takes all of it back.

    Nothing where there is none.
    """
    stroke = project.newest_stroke(state.reviewer(), reason)
    if stroke is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.text(cluster_texts.stroke_line(stroke, project.decided_at(stroke.batch)), width="stretch")
        args = (project, stroke.batch, stroke.decided)
        st.button("Undo all of it", key=f"undo-stroke-{stroke.batch}", on_click=take_back, args=args)


def take_back(project: Project, batch: str, standing: int) -> None:
    """Take back a stroke of `standing` decisions, in the background where it is many."""
    if standing > AT_ONCE:
        frame.start(project, "undo_stroke", batch=batch, reviewer=state.reviewer())
        return
    number = project.undo_stroke(batch, state.reviewer())
    state.notify(f"Undone: {counted(number, 'decision')}.")
    state.forget_shown()
