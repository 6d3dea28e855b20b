"""Starting the checks, and what stands on a page before they have run."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import Analyse, Judge, Verb
from curation.records import Filter
from curation.ui import state
from curation.ui.widgets.formatting import plain
from curation.wording import JOBS, counted, minutes


def is_stale(project: Project) -> bool:
    """Whether anything that duplicates, checks or the verdict rest on has changed since they began."""
    return any(step.stale for step in project.place.steps("dedup", "check", "verdict"))


def is_busy(project: Project) -> bool:
    """Whether a background job waits or runs."""
    job = project.jobs.newest()
    return job is not None and job.state in ("queued", "running")


def run_checks(project: Project, label: str = "Run the checks", is_main: bool = True) -> None:
    """The button that starts duplicates, checks and verdict in the background."""
    look: Literal["primary", "secondary"] = "primary" if is_main else "secondary"
    key, busy = f"run-{label}", is_busy(project)
    st.button(label, type=look, key=key, on_click=start, args=(project, Analyse()), disabled=busy)


@dataclass(frozen=True)
class Next:
    """The next thing to do: what the button says, the page it goes to ("" for running the checks), how long it takes,
    and the queue of review."""

    label: str
    page: str = ""
    time: str = ""
    queue: str = ""


def next_step(project: Project) -> Next | None:
    """What comes next in a project with a verdict: checks of rows they never saw, spellings of labels, merged all at
    once, rows that wait for people, checks of what people changed, a measurement, the export; None once all is done."""
    checked = project.place.step("check")
    again = Next("Run the checks again")
    if any(source.at > checked.at for source in project.examples.stored.sources()):
        return again
    if project.decisions.queue.total(Filter("label_spelling")) and (spellings := _spellings(project)):
        return Next(f"Merge {counted(spellings, 'spelling')} of labels", "labels")
    stored, labels = project.verdict.last(), Next("")
    if project.examples.is_classification() and (rows := project.decisions.queue.total(Filter("unlabelled"))):
        labels = Next(f"Label {counted(rows, 'row')}", "review", queue="unlabelled")
        is_short = stored is not None and stored.verdict.outcome == "collect"  # the headline asks for labels
        if is_short or 2 * rows > project.examples.stored.totals()["stored"]:
            return labels
    if suspects := project.decisions.queue.total(Filter()):
        return Next(f"Review {counted(suspects, 'suspect')}", "review", _time(project, suspects))
    if labels.label:
        return labels
    if is_stale(project):
        return again
    if stored is not None and stored.verdict.provisional:
        return Next("Measure the base model", "measure")
    return Next("Export", "export") if project.exports.last() is None else None


def _spellings(project: Project) -> int:
    return sum(len(variant.others) for variant in project.labels.variants())


def _time(project: Project, rows: int) -> str:
    low = max(1, round(project.verdict.minutes_to_judge() * rows))
    return f"about {minutes((low, low))}"


def next_button(project: Project, page: str) -> None:
    """The one button of what comes next; nothing on the page that it would go to."""
    step = next_step(project)
    if step is None or (step.page and step.page == page):
        return
    if step.time:
        st.caption(plain(step.time), width="content")
    if not step.page:
        args = (project, Analyse())
        st.button(step.label, key="next-step", on_click=start, args=args, disabled=is_busy(project))
    elif st.button(step.label, key="next-step", icon=":material/arrow_forward:"):
        asked = {"queue": step.queue} if step.queue else None
        st.switch_page(str(state.page_file(step.page)), query_params=asked)


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
