"""Labels for a file that has none: people name them here and give them in review."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import Load
from curation.records import Dataset
from curation.records.context import Label
from curation.ui import state
from curation.ui.widgets import formatting, steps


def is_bare(rows: Dataset) -> bool:
    """Whether no row has an output or a label."""
    return len(rows) > 0 and not any(text.strip() for text in rows.values("output")) and not any(rows.values("label"))


def form(project: Project, key: str) -> list[Label] | None:
    """The labels named, [] where none are wanted; None where what stands there cannot be read, after saying why."""
    is_new = state.is_sample(project) or not project.examples.stored.totals()["stored"]
    in_use = () if is_new else project.examples.label_set()
    is_likely = bool(in_use) or is_new
    st.text("These rows have no output and no label yet.")
    if not st.toggle("I will label these", value=is_likely, key=f"own-{key}"):
        return []
    known = () if state.is_sample(project) else project.settings.context().labels
    written = st.text_area(
        "Labels, one a line; after a colon and a space, what it means",
        "\n".join(line(label) for label in known),
        placeholder="refund: wants money back\ndelivery: asks where the parcel is",
        key=f"own-labels-{key}",
        height=120,
    )
    st.caption("You can change them later on the Labels page, and add labels while you review.")
    labels, wrong = read(written, known)
    if wrong:
        st.warning(formatting.plain(wrong))
        return None
    if not labels and not in_use:
        st.text("Name the labels, one is enough to begin with.")
        return None
    return labels


def line(label: Label) -> str:
    """A label as a line of the form."""
    return f"{label.name}: {label.description}" if label.description else label.name


def read(written: str, known: Sequence[Label] = ()) -> tuple[list[Label], str]:
    """The labels in these lines, and what is wrong with the first that cannot be one; keys of `known` ones stay."""
    keys = {label.name: label.key for label in known}
    labels: dict[str, Label] = {}
    for text in filter(None, (one.strip() for one in written.splitlines())):
        name, _, meaning = (part.strip() for part in text.partition(": "))
        name = name.removesuffix(":").strip()
        if not name:
            return [], f"The line “{formatting.short(text, 60)}” has no name before the colon."
        if name in labels:
            return [], f"The label “{formatting.short(name, 60)}” stands there twice."
        labels[name] = Label(name, meaning, keys.get(name, ""))
    return list(labels.values()), ""


def load(project: Project, labels: Sequence[Label], verb: Load) -> None:
    """Let these be labels of the set, and load the file; one dropped on the sample becomes a project of its own."""
    try:
        if state.is_sample(project):
            project, verb = _own_project(verb)
        if labels:
            named = {label.name: label for label in (*project.settings.context().labels, *labels)}
            project.labels.declare(list(named.values()))
        steps.start(project, verb)
    except CurationError as error:
        state.notify(str(error))


def _own_project(verb: Load) -> tuple[Project, Load]:
    project = state.create(state.own_name(verb.name))
    uploads = project.folder / "uploads"
    uploads.mkdir(exist_ok=True)
    path = shutil.move(verb.path, uploads / Path(verb.path).name)
    return project, replace(verb, path=str(path))
