"""One item of evidence: what it says, how sure it is, the examples behind it and what to do."""

from collections.abc import Sequence

import streamlit as st

from curation.project import Project
from curation.records import Evidence
from curation.ui.widgets import formatting, outcomes
from curation.wording import STATUSES, counted


def draw(project: Project, fact: Evidence) -> None:
    """A card as high as its neighbour."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            outcomes.badge(STATUSES[fact.status])
            st.text(fact.title)
        st.text(formatting.visible(fact.message))
        if fact.fix and fact.status != "ok":
            st.text(f"To do: {formatting.visible(fact.fix)}")
        if fact.rows:
            with st.popover(f"Show {counted(len(fact.rows), 'example')}"):
                rows = project.examples.stored.get_all(list(fact.rows))
                st.dataframe(formatting.sample_frame(rows), hide_index=True, width=720)
        st.caption(formatting.value_line(fact))


def grid(project: Project, evidence: Sequence[Evidence]) -> None:
    """All cards in two columns, what does not stand well first, then what was not checked as a table."""
    order = ("fail", "warn", "ok")
    measured = sorted((f for f in evidence if f.status in order), key=lambda fact: order.index(fact.status))
    for pair in zip(measured[::2], [*measured[1::2], None], strict=False):
        for column, fact in zip(st.columns(2), pair, strict=True):
            if fact is not None:
                with column:
                    draw(project, fact)
    missing = [fact for fact in evidence if fact.status not in order]
    if missing:
        st.subheader("Not checked", anchor=False)
        st.caption("These say nothing, good or bad.")
        st.dataframe(formatting.missing_frame(missing), hide_index=True, width="stretch", height="content")
