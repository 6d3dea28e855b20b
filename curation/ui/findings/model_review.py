"""A model reads the rows: what it would take, the start, and what it said. Nothing of it is here until asked for."""

from dataclasses import asdict
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import ImportReadings, ReadRows
from curation.project.measuring import api_key
from curation.project.model_review.sentences import plan_lines, run_lines, spent_line
from curation.records import Caps, Filter, ReviewedRun, ReviewPlan, ReviewRun, ReviewSettings
from curation.ui import state
from curation.ui.findings import filters
from curation.ui.load import intake
from curation.ui.widgets import formatting, parts, steps
from curation.wording import key_line

CHECK = "model_review"
WHY = (
    "A model behind an endpoint of yours says of each row whether its answer is right. What it says is an estimate: it "
    "changes no row, and an audit shows how far to trust it."
)
BUILT_IN = ReviewSettings()


def is_shown(project: Project) -> bool:
    """Whether somebody asked for it in this session, or a model has read rows here."""
    return bool(st.session_state.get(f"reading-{project.name}")) or _told(project)[0] is not None


def door(project: Project) -> None:
    """The button that opens it; nothing once it is open."""
    if not is_shown(project):
        st.button("Have a model read the rows", key="reading-open", on_click=_open, args=(project,))


def _open(project: Project) -> None:
    st.session_state[f"reading-{project.name}"] = True


def draw(project: Project) -> None:
    """What a model read, and the form to have it read more; nothing before somebody opens it."""
    if not is_shown(project):
        return
    st.header("What a model reads", anchor=False)
    run, alike = _told(project)
    if run is None:
        st.text(WHY)
        _ask(project)
        return
    parts.lines([formatting.visible(line) for line in [*run_lines(run, alike), *filter(None, [spent_line(run)])]])
    if run.answers.get("wrong"):
        st.button("Show what it calls wrong", key="reading-show", on_click=_show, args=(project,))
    with st.expander("Read again or more"):
        _ask(project)


def _told(project: Project) -> tuple[ReviewedRun | None, tuple[int, int]]:
    return _results(project, project.place.opened, project.place.version())


@st.cache_resource(max_entries=20, show_spinner=False)
def _results(_project: Project, opened: str, version: int) -> tuple[ReviewedRun | None, tuple[int, int]]:
    readings = _project.model_review.readings
    run = readings.last()
    return run, readings.self_agreement() if run else (0, 0)


def _show(project: Project) -> None:
    filters.clear(project)
    filters.keep(project, Filter(check=CHECK))


def _ask(project: Project) -> None:
    """Endpoint, rows and limits; what they would take; and the button that starts, once that was said."""
    asked = _form(project)
    planned: tuple[ReviewRun, ReviewPlan] | None = st.session_state.get(f"reading-plan-{project.name}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Work out what it takes", key="reading-plan"):
            planned = _plan(project, asked)
        is_told = planned is not None and planned[0] == asked
        st.button(
            "Have them read",
            type="primary",
            key="reading-start",
            disabled=not (is_told and asked.endpoint and asked.model) or steps.is_busy(project),
            on_click=_start,
            args=(project, asked, planned[1] if planned else None),
        )
    if planned is not None and is_told:
        currency = project.settings.context().prices.currency
        parts.lines([formatting.visible(line) for line in plan_lines(planned[1], currency)])
    elif planned is not None:
        st.text("You changed something: work out again what it takes.")
    st.text(key_line(bool(api_key())))
    _brought(project)


