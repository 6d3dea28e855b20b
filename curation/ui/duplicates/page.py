"""Duplicates: near-duplicate clusters by size and kind, side by side with what differs, decided one by one or all."""

import streamlit as st

from curation.ui import state
from curation.ui.duplicates import bulk, clusters, compare
from curation.ui.widgets import bulk_actions, fit, parts, steps
from curation.wording import CLUSTERS

PAGE = 10  # clusters a page

project = state.project()
st.title("Duplicates")
if not steps.is_ready(project, "dedup", "Near-duplicate clusters"):
    st.stop()

counts = {kind: number for kind, number, _ in project.duplicates.stored.counts()}
if not counts:
    st.text("There are no near-duplicates at this threshold.")
    st.stop()
st.caption(
    "Exact duplicates and near-duplicates count once, and only their kept example is exported. "
    "Variants and contradictions, which differ in a number, date, name, negation, output or label, are only removed by "
    "people."
)
bulk_actions.undo_bar(project)
filter = clusters.choose(counts)
with st.container(horizontal=True, vertical_alignment="center", key="cluster-actions"):
    bulk.on_all(project, filter)
    clusters.settings(project)
bulk.confirm(project, filter)

page = clusters.search(project, filter, parts.page_start("clusters"), PAGE, sum(counts.values()))
if not page.rows:
    st.text("Nothing found.")
    parts.turn_pages("clusters", None, False)
    st.stop()
frame = clusters.clusters_frame(page.rows)
chosen = st.dataframe(
    frame,
    hide_index=True,
    width="stretch",
    on_select="rerun",
    selection_mode="single-row-required",
    key=f"clusters-{filter}-{parts.page_start('clusters')}",
    **fit.fitted(frame, clusters.COLUMNS, clusters.NARROW),
)
parts.turn_pages("clusters", page.after, page.after is not None)

picked = (list(chosen.selection.rows) or [0])[0]
cluster = page.rows[min(picked, len(page.rows) - 1)]
st.header(f"{CLUSTERS[cluster.kind].title}, {cluster.size:,} rows", anchor=False)
compare.members(project, cluster)
