"""What can be done with a label: say what it means, rename it, merge it, delete it; each counted, with one undo."""

from collections.abc import Sequence

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.rows.labels import LabelRow
from curation.records import Filter
from curation.records.context import Label
from curation.ui import state
from curation.ui.widgets import bulk_actions, formatting, new_label, parts
from curation.ui.widgets.search import view
from curation.wording import counted

LETTERS = " ".join(formatting.LETTERS.upper())
MOST_VARIANTS = 20
"""Spellings offered at once: more than a screen of them is a column that holds no labels."""


def merge_variants(project: Project, labels: Sequence[LabelRow]) -> None:
    """Labels that look like spellings of one, each merged by a press."""
    found = project.labels.variants()
    if not found:
        return
    with st.container(border=True, key="label-variants"):
        st.text("These look like spellings of one label:")
        if (spellings := sum(len(variant.others) for variant in found)) > 1:
            label = f"Merge all {spellings:,} spellings"
            st.button(label, key="merge-all", type="primary", on_click=merge_all, args=(project, spellings))
        for variant in found[:MOST_VARIANTS]:
            for name, rows in variant.others:
                with st.container(horizontal=True, vertical_alignment="center"):
                    kept = formatting.visible(variant.keep)
                    st.text(f"“{formatting.visible(name)}” ({counted(rows, 'row')}) → “{kept}”", width="stretch")
                    args = (project, name, variant.keep)
                    st.button("Merge", key=f"merge-{name}-{variant.keep}", on_click=rename, args=args)
        if len(found) > MOST_VARIANTS:
            st.caption(f"and {len(found) - MOST_VARIANTS:,} more")


def merge_all(project: Project, shown: int) -> None:
    """Merge every spelling into the label it is one of: one act, with one undo. Nothing where others came meanwhile."""
    found = project.labels.variants()
    if sum(len(variant.others) for variant in found) != shown:
        state.notify("The labels have changed since this page was drawn. Look at the spellings again.")
        return
    changes = project.labels.merged(found)
    for variant in found:
        for name, _ in variant.others:
            project.labels.move_declared(name, variant.keep)
    st.session_state[f"label-choice-{project.name}"] = None
    if changes:
        bulk_actions.act(project, changes, f"{counted(shown, 'spelling')} of labels merged", only_undecided=False)


def draw(project: Project, label: LabelRow, labels: Sequence[LabelRow]) -> None:
    """Everything that can be done with one label."""
    others = [one.name for one in labels if one.name != label.name]
    # Asked first: the keys are kept from then on, which makes another version of the project.
    keys = {name: known for known, name in parts.label_keys(project, project.examples.label_set())}
    key = f"{label.name}-{project.place.version()}"
    rows = counted(label.rows, "row")
    describe(project, label, key, keys.get(label.name, ""))
    with st.container(horizontal=True, key="label-acts"):
        with st.popover("Rename it", key=f"rename-{key}"):
            to = st.text_input("New name", label.name, key=f"rename-to-{key}").strip()
            st.text(f"Renames the label of {rows}, left out or not. Who decided them stays as it is.")
            if to in others:
                st.text(f"“{formatting.visible(to)}” is a label already: the two become one.")
            is_idle = not to or to == label.name
            args = (project, label.name, to)
            st.button("Rename", key=f"rename-do-{key}", type="primary", disabled=is_idle, on_click=rename, args=args)
        with st.popover("Merge it into another", key=f"merge-{key}", disabled=not others):
            into = st.selectbox("Label", sorted(others), None, formatting.visible, key=f"merge-to-{key}")
            st.text(f"{rows} get this label. Who decided them stays as it is.")
            args = (project, label.name, into or "")
            st.button("Merge", key=f"merge-do-{key}", type="primary", disabled=not into, on_click=rename, args=args)
        with st.popover("Delete it", key=f"delete-{key}"):
            st.text(f"Leaves out {rows}, whoever decided them, and takes the label off the list.")
            st.caption("To keep the rows under another label, merge it instead. You can undo all of it at once.")
            st.button("Delete", key=f"delete-do-{key}", type="primary", on_click=delete, args=(project, label.name))
        link = st.button(
            "Split off some of its rows", key=f"split-{key}", on_click=_to_rows, args=(project, label.name)
        )
        if link:
            st.switch_page(str(state.page_file("rows")))
    st.caption(
        "To split a label, find its rows that are something else on the Rows page, and label them there at once."
    )


def describe(project: Project, label: LabelRow, key: str, now: str) -> None:
    """What a label means, and the key that gives it, which without a choice is `now`."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="label-meaning"):
        st.text_input("What it means", label.description, key=f"means-{key}", width=460)
        st.text_input("Key in review", label.key, max_chars=1, key=f"key-{key}", width=110, placeholder=now)
        st.button("Save", key=f"means-do-{key}", on_click=_describe, args=(project, label.name, key))


def _describe(project: Project, name: str, key: str) -> None:
    try:
        key_wanted = st.session_state[f"key-{key}"].strip().lower()
        if key_wanted and key_wanted not in formatting.NUMBERS + formatting.LETTERS:
            state.notify(f"{key_wanted.upper()} does something else in review. Choose 1 to 9, or one of {LETTERS}.")
            return
        project.labels.describe(name, st.session_state[f"means-{key}"], key_wanted)
    except CurationError as error:
        state.notify(str(error))


def rename(project: Project, name: str, to: str) -> None:
    """Rename or merge a label over the whole set, in the background where it is much."""
    try:
        changes = project.labels.renamed(name, to)
        project.labels.move_declared(name, to)
    except CurationError as error:
        state.notify(str(error))
        return
    st.session_state[f"label-choice-{project.name}"] = None
    if changes:
        bulk_actions.act(project, changes, f"Label “{name}” renamed to “{to}”", only_undecided=False)


def delete(project: Project, name: str) -> None:
    """Leave out the rows of a label and take it off the list."""
    changes = project.labels.left_out(name)
    project.labels.undeclare(name)
    st.session_state[f"label-choice-{project.name}"] = None
    if changes:
        bulk_actions.act(project, changes, f"Label “{name}” deleted", only_undecided=False)


def _to_rows(project: Project, name: str) -> None:
    view.keep(project, view.View(Filter(label=name)))


def add(project: Project, labels: Sequence[LabelRow]) -> None:
    """A label the set should have, before any row has it."""
    names = [label.name for label in labels]
    new_label.popover(f"labels-{project.name}-{len(names)}", names, lambda name: _declare(project, name))


def _declare(project: Project, name: str) -> None:
    try:
        project.labels.declare([*project.settings.context().labels, Label(name)])
    except CurationError as error:
        state.notify(str(error))
