"""Readiness: the verdict first, then why, the gates it passed, the evidence, and what you know about the task."""

import streamlit as st

from curation.ui import context_form, evidence_card, outcomes, parts, state, views

project = state.project()
st.title("Readiness")
st.caption("Should you fine-tune on this, and if not, what instead?")
if not parts.is_ready(project, "verdict", "The verdict and its evidence"):
    st.stop()

body = project.last_verdict() or {}
verdict = body["verdict"]
word, color, icon = outcomes.OUTCOMES[verdict["outcome"]]
with st.container(border=True):
    st.badge(word, color=color, icon=icon)
    st.subheader(views.plain(verdict["headline"]), anchor=False)
    if verdict["provisional"]:
        st.text("Provisional: the base model has not been measured, so nobody knows yet whether tuning is needed.")
    parts.lines([views.visible(f"•  {reason}") for reason in verdict["reasons"]])
    left, right = st.columns(2)
    with left:
        st.caption("What would change it")
        st.text(views.visible(verdict["nearest_flip"]) or "–")
    with right:
        st.caption("What to do next")
        st.text(views.visible(verdict["next_step"]) or "–")
    st.caption(views.stability_line(verdict["stability"], verdict["outcome"], outcomes.WORDS))

with st.expander("What you know about the task", expanded=project.context().task.target is None):
    st.caption("Every field may stay empty. Saved as context.toml in the project's folder.")
    context_form.draw(project)

st.header("The questions, in order", anchor=False)
st.dataframe(views.path_frame(body["path"]), hide_index=True, width="stretch", height="content")

st.header("Evidence", anchor=False)
measured = [fact for fact in body["evidence"] if fact["status"] not in ("missing", "not_applicable")]
missing = [fact for fact in body["evidence"] if fact["status"] in ("missing", "not_applicable")]
for pair in zip(measured[::2], [*measured[1::2], None], strict=False):
    for column, fact in zip(st.columns(2), pair, strict=True):
        if fact is not None:
            with column:
                evidence_card.draw(project, fact)
if missing:
    st.subheader("Not checked", anchor=False)
    st.caption("These say nothing either way. A thing that was not checked is never counted as fine.")
    st.dataframe(views.missing_frame(missing), hide_index=True, width="stretch", height="content")
