"""One example to decide: its texts, why it is here, and the decisions with their keys."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from curation.project import Project
from curation.records import OF_THE_SET, Action, Example, FindingRow
from curation.text.turns import last_answer, turns_in
from curation.ui import state
from curation.ui.widgets import formatting, parts
from curation.wording import ACTIONS, SUGGESTIONS

Places = list[tuple[int, int]]


def texts(example: Example, is_classification: bool, found: Mapping[str, Places] | None = None) -> None:
    """Input and ideal output (or label) side by side, at steady heights; the places `found` in either are marked."""
    places = found or {}
    left, right = st.columns(2)
    with left:
        parts.text_box("Input", example.input, places.get("input", ()))
    with right:
        if is_classification:
            was = f" (imported as {formatting.visible(example.imported_label)})" if _is_relabelled(example) else ""
            parts.text_box("Label", (example.label or "Not labelled yet") + was)
        else:
            parts.text_box("Ideal output", example.output, places.get("output", ()))


def places_of(row: FindingRow) -> dict[str, Places]:
    """Where in input and output the words are that a finding is about; none in a text edited since, or other turns."""
    example, held = row.example, json.loads(row.evidence)
    turns = turns_in(example.meta)
    last = last_answer(turns) if turns else None
    places: dict[str, Places] = {}
    for span in held.get("spans", ()) if isinstance(held, dict) and example.status != "edited" else ():
        match span:
            case {"field": str(name), "turn": int() | None as turn, "start": int(start), "end": int(end)}:
                if turn is None or (name == "output" and turn == last):
                    places.setdefault(name, []).append((start, end))
    return places


def _is_relabelled(example: Example) -> bool:
    return example.imported_label is not None and example.label != example.imported_label


def why(findings: list[FindingRow], titles: dict[str, str]) -> None:
    """Why this example is here, with the evidence."""
    for line, finding in zip(formatting.findings_lines(findings, titles), findings, strict=True):
        st.text(line)
        near = json.loads(finding.evidence).get("nearest", [])
        if near:
            with st.expander("The nearest examples with the suggested label"):
                st.dataframe(formatting.nearest_frame(near), hide_index=True, width="stretch")


def finding(project: Project, row: FindingRow) -> None:
    """The example of one finding, with its decisions; with none where the finding is about a label or the set."""
    example = row.example
    texts(example, project.examples.is_classification(), places_of(row))
    why([row], project.findings.titles())
    if row.suggestion == OF_THE_SET:  # no decision on the row answers it
        return
    action, _, value = row.suggestion.partition(":")
    with st.container(horizontal=True, key="acts-finding"):
        if action == "relabel":
            button(f"{SUGGESTIONS['relabel'].title} {formatting.plain(value)}", "label", example, value)
        waits = project.examples.is_classification() and example.label is None  # nothing is there to be right
        button(ACTIONS["accept"].title, "accept", example, disabled=waits)
        button(ACTIONS["reject"].title, "reject", example)
        if example.version:
            st.button("Undo my last decision", key=f"undo-{example.id}-{example.version}", on_click=state.undo)


def button(label: str, action: Action, example: Example, value: str = "", place: str = "", **more: Any) -> None:
    # A key of its own for every example and version: two fast presses can never land on the wrong example.
    key = f"{place}{action}-{value}-{example.id}-{example.version}"
    args = (example.id, action, example.version, value)
    st.button(label, key=key, on_click=state.decide, args=args, **more)
