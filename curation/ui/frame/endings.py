"""How a background job ended: said on whatever page a person is, once a session, with the button for what is next."""

from typing import Any

import streamlit as st

from curation.project import Project
from curation.project.jobs import Analyse, Job
from curation.project.place import now
from curation.records import Filter
from curation.ui.widgets import formatting
from curation.ui.widgets.steps import next_button, start
from curation.wording import ARMS, JOB_STATES, JOBS, OUTCOMES, capital, counted

KEPT = "Somebody stopped it. What was read so far is kept: start it again to go on."
_BEGAN, _SHOWN, _DISMISSED = "began", "ending", "dismissed"


def begin() -> None:
    """Note when the session began: what ended before is not said in it."""
    st.session_state.setdefault(_BEGAN, now())


def due(job: Job | None, page: str) -> Job | None:
    """The job if its ending is to be said on this page: until it is dismissed or, where it went well, the page left."""
    if job is None or job.state in ("queued", "running") or (job.finished or "") < st.session_state[_BEGAN]:
        return None
    id, first = st.session_state.get(_SHOWN, ("", ""))
    if id != job.id:
        st.session_state[_SHOWN] = (job.id, page)
        return job
    return job if first == page or (job.state == "failed" and first != _DISMISSED) else None


def spoken(job: Job | None, project: Project) -> str:
    """What a screen reader says of the ending; "" without one."""
    return "" if job is None else formatting.visible(f"{title(job)}. {sentence(job, project)}")


def draw(project: Project, job: Job, page: str) -> None:
    """The ending, with the button for what is next."""
    with st.container(border=True, key="ending", horizontal=True, vertical_alignment="center"):
        if job.state == "done":
            st.badge(formatting.plain(title(job)), color="green", icon=":material/check:")
        else:
            st.badge(formatting.plain(title(job)), color="red", icon=":material/warning:")
        st.text(formatting.visible(sentence(job, project)), width="stretch")
        if job.state == "done":
            if project.verdict.last() is not None:
                next_button(project, page)
            elif job.verb == "load" and page != "load":  # there the page has that button
                st.button("Run the checks", key="ending-run", on_click=start, args=(project, Analyse()))
        st.button("Dismiss", key=f"dismiss-{job.id}", on_click=_dismiss, args=(job.id,))


def _dismiss(id: str) -> None:
    st.session_state[_SHOWN] = (id, _DISMISSED)


def title(job: Job) -> str:
    """What ended, and how."""
    return f"{capital(JOBS[job.verb].title)}: {JOB_STATES[job.state].noun}"


def sentence(job: Job, project: Project) -> str:
    """The result of a job in a sentence, or why there is none."""
    if job.state == "failed":
        return job.error
    if job.state == "cancelled":
        return KEPT if job.verb == "model_review" else JOB_STATES[job.state].sentence
    return _RESULTS[job.verb](job.result or {}, project)


def _loaded(result: dict[str, Any], project: Project) -> str:
    if result["already"]:
        return f"{result['name']} is in the project already."
    others = "".join(f", {result[name]:,} {name}" for name in ("rejected", "repeated") if result[name])
    return f"{result['name']}: {counted(result['stored'], 'row')} stored{others}."


def _judged(result: dict[str, Any], project: Project) -> str:
    suspects = project.decisions.queue.total(Filter())
    wait = f" {counted(suspects, 'suspect')} {'waits' if suspects == 1 else 'wait'} for people." if suspects else ""
    return f"The verdict: {OUTCOMES[result['outcome']].title}.{wait}"


def _exported(result: dict[str, Any], project: Project) -> str:
    written = project.exports.last()
    if written is None:
        return ""
    counts = written.counts
    return f"{counted(counts['kept'], 'row')} written, {counts['removed'] + counts['rejected']:,} left out."


def _decided(result: dict[str, Any], project: Project) -> str:
    passed = result["passed_over"]
    others = (
        f" {counted(passed, 'row')} decided before {'stays' if passed == 1 else 'stay'} as before." if passed else ""
    )
    return f"{counted(result['decided'], 'row')} decided.{others}"


def _undone(result: dict[str, Any], project: Project) -> str:
    return f"{counted(result['undone'], 'decision')} taken back."


def _marked(result: dict[str, Any], project: Project) -> str:
    return f"{counted(result['marked'], 'answer')} marked by the model. Now mark some yourself."


def _measured(result: dict[str, Any], project: Project) -> str:
    if not result["arms"]:
        return "The answers are kept and wait to be marked."
    return f"Measured: {', '.join(ARMS[arm].title if arm in ARMS else arm for arm in result['arms'])}."


def _reviewed(result: dict[str, Any], project: Project) -> str:
    early = f" Ended early: {result['ended']}." if result["ended"] else ""
    named = f" A label named for {counted(result['named'], 'row')} without one." if result.get("named") else ""
    return f"{counted(result['read'], 'row')} read, {result['wrong']:,} of them called wrong.{named}{early}"


def _topics(result: dict[str, Any], project: Project) -> str:
    return f"{counted(result['topics'], 'topic')} found."


_RESULTS = {
    "load": _loaded,
    "analyse": _judged,
    "judge": _judged,
    "export": _exported,
    "decide_all": _decided,
    "undo_all": _undone,
    "measure": _measured,
    "import_outputs": _measured,
    "model_review": _reviewed,
    "judge_outputs": _marked,
    "import_readings": _reviewed,
    "topics": _topics,
}
"""What each job says of its result; suggestions of labels are not asked for, so nothing is said of them."""
