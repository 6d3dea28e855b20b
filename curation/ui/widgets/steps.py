"""Starting the checks, and what stands on a page before they have run."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import Analyse, Judge, Verb
from curation.ui import state
from curation.wording import JOBS


def is_stale(project: Project) -> bool:
    """Whether anything that duplicates, checks or the verdict rest on has changed since they began."""
    return any(step.stale for step in project.place.steps("dedup", "check", "verdict"))


def run_checks(project: Project, label: str = "Run the checks") -> None:
    """The button that starts duplicates, checks and verdict in the background."""
    job = project.jobs.newest()
    running = job is not None and job.state in ("queued", "running")
    st.button(label, type="primary", key=f"run-{label}", on_click=start, args=(project, Analyse()), disabled=running)


def judge(project: Project) -> None:
    """Start what a new verdict needs: all checks where the examples have changed since they ran, else it alone."""
    is_stale = any(step.stale for step in project.place.steps("dedup", "check"))
    start(project, Analyse() if is_stale else Judge())


def start(project: Project, verb: Verb) -> None:
    """Start a background job, or say why not."""
    try:
        project.jobs.start(verb)
        state.notify(f"{JOBS[verb.id].title}: progress is at the top of the page.")
    except CurationError as error:
        state.notify(str(error))


def empty(message: str, project: Project) -> None:
    """What to do where there is nothing to show yet."""
    if project.examples.stored.totals()["stored"]:
        st.text(message)
        run_checks(project)
    else:
        st.text("This project is empty. Load a file of examples first.")
        st.page_link(str(state.page_file("load")), label="Load a file", icon=":material/upload_file:")


def is_ready(project: Project, kind: str, what: str) -> bool:
    """Whether a step has run; draws the empty state where not."""
    step = project.place.step(kind)
    if not step.ran:
        empty(f"{what} appear here once the checks have run.", project)
        return False
    if step.stale:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("The examples have changed since the checks ran.")
            run_checks(project, "Run them again")
    return True
