"""What is done to a project as a whole, each said afterwards: renamed, archived, brought back, deleted."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.place import folders
from curation.ui import state
from curation.wording import counted


def rename(project: Project, key: str) -> None:
    """Give it the name typed, and go on under that."""
    try:
        folder = folders.rename(project.place, st.session_state[key])
    except CurationError as error:
        state.notify(str(error))
        return
    state.moved(project, folder)
    state.notify(f"{project.name} is called {folder.name} now. Links to its old name lead here.")


def archive(project: Project) -> None:
    """Take it out of the list."""
    try:
        folders.archive(project.place)
    except CurationError as error:
        state.notify(str(error))
        return
    state.notify(f"{project.name} is archived. It is out of the list, and as it was.")


def bring_back(project: Project) -> None:
    """Put it into the list again."""
    try:
        folders.bring_back(project.place)
    except CurationError as error:
        state.notify(str(error))
        return
    state.notify(f"{project.name} is in the list again.")


def delete(project: Project, key: str) -> None:
    """Delete it for good, where what was typed is its name."""
    if st.session_state[key].strip() != project.name:
        state.notify(f"Nothing was deleted: what you typed is not {project.name}.")
        return
    try:
        deleted = folders.delete(project.place)
    except CurationError as error:
        state.notify(str(error))
        return
    state.moved(project, None)
    left = f" Left in its folder, because not of the project: {', '.join(deleted.left)}." if deleted.left else ""
    state.notify(f"{project.name} is deleted: {counted(deleted.files, 'file')}.{left}")