def _form(project: Project) -> ReviewRun:
    left, right = st.columns(2)
    with left:
        endpoint = parts.endpoint_field("reading")
        model = st.text_input("Model name at the endpoint", key="reading-model").strip()
        every = st.checkbox("Read every row", key="reading-all")
        rows = st.number_input("Rows to read, drawn at random", 0, None, BUILT_IN.rows, 100, key="reading-rows")
        suspects = st.checkbox("Also every row that a check likely calls wrong", key="reading-suspects")
        bare = _unlabelled(project)
    with right:
        caps = parts.caps_fields("reading", "Limits for all runs on these rows together")
        private = st.checkbox("Send personal data and keys as they are", key="reading-private")
        outside = False
        if project.settings.context().needs.privacy:
            outside = st.checkbox("Allow an endpoint outside our network", key="reading-outside")
    with st.expander("Advanced: rubric, calls at once, limits of a call"):
        workers = st.number_input("Calls at once", 1, 32, BUILT_IN.workers, key="reading-workers")
        reply = st.number_input("Token limit of a reply", 50, None, BUILT_IN.reply_tokens, 50, key="reading-reply")
        wait = st.number_input("Time limit of a call, seconds", 1, 300, int(BUILT_IN.timeout), key="reading-wait")
        _rubric(project)
    settings = ReviewSettings(
        None if every else int(rows or 0), suspects, workers=int(workers), reply_tokens=int(reply), timeout=float(wait),
        unlabelled=bare,
    )  # fmt: skip
    return ReviewRun(endpoint, model, settings, Caps(**caps), private, outside)


def _unlabelled(project: Project) -> int:
    """For how many rows without a label one is asked for; no field where every row has one."""
    bare = project.examples.stored.totals()["unlabelled"] if project.examples.is_classification() else 0
    if not bare:
        return 0
    return int(st.number_input("Rows without a label to name one for", 0, bare, 0, 100, key="reading-unlabelled") or 0)


def _plan(project: Project, asked: ReviewRun) -> tuple[ReviewRun, ReviewPlan] | None:
    try:
        with st.spinner("Working out what it takes"):
            planned = asked, project.model_review.plan(asked)
    except CurationError as error:
        st.text(formatting.visible(str(error)))
        return None
    st.session_state[f"reading-plan-{project.name}"] = planned
    return planned


def _start(project: Project, asked: ReviewRun, plan: ReviewPlan | None) -> None:
    caps: dict[str, Any] = asdict(asked.caps)
    if plan is not None and caps["calls"] is None:
        caps["calls"] = plan.most_calls
    steps.start(
        project,
        ReadRows(asked.endpoint, asked.model, asdict(asked.settings), caps, asked.send_private, asked.send_outside),
    )


@st.cache_resource(max_entries=20, show_spinner=False)
def _rubric_text(_project: Project, opened: str, version: int, saved: int) -> str:
    return _project.model_review.rubric_text()


def _rubric(project: Project) -> None:
    """The rubric in use, to be changed; and the built-in one again."""
    saved = int(st.session_state.get("rubric-saved", 0))
    key = f"reading-rubric-{project.name}-{saved}"
    text = _rubric_text(project, project.place.opened, project.place.version(), saved)
    st.text_area("What the model is asked to look at", text, height=240, key=key)
    with st.container(horizontal=True):
        st.button("Keep this rubric", key="rubric-keep", on_click=_keep_rubric, args=(project, key))
        if project.model_review.has_own_rubric():
            st.button("Use the built-in one", key="rubric-reset", on_click=_reset_rubric, args=(project,))


def _keep_rubric(project: Project, key: str) -> None:
    try:
        kept = project.model_review.save_rubric(st.session_state[key])
    except CurationError as error:
        state.notify(str(error))
        return
    _noted(f"Kept: {kept.title}. Rows read by another rubric are read anew.")


def _reset_rubric(project: Project) -> None:
    project.model_review.reset_rubric()
    _noted("The built-in rubric is used again.")


def _noted(message: str) -> None:
    st.session_state["rubric-saved"] = int(st.session_state.get("rubric-saved", 0)) + 1
    state.notify(message)


def _brought(project: Project) -> None:
    """Readings that were made elsewhere."""
    with st.expander("Readings made elsewhere"):
        file = st.file_uploader("A table with id, reading, and where known kind and reason", key="reading-file")
        model = st.text_input("Name of the model that made them", key="reading-by").strip()
        if file is not None:
            upload = intake.keep(project, file)
            job = ImportReadings(str(upload.path), upload.name, model)
            st.button("Store these readings", key=f"store-{upload.digest}", on_click=steps.start, args=(project, job))
