"""The topic chosen in the list: its name, which people may change, its most central rows and the topics within it."""

from collections.abc import Sequence

import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.project.meaning.topics import LONGEST_NAME, TopicRow
from curation.ui import state
from curation.ui.topics import table
from curation.ui.widgets.formatting import asked, plain, short


def draw(project: Project, topic: TopicRow, facts: Sequence[TopicRow]) -> None:
    """Everything about one topic."""
    st.header(plain(short(topic.name, 80)), anchor=False)
    key = f"topic-name-{project.name}-{topic.number}-{project.place.version()}"
    st.text_input(
        "Name", topic.name, LONGEST_NAME, key=key, on_change=_rename, args=(project, topic.number, key),
        help="Kept when topics are found again. Empty: named by its own words again.",
    )  # fmt: skip
    for example in topic.central:
        st.text(f"“{asked(example.input, 200)}”")
    if parts := [one for one in facts if one.within == topic.number]:
        st.text("Topics within it:")
        table.draw(project, parts, facts, f"topics-{topic.number}")


def _rename(project: Project, topic: int, key: str) -> None:
    try:
        project.meaning.topics.rename(topic, st.session_state[key])
    except UsageError as error:
        state.notify(str(error))
