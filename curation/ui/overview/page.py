"""Overview: what is in the set, what was found, what is next."""

from dataclasses import replace

import streamlit as st

from curation.ui import state
from curation.ui.overview import charts
from curation.ui.widgets import formatting, outcomes, parts, steps

project = state.project()
st.title("Overview", anchor=False)
totals = project.examples.stored.totals()
if not totals["stored"]:
    steps.empty("", project)
    st.stop()

if state.is_sample(project):
    st.text(
        "curation finds duplicates, contradictions and wrong labels in example pairs, lets you decide them fast, and "
        "says whether the set justifies fine-tuning a model. This is a sample of support tickets."
    )
    st.page_link(str(state.page_file("load")), label="Load a file of your own", icon=":material/upload_file:")
clusters = {kind: (number, rows) for kind, number, rows in project.duplicates.stored.counts()}
labels = project.examples.stored.label_counts()
stored = project.verdict.last()
effective = formatting.effective_rows(stored)
with st.container(horizontal=True, key="figures"):
    st.metric("Examples", f"{totals['stored']:,}")
    st.metric(
        "Effective rows", f"{effective:,.0f}" if effective is not None else "–", help="Near-duplicates count once."
    )
    st.metric("Labels", f"{len(labels):,}" if labels else "–")
    st.metric("Not labelled yet", f"{totals['unlabelled']:,}" if project.examples.is_classification() else "–")
    st.metric("Decided by people", f"{totals['decided']:,}")
    st.metric("Rows rejected", f"{totals['rejected']:,}")

if project.findings.stored.is_quick_look():
    st.caption("Suspected labels are from a first look; everything else appears once the checks have run.")
elif not project.place.step("check").ran:
    steps.empty("Duplicates, suspect labels and the verdict appear once the checks have run.", project)
step = replace(project.place.step("verdict"), stale=steps.is_stale(project))
parts.lines(formatting.next_steps(step, stored))
if stored is not None:
    outcomes.take_away(project, stored)
if step.stale and stored is not None:
    steps.run_checks(project, "Run the checks again")

left, right = st.columns(2)
counts = project.findings.stored.counts()
titles = project.findings.titles()
with left:
    if labels:
        st.header("Examples by label", anchor=False)
        st.altair_chart(charts.bars(charts.label_frame(labels), "Label", "Examples"), width="stretch")
        if len(labels) > charts.TOP:
            st.caption(f"The {charts.TOP} commonest of {len(labels)} labels.")
        if project.examples.is_classification() and (few := parts.fewest_line(project)):
            st.text(few)
    st.header("Lengths in characters", anchor=False)
    st.altair_chart(
        charts.lengths(
            charts.length_frame(
                project.examples.stored.length_counts(charts.BIN), bool(labels) and project.examples.is_classification()
            )
        ),
        width="stretch",
    )
with right:
    if counts:
        st.header("Findings by check", anchor=False)
        st.altair_chart(charts.bars(charts.count_frame(counts, titles), "Check", "Findings"), width="stretch")
    if sizes := project.duplicates.stored.size_counts():
        st.header("Near-duplicate clusters by size", anchor=False)
        st.altair_chart(charts.columns(charts.size_frame(sizes), "Rows in the cluster", "Clusters"), width="stretch")
    by_label = project.findings.stored.labels("label_noise")
    if by_label:
        st.header("Suspect labels by given label", anchor=False)
        st.altair_chart(charts.bars(charts.noise_frame(by_label, labels), "Label", "Suspect rows"), width="stretch")
        if len(by_label) > charts.TOP:
            st.caption(f"The {charts.TOP} labels with most of {len(by_label)}.")
        st.page_link(str(state.page_file("findings")), label="Show the findings", icon=":material/rule:")
