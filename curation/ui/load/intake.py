"""A dropped file on its way in: kept on disk, previewed in a sandbox, confirmed, loaded by a background job."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from curation.errors import ColumnsUnclear
from curation.project import Project
from curation.project.examples import Examples
from curation.project.jobs import Load
from curation.records import Columns, FileOptions, Imported
from curation.ui import kept, state
from curation.ui.load import own_labels, sentences
from curation.ui.widgets import formatting

NONE = "(none)"
DELIMITERS = {"": "As found", ",": "Comma", ";": "Semicolon", "tab": "Tab", "|": "Bar"}
ENCODINGS = ("", "utf-8", "cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "euc_kr", "utf-16")
ALL = "All of them"


@dataclass(frozen=True)
class Upload:
    """A file on disk under a name of ours; `name` is what the person calls it, only ever shown."""

    name: str
    path: Path
    digest: str


def keep(project: Project, file: Any) -> Upload:
    """The uploaded bytes as a file in the project's folder, written once a session: others may drop the same file, and
    the first job of it removes its own copy."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    folder = project.folder / "uploads"
    folder.mkdir(exist_ok=True)
    session = hashlib.sha256(kept.session().encode()).hexdigest()[:12]
    path = folder / f"{digest}-{session}"
    if not path.exists():
        file.seek(0)
        temporary = folder / f".{path.name}.tmp"
        with temporary.open("wb") as out:
            shutil.copyfileobj(file, out)
        temporary.replace(path)
    path.touch()  # it is in use as long as the page is drawn
    return Upload(file.name, path, digest)


def box_key(project: Project) -> str:
    """The key of the box files are dropped in: one of its own for each project, a new one after each loading."""
    return f"upload-{project.name}-{st.session_state.get(f'uploads-{project.name}', 0)}"


def is_loaded(project: Project, upload: Upload) -> bool:
    """Whether the file's rows are in the project."""
    # a sheet or split read alone stands behind the file's digest
    sources = project.examples.stored.sources()
    return any(source.digest.partition(":")[0] == upload.digest and source.active for source in sources)


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
def _preview(path: str, digest: str, name: str, columns: Columns | None, options: FileOptions) -> Imported:
    return Examples.preview(Path(path), columns, name, options)


def confirm(project: Project, upload: Upload) -> None:
    """Show how the file is read, let that and the columns be changed, and load it on a click."""
    if is_loaded(project, upload):
        st.text("This file is in the project already.")
        return
    options = _options(upload)
    try:
        guess = _preview(str(upload.path), upload.digest, upload.name, None, options)
        options = _part(upload, guess, options)
        guess = _preview(str(upload.path), upload.digest, upload.name, None, options)
        available, found = guess.available, guess.columns
    except ColumnsUnclear as unclear:
        st.text(str(unclear))
        available, found = unclear.available, Columns()
    columns = _choose(upload, available, found)
    if not (columns.input or columns.messages):
        st.text("Choose the columns above, then the first rows are shown.")
        return
    imported = _preview(str(upload.path), upload.digest, upload.name, columns, options)
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
    told = {key: value for key, value in asdict(options).items() if value}
    labels = own_labels.form(project, upload.digest[:12]) if own_labels.is_bare(imported.dataset) else []
    if state.is_sample(project):
        st.text(f"It becomes a project of its own, called {formatting.visible(state.own_name(upload.name))}.")
    st.button(
        "Load this file",
        type="primary",
        key=f"load-{upload.digest}",
        disabled=labels is None,
        on_click=own_labels.load,
        args=(project, labels, Load(str(upload.path), upload.name, chosen, told)),
    )


def _options(upload: Upload) -> FileOptions:
    """How a text file is read, where its content was read wrongly."""
    key = upload.digest[:12]
    with st.expander("The preview looks wrong: say how the file is written"):
        left, right = st.columns(2)
        delimiter = left.selectbox(
            "Between fields", list(DELIMITERS), format_func=DELIMITERS.__getitem__, key=f"delimiter-{key}"
        )
        encoding = right.selectbox(
            "Encoding", ENCODINGS, format_func=lambda name: name or "As found", key=f"encoding-{key}"
        )
    return FileOptions(delimiter=delimiter, encoding=encoding)


def _part(upload: Upload, guess: Imported, options: FileOptions) -> FileOptions:
    """Which sheet or split is read, where the file has several."""
    key, sheet, split = upload.digest[:12], options.sheet, options.split
    if len(guess.sheets) > 1:
        sheet = st.selectbox("Sheet", guess.sheets, format_func=formatting.visible, key=f"sheet-{key}")
    if len(guess.splits) > 1:
        chosen = st.selectbox("Split", [ALL, *guess.splits], format_func=formatting.visible, key=f"split-{key}")
        split = "" if chosen == ALL else chosen
    return replace(options, sheet=sheet, split=split)


def _choose(upload: Upload, available: Sequence[str], found: Columns) -> Columns:
    names = list(available)
    first, left, middle, right, fifth, last = st.columns(6)
    key = upload.digest[:12]
    with first:
        messages = _one("Conversation", names, found.messages, f"messages-{key}", "The column that holds turns.")
    with left:
        input = st.multiselect("Input", names, default=list(found.input), key=f"input-{key}", disabled=bool(messages))
    with middle:
        output = _one("Ideal output", names, found.output, f"output-{key}")
    with right:
        label = _one("Label", names, found.label, f"label-{key}")
    with fifth:
        group = _one(
            "Keep together",
            names,
            found.group,
            f"group-{key}",
            "Rows with the same value always go into the same split.",
        )
    with last:
        id = _one(
            "Row id", names, None, f"id-{key}", "It tells rows apart: a mended file of this name updates its rows."
        )
    asked = () if messages else tuple(input) or found.input
    return Columns(asked, output, label, group, found.created, messages, id, bare=bool(asked) and not (output or label))


def _one(title: str, names: list[str], found: str | None, key: str, help: str | None = None) -> str | None:
    options = [NONE, *names]
    choice = st.selectbox(title, options, index=options.index(found) if found in options else 0, key=key, help=help)
    return None if choice == NONE else choice
