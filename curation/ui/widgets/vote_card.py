"""Voting on one example at a time, blind: no finding, no suggestion, nobody else's answer."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.project.decisions import BulkDecision
from curation.project.rounds import Turn, VoteAnswer
from curation.records import Example
from curation.ui import state
from curation.ui.widgets import formatting, new_label, parts
from curation.wording import ACTIONS, ANSWERS, counted

INPUT_WIDTH = 280
"""Pixels of the input in a table: on a 390 px screen the next column is still seen."""
HELP = {
    "Flags that are right": "Suspected rows are drawn more often than others, so rows are weighted: this need not be "
    "the plain share of the rows judged. The range is a 90 % interval.",
    "As the majority": "Of the rows on which more than half of two or more people gave one answer.",
}
"""What the columns mean whose figures do not follow from their neighbours."""
SHOWN = 50
"""Rows of a list people read at once; the rest is counted."""


def turn(project: Project, kind: str) -> Turn | None:
    """This reviewer's turn in the newest round; the example they went back to, where they did."""
    rounds = project.rounds
    next_of = {"audit": rounds.audit_next, "holdout": rounds.holdout_next, "team": rounds.team_next}
    now = next_of[kind](state.reviewer())
    back = st.session_state.get("vote-back")
    if now is None or back is None or back[0] != now.round.id:
        return now
    return Turn(now.round, project.examples.stored.get(back[1]), now.done, now.rows)


def draw(project: Project, turn: Turn, with_answer: bool) -> None:
    """Progress and the texts of the example to answer; its own answer only where that is what is judged."""
    if turn.example is None:
        return
    st.progress(turn.done / turn.rows, text=progress_line(turn.done, turn.rows))
    if not with_answer:
        parts.text_box("Input", turn.example.input)
        return
    left, right = st.columns(2)
    with left:
        parts.text_box("Input", turn.example.input)
    with right:
        is_labels = project.examples.is_classification()
        parts.text_box("Label" if is_labels else "Ideal output", _answer(turn.example, is_labels))


def progress_line(done: int, rows: int) -> str:
    """How far a round is."""
    return f"{done:,} of {rows:,} answered"


def _answer(example: Example, is_labels: bool) -> str:
    return (example.label or "") if is_labels else example.output


def table(frame: pd.DataFrame) -> None:
    """A frame of texts whose first column leaves room for the others on a narrow screen."""
    widths = {"Input": st.column_config.Column(width=INPUT_WIDTH)} if "Input" in frame.columns else {}
    widths |= {name: st.column_config.Column(help=text) for name, text in HELP.items() if name in frame}
    st.dataframe(frame, hide_index=True, width="stretch", height="content", column_config=widths)


def judge_bar(project: Project, turn: Turn) -> None:
    """Right on Y, wrong on N, don't know on D, undo on U; with labels also what it should be, on 1-9."""
    with st.bottom:
        if project.examples.is_classification():
            _labels(project, turn, "wrong")
        with st.container(horizontal=True, key="actions"):
            _button(ANSWERS["right"].title, turn, "right", shortcut="y", type="primary")
            _button(ANSWERS["wrong"].title, turn, "wrong", shortcut="n")
            _button(ANSWERS["unknown"].title, turn, "unknown", shortcut="d")
            _undo(project, turn)


def label_bar(project: Project, turn: Turn) -> None:
    """Every label on 1-9 or by search, don't know on D, undo on U."""
    with st.bottom:
        _labels(project, turn, "label")
        with st.container(horizontal=True, key="actions"):
            _button(ANSWERS["unknown"].title, turn, "unknown", shortcut="d")
            _undo(project, turn)


def _labels(project: Project, turn: Turn, answer: VoteAnswer) -> None:
    labels = project.examples.label_set()
    with st.container(horizontal=True, key="labels"):
        key = f"vote-pick-{_key(turn)}"
        st.selectbox(
            "The right label",
            sorted(labels),
            index=None,
            key=key,
            placeholder="It should be …" if answer == "wrong" else "Search a label",
            label_visibility="collapsed",
            format_func=formatting.visible,
            on_change=_pick,
            args=(turn, answer, key),
            width=210,
        )
        new_label.popover(f"vote-{_key(turn)}", labels, partial(cast, turn, answer))
        for number, label in parts.number_keys(project, labels):
            _button(formatting.plain(formatting.short(label, 32)), turn, answer, label, shortcut=number)


def _button(title: str, turn: Turn, answer: VoteAnswer, value: str = "", **more: Any) -> None:
    key = f"vote-{answer}-{value}-{_key(turn)}"
    st.button(title, key=key, on_click=cast, args=(turn, answer, value), **more)


def _key(turn: Turn) -> str:
    # A key of its own for every example: two fast presses can never land on the wrong one.
    return f"{turn.round.id}-{turn.example.id if turn.example else ''}-{turn.done}"


def _undo(project: Project, turn: Turn) -> None:
    st.button(
        ACTIONS["undo"].title,
        key=f"vote-undo-{project.place.version()}",
        shortcut="u",
        on_click=_take_back,
        args=(turn,),
    )


def undo_last(project: Project, turn: Turn) -> None:
    """Take back this reviewer's last answer once there is nothing left to answer."""
    st.button("Undo my last answer", key=f"vote-undo-last-{project.place.version()}", on_click=_take_back, args=(turn,))


def cast(turn: Turn, answer: VoteAnswer, value: str = "") -> None:
    """Store this reviewer's answer at once. The label an example already has is no correction: it is right."""
    assert turn.example is not None
    if answer == "wrong" and value and value == turn.example.label:
        answer, value = "right", ""
    try:
        state.project().rounds.vote(
            turn.round.id, turn.example.id, state.reviewer(), answer, value, turn.example.version
        )
    except UsageError as error:
        state.notify(str(error))
    st.session_state.pop("vote-back", None)


def _pick(turn: Turn, answer: VoteAnswer, key: str) -> None:
    if label := st.session_state[key]:
        cast(turn, answer, label)


def _take_back(turn: Turn) -> None:
    example = state.project().rounds.take_back_vote(turn.round.id, state.reviewer())
    if example is None:
        state.notify("You have no answer to undo in this round.")
    else:
        st.session_state["vote-back"] = (turn.round.id, example)


def settled(made: BulkDecision) -> str:
    """How many rows a press of the button decided."""
    passed = f" {counted(made.passed_over, 'row')} had been decided before." if made.passed_over else ""
    return f"{counted(made.decided, 'row')} decided.{passed}"
