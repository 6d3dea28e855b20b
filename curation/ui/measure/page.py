"""Measure: how well a model does the task with a prompt alone, on rows held back, before anybody tunes anything."""

import streamlit as st

from curation.project.measuring import run_lines
from curation.records import AskedRun
from curation.ui import state
from curation.ui.measure import form, marking, quality, sentences
from curation.ui.widgets import formatting, parts, steps
from curation.wording import ARMS

project = state.project()
st.title("Measure the base model", anchor=False)
st.caption(
    "Is a better prompt, or a prompt with retrieved examples, already enough? Scored on rows held back from training."
)
if not steps.is_ready(project, "dedup", "The rows to ask"):
    st.stop()

measurement = project.measuring.held_out.measurement()
if measurement is not None:
    run = measurement.run
    st.header("What was measured", anchor=False)
    st.dataframe(sentences.arms_frame(measurement), hide_index=True, width="stretch", height="content")
    parts.lines(sentences.arm_lines(measurement))
    if measurement.differences:
        st.subheader("On the same rows", anchor=False)
        frame = sentences.differences_frame(measurement.differences)
        st.dataframe(frame, hide_index=True, width="stretch", height="content")
    if arms := sentences.labelled(measurement):
        st.subheader("By label", anchor=False)
        titles = {arm.name: ARMS[arm.name].title for arm in arms}
        chosen = st.selectbox("Results of", list(titles), format_func=titles.__getitem__, key="measure-labels")
        frame = sentences.labels_frame(next(arm for arm in arms if arm.name == chosen))
        st.dataframe(frame, hide_index=True, width="stretch")
    if isinstance(run, AskedRun):
        with st.container(horizontal=True):
            for title, figure in sentences.spent_figures(run):
                st.metric(title, figure)
    parts.lines([formatting.visible(line) for line in run_lines(run)])
    st.caption("The verdict uses these measured scores instead of scores entered by hand.")

    if any(arm.scores for arm in measurement.arms):
        quality.draw(project)

marking.draw(project)

st.header("Measure" if measurement is None else "Measure more", anchor=False)
form.choose(project)
