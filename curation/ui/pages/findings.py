"""Findings: every suspected problem by check, surest first, and the checks that could not run."""

from typing import Any

import streamlit as st

from curation.store.pages import Filter
from curation.ui import card, parts, state, views

PAGE = 15  # findings a page

project = state.project()
st.title("Findings")
if not parts.is_ready(project, "check", "Suspected problems"):
    st.stop()

st.caption("A finding is a question for a person, not a verdict: nothing is changed or dropped by a check alone.")
titles, counts = project.check_titles(), project.finding_counts()
choices = ["", *counts]
left, middle, right, last_column = st.columns(4)
reset: Any = {"on_change": parts.reset_pages, "args": ("findings",)}
with left:
    check = st.selectbox(
        "Check",
        choices,
        format_func=lambda n: f"{titles[n]} ({counts[n]:,})" if n else "All checks",
        key="f-check",
        **reset,
    )
with middle:
    labels = [name for name, _ in project.label_counts()]
    label = st.selectbox(
        "Label", ["", *labels], format_func=lambda n: views.visible(n) or "All labels", key="f-label", **reset
    )
with right:
    text = st.text_input("Text contains", key="f-text", **reset)
with last_column:
    sure = st.slider("At least this sure", 0, 100, 50, 5, format="%d %%", key="f-sure", **reset)

filter = Filter(check=check or "", label=label or "", text=text, sure=sure / 100)
total = project.finding_total(filter)
st.caption(f"{total:,} findings")
findings = project.finding_page(filter, parts.page_start("findings"), PAGE + 1)
is_full, findings = len(findings) > PAGE, findings[:PAGE]
if findings:
    chosen = st.dataframe(
        views.findings_frame(findings, titles),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"findings-{filter}-{parts.page_start('findings')}",
        column_config={"Sure": st.column_config.NumberColumn(format="%.0f %%", width="small")},
    )
    last = findings[-1]
    parts.turn_pages("findings", (last.confidence, last.seq), is_full)
    picked = (list(chosen.selection.rows) or [0])[0]
    card.finding(project, findings[min(picked, len(findings) - 1)])

st.header("What was checked", anchor=False)
st.dataframe(
    views.checks_frame(project.check_runs(), titles, counts), hide_index=True, width="stretch", height="content"
)
