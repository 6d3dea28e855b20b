"""One item of evidence: what it says, how sure it is, the examples behind it and what to do."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from curation.project import Project
from curation.ui import outcomes, views


def draw(project: Project, fact: Mapping[str, Any]) -> None:
    """A card as high as its neighbour."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(views.EVIDENCE[fact["status"]], color=outcomes.STATUSES[fact["status"]])
            st.text(fact["title"])
        st.text(views.visible(fact["message"]))
        if fact["fix"] and fact["status"] != "ok":
            st.text(f"To do: {views.visible(fact['fix'])}")
        if fact["rows"]:
            with st.popover(f"Look at {len(fact['rows'])} examples"):
                rows = project.examples_by_id(list(fact["rows"]))
                st.dataframe(views.sample_frame(rows), hide_index=True, width=720)
        st.caption(views.value_line(fact))
