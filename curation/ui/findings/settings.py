"""The settings of the checks: chosen for one check at a time, kept with the project."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.registry.settings import differences
from curation.ui import state
from curation.ui.widgets import parts
from curation.ui.widgets.steps import run_checks


def draw(project: Project, titles: dict[str, str]) -> None:
    """A form with the settings of the check chosen; saving them puts what the checks found out of date."""
    now, built_in = project.findings.settings(), project.findings.built_in()
    changed = [name for name in now if differences(now[name], built_in[name])]
    saved = int(st.session_state.get("checks-saved", 0))
    with st.expander("Settings of the checks", expanded=saved > 0):
        names = ", ".join(titles[name] for name in changed)
        st.text(f"Changed in this project: {names}." if changed else "All checks have their built-in settings.")
        name = st.selectbox("Settings of", list(now), format_func=titles.__getitem__, key="settings-of")
        # a new key draws the fields anew after they were saved or taken back
        key = f"settings-{name}-{saved}"
        with st.form(key, border=False):
            parts.fields(now[name], key)
            st.form_submit_button("Save", on_click=_save, args=(project, name, key), key=f"save-{key}")
        if name in changed:
            st.button("Use the built-in ones", key=f"reset-{key}", on_click=_reset, args=(project, name))
        if saved and project.place.step("check").stale:
            run_checks(project, "Check with these settings")


def _save(project: Project, name: str, key: str) -> None:
    try:
        project.findings.save_settings({name: parts.chosen(project.findings.settings()[name], key)})
    except CurationError as error:
        state.notify(str(error))
        return
    _saved("Saved. What the checks found is out of date until they run again.")


def _reset(project: Project, name: str) -> None:
    project.findings.save_settings({name: {}})
    _saved("The built-in settings are used again.")


def _saved(message: str) -> None:
    st.session_state["checks-saved"] = int(st.session_state.get("checks-saved", 0)) + 1
    state.notify(message)
