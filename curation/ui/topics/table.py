"""The topics as a table, the largest first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import bidirectional
from urllib.parse import quote

import pandas as pd
import streamlit as st

from curation.project import Project
from curation.project.meaning.topics import TopicRow
from curation.ui.widgets import fit
from curation.ui.widgets.formatting import asked, short, visible, words
from curation.wording import percent

COLUMNS: Any = {
    "Topic": st.column_config.TextColumn(width=220),
    "Rows": st.column_config.NumberColumn(format="localized", width=70),
    "Within it": st.column_config.NumberColumn(width=75, help="Smaller topics that this one is made of"),
    "Its rows": st.column_config.LinkColumn(display_text="Open", width=65),
    "Undecided": st.column_config.NumberColumn(format="localized", width=85),
    "Labels": st.column_config.TextColumn(width=210),
    "Findings": st.column_config.TextColumn(
        width=180, help="Rows with a finding more likely right than not, and their share of the topic"
    ),
    "In the middle of it": st.column_config.TextColumn(width=330),
}
NARROW = {"Topic": 210, "Rows": 58, "Its rows": 66}
"""Columns in sight on a phone, and their widths in pixels."""
RIGHT_TO_LEFT: Any = {
    **COLUMNS,
    "Topic": st.column_config.TextColumn(width=185),
    "Undecided": st.column_config.NumberColumn(format="localized", width=80),
    "Labels": st.column_config.TextColumn(width=115),
}
"""The columns where labels are written from right to left: they stand at the right of their column, which is out of
sight where it is cut off."""
SHOWN = 20
"""Topics in sight at once; a longer list is scrolled."""
Parts = Mapping[int, int]
"""How many topics are within a topic, by its number."""


def facts(project: Project) -> list[TopicRow]:
    """Every topic with its facts, read once for each version of the project and of its topics."""
    return _facts(project, project.place.opened, project.place.version(), repr(project.meaning.topics.kept()))


@st.cache_resource(max_entries=5, show_spinner="Counting the rows of each topic")
def _facts(_project: Project, opened: str, version: int, kept: str) -> list[TopicRow]:
    return _project.meaning.topics.all()


def topics_frame(topics: Sequence[TopicRow], titles: Mapping[str, str], project: str, parts: Parts) -> pd.DataFrame:
    """One topic a row, with the link to its rows and how many topics are within it."""
    made = [
        {
            "Topic": short(topic.name, 80),
            "Rows": topic.rows,
            "Its rows": f"rows?project={quote(project)}&topic={topic.number}",
            "Undecided": topic.undecided,
            "Within it": parts.get(topic.number),
            "Labels": visible(", ".join(f"{name} {n:,}" for name, n in topic.labels)),
            "Findings": _shares(topic, titles),
            "In the middle of it": asked(topic.central[0].input, 90) if topic.central else "",
        }
        for topic in topics
    ]
    frame = pd.DataFrame(made)
    return frame.drop(columns="Within it") if made and frame["Within it"].isna().all() else frame


def _shares(topic: TopicRow, titles: Mapping[str, str]) -> str:
    found = ((titles.get(check, words(check)), n) for check, n in topic.findings)
    return ", ".join(f"{title} {n:,} ({percent(n / max(1, topic.rows))})" for title, n in found)


def _right_to_left(topics: Sequence[TopicRow]) -> bool:
    labels = (name for topic in topics for name, _ in topic.labels)
    return any(bidirectional(letter) in ("R", "AL") for name in labels for letter in name)


def draw(project: Project, topics: Sequence[TopicRow], facts: Sequence[TopicRow], name: str) -> TopicRow | None:
    """The table of these topics; returns the one a person chose in it."""
    parts = Counter(topic.within for topic in facts)
    frame = topics_frame(topics, project.findings.titles(), project.name, parts)
    chosen = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height="content" if len(topics) <= SHOWN else 35 * (SHOWN + 1),
        **fit.fitted(frame, RIGHT_TO_LEFT if _right_to_left(topics) else COLUMNS, NARROW),
        on_select="rerun",
        selection_mode="single-row",
        key=f"{name}-{project.name}-{project.place.version()}",
    )
    rows = list(chosen.selection.rows)
    return topics[rows[0]] if rows and rows[0] < len(topics) else None
