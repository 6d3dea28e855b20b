"""What a review card asks without its page, with the ticket it was given: to store decisions, and for rows."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation.errors import CurationError
from curation.ui import state
from curation.ui.kept import claims
from curation.ui.review import sent, tickets
from curation.ui.review.answer import answer
from curation.ui.review.tickets import Ticket
from curation.ui.state import identity

MOST_BYTES = 4_000_000
"""Of a message: a person who was without a network for an hour has some hundred entries, and a long edit a megabyte."""
HEADERS = {"cache-control": "no-store"}
Said = dict[str, Any]
Act = Callable[[Ticket, Said], dict[str, Any] | None]
"""What is answered to a message of a card; None where its page has to say it."""


async def _asked(request: Request, act: Act) -> Response:
    """The answer to a card.

    A page of somebody else cannot ask: it has another origin (which the front door refuses, and a request without one
    is refused here), cannot send JSON, and does not know the ticket.
    """
    if "origin" not in request.headers or request.headers.get("content-type") != "application/json":
        return _no(403)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return _no(413)
    try:
        said = json.loads(bytes(body))
    except ValueError:
        return _no(400)
    person = request.headers.get(identity.PERSON_HEADER, "") if identity.is_served() else ""
    return await run_in_threadpool(_answered, said, person, act)


def _answered(said: Any, person: str, act: Act) -> Response:
    token = said.get("ticket") if isinstance(said, dict) else None
    ticket = tickets.find(token, person) if isinstance(token, str) else None
    if ticket is None:
        return _no(403)
    try:
        answered = act(ticket, said)
    except CurationError:
        answered = None
    # the card asks once more by its page, which says why
    return _no(409) if answered is None else JSONResponse(answered, headers=HEADERS)


def _store(ticket: Ticket, said: Said) -> dict[str, Any] | None:
    """The number up to which all of a log is stored, and whether something was refused."""
    heard = sent.read(said)
    if not heard.client or not heard.queue or "log" not in said:
        return None
    applied = ticket.store(heard.client, heard.log, heard.queue, heard.after)
    refused = min((one.number for one in applied if one.refused), default=None)
    stored = max((one.number for one in applied if refused is None or one.number < refused), default=0)
    return {"stored": stored, "refused": refused is not None}


def _rows(ticket: Ticket, said: Said) -> dict[str, Any] | None:
    """What the card's page would say, drawn as it was the last time; None where something beside the card changes."""
    heard, view = sent.read(said), ticket.view
    if not heard.client or view is None or not tickets.is_of(ticket.project, heard):
        return None
    ticket.hear(heard)
    claims.let_go_of_gone(ticket.project, view.holder)
    state.personal_data_is_shown.set(view.shows_personal)
    answered = answer(ticket, view)
    return answered if answered["waiting"] or view.is_ended else None


def _no(status: int) -> JSONResponse:
    return JSONResponse({}, status, headers=HEADERS)


def routes() -> list[BaseRoute]:
    """Where a card asks."""
    acts = {"decisions": _store, "rows": _rows}
    return [Route(f"{state.CARD}/{name}", partial(_asked, act=act), methods=["POST"]) for name, act in acts.items()]
