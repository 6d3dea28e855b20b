"""Rows that a newer file changed after somebody had decided them: decided as before in one click, or reviewed."""

import streamlit as st

from curation.project import Project
from curation.project.decisions import CHANGED
from curation.ui import state
from curation.wording import counted


def draw(project: Project) -> None:
    """What a newer file changed, and the button that confirms what was decided before; with it, one that undoes it."""
    if changed := project.decisions.changed():
        st.header("Changed rows", anchor=False)
        rows = counted(len(changed), "row")
        st.text(f"A newer file changed {rows} that somebody had decided. They wait for review as undecided rows.")
        st.button("Decide them as before", on_click=_confirm, args=(project,))
    elif made := project.decisions.newest_bulk(state.reviewer(), CHANGED):
        st.text(f"{counted(made.decided, 'changed row')} decided as before the file changed.")
        st.button("Take that back", on_click=_take_back, args=(project, made.batch))


def _confirm(project: Project) -> None:
    made = project.decisions.confirm_changed(state.reviewer())
    left = f" {counted(made.passed_over, 'row')} had been edited: review them." if made.passed_over else ""
    state.notify(f"{counted(made.decided, 'row')} decided as before.{left}")


def _take_back(project: Project, batch: str) -> None:
    project.decisions.undo_bulk(batch, state.reviewer())
