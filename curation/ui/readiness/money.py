"""Drawing the costs: what each way costs, from which volume tuning pays, and what moves that most."""

import streamlit as st

from curation.errors import NotChecked
from curation.project import Project
from curation.ui.readiness import charts, sentences
from curation.ui.widgets import formatting
from curation.wording import sentence


def draw(project: Project) -> None:
    """Table, break-even and tornado; what is missing where prices are."""
    try:
        made = project.verdict.costs()
    except NotChecked as reason:
        st.text(f"Costs are not worked out yet. {formatting.visible(sentence(str(reason)))}")
        st.caption("Enter this under “What you know”, in “Traffic, prices and the model”.")
        return
    right = st.column_config.TextColumn(alignment="right")
    figures = {"Once": right, "A month": right, "First year": right}
    table = sentences.costs_frame(made)
    st.dataframe(table, hide_index=True, width="stretch", height="content", column_config=figures)
    st.caption(formatting.plain(sentences.costs_line(made)))
    st.header("First year over volume", anchor=False)
    st.altair_chart(charts.volume(sentences.volume_frame(made), made.calls), width="stretch")
    if made.movers:
        st.header("What moves the saving most", anchor=False)
        st.caption("What LoRA saves in the first year compared with the prompt, with one input halved or doubled.")
        st.altair_chart(charts.movers(sentences.mover_frame(made)), width="stretch")
