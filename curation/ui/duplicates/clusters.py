"""Which clusters are shown, how they are found, and their list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.project.jobs import Analyse
from curation.records import (
    WINDOW,
    ClusterFilter,
    ClusterPage,
    ClusterRow,
    Filter,
    Position,
)
from curation.ui.widgets import parts, steps
from curation.ui.widgets.formatting import short
from curation.ui.widgets.search import placing
from curation.wording import CLUSTERS, KEEPERS, ORDERS

SHINGLES: dict[int | Literal["auto"], str] = {
    "auto": "Chosen by text length",
    3: "3 characters: short texts",
    5: "5 characters: long texts",
}
COLUMNS: dict[str, Any] = {
    "Kind": st.column_config.Column(width=130),
    "Rows": st.column_config.NumberColumn(format="localized", width=70),
    "Kept example": st.column_config.Column(width="large"),
    "Least similar": st.column_config.NumberColumn(format="%.2f", width=105),
    "Left out by people": st.column_config.NumberColumn(format="localized", width=140),
}
NARROW = {"Kept example": 170, "Kind": 107, "Rows": 48}
"""Columns in sight on a phone, and their widths in pixels."""


def choose(project: Project, counts: dict[str, int]) -> ClusterFilter:
    """Which clusters to show and in what order; `counts` are the clusters by kind."""
    reset: Any = {"on_change": parts.reset_pages, "args": ("clusters",)}
    topic, how = (f"cluster-{name}-{project.name}" for name in ("topic", "how"))
    kind = st.segmented_control(
        "Kind of cluster",
        list(counts),
        format_func=lambda name: f"{CLUSTERS[name].title} ({counts[name]:,})",
        key="cluster-kind",
        **reset,
    )
    has_topics = bool(project.meaning.topics.choices()) or st.session_state.get(topic) is not None
    left, second, *third, middle, right = st.columns([3, 2, *[2] * has_topics, 2, 2])
    with left:
        text = st.text_input("Search", key="cluster-text", **reset)
    with second:
        placing.how(st.session_state.get(how, "exact"), f"{how}-list", _keep, how)
    for column in third:
        with column:
            placing.topic(project, st.session_state.get(topic), f"{topic}-list", _keep, topic)
    with middle:
        size = st.number_input("At least this many rows", 2, step=1, key="cluster-size", **reset)
    with right:
        order = st.selectbox(
            "Order", list(ORDERS), format_func=lambda name: ORDERS[name].title, key="cluster-order", **reset
        )
    asked = Filter(text=text.strip(), search=st.session_state.get(how, "exact"), topic=st.session_state.get(topic))
    among = placing.placed_or_none(project, asked).among
    text = text.strip() if asked.search == "exact" else ""
    return ClusterFilter(kind or "", int(size), text, order or "largest", among)


def _keep(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key]
    parts.reset_pages("clusters")


def search(project: Project, filter: ClusterFilter, after: Position | None, limit: int, total: int) -> ClusterPage:
    """A page of clusters. A text is searched window by window, so that whatever a person does next stops the search."""
    page, looked, place = project.duplicates.stored.page(filter, after, limit), WINDOW, st.empty()
    while filter.text and page.after is not None and len(page.rows) < limit:
        place.progress(min(1.0, looked / total), text=f"Searching: {looked:,} of at most {total:,} clusters read")
        more = project.duplicates.stored.page(filter, page.after, limit - len(page.rows))
        page, looked = ClusterPage([*page.rows, *more.rows], more.after), looked + WINDOW
    place.empty()
    return page


def settings(project: Project) -> None:
    """How near-duplicates are found, and which row of a cluster stays; saving looks again."""
    now = project.duplicates.settings()
    saved = st.session_state.get("dedup-saved", 0)  # a new key closes the popover
    with st.popover("How they are found", key=f"dedup-found-{saved}"), st.form("dedup-settings", border=False):
        threshold = st.slider("Least similarity (Jaccard)", 0.5, 0.95, now.threshold, 0.05)
        shingle = st.selectbox("Compared by", list(SHINGLES), list(SHINGLES).index(now.shingle), SHINGLES.__getitem__)
        keeper = st.selectbox(
            "Which one stays", list(KEEPERS), list(KEEPERS).index(now.keeper), lambda name: KEEPERS[name].title
        )
        if st.form_submit_button("Save and search again", type="primary"):
            project.duplicates.save_settings(replace(now, threshold=threshold, shingle=shingle, keeper=keeper))
            steps.start(project, Analyse())
            st.session_state["dedup-saved"] = saved + 1
            st.rerun()


def clusters_frame(clusters: Sequence[ClusterRow]) -> pd.DataFrame:
    """One page of near-duplicate clusters."""
    rows = [
        {
            "Kind": CLUSTERS[cluster.kind].title,
            "Rows": cluster.size,
            "Kept example": short(cluster.text),
            "Least similar": cluster.similarity,
            "Left out by people": cluster.left_out,
        }
        for cluster in clusters
    ]
    return pd.DataFrame(rows)
