"""Deciding about all clusters of a filter at once, counted first."""

import streamlit as st

from curation.project import Project
from curation.records import (
    Bulk,
    ClusterFilter,
    Touched,
)
from curation.ui.widgets import bulk_actions, parts
from curation.wording import BULK_EFFECTS, BULK_REASONS, BULKS, counted


def on_all(project: Project, filter: ClusterFilter) -> None:
    """The decisions about every cluster of the filter; one pressed is counted and asked about before it is done."""
    st.text("All in this filter:")
    for bulk in BULKS:
        st.button(BULKS[bulk].title, key=f"bulk-{bulk}", on_click=_ask, args=(project, filter, bulk))


def _ask(project: Project, filter: ClusterFilter, bulk: Bulk | None) -> None:
    st.session_state["bulk"] = (project.name, filter, bulk) if bulk else None


def confirm(project: Project, filter: ClusterFilter) -> None:
    """What the decision asked for touches, counted now, and the press that does it; nothing where none was asked."""
    asked = st.session_state.get("bulk")
    if not asked or asked[:2] != (project.name, filter):
        return
    bulk: Bulk = asked[2]
    with st.container(border=True, key="bulk-confirm"):
        with st.spinner("Counting"):
            touched = project.duplicates.stored.touched(filter, bulk)
        parts.lines(touched_lines(touched, bulk))
        with st.container(horizontal=True):
            if touched.rows:
                label = confirm_label(touched, bulk)
                args = (project, filter, bulk)
                st.button(label, type="primary", key=f"do-{bulk}-{project.place.version()}", on_click=_do, args=args)
            st.button("Cancel", key="bulk-cancel", on_click=_ask, args=(project, filter, None))


def _do(project: Project, filter: ClusterFilter, bulk: Bulk) -> None:
    st.session_state["bulk"] = None
    bulk_actions.act(project, project.duplicates.changes(filter, bulk), BULK_REASONS[bulk])


def touched_lines(touched: Touched, bulk: Bulk) -> list[str]:
    """What a decision about all clusters of a filter does, and what it leaves alone, in sentences."""
    rows, clusters = counted(touched.rows, "row", "rows"), counted(touched.clusters, "cluster", "clusters")
    lines = [
        BULK_EFFECTS[bulk].format(rows=rows, clusters=clusters) if touched.rows else "There is nothing to do here."
    ]
    if touched.unlike:
        left = counted(touched.unlike, "variant or contradiction stays", "variants and contradictions stay")
        lines.append(f"{left}: rows that differ in a number, date, name or negation, or in output or label, are never "
                     "left out in bulk.")  # fmt: skip
    if touched.decided:
        stay = counted(touched.decided, "row that people decided stays", "rows that people decided stay")
        lines.append(f"{stay} as decided.")
    return lines


def confirm_label(touched: Touched, bulk: Bulk) -> str:
    """What the button that does it says."""
    return f"{BULKS[bulk].title}: {counted(touched.rows, 'row')}"
