"""The topics as a table, the largest first."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.project.meaning.topics import TopicRow
from curation.ui.widgets.formatting import asked, short, visible, words

COLUMNS: Any = {
    "Topic": st.column_config.TextColumn(width=220),
    "Rows": st.column_config.NumberColumn(format="localized", width=70),
    "Its rows": st.column_config.LinkColumn(display_text="Open", width=65),
    "Undecided": st.column_config.NumberColumn(format="localized", width=85),
    "Labels": st.column_config.TextColumn(width=210),
    "Findings": st.column_config.TextColumn(width=180, help="Rows with a finding more likely right than not"),
    "In the middle of it": st.column_config.TextColumn(width=330),
}
NARROW = {"Topic": 210, "Rows": 58, "Its rows": 66}
"""Columns in sight on a phone, and their widths in pixels."""


def facts(project: Project) -> list[TopicRow]:
    """Every topic with its facts, read once for each version of the project."""
    kept = project.meaning.topics.kept()
    return _facts(project, str(project.folder), project.place.version(), kept.state if kept else "")


@st.cache_resource(max_entries=5, show_spinner="Counting the rows of each topic")
def _facts(_project: Project, folder: str, version: int, state: str) -> list[TopicRow]:
    return _project.meaning.topics.all()


def topics_frame(topics: Sequence[TopicRow], titles: Mapping[str, str], project: str) -> pd.DataFrame:
    """One topic a row, with the link to its rows."""
    made = [
        {
            "Topic": short(topic.name, 80),
            "Rows": topic.rows,
            "Its rows": f"rows?project={quote(project)}&topic={topic.number}",
            "Undecided": topic.undecided,
            "Labels": visible(", ".join(f"{name} {n:,}" for name, n in topic.labels)),
            "Findings": ", ".join(f"{titles.get(check, words(check))} {n:,}" for check, n in topic.findings),
            "In the middle of it": asked(topic.central[0].input, 90) if topic.central else "",
        }
        for topic in topics
    ]
    return pd.DataFrame(made)
