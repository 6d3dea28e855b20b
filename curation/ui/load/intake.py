"""A dropped file on its way in: kept on disk, previewed in a sandbox, confirmed, loaded by a background job."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from curation.project import Project
from curation.project.examples import Examples
from curation.project.jobs import Load
from curation.records import Columns, Imported
from curation.ui import state
from curation.ui.load import sentences
from curation.ui.widgets import formatting, steps

NONE = "(none)"


@dataclass(frozen=True)
class Upload:
    """A file on disk under a name of ours; `name` is what the person calls it, only ever shown."""

    name: str
    path: Path
    digest: str


def keep(project: Project, file: Any) -> Upload:
    """The uploaded bytes as a file in the project's folder, written once."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    folder = project.folder / "uploads"
    folder.mkdir(exist_ok=True)
    path = folder / digest
    if not path.exists():
        file.seek(0)
        temporary = path.with_suffix(".tmp")
        with temporary.open("wb") as out:
            shutil.copyfileobj(file, out)
        temporary.replace(path)
    return Upload(file.name, path, digest)


def box_key(project: Project) -> str:
    """The key of the box files are dropped in: one of its own for each project, a new one after each loading."""
    return f"upload-{project.name}-{st.session_state.get(f'uploads-{project.name}', 0)}"


def is_loaded(project: Project, upload: Upload) -> bool:
    """Whether the file's rows are in the project."""
    return any(source.digest == upload.digest and source.active for source in project.examples.stored.sources())


def clear_when_loaded(project: Project, uploads: Sequence[Upload]) -> None:
    """Empty the box once every file in it is in the project."""
    if not uploads or not all(is_loaded(project, upload) for upload in uploads):
        return
    for upload in uploads:
        upload.path.unlink(missing_ok=True)
    key = f"uploads-{project.name}"
    st.session_state[key] = st.session_state.get(key, 0) + 1
    state.notify(f"In the project: {', '.join(upload.name for upload in uploads)}.")
    st.rerun()


@st.cache_data(max_entries=50, show_spinner="Reading the first rows")
def _preview(path: str, digest: str, name: str, columns: Columns | None) -> Imported:
    return Examples.preview(Path(path), columns, name)


def confirm(project: Project, upload: Upload) -> None:
    """Show how the file is read, let the columns be changed, and load it on a click."""
    if is_loaded(project, upload):
        st.text("This file is in the project already.")
        return
    guess = _preview(str(upload.path), upload.digest, upload.name, None)
    columns = guess.columns if guess.columns.messages else _choose(upload, guess)
    imported = _preview(str(upload.path), upload.digest, upload.name, columns)
    st.caption(sentences.read_as(imported))
    for warning in imported.warnings:
        st.text(f"Note: {formatting.visible(warning)}")
    rows = imported.dataset.table.to_pylist()
    if rows:
        st.text(sentences.first_rows(len(rows)))
    st.dataframe(formatting.examples_frame(rows, imported.dataset.is_classification), hide_index=True, width="stretch")
    if imported.rejected.num_rows:
        st.text(f"{imported.rejected.num_rows} of the first rows cannot be read: {imported.rejected['message'][0]}")
    chosen = {key: value for key, value in asdict(columns).items() if value}
    st.button(
        "Load this file",
        type="primary",
        key=f"load-{upload.digest}",
        on_click=steps.start,
        args=(project, Load(str(upload.path), upload.name, chosen)),
    )


def _choose(upload: Upload, guess: Imported) -> Columns:
    names = list(guess.available)
    found = guess.columns
    left, middle, right, last = st.columns(4)
    key = upload.digest[:12]
    with left:
        input = st.multiselect("Input", names, default=list(found.input), key=f"input-{key}")
    with middle:
        output = _one("Ideal output", names, found.output, f"output-{key}")
    with right:
        label = _one("Label", names, found.label, f"label-{key}")
    with last:
        group = _one(
            "Keep together",
            names,
            found.group,
            f"group-{key}",
            "Rows with the same value always go into the same split.",
        )
    return Columns(tuple(input) or found.input, output, label, group, found.created)


def _one(title: str, names: list[str], found: str | None, key: str, help: str | None = None) -> str | None:
    options = [NONE, *names]
    choice = st.selectbox(title, options, index=options.index(found) if found in options else 0, key=key, help=help)
    return None if choice == NONE else choice
