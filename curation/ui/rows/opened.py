"""One row, opened: its texts, what can be done with it, and its whole story."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from curation.errors import CurationError, StaleDecision
from curation.project import Project
from curation.records import Action, Example, StoryLine
from curation.ui import state
from curation.ui.rows import sentences
from curation.ui.widgets import card, formatting, new_label
from curation.ui.widgets.search import view as views
from curation.wording import ACTIONS, DECISIONS


def open_selected(project: Project, key: str, ids: Sequence[str]) -> None:
    """Open the row selected in the table of these rows."""
    chosen = list(st.session_state[key].selection.rows)
    if chosen and chosen[0] < len(ids):
        views.open_row(project, ids[chosen[0]])


def draw(project: Project, id: str, titles: Mapping[str, str]) -> None:
    """The row with this id, or that there is none."""
    st.button("Back to the list", key="rows-back", icon=":material/arrow_back:", on_click=_close, args=(project,))
    example = project.examples.stored.get(id)
    if example is None:
        st.warning(f"There is no row {formatting.plain(formatting.short(id, 60))} in this project.")
        return
    is_classification, lines = project.examples.is_classification(), project.rows.story(id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(f"{formatting.plain(example.source)}, row {example.row + 1:,}", anchor=False, width="content")
        st.badge(DECISIONS[example.status].title, color="gray")
        for tag in project.rows.stored.tags_of(example.id):
            st.badge(formatting.plain(tag), color="blue", icon=":material/sell:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("The address of this page is a link to this row.", width="content")
        if not project.meaning.missing():
            args = (project, example.id)
            st.button("Rows like this one", "row-like", icon=":material/near_me:", on_click=views.like, args=args)
    if st.session_state.get("rows-editing") == id:
        _edit_form(project, example, is_classification)
    else:
        card.texts(example, is_classification)
        _decide(project, example, any(_is_mine(line) for line in lines))
        _mark(project, example)
    st.header("Its story", anchor=False)
    for line in lines:
        sentences.draw(line, titles)


def _close(project: Project) -> None:
    st.session_state.pop("rows-editing", None)
    views.open_row(project, "")


def _is_mine(line: StoryLine) -> bool:
    """Whether this is a decision of this reviewer that stands."""
    stands = line.moment == "decided" and line.action != "undo" and not line.undone
    return stands and line.by == state.reviewer()


def _decide(project: Project, example: Example, is_mine: bool) -> None:
    labels = project.examples.label_set()
    with st.container(horizontal=True, vertical_alignment="bottom", key="row-decide"):
        waits = project.examples.is_classification() and example.label is None
        card.button(ACTIONS["accept"].title, "accept", example, type="primary", disabled=waits)
        card.button(ACTIONS["reject"].title, "reject", example)
        st.button(ACTIONS["edit"].title, key=f"row-edit-{example.id}", on_click=_edit, args=(example.id,))
        if labels:
            key = f"row-label-{example.id}-{example.version}"
            at = labels.index(example.label) if example.label in labels else None
            st.selectbox(
                "Label", labels, at, formatting.visible, key=key, on_change=_relabel, args=(example, key), width=230,
                label_visibility="collapsed",
            )  # fmt: skip
        new_label.popover(f"row-{example.id}-{example.version}", labels, partial(_give, example))
        if is_mine:
            key = f"row-undo-{example.id}-{example.version}"
            st.button("Take my last decision back", key=key, on_click=_undo, args=(project, example))


def _edit(id: str | None) -> None:
    st.session_state["rows-editing"] = id


def _relabel(example: Example, key: str) -> None:
    if (label := st.session_state[key]) and label != example.label:
        _give(example, label)


def _give(example: Example, label: str) -> None:
    state.decide(example.id, "label", example.version, label)


def _undo(project: Project, example: Example) -> None:
    try:
        if project.decisions.undo_on(example.id, state.reviewer()) is None:
            state.notify("No decision of yours stands on this row.")
    except StaleDecision as conflict:
        state.notify(str(conflict))


def _edit_form(project: Project, example: Example, is_classification: bool) -> None:
    key = f"{example.id}-{example.version}"
    left, right = st.columns(2)
    with left:
        st.text_area("Input", example.input, height=260, key=f"row-in-{key}")
    with right:
        if not is_classification:
            st.text_area("Ideal output", example.output, height=260, key=f"row-out-{key}")
        st.text_input("Why (may stay empty)", key=f"row-why-{key}")
    with st.container(horizontal=True):
        args = (project, example)
        st.button("Save the change", type="primary", key=f"row-save-{key}", on_click=_save, args=args)
        st.button("Keep as it was", key=f"row-cancel-{key}", on_click=_edit, args=(None,))


def _save(project: Project, example: Example) -> None:
    key = f"{example.id}-{example.version}"
    fields = {"input": f"row-in-{key}", "output": f"row-out-{key}"}
    new = {side: st.session_state[field] for side, field in fields.items() if field in st.session_state}
    changed = {side: text for side, text in new.items() if text != getattr(example, side)}
    _edit(None)
    if changed:
        _store(project, example, "edit", json.dumps(changed, ensure_ascii=False), st.session_state[f"row-why-{key}"])


def _store(project: Project, example: Example, action: Action, value: str, why: str) -> None:
    try:
        project.decisions.decide(example.id, action, example.version, value, state.reviewer(), why.strip())
    except StaleDecision as conflict:
        state.notify(str(conflict))


def _mark(project: Project, example: Example) -> None:
    """Flag with a comment, note, tag, name as of a concept, send."""
    key = f"{example.id}-{project.place.version()}"
    with st.container(horizontal=True, key="row-mark"):
        for name, title, asks in (
            ("flag", "Flag it", "What is wrong with it"),
            ("note", "Leave a note", "Note"),
            ("tag", "Tag it", "Tag"),
            ("untag", "Take a tag off", ""),
            ("concept", "It is of a concept", "Name of the concept"),
            ("send", "Send it to", "Name"),
        ):
            tags = project.rows.stored.tags_of(example.id)
            if (name == "untag" and not tags) or (name == "concept" and project.meaning.missing()):
                continue
            with st.popover(title, key=f"row-{name}-{key}"):
                field = f"row-{name}-text-{key}"
                if name == "untag":
                    st.selectbox("Tag", tags, format_func=formatting.visible, key=field)
                elif name in ("note", "flag"):
                    st.text_area(asks, key=field, height=90)
                else:
                    st.text_input(asks, key=field)
                if name == "send":
                    st.text_area("Comment (may stay empty)", key=f"{field}-comment", height=90)
                args = (project, example, name, field)
                st.button(title, key=f"{field}-do", type="primary", on_click=_do, args=args)


def _do(project: Project, example: Example, name: str, field: str) -> None:
    text, by = (st.session_state[field] or "").strip(), state.reviewer()
    if name == "flag":
        _store(project, example, "flag", "", text)
        return
    if not text:
        state.notify("Nothing was written, so nothing was stored.")
        return
    try:
        if name == "note":
            project.rows.note(example.id, text, by)
        elif name == "tag":
            project.rows.tag([example.id], text, by)
        elif name == "concept":
            project.meaning.concepts.answer(text, [example.id], True)
            state.notify(f"“{text}” has this row now. Answer more on Topics.")
        elif name == "untag":
            project.rows.untag([example.id], text, by)
        else:
            project.rows.send([example.id], text, by, st.session_state[f"{field}-comment"].strip())
    except CurationError as error:
        state.notify(str(error))
