"""The thresholds' editor: every number the verdict is decided by, its built-in value and where it comes from."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.ui import state
from curation.ui.readiness import sentences
from curation.ui.widgets import formatting, steps


def draw(project: Project, titles: dict[str, str]) -> None:
    """The table with editable values, and the way back to the built-in ones."""
    try:
        found = project.settings.thresholds()
    except CurationError as error:
        st.badge("The thresholds' file cannot be read", color="red", icon=":material/warning:")
        st.text(str(error))
        st.button("Back to the built-in thresholds", key="policy-reset", on_click=_reset, args=(project,))
        return
    st.caption(
        "Empty a value to go back to the built-in one. Saved as policy.toml in the project's folder; the report names "
        "its hash."
    )
    st.text(sentences.changed_line(found))
    if gone := project.settings.gone_thresholds():
        st.text(formatting.visible(sentences.gone_line(gone)))
    turn = st.session_state.setdefault("policy-turn", 0)
    key = f"policy-{project.settings.policy().digest[:12]}-{turn}"
    with st.form(f"form-{key}", border=False):
        frame = sentences.threshold_frame(found, titles)
        st.data_editor(
            frame,
            key=key,
            hide_index=True,
            width="stretch",
            height=420,
            disabled=[name for name in frame.columns if name != "Value"],
            column_config={
                "Value": st.column_config.NumberColumn(format="%g", width="small"),
                "Built in": st.column_config.NumberColumn(format="%g", width="small"),
                "Source": st.column_config.TextColumn(width="large"),
            },
        )
        st.form_submit_button("Save and judge again", on_click=_save, args=(project, key, titles), key=f"save-{key}")
    if refused := st.session_state.get("policy-refused"):
        st.badge("Not saved", color="red", icon=":material/warning:")
        st.text(refused)
    if any(one.is_changed for one in found):
        st.button("Back to the built-in thresholds", key="policy-reset", on_click=_reset, args=(project,))


def _save(project: Project, key: str, titles: dict[str, str]) -> None:
    edits = st.session_state[key].get("edited_rows", {})
    st.session_state.pop("policy-refused", None)
    try:
        values = sentences.edited_values(project.settings.thresholds(), edits, titles)
        project.settings.save_thresholds(values)
    except CurationError as error:
        st.session_state["policy-refused"] = str(error)
        return
    steps.judge(project)


def _reset(project: Project) -> None:
    st.session_state.pop("policy-refused", None)
    st.session_state["policy-turn"] = st.session_state.get("policy-turn", 0) + 1
    project.settings.reset_policy()
    state.notify("The built-in thresholds are used again.")
    steps.judge(project)
