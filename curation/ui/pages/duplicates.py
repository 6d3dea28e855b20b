"""Duplicates: near-duplicate clusters by size and kind, side by side with what differs."""

import streamlit as st

from curation.store.pages import Filter
from curation.ui import compare, parts, state, views

PAGE = 10  # clusters a page

project = state.project()
st.title("Duplicates")
if not parts.is_ready(project, "dedup", "Near-duplicate clusters"):
    st.stop()

counts = {kind: clusters for kind, clusters, _ in project.cluster_counts()}
if not counts:
    st.text("No near-duplicates at the threshold: every example stands alone.")
    st.stop()
st.caption(
    "Exact repeats and near-duplicates count once and only their kept example is exported. "
    "Variants and contradictions are never removed without you."
)
compare.settings(project)
kind = st.segmented_control(
    "Kind of cluster",
    list(counts),
    format_func=lambda name: f"{views.KINDS[name]} ({counts[name]:,})",
    key="cluster-kind",
    on_change=parts.reset_pages,
    args=("clusters",),
)
clusters = project.cluster_page(Filter(kind=kind or ""), parts.page_start("clusters"), PAGE + 1)
is_full, clusters = len(clusters) > PAGE, clusters[:PAGE]
chosen = st.dataframe(
    views.clusters_frame(clusters),
    hide_index=True,
    width="stretch",
    on_select="rerun",
    selection_mode="single-row-required",
    key=f"clusters-{kind}-{parts.page_start('clusters')}",
)
last = clusters[-1] if clusters else None
parts.turn_pages("clusters", (last.size, last.cluster) if last else None, is_full)

picked = list(chosen.selection.rows) or [0]
if clusters and picked[0] < len(clusters):
    cluster = clusters[picked[0]]
    st.header(f"{views.KINDS[cluster.kind]}, {cluster.size:,} rows", anchor=False)
    compare.members(project, cluster)
