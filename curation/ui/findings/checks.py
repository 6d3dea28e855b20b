"""What was checked, and first suspects that are shown while the checks still run."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.records import CheckRun, Precision
from curation.ui.findings import filters
from curation.ui.widgets import steps
from curation.ui.widgets.formatting import plain, words
from curation.wording import CHECK_STATES, counted, listed, percent, span


def checks_frame(
    runs: Sequence[CheckRun],
    titles: Mapping[str, str],
    counts: Mapping[str, int],
    right: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Every check that found something: how many likely findings, and how often they were right; or why it did not run.

    `right` says by check what audits and decisions tell of its findings.
    """
    rows = [
        {
            "Check": titles.get(run.check, words(run.check)),
            "Findings": f"{counts.get(run.check, 0):,}" if run.status == "done" else "–",
            "State": _state(run),
            "How often right": (right or {}).get(run.check, "–"),
        }
        for run in runs
        if run.status != "done" or counts.get(run.check, 0) or run.summary.get("preview")
    ]
    return pd.DataFrame(rows, columns=["Check", "Findings", "State", "How often right"])


def quiet_line(runs: Sequence[CheckRun], titles: Mapping[str, str], counts: Mapping[str, int]) -> str:
    """The checks that ran and found nothing more likely right than not, in one line; "" where there is none."""
    quiet = [
        titles.get(run.check, words(run.check))
        for run in runs
        if run.status == "done" and not counts.get(run.check, 0) and not run.summary.get("preview")
    ]
    return f"Found nothing likely: {listed(quiet)} ({counted(len(quiet), 'check')})." if quiet else ""


def right_line(decided: Precision | None, audited: tuple[float, float, float] | None) -> str:
    """How often a check's findings were right, by decisions since it ran and by the newest audit; "–" where unknown."""
    lines = []
    if decided is not None and decided.rate is not None:
        (share, low, high), right = decided.rate, decided.reviewed - decided.wrong
        lines.append(
            f"Of {decided.reviewed:,} decided one by one, {right:,} were right: {percent(share)} "
            f"({_between(low, high)})."
        )
    if audited is not None:
        lines.append(f"By the audit {percent(audited[0])} ({_between(audited[1], audited[2])}).")
    return " ".join(lines) or "–"


def _between(low: float, high: float) -> str:
    return f"between {span(low, high)}".replace(" to ", " and ")


def draw(project: Project, titles: Mapping[str, str]) -> None:
    """What each check found and how often it was right; checks that found nothing in one line."""
    runs, counts = project.findings.stored.runs(), project.findings.stored.counts()
    decided, audited = filters.decided(project), filters.precision(project)
    right = {run.check: right_line(decided.get(run.check), audited.get(run.check)) for run in runs}
    frame = checks_frame(runs, titles, counts, right)
    if len(frame):
        with st.container(key="all-checks"):
            st.table(frame.set_index("Check").map(plain), border="horizontal")
    if line := quiet_line(runs, titles, counts):
        st.text(line)


def _state(run: CheckRun) -> str:
    if run.status != "done":
        return f"{CHECK_STATES[run.status].title}: {run.reason}"
    if "read" in run.summary:
        return f"A model read {counted(run.summary['read'], 'row')}"
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
