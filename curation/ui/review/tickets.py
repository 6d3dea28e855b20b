"""What lets a card store decisions while its page is not drawn: a ticket that was given to this card alone."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_args

import streamlit as st

from curation.errors import UsageError
from curation.project import Project
from curation.project.decisions import Applied, LogEntry
from curation.records import Action
from curation.ui import kept, state
from curation.ui.state import identity

_OWN = "review-ticket"
_TYPES = {name: str if name in ("action", "example", "value") else int for name in (f.name for f in fields(LogEntry))}


@dataclass
class Ticket:
    """What a session's card may store: in this project, under this name, as long as this person is signed in.

    `database` is the project's file: one deleted and made again under its name is another one. `client` and `stored`
    are the card that last stored something with it and the newest number of its log, `queue` and `after` where that
    card stood.
    """

    project: Project
    database: int
    reviewer: str
    person: str
    session: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    client: str = ""
    stored: int = 0
    queue: str = ""
    after: int = -1

    def store(self, client: str, log: Iterable[LogEntry], queue: str = "", after: int = -1) -> list[Applied]:
        """What became of each entry of a card's log; all of it is committed on return."""
        applied = self.project.decisions.apply_log(client, tuple(log), self.reviewer)
        if client:
            newest = max((one.number for one in applied), default=0)
            self.client, self.stored = client, max(newest, self.stored if client == self.client else 0)
        self.queue, self.after = queue, after
        return applied


_given: dict[str, Ticket] = {}


def of_session(project: Project) -> Ticket:
    """The ticket of this session's card, another one than before where it works in another project or under another
    name."""
    ticket = st.session_state.get(_OWN)
    who = project, state.reviewer(), identity.person() if identity.is_served() else ""
    if ticket is None or (ticket.project, ticket.reviewer, ticket.person) != who:
        if ticket is not None:
            _given.pop(ticket.token, None)
        database = state.database_of(project.folder)
        ticket = st.session_state[_OWN] = Ticket(project, database, *who[1:], session=kept.session())
    if ticket.token not in _given:
        _forget_gone()
        give(ticket)
    return ticket


def give(ticket: Ticket) -> None:
    """Let it be found from now on."""
    _given[ticket.token] = ticket


def _forget_gone() -> None:
    active = kept.sessions()
    for token, ticket in list(_given.items()):
        if active is not None and ticket.session not in active:
            _given.pop(token, None)


def find(token: str, person: str) -> Ticket | None:
    """The ticket that was given to a card of this person, None where there is none or its project is not there any
    more."""
    ticket = _given.get(token)
    if ticket is None or ticket.person != person:
        return None
    return ticket if ticket.database == state.database_of(ticket.project.folder) else None


def log_of(said: object) -> tuple[LogEntry, ...]:
    """The entries of a log as a card sends it; what another version of the card says besides is passed over.

    Raises UsageError where it is no log.
    """
    if not isinstance(said, list) or not all(isinstance(entry, dict) for entry in said):
        raise UsageError("This is no log of decisions.")
    return tuple(_entry(entry) for entry in said if entry.get("action") in get_args(Action))


def _entry(said: Mapping[str, Any]) -> LogEntry:
    known = {name: said[name] for name in _TYPES.keys() & said.keys()}
    if any(type(value) is not _TYPES[name] for name, value in known.items()) or "number" not in known:
        raise UsageError("This is no log of decisions.")
    return LogEntry(**known)
