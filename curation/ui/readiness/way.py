"""Drawing the way to the verdict: the questions in order, and the work plan with the rows to begin with."""

from collections.abc import Sequence

import streamlit as st

from curation.project import Project
from curation.records import Evidence, GateStep, Plan
from curation.ui.readiness import charts, sentences
from curation.ui.widgets import formatting, outcomes
from curation.wording import GATE_STATES

SHOWN = 20
"""Rows of a step shown at once; the review queue holds all of them."""


def questions(path: Sequence[GateStep]) -> None:
    """The questions as a path down the page, the one that settled it framed."""
    for n, stage in enumerate(sentences.stages(path), 1):
        with st.container(border=stage.state == "stopped", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", key=f"beside-question-{n}"):
                outcomes.badge(GATE_STATES[stage.state])
                st.text(f"{n}. {stage.question}", width="stretch")
            for line in stage.lines:
                st.caption(formatting.plain(line))


def plan(project: Project, made: Plan) -> None:
    """The steps, and for each the classes and rows to begin with."""
    st.text(formatting.visible(made.summary))
    if not made.steps:
        return
    st.caption(formatting.plain(sentences.plan_time(made)))
    for n, step in enumerate(made.steps, 1):
        with st.container(border=True, gap="xsmall"):
            st.text(f"{n}. {formatting.visible(step.words)}")
            st.caption(formatting.plain(sentences.step_line(step)))
            with st.container(horizontal=True):
                if step.labels:
                    with st.popover("Which labels", key=f"labels-{n}"):
                        st.dataframe(sentences.short_frame(step), hide_index=True, width=420)
                if step.examples:
                    with st.popover(f"Begin with these {min(len(step.examples), SHOWN)} rows", key=f"rows-{n}"):
                        rows = project.examples.stored.get_all(list(step.examples)[:SHOWN])
                        st.dataframe(formatting.sample_frame(rows), hide_index=True, width=720)


def curve(evidence: Sequence[Evidence], reasons: Sequence[str]) -> None:
    """The learning curve and its forecast; what it says, unless that stands among the reasons above."""
    found = next((item for item in evidence if item.id == "curve" and item.detail.get("points")), None)
    if found is None:
        return
    st.header("Would more rows help?", anchor=False)
    if found.message not in reasons:
        st.text(formatting.visible(found.message))
    st.altair_chart(charts.curve(found.detail), width="stretch")
    st.caption(
        "Scores of a small stand-in model: small dots are single holdouts, large ones their mean; the band is a 90 % "
        "interval."
    )
