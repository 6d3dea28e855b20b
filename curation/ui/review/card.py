"""The review card: it paints a window of the queue by itself, and says by requests of its own what was decided.

Its page is drawn anew only where something beside the card changes, and where a request is not answered.
"""

from functools import cache
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from curation.project import Project
from curation.records import Filter
from curation.ui import state
from curation.ui.kept import claims
from curation.ui.review import guesses, sent, tickets
from curation.ui.review.answer import answer
from curation.ui.review.sent import Sent
from curation.ui.review.tickets import Ticket, View

KEY = "review-card"
ENDED = "review-ended"
"""Whether the page was drawn with nothing waiting in the queue."""


@cache
def _component() -> Any:
    """The card's component, None where its files are not known to Streamlit."""
    try:
        return st.components.v2.component("curation.review_card", js="card.js", css="card.css")
    except StreamlitAPIException:
        return None


def is_plain() -> bool:
    """Whether this session has native buttons in place of the card: asked for in the address, or it cannot load."""
    return bool(st.session_state.get("plain")) or _component() is None


@st.fragment
def draw(filter: Filter, titles: dict[str, str]) -> None:
    """The card: stores what it sent, and answers with the rows that come next."""
    project = state.project()
    if project.name != st.session_state["framed"]:  # renamed or deleted by somebody while the card was open
        st.rerun(scope="app")
    ticket, said = tickets.of_session(project), _said(project)
    if said.times > ticket.sent.times or (said.client and said.client != ticket.sent.client):
        ticket.hear(said)
    ticket.view = _view(project, filter, titles)
    data = answer(ticket, ticket.view)
    st.session_state["passed"] = data["after"]
    if not data["waiting"] and not ticket.view.is_ended:
        st.rerun(scope="app")  # the page says what is next
    _component()(key=KEY, data=data, on_said_change=_store)


def _view(project: Project, filter: Filter, titles: dict[str, str]) -> View:
    return View(
        filter,
        titles,
        claims.holder(project),
        int(st.session_state.get("passed", -1)),
        guesses.are_shown(),
        state.personal_data_is_shown.get(),
        bool(st.session_state.get(ENDED)),
    )


def _store() -> None:
    """Store what was sent, before anything is drawn: a person may be on the way to another page."""
    project = state.project()
    tickets.of_session(project).hear(_said(project))


def _said(project: Project) -> Sent:
    """What the card sent by its page for this project; what it sent for another waits until that is opened again."""
    value = st.session_state.get(KEY)
    said = sent.read(value.get("said") if value is not None else None)
    return said if tickets.is_of(project, said) else Sent()


def place(project: Project, filter: Filter) -> int:
    """The position up to which the card, or the page before it, has passed this queue."""
    ticket: Ticket = tickets.of_session(project)
    shown = guesses.are_shown(), state.personal_data_is_shown.get()
    is_here = ticket.queue == tickets.queue_name(ticket, filter, *shown)
    return ticket.after if is_here else int(st.session_state.get("passed", -1))
