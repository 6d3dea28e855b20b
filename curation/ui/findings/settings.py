"""The settings of the checks: chosen for one check at a time, kept with the project."""

from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.findings import Effect
from curation.records.settings import differences
from curation.ui import state
from curation.ui.widgets import formatting, parts
from curation.ui.widgets.steps import run_checks
from curation.wording import counted


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
            with st.container(horizontal=True):
                is_tried = st.form_submit_button("Show what it would flag", key=f"try-{key}")
                st.form_submit_button("Save", on_click=_save, args=(project, name, key), key=f"save-{key}")
        if is_tried:
            _show_effect(project, name, parts.chosen(now[name], key))
        if name in changed:
            st.button("Use the built-in ones", key=f"reset-{key}", on_click=_reset, args=(project, name))
        if saved and project.place.step("check").stale:
            run_checks(project, "Check with these settings")


def _show_effect(project: Project, name: str, values: dict[str, Any]) -> None:
    """What the check would flag with these values, before they are saved."""
    try:
        with st.spinner("Trying the settings on some rows"):
            found = project.findings.effect(name, values)
    except CurationError as error:
        st.text(str(error))
        return
    st.text(effect_line(found))
    for title, rows in (("Flagged with these settings only", found.new), ("No longer flagged", found.gone)):
        if rows:
            st.caption(f"{title}:")
            parts.lines([f"{formatting.short(asked, 60)}: {formatting.short(message)}" for asked, message in rows])


def effect_line(found: Effect) -> str:
    """How many rows would be flagged and are now, and on how many rows that was tried."""
    shown = len(found.new) + len(found.gone)
    examples = f": {counted(shown, 'example')}" if shown else ", the same rows" if found.then == found.now else ""
    tried = f" Tried on {found.tried:,} of {found.rows:,} rows." if found.tried < found.rows else ""
    return f"Would flag {counted(found.then, 'row')}, {found.now:,} now{examples}.{tried}"


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
