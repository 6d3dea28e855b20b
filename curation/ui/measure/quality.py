"""Judging the scored rows themselves: a few of them, blind, because a wrong answer among them costs every arm alike."""

import streamlit as st

from curation.errors import CurationError
from curation.project import Project
from curation.ui import state
from curation.ui.measure import sentences
from curation.ui.widgets import formatting, steps, vote_card

WHY = (
    "Models are scored against these rows. Judge 20 of them before you trust the scores: it takes a few minutes, and "
    "you do not see what the models said."
)


def draw(project: Project) -> None:
    """The next row to judge, or what was found; a button that starts where nobody has judged any."""
    st.header("Are the scored rows right?", anchor=False)
    turn, result = vote_card.turn(project, "holdout"), project.rounds.holdout_result()
    if turn is None or result is None:
        st.text(WHY)
        st.button("Judge 20 of the scored rows", key="holdout-start", on_click=_start, args=(project,))
        return
    if turn.example is not None:
        vote_card.draw(project, turn, with_answer=True)
        vote_card.judge_bar(project, turn)
        return
    st.text(formatting.visible(sentences.quality_line(result)))
    with st.container(horizontal=True):
        if result.unsettled:
            st.button("Correct the rows found wrong", key="holdout-settle", type="primary", on_click=_settle)
        if result.found and project.place.step("check").ran:
            st.button("Judge again with this", key="holdout-judge", on_click=steps.judge, args=(project,))
        st.button("Judge 20 others", key=f"holdout-again-{turn.round.id}", on_click=_start, args=(project,))
    if result.wrong and not result.unsettled:
        st.caption("Measure again to score the corrected rows: stored replies are used, so nothing is paid twice.")


def _start(project: Project) -> None:
    scored = project.measuring.held_out.held().scored
    before = project.rounds.holdout_result()
    try:
        project.rounds.start_holdout(scored, seed=before.round.id if before else 0)
    except CurationError as error:
        state.notify(str(error))


def _settle() -> None:
    made = state.project().decisions.settle_holdout(state.reviewer())
    state.notify(vote_card.settled(made))
