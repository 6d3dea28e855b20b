"""Answers of arms called right or wrong: by a model on all of them, by people on some, blind. Nothing before there are
any."""

from dataclasses import asdict
from typing import get_args

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.project.jobs import JudgeOutputs
from curation.project.judging.judging import Mark, ToMark
from curation.project.judging.sentences import is_ready, standing_lines
from curation.project.measuring import api_key
from curation.records import Caps, ReviewSettings
from curation.ui import state
from curation.ui.widgets import formatting, parts, steps
from curation.wording import ANSWERS, key_line

WHY = (
    "A model calls every answer right or wrong, people do so for some of the same rows without seeing its marks or "
    "whose answer it is. The scores are what people would give, and their ranges hold the model's error."
)


def draw(project: Project) -> None:
    """How far the marking is, the judge to ask, the next answer to mark, and the button that scores."""
    arms = project.judging.standing()
    if not arms:
        return
    st.header("Right or wrong?", anchor=False)
    st.text(WHY)
    parts.lines([formatting.visible(line) for line in standing_lines(arms)])
    waiting = project.judging.next()
    if waiting is not None:
        _answer(waiting)
    if is_ready(arms):
        st.button("Score these answers", type="primary", key="marks-score", on_click=_score)
    if all(one.judge for one in arms):
        with st.expander("Ask another judge"):
            _judge(project)
    else:
        _judge(project)


def _judge(project: Project) -> None:
    endpoint = parts.endpoint_field("judge")
    model = st.text_input("Model that judges", key="judge-model").strip()
    caps = parts.caps_fields("judge", "Limits of this run")
    st.text(key_line(bool(api_key())))
    job = JudgeOutputs(endpoint, model, asdict(ReviewSettings()), asdict(Caps(**caps)))
    off = not (endpoint and model) or steps.is_busy(project)
    st.button("Let it mark them", key="judge-start", disabled=off, on_click=steps.start, args=(project, job))


def _answer(one: ToMark) -> None:
    """An answer with what it answers, and what may be said of it."""
    st.progress(one.done / one.whole, text=f"{one.done:,} of {one.whole:,} marked")
    left, right = st.columns(2)
    with left:
        parts.text_box("Input", one.example.input)
    with right:
        parts.text_box("Answer of a model", one.output)
    with st.container(horizontal=True):
        for mark, shortcut in zip(get_args(Mark), "ynd", strict=True):
            key = f"mark-{mark}-{one.arm}-{one.example.id}"
            st.button(ANSWERS[mark].title, key=key, shortcut=shortcut, on_click=_mark, args=(one, mark))


def _mark(one: ToMark, mark: Mark) -> None:
    try:
        state.project().judging.mark(one.arm, one.example.id, state.reviewer(), mark)
    except CurationError as error:
        state.notify(str(error))


def _score() -> None:
    try:
        state.project().judging.score()
    except CurationError as error:
        state.notify(str(error))
