"""Projects: all there are, and renaming, archiving and deleting the one that is open."""

from typing import Any

import streamlit as st

from curation.project.place import folders
from curation.ui import state
from curation.ui.projects import acts, table
from curation.ui.widgets import fit, formatting, steps
from curation.wording import counted

project = state.project()
st.title("Projects")
known = state.folders()
listed = table.frame(known, project.name)
st.dataframe(
    listed,
    hide_index=True,
    width="stretch",
    height="content",
    **fit.fitted(listed, table.COLUMNS, table.NARROW, wraps=False),
)
st.caption("Open leads to a project. A new one is made in the sidebar.")

st.header(formatting.plain(f"This project: {project.name}"), anchor=False)
totals, busy = project.examples.stored.totals(), steps.is_busy(project)
st.text(f"{counted(totals['stored'], 'row')}, {totals['handled']:,} handled, in {project.folder}")
if not totals["stored"]:
    st.text("It is empty. Load a file of examples first.")
    st.page_link(str(state.page_file("load")), label="Load a file", icon=":material/upload_file:")
if activity := project.place.activity():
    st.header("Who did what", anchor=False)
    height: Any = "content" if len(activity) < 12 else 420
    st.dataframe(table.activity_frame(activity), hide_index=True, width="stretch", height=height)
    st.caption("By day; what was done to many rows at once counts as one. `curation project verify` checks all of it.")
if project.members.role() != "admin":
    st.text("Renaming, archiving and deleting it is for its admins.")
    st.stop()
if busy:
    st.text("A job is running. Once it has ended, the project can be renamed or deleted.")
name = project.name
with st.container(horizontal=True, key="project-acts"):
    with st.popover("Rename it", key=f"rename-{name}", disabled=busy), st.form(f"rename-form-{name}", border=False):
        st.text_input("New name", name, key=f"rename-to-{name}", max_chars=folders.LONGEST_NAME)
        st.form_submit_button("Rename", type="primary", on_click=acts.rename, args=(project, f"rename-to-{name}"))
    if folders.is_archived(project.folder):
        st.button("Bring it back", key=f"back-{name}", on_click=acts.bring_back, args=(project,))
    else:
        said = "Takes it out of the list. It stays as it is, and opens from this page or by a link."
        st.button("Archive it", key=f"archive-{name}", on_click=acts.archive, args=(project,), help=said)
    with st.popover("Delete it", key=f"delete-{name}", disabled=busy), st.form(f"delete-form-{name}", border=False):
        st.text(
            f"Deletes {counted(totals['stored'], 'row')} with every decision, note and measurement, and the export in "
            "its folder. There is no undo. Files that are not the project's stay."
        )
        st.text_input(formatting.plain(f"Type {name} to delete it"), key=f"delete-name-{name}", autocomplete="off")
        st.form_submit_button("Delete for good", on_click=acts.delete, args=(project, f"delete-name-{name}"))
st.caption("A copy to keep, in one file:")
st.code(formatting.command("project", "backup", project.folder, "--out", "FILE"), language=None, wrap_lines=True)
