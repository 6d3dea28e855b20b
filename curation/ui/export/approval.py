"""What a person settles about an export: personal data before it is written, and its approval afterwards."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.records import TRAINABLE, Treatment
from curation.ui import identity, state
from curation.ui.export import sentences
from curation.ui.widgets import formatting, outcomes, parts
from curation.wording import OUTCOMES, TREATMENTS


@st.cache_data(max_entries=20, show_spinner="Comparing it with the examples as they are now")
def _age(_project: Project, folder: str, version: int, files: str) -> str:
    try:
        return _project.exports.age().sentence
    except CurationError as error:
        return str(error)


@st.cache_data(max_entries=20, show_spinner="Looking for personal data")
def _personal(_project: Project, folder: str, version: int) -> int:
    return _project.exports.personal_total()


@st.cache_data(max_entries=20, show_spinner="Comparing it with the rows models are measured on")
def _handed(_project: Project, folder: str, version: int, source: str) -> int:
    return _project.exports.handed_in_train()


def handed(project: Project) -> int:
    """How many rows that models are measured on stand in the train part of the last export."""
    manifest = project.exports.last()
    made = "" if manifest is None else f"{manifest.dataset} {manifest.held}"
    return _handed(project, str(project.folder), project.place.version(), made)


def treatment(project: Project) -> Treatment:
    """What becomes of rows with personal data: the person is asked where there are any."""
    rows = _personal(project, str(project.folder), project.place.version())
    if not rows:
        return "keep"
    with st.container(border=True):
        st.badge("Personal data", color="orange", icon=":material/privacy_tip:")
        st.text(sentences.personal_line(rows))
        choice: Treatment = st.radio(
            "These rows are",
            list(TREATMENTS),
            format_func=lambda name: TREATMENTS[name].title,
            key="treatment",
        )
    return choice


def draw(project: Project, outcome: str) -> None:
    """The approval of the last export, whose verdict has this outcome, and the form to give one."""
    st.header("Approval", anchor=False)
    approval, broken = project.exports.approval()
    older = _age(project, str(project.folder), project.place.version(), repr(project.place.snapshot()))
    if approval is None and not broken:
        st.text("Nobody has approved this export for training yet.")
    elif broken:
        st.badge("The approval no longer holds", color="red", icon=":material/warning:")
    else:
        st.badge("Approved", color="green", icon=":material/verified:")
    if approval is not None:
        parts.lines(sentences.approval_lines(approval))
    parts.lines([formatting.visible(f"•  {reason}") for reason in broken])
    if older:
        st.text(formatting.visible(older))
    if approval is None or broken:
        _form(outcome)


def _form(outcome: str) -> None:
    if outcome not in OUTCOMES:
        st.text("This export has no verdict, so it cannot be approved. Run the checks and export again.")
        return
    with st.form("approve"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text("Verdict at the time of the export:")
            outcomes.badge(OUTCOMES[outcome])
        st.text_input(
            "Your name", value=state.reviewer(), key="approve-name", max_chars=100, disabled=identity.is_served()
        )
        if outcome not in TRAINABLE:
            st.text_area(
                "This verdict does not allow training. Why train anyway?",
                key="approve-reason",
                height=80,
                max_chars=1000,
                help="Your reason is kept with the approval, for everybody who uses the export.",
            )
        st.form_submit_button("Approve this export", type="primary", on_click=_approve, args=(outcome,))


def _approve(outcome: str) -> None:
    waivers = {} if outcome in TRAINABLE else {outcome: str(st.session_state["approve-reason"])}
    try:
        approval = state.project().exports.approve(str(st.session_state["approve-name"]), waivers)
        state.notify(f"Approved by {approval.name}.")
    except CurationError as error:
        state.notify(str(error))
