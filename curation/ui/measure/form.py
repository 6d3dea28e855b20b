"""The forms of the Measure page: what to ask of which endpoint, and outputs that a model gave elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import ImportOutputs, Measure
from curation.project.measuring import api_key
from curation.records import PROMPTED, TUNED, MeasureSettings
from curation.ui.load import intake
from curation.ui.measure import sentences
from curation.ui.widgets import parts, steps
from curation.wording import ARMS, HOSTED, key_line

ROWS = 200  # the policy's planned rows: shows a difference of 7 points 4 times in 5
MOST_CALLS = 1000
WAYS = ("Ask an endpoint", "Outputs from elsewhere")
ASKED: dict[str, Any] = {
    "endpoint": "", "model": "", "completions": False, "arms": list(PROMPTED[:3]), "rows": ROWS, "private": False,
    "calls": MOST_CALLS, "tokens": None, "cost": None, "instruction": "", "template": "", "wait": 30, "reply": 0,
    "size": None,
}  # fmt: skip
BROUGHT: dict[str, Any] = {"hand": ROWS, "arm": PROMPTED[0], "place": "unknown", "by": "", "by-size": None}
"""The fields of the two forms and what stands in them at first."""


def choose(project: Project) -> None:
    """The two ways to measure, one of them open: the one chosen stays open while jobs start and end."""
    way = st.radio("How", WAYS, horizontal=True, label_visibility="collapsed", key="measure-way")
    shown, hidden = (ASKED, BROUGHT) if way == WAYS[0] else (BROUGHT, ASKED)
    for field, value in shown.items():
        st.session_state.setdefault(f"measure-{field}", value)
    for field in hidden:
        # what is not drawn is forgotten, unless it is set again
        if (key := f"measure-{field}") in st.session_state:
            st.session_state[key] = st.session_state[key]
    if way == WAYS[0]:
        ask(project)
    else:
        outside(project)


def ask(project: Project) -> None:
    """Endpoint, arms and limits with what they would cost, and the button that starts."""
    left, right = st.columns(2)
    with left:
        endpoint = parts.endpoint_field("measure")
        model = st.text_input("Model name at the endpoint", key="measure-model")
        size = _size("size")
        completions = st.checkbox("Base model: plain text completion instead of chat", key="measure-completions")
        arms = st.multiselect(
            "What to try",
            [*PROMPTED, *TUNED],
            format_func=lambda name: ARMS[name].title,
            key="measure-arms",
        )
    with right:
        rows = st.number_input("Rows to hold back and ask", 1, 10_000, step=50, key="measure-rows")
        caps = parts.caps_fields("measure", "Limits for all runs on these rows together")
        private = st.checkbox("Also send rows with personal data or keys", key="measure-private")
    instruction, template, knowledge = _more(project)
    reply, wait = int(st.session_state["measure-reply"]), float(st.session_state["measure-wait"])
    try:
        settings = MeasureSettings(tuple(arms), int(rows), completions, template, instruction, reply, timeout=wait)
        forecast = project.measuring.forecast(settings)
    except CurationError as error:
        st.text(str(error))
        return
    st.text(sentences.forecast_line(forecast, project.settings.context().prices.currency))
    st.text(key_line(bool(api_key())))
    _start(project, Measure(endpoint, model, asdict(settings), caps, knowledge, private, size))


def _start(project: Project, measure: Measure) -> None:
    job = project.jobs.newest()
    st.button(
        "Measure",
        type="primary",
        key="measure-start",
        disabled=not (measure.endpoint and measure.model) or (job is not None and job.state in ("queued", "running")),
        on_click=steps.start,
        args=(project, measure),
    )


def _more(project: Project) -> tuple[str, str, str]:
    with st.expander("Advanced: prompt, knowledge texts, limits of a call"):
        instruction = st.text_input("Instruction (empty: the built-in one)", key="measure-instruction")
        template = st.text_area(
            "Or a whole prompt with {input} in it; {labels}, {examples} and {passages} are optional",
            key="measure-template",
        )
        texts = st.file_uploader("Knowledge texts to retrieve from (UTF-8)", key="measure-knowledge")
        st.number_input("Time limit of a call, seconds", 1, 300, key="measure-wait")
        st.number_input("Token limit of a reply (0: from the length of the outputs)", 0, None, key="measure-reply")
    return instruction, template, str(intake.keep(project, texts).path) if texts else ""


def _handed(
    project: Project, settings: MeasureSettings, written: Callable[[Sequence[Mapping[str, Any]]], bytes]
) -> bytes:
    return written(project.measuring.held_back(settings))


def outside(project: Project) -> None:
    """The held-back rows to take away, and outputs to bring back."""
    st.caption(
        "Run any model on the held-back rows yourself and upload its outputs: a file with a column output and a column "
        "id, row (as in the download) or input. Exports keep the rows you download here in the test split, so that no "
        "model is trained on them."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rows = MeasureSettings(rows=int(st.number_input("Rows to hold back", 1, 10_000, step=50, key="measure-hand")))
        for suffix, written in (("csv", sentences.held_csv), ("jsonl", sentences.held_jsonl)):
            st.download_button(
                f"Download them as {suffix.upper()}",
                partial(_handed, project, rows, written),
                f"held_back.{suffix}",
                "text/csv" if suffix == "csv" else "application/jsonl",
                key=f"measure-held-{suffix}",
            )
    if waiting := project.measuring.held_out.unscored():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(sentences.waiting_line(waiting))
            st.button(
                "Return them to training",
                key="measure-take-back",
                on_click=project.measuring.held_out.take_back,
            )
    _brought(project)


PLACES: Mapping[str, bool | None] = {"unknown": None, "no": False, "yes": True}
"""Where a model runs, as it is chosen and as it is kept."""


def _brought(project: Project) -> None:
    """The outputs and what is known of the model that gave them."""
    file = st.file_uploader("Outputs: CSV, TSV, JSON, JSONL, Parquet or XLSX", key="measure-outputs")
    left, middle, right = st.columns(3)
    with left:
        arm = st.selectbox("They come from", list(ARMS), format_func=lambda name: ARMS[name].title, key="measure-arm")
    with middle:
        model = st.text_input("Name of the model (may stay empty)", key="measure-by").strip()
        size = _size("by-size")
    with right:
        place = st.selectbox(
            "Where it runs", list(PLACES), format_func=lambda name: HOSTED[name].title, key="measure-place"
        )
    if file is not None:
        upload = intake.keep(project, file)
        st.button(
            "Score these outputs",
            type="primary",
            key=f"score-{upload.digest}",
            on_click=steps.start,
            args=(project, ImportOutputs(str(upload.path), upload.name, arm, PLACES[place], model, size)),
        )


def _size(field: str) -> float | None:
    """The size of a model in parameters, as people say it; None where nobody knows."""
    billions = st.number_input(
        "Size of the model, billions of parameters", 0.0, None, None, placeholder="Don't know", key=f"measure-{field}"
    )
    return 1e9 * billions if billions else None
