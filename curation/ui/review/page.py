"""Review: one example at a time, decided by keyboard; the next one follows at once."""

import streamlit as st

from curation.ui import state
from curation.ui.review import card, guesses, plain, queue, suggestions
from curation.ui.widgets import steps

project = state.project()
st.title("Review", anchor=False)
if not project.examples.stored.totals()["stored"]:
    steps.empty("", project)
    st.stop()
titles = project.findings.titles()
is_plain = card.is_plain()
with st.container(horizontal=True, vertical_alignment="bottom", key="queue"):
    filter = queue.choose(project, titles)
    guesses.choose(project)
    suggestions.choose(project)
    if is_plain:
        plain.counts(project, filter)
with st.container():
    guesses.say_reach(project)
with st.container():  # there or empty, so that the card keeps its place and what is written in it
    st.session_state[card.ENDED] = not project.decisions.queue.total(filter)
    if st.session_state[card.ENDED]:
        queue.offer_others(project)
        if not project.place.step("check").ran:
            steps.run_checks(project)
        elif steps.is_stale(project):
            st.text("The set has changed since the checks ran.")
            steps.run_checks(project, "Run the checks again")
if is_plain:
    plain.draw(project, filter, titles)
else:
    with st.container(key="card-place"):
        card.draw(filter, titles)
