"""Writing an example by hand: its near-duplicates are shown while it is written, and it is stored like a loaded row."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.records import ADDED_BY_HAND
from curation.ui import state
from curation.ui.widgets import formatting, near, new_label

KINDS = {False: "Input and ideal output", True: "Text and label"}


def form(project: Project) -> None:
    """The form, there once somebody asks for it: an index of the whole set is made for it."""
    if not st.toggle("Add an example by hand", key="add-by-hand"):
        return
    with st.container(border=True):
        number = st.session_state.setdefault("added", 0)  # new fields after every example added
        key = f"add-{project.name}-{number}"
        is_classification = project.examples.is_classification()
        if not project.examples.stored.totals()["stored"]:
            options = list(KINDS)
            chosen = st.radio(
                "Kind of example", options, format_func=KINDS.__getitem__, horizontal=True, key="add-kind"
            )
            is_classification = bool(chosen)
        input = st.text_area("Input", key=f"{key}-input", height=120)
        output, label = "", None
        if not is_classification:
            output = st.text_area("Ideal output", key=f"{key}-output", height=120)
        labels = project.examples.label_set()
        if is_classification or labels:
            label = _label(key, labels)
        near.panel(input, output, label)
        args = (project, key, is_classification)
        st.button("Add it to the set", type="primary", key=f"{key}-do", on_click=_add, args=args)
        st.caption(f"Stored with your name and the time, under the file name “{formatting.plain(ADDED_BY_HAND)}”.")


def _label(key: str, labels: Sequence[str]) -> str | None:
    """One of the labels, or a new one added here on purpose; None while none is chosen."""
    added = st.session_state.get(f"{key}-new-label")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            "Label",
            sorted({*labels, *([added] if added else [])}),
            index=None,
            key=f"{key}-label",
            format_func=formatting.visible,
            placeholder="Choose a label",
        )
        new_label.popover(f"{key}-{added}", labels, partial(_take, key))
    return label


def _take(key: str, label: str) -> None:
    st.session_state[f"{key}-new-label"] = st.session_state[f"{key}-label"] = label


def _add(project: Project, key: str, is_classification: bool) -> None:
    written = {side: st.session_state.get(f"{key}-{side}") or "" for side in ("input", "output", "label")}
    try:
        project.examples.add(
            written["input"], written["output"], written["label"].strip() or None, is_classification, state.reviewer()
        )
    except CurationError as error:
        state.notify(str(error))
        return
    st.session_state["added"] += 1
    state.notify("Added to the set. Run the checks again when you have added all your examples.")
