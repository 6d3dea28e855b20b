"""What lets a card speak to the server while its page is not drawn: a ticket that was given to this card alone."""

import itertools
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

import streamlit as st

from curation.project import Project
from curation.project.decisions import Applied, LogEntry
from curation.project.place import folders
from curation.records import Filter
from curation.ui import kept, state
from curation.ui.review.sent import Sent
from curation.ui.state import identity

_OWN = "review-ticket"


@dataclass(frozen=True)
class View:
    """What the page was last drawn with, all of it that a card's rows depend on.

    `holder` is who claims rows, `passed` the position in the address, beyond which a card that has said nothing yet
    begins. `is_ended` is whether the page says that nothing waits.
    """

    filter: Filter
    titles: Mapping[str, str]
    holder: str
    passed: int
    shows_guesses: bool
    shows_personal: bool
    is_ended: bool


@dataclass
class Ticket:
    """What a session's card may ask and store: in this project, under this name, as long as this person is signed in.

    `database` is the project's file: one deleted and made again under its name is another one. `last` is what the
    card asked last, and what became of its log. `client` and `stored` are the card that last stored something and the
    newest number of its log, `queue` and `after` where that card stood. `learned` is how many rows were handled when
    it was last asked whether a model has more to learn from.
    """

    project: Project
    database: int
    reviewer: str
    person: str
    session: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    view: View | None = None
    last: tuple[Sent, list[Applied]] = field(default_factory=lambda: (Sent(), []))
    client: str = ""
    stored: int = 0
    queue: str = ""
    after: int = -1
    learned: int | None = None
    turns: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """The numbers of its answers: pages and requests overtake each other, and a card passes over what is older."""

    def store(self, client: str, log: Iterable[LogEntry], queue: str = "", after: int = -1) -> list[Applied]:
        """What became of each entry of a card's log; all of it is committed on return."""
        applied = self.project.decisions.apply_log(client, tuple(log), self.reviewer)
        if client:
            newest = max((one.number for one in applied), default=0)
            self.client, self.stored = client, max(newest, self.stored if client == self.client else 0)
        self.queue, self.after = queue, after
        return applied

    def hear(self, sent: Sent) -> None:
        """Store the log of what a card asks, and know it as what it asked last."""
        self.last = sent, self.store(sent.client, sent.log, sent.queue, sent.after)

    @property
    def sent(self) -> Sent:
        """What its card asked last."""
        return self.last[0]

    def place(self, queue: str, order: str, passed: int) -> int:
        """The position beyond which its card goes on in this queue: where it stands, and before it has said so, where
        the one before it stood or what it `passed` by the address."""
        if self.sent.queue:
            return self.after if self.queue == queue and self.sent.order == order else -1
        return self.after if self.queue == queue and self.after >= 0 else passed


_given: dict[str, Ticket] = {}


def queue_name(ticket: Ticket, filter: Filter, *shown: bool) -> str:
    """Stands for the rows the card may hold: another queue, another order of it, or texts `shown` otherwise."""
    # Not that a model has learned anew: that is no reason to take a row away.
    seen = filter, shown, ticket.project.place.step("check").at
    return f"{ticket.sent.project or ticket.project.name}-{crc32(repr(seen).encode(errors='replace'))}"


def of_session(project: Project) -> Ticket:
    """The ticket of this session's card, another one than before where it works in another project or under another
    name."""
    ticket = st.session_state.get(_OWN)
    who = project, state.reviewer(), identity.person() if identity.is_served() else ""
    if ticket is None or (ticket.project, ticket.reviewer, ticket.person) != who:
        sent = Sent()
        if ticket is not None:
            _given.pop(ticket.token, None)
            # Whoever renames a project does not wait for the cards that have it open: they go on under their name.
            sent = replace(ticket.sent, log=()) if is_of(project, ticket.sent) else sent
        database = state.database_of(project.folder)
        ticket = st.session_state[_OWN] = Ticket(project, database, *who[1:], session=kept.session(), last=(sent, []))
    if ticket.token not in _given:
        _forget_gone()
        give(ticket)
    return ticket


def is_of(project: Project, sent: Sent) -> bool:
    """Whether a card sent this for the project, under the name it has or one it had."""
    return sent.project == project.name or sent.project in folders.former_names(project.place)


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
