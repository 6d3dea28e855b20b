"""Review: one example at a time, decided by keyboard; the next one follows at once."""

import streamlit as st

from curation.ui import frame, state
from curation.ui.review import keys, queue
from curation.ui.widgets import card, formatting
from curation.wording import DECISIONS

project = state.project()
st.title("Review")
titles = project.check_titles()
with st.container(horizontal=True, vertical_alignment="bottom"):
    filter = queue.choose(project, titles)
    st.caption(f"{project.queue_total(filter):,} waiting in this queue, {project.totals()['handled']:,} handled in all")

example = keys.shown(project, filter)
if example is None:
    st.text("Nothing is waiting in this queue.")
    if not project.step("check").ran:
        frame.run_checks(project)
    keys.undo_button(project)
    st.stop()

findings = project.findings_of(example.id)
if st.session_state.get("editing") == example.id:
    keys.edit_form(example, project.is_classification())
else:
    card.texts(example, project.is_classification())
st.caption(f"{DECISIONS[example.status].title}. {formatting.plain(example.source)}, row {example.row + 1:,}.")
card.why(findings, titles)
if st.session_state.get("editing") != example.id:  # while a person types, no key may decide anything
    with st.bottom:
        keys.action_bar(project, example, findings)
