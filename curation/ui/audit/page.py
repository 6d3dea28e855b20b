"""Audit: about a hundred rows drawn at random and judged blind show how many answers of the whole set are wrong."""

import streamlit as st

from curation.errors import CurationError
from curation.project.decisions import AUDITED
from curation.project.rounds import AuditResult
from curation.ui import frame, state
from curation.ui.widgets import bulk_actions, formatting, round_texts, vote_card

project = state.project()
is_labels = project.is_classification()


def start(rows_key: str, width_key: str, seed: int) -> None:
    """Draw an audit of the chosen size."""
    width = st.session_state[width_key]
    try:
        project.start_audit(st.session_state[rows_key], width / 100 if width else None, seed)
    except CurationError as error:
        state.notify(str(error))


def settle() -> None:
    """Decide the rows found wrong."""
    state.notify(round_texts.settled(project.settle_audit(state.reviewer())))


def form(seed: int) -> None:
    """How large an audit to draw."""
    with st.form(f"audit-{seed}", border=False):
        st.number_input("Rows to judge", 20, 2000, 100, 10, key=f"audit-rows-{seed}", width=220)
        st.selectbox(
            "Or as many as it takes to know the share",
            [None, 10, 5, 3, 2],
            format_func=lambda points: "The number above" if points is None else f"to within {points} points",
            key=f"audit-width-{seed}",
            width=320,
        )
        st.caption(
            formatting.plain(round_texts.needed_line(project.policy().items["noise"], project.totals()["stored"]))
        )
        st.caption(
            "Up to a fifth more rows are drawn for checks with few flags; they count only for the "
            "precision of those checks."
        )
        keys = (f"audit-rows-{seed}", f"audit-width-{seed}", seed)
        st.form_submit_button("Draw the rows", type="primary", on_click=start, args=keys)


def correct(result: AuditResult) -> None:
    """The press that decides the rows found wrong; until then they stay in the set as they are."""
    st.text(round_texts.uncorrected_line(result.unsettled))
    label = f"Correct {round_texts.these_rows(result.unsettled)}"
    with st.popover(label, key=f"settle-{project.version()}", type="primary"):
        st.text(round_texts.settle_line(result))
        st.button("Yes, do it", type="primary", key="settle-yes", on_click=settle)


def show(result: AuditResult) -> None:
    """What the audit found and what to do with it."""
    if result.found is None:
        st.text(result.why)
        return
    st.subheader(formatting.plain(round_texts.audit_headline(result.found, is_labels)), anchor=False)
    if result.unsettled:
        correct(result)
    meaning = round_texts.audit_meaning(result, project.policy().items["noise"])
    frame.lines([line for line in (meaning, result.why) if line])
    st.caption(formatting.plain(round_texts.audit_basis(result.found)))
    if project.step("check").ran:
        st.button("Judge again with this audit", key="audit-judge", on_click=frame.judge, args=(project,))
    if result.found.precision:
        st.subheader("How often each check's flags were right", anchor=False)
        vote_card.table(round_texts.precision_frame(result.found.precision, project.check_titles()))
    if result.wrong:
        st.subheader("Rows judged wrong", anchor=False)
        waiting_first = sorted(result.wrong, key=lambda id: id not in result.open)[: round_texts.SHOWN]
        vote_card.table(round_texts.wrong_frame(project.examples_by_id(waiting_first), result))
    bulk_actions.undo_bar(project, AUDITED)


st.title("Audit")
if not project.totals()["stored"]:
    frame.empty("", project)
    st.stop()
turn, result = vote_card.turn(project, "audit"), project.audit_result()
if turn is None or result is None:
    st.text(round_texts.WHY_AUDIT)
    form(0)
    st.stop()
if turn.example is not None:
    st.caption(formatting.plain(round_texts.drawn_line(turn.round)))
    if line := round_texts.still_needed(result, project.policy().items["noise"]):
        st.text(line)
    vote_card.draw(project, turn, with_answer=True)
    vote_card.judge_bar(project, turn)
    if result.found is not None:
        with st.expander("Result so far"):
            show(result)
else:
    st.caption(formatting.plain(round_texts.drawn_line(turn.round)))
    show(result)
    vote_card.undo_last(project, turn)
    with st.popover("Draw a new audit", key=f"new-audit-{turn.round.id}"):
        form(turn.round.id)
