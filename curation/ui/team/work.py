"""How people review, on Team whether or not there is a round."""

import streamlit as st

from curation.project import Project
from curation.ui.team import sentences
from curation.ui.widgets import vote_card


def draw(project: Project) -> None:
    """How fast each person reviewed, and what became of it; nothing before anybody decided a row."""
    if people := project.rounds.work():
        st.header("Reviewing so far", anchor=False)
        vote_card.table(sentences.work_frame(people))
        st.caption(sentences.HOW_WORKED)
