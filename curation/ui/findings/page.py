"""Findings: every suspected problem by check, class and confidence, and acting on all of them at once."""

import streamlit as st

from curation.ui import frame, state
from curation.ui.findings import filters
from curation.ui.widgets import bulk_actions, card, finding_texts

PAGE = 15  # findings a page

project = state.project()
st.title("Findings")
if project.is_quick_look():
    filters.quick_look_bar(project)
elif not frame.is_ready(project, "check", "Suspected problems"):
    filters.await_quick_look(project)
    st.stop()

st.caption("A finding is a question for you: no check changes or removes a row by itself.")
bulk_actions.undo_bar(project)
titles = project.check_titles()
filter = filters.filters(project, titles)
scope = filters.effect(project, filter, titles)
filters.mixed_up(project, filter)

st.header("The findings", anchor=False)
filters.pair_bar(project, filter)
findings = project.finding_page(filter, frame.page_start("findings"), PAGE + 1)
is_full, findings = len(findings) > PAGE, findings[:PAGE]
if findings:
    filters.act_on_all(project, filter, scope, titles)
    chosen = st.dataframe(
        finding_texts.findings_frame(findings, titles),
        hide_index=True,
        width="stretch",
        height="content",
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"findings-{filter}-{frame.page_start('findings')}",
        column_config=filters.COLUMNS,
    )
    last = findings[-1]
    frame.turn_pages("findings", (last.confidence, last.seq), is_full)
    picked = (list(chosen.selection.rows) or [0])[0]
    card.finding(project, findings[min(picked, len(findings) - 1)])
else:
    st.text("No finding is left in this filter.")

st.header("What was checked", anchor=False)
st.dataframe(
    finding_texts.checks_frame(project.check_runs(), titles, project.finding_counts()),
    hide_index=True,
    width="stretch",
    height="content",
)
