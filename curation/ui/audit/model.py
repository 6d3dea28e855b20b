"""What is known of the model that read the rows, on Audit and Team; nothing where none has."""

import streamlit as st

from curation.project import Project
from curation.project.model_review.known import model_lines
from curation.records import ModelReport
from curation.ui.widgets import parts


def draw(project: Project) -> None:
    """How good the model is by people's answers, or that it is an estimate yet."""
    told = report(project)
    if told is not None:
        st.header("The model that read the rows", anchor=False)
        parts.lines(model_lines(told))


def report(project: Project) -> ModelReport | None:
    """What is known of it, worked out once for each version of the project."""
    return _report(project, project.place.opened, project.place.version())


@st.cache_resource(max_entries=20, show_spinner=False)
def _report(_project: Project, opened: str, version: int) -> ModelReport | None:
    return _project.findings.calibration.report()
