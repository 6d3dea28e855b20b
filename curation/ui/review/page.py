"""Review: one example at a time, decided by keyboard; the next one follows at once."""

import streamlit as st

from curation.ui import state
from curation.ui.review import keys, queue
from curation.ui.widgets import card, formatting, steps
from curation.wording import DECISIONS

project = state.project()
st.title("Review")
titles = project.findings.titles()
with st.container(horizontal=True, vertical_alignment="bottom"):
    filter = queue.choose(project, titles)
    waiting, handled = project.decisions.queue.total(filter), project.examples.stored.totals()["handled"]
    st.caption(f"{waiting:,} waiting in this queue, {handled:,} handled in all")

example = keys.shown(project, filter)
if example is None:
    st.text("Nothing is waiting in this queue.")
    if not project.place.step("check").ran:
        steps.run_checks(project)
    keys.undo_button(project)
    st.stop()

findings = project.findings.stored.of_example(example.id)
if st.session_state.get("editing") == example.id:
    keys.edit_form(example, project.examples.is_classification())
else:
    card.texts(example, project.examples.is_classification())
st.caption(f"{DECISIONS[example.status].title}. {formatting.plain(example.source)}, row {example.row + 1:,}.")
card.why(findings, titles)
if st.session_state.get("editing") != example.id:  # while a person types, no key may decide anything
    with st.bottom:
        keys.action_bar(project, example, findings)
