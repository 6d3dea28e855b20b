"""Review: one example at a time, decided by keyboard; the next one follows at once."""

from dataclasses import replace

import streamlit as st

from curation.store.pages import Filter
from curation.ui import card, desk_keys, finding_views, parts, state, views

project = state.project()
st.title("Review")
titles, counts = project.check_titles(), project.finding_counts()
unlabelled = project.queue_total(Filter(check="unlabelled")) if project.label_set() else 0
names = {
    "": "Everything with a finding",
    "unlabelled": f"Not labelled yet ({unlabelled:,})",
    "all": "All examples in order",
}
names |= {check: titles[check] for check in counts}
if handed := st.session_state.get("review-filter"):
    names[state.FROM_FINDINGS] = f"Findings: {finding_views.filter_words(handed, titles)}"
with st.container(horizontal=True, vertical_alignment="bottom"):
    queue = st.selectbox(
        "Queue", list(names), format_func=lambda name: names[name], key="queue", on_change=state.forget_shown
    )
    text = st.text_input("Text contains", key="queue-text", on_change=state.forget_shown)
    filter = replace(handed, text=text) if handed and queue == state.FROM_FINDINGS else Filter(queue or "", text=text)
    waiting = project.queue_total(filter)
    st.caption(f"{waiting:,} waiting, {project.totals()['handled']:,} handled")

example = desk_keys.shown(project, filter)
if example is None:
    st.text("Nothing is waiting in this queue.")
    if not project.step("check").ran:
        parts.run_checks(project)
    desk_keys.undo_button(project)
    st.stop()

findings = project.findings_of(example.id)
if st.session_state.get("editing") == example.id:
    desk_keys.edit_form(example, project.is_classification())
else:
    card.texts(example, project.is_classification())
st.caption(f"{views.STATUSES[example.status]}. {views.plain(example.source)}, row {example.row + 1:,}.")
card.why(findings, titles)
if st.session_state.get("editing") != example.id:  # while a person types, no key may decide anything
    with st.bottom:
        desk_keys.action_bar(project, example, findings)
