"""What was checked, and first suspects that are shown while the checks still run."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.records import (
    CheckRun,
)
from curation.ui.widgets import steps
from curation.ui.widgets.formatting import plain, words
from curation.wording import CHECK_STATES


def checks_frame(runs: Sequence[CheckRun], titles: Mapping[str, str], counts: Mapping[str, int]) -> pd.DataFrame:
    """Every check: how many likely findings, or why it could not run."""
    rows = [
        {
            "Check": titles.get(run.check, words(run.check)),
            "Findings": f"{counts.get(run.check, 0):,}" if run.status == "done" else "–",
            "State": _state(run),
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def draw(project: Project, titles: Mapping[str, str]) -> None:
    """The list of all checks, whose sentences are shown whole."""
    frame = checks_frame(project.findings.stored.runs(), titles, project.findings.stored.counts())
    st.table(frame.set_index("Check").map(plain), border="horizontal")


def _state(run: CheckRun) -> str:
    if run.status != "done":
        return f"{CHECK_STATES[run.status].title}: {run.reason}"
    return CHECK_STATES["preview" if run.summary.get("preview") else "done"].sentence.removesuffix(".")


def await_quick_look(project: Project) -> None:
    """Draw the page again as soon as first suspects are there, while the checks run."""
    if _is_checking(project):
        st.fragment(_watch, run_every=1.0)(project)


def _watch(project: Project) -> None:
    if project.findings.stored.is_quick_look():
        st.rerun(scope="app")


def _is_checking(project: Project) -> bool:
    job = project.jobs.newest()
    return job is not None and job.state in ("queued", "running")


def quick_look_bar(project: Project) -> None:
    """That these are first suspects only, and whether the checks are still on their way."""
    is_running = _is_checking(project)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="quick-look"):
        word = "First look, still checking" if is_running else "First look only"
        st.badge(word, color="orange", icon=":material/hourglass_top:")
        st.text(
            "Suspected labels by a first, rougher check. The full checks replace them when they end."
            if is_running
            else "The full checks did not finish, so other problems were not searched for and the verdict does "
            "not use these.",
            width="stretch",
        )
        if not is_running:
            steps.run_checks(project)
