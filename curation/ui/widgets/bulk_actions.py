"""Acting on many examples at once: counted first, confirmed, done in one go, taken back in one press."""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from curation.files import write_text
from curation.project import Project
from curation.project.decisions import BulkDecision
from curation.project.jobs import DecideAll, UndoAll
from curation.records import Action
from curation.ui import state
from curation.ui.widgets import steps
from curation.ui.widgets.formatting import visible
from curation.wording import BULK_REASONS, BULKS, counted

Change = tuple[str, Action, str]
"""(example id, action, value): what is to be decided about one example."""

AT_ONCE = 5_000
"""Decisions stored while the page waits, about half a second (`benchmarks` machine, 2 cores); more go to a job."""


@dataclass(frozen=True)
class BulkAction:
    """A decision about many examples behind a button.

    `key` tells buttons of a page apart. `count_line` says what it would do. `changes` is asked only when it is done, so
    that what is done is what the filter holds at that moment. `reason` is what people read of it later.
    """

    key: str
    label: str
    count_line: str
    changes: Callable[[], Sequence[Change]]
    reason: str
    disabled: bool = False


def confirm(project: Project, action: BulkAction) -> None:
    """A button that says in a popover what it would do and does it on a second press.

    Nobody's decision is overwritten.
    """
    # The popover's key moves with the project, so that it closes once the decisions are stored.
    with st.popover(action.label, key=f"{action.key}-{project.place.version()}", disabled=action.disabled):
        st.text(action.count_line)
        st.caption("Rows that people have decided stay as they are. You can undo all of it at once.")
        args = (project, action.changes, action.reason)
        st.button("Yes, do it", type="primary", key=f"yes-{action.key}", on_click=_act, args=args)


def _act(project: Project, changes: Callable[[], Sequence[Change]], reason: str) -> None:
    act(project, list(changes()), reason)


def act(project: Project, changes: Sequence[Change], reason: str, only_undecided: bool = True) -> None:
    """Decide all of it in one go, in the background where it is much, and say how it went.

    With `only_undecided`, rows that people have decided stay as they are.
    """
    if len(changes) > AT_ONCE:
        steps.start(project, DecideAll(_kept(project, changes), state.reviewer(), reason, only_undecided))
        return
    made = project.decisions.decide_all(changes, state.reviewer(), reason, only_undecided=only_undecided)
    state.notify(decided_line(made))
    state.forget_shown()


def _kept(project: Project, changes: Sequence[Change]) -> str:
    # A file, not the job's arguments: those are read every second while the job runs.
    folder = project.folder / "jobs"
    folder.mkdir(exist_ok=True)
    path = folder / f"changes-{uuid.uuid4().hex[:12]}.json"
    write_text(path, json.dumps(list(changes)))
    return str(path)


def undo_bar(project: Project, reason: str | None = None) -> None:
    """This reviewer's newest bulk decision, or the newest for `reason`, and the press that takes all of it back.

    Nothing where there is none.
    """
    made = project.decisions.newest_bulk(state.reviewer(), reason)
    if made is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.text(undo_line(made, project.duplicates.stored.decided_at(made.batch)), width="stretch")
        args = (project, made.batch, made.decided)
        st.button("Undo all of it", key=f"undo-made-{made.batch}", on_click=take_back, args=args)


def take_back(project: Project, batch: str, standing: int) -> None:
    """Take back a bulk decision of `standing` decisions, in the background where it is many."""
    if standing > AT_ONCE:
        steps.start(project, UndoAll(batch, state.reviewer()))
        return
    number = project.decisions.undo_bulk(batch, state.reviewer())
    state.notify(f"Undone: {counted(number, 'decision')}.")
    state.forget_shown()


def decided_line(made: BulkDecision) -> str:
    """How a bulk decision went, in a sentence or two."""
    line = f"Decided: {counted(made.decided, 'row', 'rows')}."
    return " ".join(filter(None, (line, already_decided(made.passed_over))))


def already_decided(n: int) -> str:
    """That rows people have decided stay as they are; "" where there are none."""
    return f"{counted(n, 'row', 'rows')} decided by people already {'stays' if n == 1 else 'stay'}." if n else ""


def undo_line(made: BulkDecision, at: str, now: datetime | None = None) -> str:
    """What a bulk decision was and when, for the button that takes it back."""
    if made.reason.startswith("merged into "):
        return f"Merged two examples, {ago(at, now)}."
    bulk = next((bulk for bulk, reason in BULK_REASONS.items() if reason == made.reason), "")
    what = BULKS[bulk].title if bulk else visible(made.reason)
    return f"{what} ({counted(made.decided, 'decision')}), {ago(at, now)}."


def ago(at: str, now: datetime | None = None) -> str:
    """How long ago a UTC time was, in the largest unit that fits."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(at)).total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), unit, unit + 's')} ago"
    return "just now"
