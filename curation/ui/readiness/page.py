"""Readiness: the verdict first, then why, the way there, trying answers out, costs, and what it rests on."""

import streamlit as st

from curation.records.context import Context
from curation.ui import state
from curation.ui.readiness import context_form, evidence_card, money, questions, thresholds
from curation.ui.readiness import try_out as readiness_try
from curation.ui.readiness import way as readiness_way
from curation.ui.widgets import formatting, outcomes, parts, steps
from curation.wording import OUTCOMES, firmness

project = state.project()
st.title("Readiness", anchor=False)
st.caption("Should you fine-tune on this, and if not, what instead?")
if not steps.is_ready(project, "verdict", "The verdict and its evidence"):
    st.stop()

stored = project.verdict.required()
verdict = stored.verdict
with st.container(border=True):
    outcomes.badge(OUTCOMES[verdict.outcome])
    st.header(formatting.plain(verdict.headline), anchor=False)
    st.text(formatting.visible(firmness(verdict.stability, verdict.outcome, verdict.provisional, verdict.grounds)))
    if not project.verdict.is_current():
        st.badge("What you know or the thresholds have changed", color="orange", icon=":material/refresh:")
        st.button("Judge again", key="judge-again", on_click=steps.judge, args=(project,))
    evidence_card.reasons(verdict)
    left, right = st.columns(2)
    with left:
        st.caption("What would change the verdict")
        st.text(formatting.visible(verdict.nearest_flip) or "–")
    with right:
        st.caption("Next step")
        st.text(formatting.visible(verdict.next_step) or "–")
        outcomes.take_away(project, stored)
    if changes := project.verdict.changes():
        with st.expander("Since the verdict before this one"):
            parts.lines([formatting.visible(line) for line in changes])

wanted, crowded, origin = project.verdict.of_topics()
if wanted:
    st.subheader("Collect more of", anchor=False)
    parts.lines([formatting.visible(line) for line in wanted])
if crowded:
    st.subheader("Where faults are crowded", anchor=False)
    parts.lines([formatting.visible(line) for line in crowded])
if origin:
    st.subheader("Topics of one file, time or person", anchor=False)
    parts.lines([formatting.visible(line) for line in origin])

is_new = project.settings.context() == Context()
if is_new:
    questions.draw(project)
names = ["Why", "Work plan", "Try it out", "Costs", "What you know", "Thresholds"]
first = "What you know" if project.settings.context().task.target is None and not is_new else "Why"
why, way, try_out, costs, know, limits = st.tabs(names, default=first)
with why:
    st.header("The questions, in order", anchor=False)
    readiness_way.questions(stored.path)
    readiness_way.curve(verdict.evidence, verdict.reasons)
    st.header("Evidence", anchor=False)
    evidence_card.grid(project, verdict.evidence)
with way:
    if stored.plan is not None:
        readiness_way.plan(project, stored.plan)
    readiness_try.planner(project, verdict.evidence)
with try_out:
    st.fragment(readiness_try.draw)(project, verdict.outcome)
with costs:
    money.draw(project)
with know:
    st.caption("Leave empty what you do not know. Saved as context.toml in the project's folder.")
    if is_new:
        with st.expander("All fields"):
            context_form.draw(project)
    else:
        questions.draw(project)
        context_form.draw(project)
with limits:
    thresholds.draw(project, {item.id: item.title for item in verdict.evidence})
