"""Whether what a model says of a row is on screen before the row is decided; nothing where no model read rows."""

import streamlit as st

from curation.project import Project
from curation.project.model_review.known import UNTOLD, pull_lines
from curation.records import Shown
from curation.ui.audit import model
from curation.wording import SUGGESTED_WHEN

HELP = (
    "People who see a suggestion tend to follow it. One row in ten is decided without it whatever you choose here, so "
    "that this pull can be measured. Rows decided with it on screen do not count in an audit."
)


def choose(project: Project) -> None:
    """The choice, and whether suggestions pull people or too few rows were decided without to tell."""
    told = model.report(project)
    if told is None:
        return
    options, now = list(SUGGESTED_WHEN), project.rounds.suggestions.setting()
    st.selectbox(
        "What the model says",
        options,
        options.index(now),
        format_func=lambda name: SUGGESTED_WHEN[name].title,
        key="suggestions-setting",
        on_change=_chosen,
        args=(project,),
        help=HELP,
        width=220,
    )
    if len(lines := pull_lines(told)) > 1:
        st.text(lines[-1])
    elif now == "shown" and not lines:
        st.text(f"{UNTOLD} suggestions pull people.")


def _chosen(project: Project) -> None:
    setting: Shown = st.session_state["suggestions-setting"]
    project.rounds.suggestions.choose(setting)
