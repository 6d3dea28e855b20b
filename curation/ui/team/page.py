"""Team: several people answer the same rows, each alone; then how far they agree, and what they say together."""

import streamlit as st

from curation.errors import CurationError
from curation.project.decisions import ADOPTED
from curation.project.rounds import TeamResult
from curation.ui import state
from curation.ui.audit import model
from curation.ui.team import sentences, work
from curation.ui.widgets import bulk_actions, steps, vote_card

project = state.project()
is_labels = project.examples.is_classification()


def start(seed: int) -> None:
    """Draw a team round of the chosen size."""
    rows, overlap = st.session_state[f"team-rows-{seed}"], st.session_state[f"team-overlap-{seed}"]
    try:
        project.rounds.start_team(rows, overlap, seed)
    except CurationError as error:
        state.notify(str(error))


def form(seed: int) -> None:
    """How large a round to draw."""
    with st.form(f"team-{seed}", border=False):
        with st.container(horizontal=True):
            st.number_input("Rows", 10, 2000, 60, 10, key=f"team-rows-{seed}", width=160)
            st.number_input("People a row", 2, 10, 2, 1, key=f"team-overlap-{seed}", width=160)
        st.form_submit_button("Draw the rows", type="primary", on_click=start, args=(seed,))


def adopt() -> None:
    """Decide the rows on which people agree."""
    state.notify(vote_card.settled(project.decisions.adopt_consensus(state.reviewer())))


def stop_answering(key: str) -> None:
    """Go to the result; no more rows for this reviewer, who has now seen what others answered."""
    st.session_state[key] = True


def show(result: TeamResult) -> None:
    """Agreement, disputed rows, reviewers, who looks next."""
    if result.agreement is None:
        st.text(result.why_no_agreement)
    else:
        st.text(sentences.agreement_line(result.agreement))
    model.draw(project)
    if disputed := sentences.disputed(result):
        st.header("Rows people answer differently", anchor=False)
        examples = project.examples.stored.get_all(disputed[: vote_card.SHOWN])
        vote_card.table(sentences.disputed_frame(result, examples))
        if st.button(
            "Settle them in Review", key="settle", help="With everybody's answer and comments beside the row."
        ):
            st.switch_page(str(state.page_file("review")), query_params={"queue": "disputed"})
    if result.consensus is None:
        st.text(result.why_no_consensus)
        return
    st.header("Reviewers", anchor=False)
    frame = sentences.reviewers_frame(result.consensus.reviewers)
    vote_card.table(frame)
    st.caption(sentences.BY_WHOM[result.consensus.by_model])
    if wanted := result.next[: vote_card.SHOWN]:
        st.header("Who should answer next", anchor=False)
        examples = project.examples.stored.get_all([one.id for one in wanted])
        vote_card.table(sentences.next_frame(wanted, examples))
    settled = [row.id for row in result.consensus.rows if row.is_settled]
    with st.popover("Adopt what they agree on", key=f"adopt-{project.place.version()}", disabled=not settled):
        labels = {example.id: example.label for example in project.examples.stored.get_all(settled)}
        st.text(sentences.adopt_line(result.consensus, labels, is_labels))
        st.button("Yes, do it", type="primary", key="adopt-yes", on_click=adopt)
    bulk_actions.undo_bar(project, ADOPTED)


st.title("Team", anchor=False)
if not project.examples.stored.totals()["stored"]:
    steps.empty("", project)
    st.stop()
turn = vote_card.turn(project, "team")
if turn is None:
    st.text(sentences.WHY)
    form(0)
    work.draw(project)
    st.stop()
st.text(sentences.answers_as(state.reviewer()))
seen = f"seen-{project.name}-{turn.round.id}-{state.reviewer()}"
if turn.example is not None and seen not in st.session_state:
    vote_card.draw(project, turn, with_answer=not is_labels)
    (vote_card.label_bar if is_labels else vote_card.judge_bar)(project, turn)
    st.caption("Others' answers stay hidden until you have answered your rows.")
    st.button("Stop answering and show the result", key="team-seen", on_click=stop_answering, args=(seen,))
elif (result := project.rounds.team_result()) is not None:
    show(result)
    if seen not in st.session_state:
        vote_card.undo_last(project, turn)
    with st.popover("Draw a new round", key=f"new-team-{turn.round.id}"):
        form(turn.round.id)
work.draw(project)
