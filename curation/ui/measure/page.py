"""Measure: how well a model does the task with a prompt alone, on rows held back, before anybody tunes anything."""

import streamlit as st

from curation.measure.sentences import run_lines
from curation.ui import state
from curation.ui.measure import form, sentences
from curation.ui.widgets import formatting, parts, steps

project = state.project()
st.title("Measure the base model")
st.caption(
    "Is a better prompt, or a prompt with retrieved examples, already enough? Scored on rows held back from training."
)
if not steps.is_ready(project, "dedup", "The rows to ask"):
    st.stop()

body = project.measuring.held_out.measurement()
if body is not None:
    st.header("What was measured", anchor=False)
    st.dataframe(sentences.arms_frame(body), hide_index=True, width="stretch", height="content")
    parts.lines(sentences.arm_lines(body))
    if body["differences"]:
        st.subheader("On the same rows", anchor=False)
        frame = sentences.differences_frame(body["differences"])
        st.dataframe(frame, hide_index=True, width="stretch", height="content")
    if "spent" in body["run"]:
        with st.container(horizontal=True):
            for title, figure in sentences.spent_figures(body["run"]):
                st.metric(title, figure)
    parts.lines([formatting.visible(line) for line in run_lines(body["run"])])
    st.caption("The verdict uses these measured scores instead of scores entered by hand.")

st.header("Measure" if body is None else "Measure more", anchor=False)
form.choose(project)
