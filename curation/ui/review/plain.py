"""Review with native buttons: for browsers, and address `?plain=1`, in which the card does not load."""

import json
from functools import partial

import streamlit as st

from curation.project import Project
from curation.records import Example, Filter
from curation.ui import state
from curation.ui.kept import claims
from curation.ui.review import guesses
from curation.ui.widgets import card, formatting, near, new_label, parts
from curation.ui.widgets.search import placing
from curation.wording import ACTIONS, DECISIONS, counted


def counts(project: Project, filter: Filter) -> None:
    """How many examples wait and how many people have handled."""
    waiting, handled = project.decisions.queue.total(filter), project.examples.stored.totals()["handled"]
    st.caption(f"{waiting:,} waiting in this queue, {handled:,} handled in all")


def draw(project: Project, filter: Filter, titles: dict[str, str]) -> None:
    """The example that waits, why it is here, and its buttons."""
    example = shown(project, filter)
    if example is None:
        others = project.decisions.queue.held(filter, claims.holder(project))
        last = f"Others are looking at the last {counted(others, 'row')}."
        st.text(last if others else "Nothing is waiting in this queue.")
        undo_button(project)
        return
    found = {example.id: project.findings.stored.of_example(example.id)}
    findings = project.rounds.suggestions.visible(found)[example.id]
    asked = f"guesses-asked-{project.name}"
    handled = project.examples.stored.totals()["handled"]
    st.session_state[asked] = guesses.learn(project, handled, st.session_state.get(asked))
    likely = guesses.of(project, [example], guesses.are_shown()).get(example.id, [])
    is_classification = project.examples.is_classification()
    if st.session_state.get("editing") == example.id:  # while a person types, no key may decide anything
        edit_form(example, is_classification)
    else:
        with st.bottom:  # drawn before the texts: a press in between finds the bar of this example
            suggested = formatting.suggested_label(findings) or next(iter(guesses.first(likely)), None)
            action_bar(project, example, suggested)
        card.texts(example, is_classification)
    st.caption(f"{DECISIONS[example.status].title}. {formatting.plain(example.source)}, row {example.row + 1:,}.")
    for group in likely:
        said = ", ".join(f"{one['shown']} {one['rate']}".rstrip() for one in group["labels"])
        st.text(f"{group['title']}: {said}")
    card.why(findings, titles)


def shown(project: Project, filter: Filter) -> Example | None:
    """The example on screen: one gone back to, else the first that waits beyond those passed over."""
    if back := st.session_state.get("shown"):
        return project.examples.stored.get(back)
    who = claims.holder(project)
    page = project.decisions.queue.claim(filter, who, 1, st.session_state.get("passed", -1))
    if not page and st.session_state.get("passed", -1) >= 0:
        st.session_state["passed"] = -1
        page = project.decisions.queue.claim(filter, who, 1)
    if not page:
        return None
    position, example = page[0]
    st.session_state["position"] = position
    trail = st.session_state.setdefault("trail", [])
    if not trail or trail[-1] != example.id:
        trail.append(example.id)
    return example


def action_bar(project: Project, example: Example, suggested: str | None) -> None:
    """Labels on 1-9, then accept, leave out, edit, skip, flag, undo and the arrows, pinned to the window's foot."""
    labels = project.examples.label_set()
    if labels:
        _label_row(project, labels, example, suggested)
    with st.container(horizontal=True, key="actions"):
        accept = "primary" if example.label is not None or not labels else "secondary"
        card.button(
            ACTIONS["accept"].title,
            "accept",
            example,
            shortcut="a",
            type=accept,
            disabled=bool(labels) and example.label is None,
        )
        card.button(ACTIONS["reject"].title, "reject", example, shortcut="x")
        undo_button(project)
        card.button(ACTIONS["skip"].title, "skip", example, shortcut="s")
        st.button(ACTIONS["edit"].title, key=f"edit-{example.id}", shortcut="e", on_click=_edit, args=(example.id,))
        card.button(ACTIONS["flag"].title, "flag", example, shortcut="f")
        st.button("Previous", key="previous", shortcut="Left", on_click=_previous, args=(example.id,))
        st.button("Next", key="next", shortcut="Right", on_click=_next)
        placing.like(project, example.id)


def _label_row(project: Project, labels: list[str], example: Example, suggested: str | None) -> None:
    with st.container(horizontal=True, key="labels"):
        key = f"pick-{example.id}-{example.version}"
        st.selectbox(
            "Another label",
            sorted(labels),
            index=None,
            key=key,
            placeholder="Search a label",
            label_visibility="collapsed",
            format_func=formatting.visible,
            on_change=_pick,
            args=(example, key),
            width=210,
        )
        new_label.popover(f"{example.id}-{example.version}", labels, partial(_relabel, example))
        if suggested in labels:
            title = f"Suggested: {formatting.plain(formatting.short(suggested, 32))}"
            card.button(title, "label", example, str(suggested), "suggested-", shortcut="t", type="primary")
        for number, label in parts.number_keys(project, labels):
            card.button(formatting.plain(formatting.short(label, 32)), "label", example, label, shortcut=number)


def undo_button(project: Project) -> None:
    """Take back this reviewer's last decision and show its example again; a key of its own each time, see `card`."""
    st.button(ACTIONS["undo"].title, key=f"undo-{project.place.version()}", shortcut="u", on_click=state.undo)


def edit_form(example: Example, is_classification: bool) -> None:
    """The texts of an example to change; saved as one decision."""
    key = f"{example.id}-{example.version}"
    left, right = st.columns(2)
    output = ""
    with left:
        input = st.text_area("Input", example.input, height=220, key=f"in-{key}")
    with right:
        if not is_classification:
            output = st.text_area("Ideal output", example.output, height=220, key=f"out-{key}")
    near.panel(input, output, example.label, example.id)
    with st.container(horizontal=True):
        st.button(
            "Save the change", type="primary", key=f"save-{key}", on_click=_save, args=(example, is_classification)
        )
        st.button("Keep as it was", key=f"cancel-{key}", on_click=_edit, args=(None,))


def _edit(id: str | None) -> None:
    st.session_state["editing"] = id


def _save(example: Example, is_classification: bool) -> None:
    key = f"{example.id}-{example.version}"
    new = {"input": st.session_state[f"in-{key}"]}
    if not is_classification:
        new["output"] = st.session_state[f"out-{key}"]
    changed = {side: text for side, text in new.items() if text != getattr(example, side)}
    st.session_state["editing"] = None
    if changed:
        state.decide(example.id, "edit", example.version, json.dumps(changed, ensure_ascii=False))


def _pick(example: Example, key: str) -> None:
    if label := st.session_state[key]:
        _relabel(example, label)


def _relabel(example: Example, label: str) -> None:
    state.decide(example.id, "label", example.version, label)


def _previous(id: str) -> None:
    trail = st.session_state.get("trail", [])
    at = trail.index(id) if id in trail else len(trail)
    if at > 0:
        st.session_state["shown"] = trail[at - 1]


def _next() -> None:
    trail, back = st.session_state.get("trail", []), st.session_state.get("shown")
    if back in trail and trail.index(back) + 1 < len(trail):
        st.session_state["shown"] = trail[trail.index(back) + 1]
        return
    st.session_state.pop("shown", None)
    if not back:
        st.session_state["passed"] = st.session_state.get("position", -1)
