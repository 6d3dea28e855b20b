"""Audit: about a hundred rows drawn at random and judged blind show how many answers of the whole set are wrong."""

import streamlit as st

from curation.errors import CurationError
from curation.project.decisions import AUDITED
from curation.project.rounds import AuditResult
from curation.ui import state
from curation.ui.audit import model, sentences
from curation.ui.widgets import bulk_actions, formatting, parts, steps, vote_card

project = state.project()
is_labels = project.examples.is_classification()


def start(rows_key: str, width_key: str, seed: int) -> None:
    """Draw an audit of the chosen size."""
    width = st.session_state[width_key]
    try:
        project.rounds.start_audit(st.session_state[rows_key], width / 100 if width else None, seed)
    except CurationError as error:
        state.notify(str(error))


def settle() -> None:
    """Decide the rows found wrong."""
    state.notify(vote_card.settled(project.decisions.settle_audit(state.reviewer())))


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
            formatting.plain(
                sentences.needed_line(
                    project.settings.policy().items["noise"], project.examples.stored.totals()["stored"]
                )
            )
        )
        st.caption(
            "Up to a fifth more rows are drawn for checks with few flags; they count only for the "
            "precision of those checks."
        )
        keys = (f"audit-rows-{seed}", f"audit-width-{seed}", seed)
        st.form_submit_button("Draw the rows", type="primary", on_click=start, args=keys)


def correct(result: AuditResult) -> None:
    """The press that decides the rows found wrong; until then they stay in the set as they are."""
    st.text(sentences.uncorrected_line(result.unsettled))
    label = f"Correct {sentences.these_rows(result.unsettled)}"
    with st.popover(label, key=f"settle-{project.place.version()}", type="primary"):
        st.text(sentences.settle_line(result))
        st.button("Yes, do it", type="primary", key="settle-yes", on_click=settle)


def show(result: AuditResult) -> None:
    """What the audit found and what to do with it."""
    if result.found is None:
        st.text(result.why)
        return
    st.header(formatting.plain(sentences.headline(result.found, is_labels)), anchor=False)
    if result.unsettled:
        correct(result)
    meaning = sentences.meaning(result, project.settings.policy().items["noise"])
    parts.lines([line for line in (meaning, result.why, sentences.suggested_line(result.suggested)) if line])
    st.caption(formatting.plain(sentences.basis(result.found)))
    model.draw(project)
    if project.place.step("check").ran:
        st.button("Judge again with this audit", key="audit-judge", on_click=steps.judge, args=(project,))
    if result.found.precision:
        st.header("How often each check's flags were right", anchor=False)
        vote_card.table(sentences.precision_frame(result.found.precision, project.findings.titles()))
    if result.wrong:
        st.header("Rows judged wrong", anchor=False)
        waiting_first = sorted(result.wrong, key=lambda id: id not in result.open)[: vote_card.SHOWN]
        vote_card.table(sentences.wrong_frame(project.examples.stored.get_all(waiting_first), result))
    bulk_actions.undo_bar(project, AUDITED)


st.title("Audit", anchor=False)
if not project.examples.stored.totals()["stored"]:
    steps.empty("", project)
    st.stop()
turn, result = vote_card.turn(project, "audit"), project.rounds.audit_result()
if turn is None or result is None:
    st.text(sentences.WHY)
    form(0)
    st.stop()
if turn.example is not None:
    st.caption(formatting.plain(sentences.drawn_line(turn.round)))
    if line := sentences.still_needed(result, project.settings.policy().items["noise"]):
        st.text(line)
    vote_card.draw(project, turn, with_answer=True)
    vote_card.judge_bar(project, turn)
    if result.found is not None:
        with st.expander("Result so far"):
            show(result)
else:
    st.caption(formatting.plain(sentences.drawn_line(turn.round)))
    show(result)
    vote_card.undo_last(project, turn)
    with st.popover("Draw a new audit", key=f"new-audit-{turn.round.id}"):
        form(turn.round.id)
