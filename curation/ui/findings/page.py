"""Findings: every suspected problem by check, class and confidence, and acting on all of them at once."""

import streamlit as st

from curation.ui import state
from curation.ui.findings import bulk, checks, filters, mixed_up, model_review, settings, table, trust
from curation.ui.widgets import bulk_actions, card, fit, parts, steps

PAGE = 15  # findings a page

project = state.project()
st.title("Findings", anchor=False)
if project.findings.stored.is_quick_look():
    checks.quick_look_bar(project)
elif not steps.is_ready(project, "check", "Suspected problems"):
    checks.await_quick_look(project)
    st.stop()

st.caption("A finding is a question for you: no check changes or removes a row by itself.")
bulk_actions.undo_bar(project)
titles = project.findings.titles()
filter = filters.choose(project, titles)
scope = trust.effect(project, filter, titles)
mixed_up.draw(project, filter)

st.header("The findings", anchor=False)
mixed_up.pair_bar(project, filter)
findings = project.findings.stored.page(filter, parts.page_start("findings"), PAGE + 1)
is_full, findings = len(findings) > PAGE, findings[:PAGE]
if findings:
    bulk.on_all(project, filter, scope, titles)
    frame = table.findings_frame(findings, titles)
    chosen = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height="content",
        placeholder="",
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"findings-{hash(filter)}-{parts.page_start('findings')}",
        **fit.fitted(frame, table.COLUMNS, table.NARROW) | {"row_height": table.row_height(frame)},
    )
    last = findings[-1]
    parts.turn_pages("findings", (last.confidence, last.seq), is_full)
    picked = (list(chosen.selection.rows) or [0])[0]
    card.finding(project, findings[min(picked, len(findings) - 1)])
else:
    st.text("No finding is left in this filter.")

with st.container(horizontal=True, vertical_alignment="center"):
    st.header("What was checked", anchor=False, width="content")
    model_review.door(project)
checks.draw(project, titles)
settings.draw(project, titles)
model_review.draw(project)
