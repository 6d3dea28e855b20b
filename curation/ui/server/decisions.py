"""Decisions stored without a page being drawn: a card sends its log with the ticket it was given."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from curation.errors import CurationError
from curation.ui.review import tickets
from curation.ui.state import identity

MOST_BYTES = 4_000_000
"""Of a log: a person who was without a network for an hour has some hundred entries, and a long edit has a megabyte."""
HEADERS = {"cache-control": "no-store"}


async def store(request: Request) -> JSONResponse:
    """What became of the log: the number up to which all of it is stored, and whether something was refused.

    A page of somebody else cannot ask this: it has another origin (which the front door refuses, and a request without
    one is refused here), cannot send JSON, and does not know the ticket.
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
    return await run_in_threadpool(_stored, said, person)


def _stored(said: Any, person: str) -> JSONResponse:
    texts = _texts(said)
    ticket = tickets.find(texts["ticket"], person) if texts else None
    if texts is None or ticket is None:
        return _no(403)
    after = said.get("after")
    try:
        log = tickets.log_of(said.get("log"))
        applied = ticket.store(texts["client"], log, texts["queue"], after if type(after) is int else -1)
    except CurationError:
        return _no(409)  # the card asks once more by its page, which says why
    refused = min((one.number for one in applied if one.refused), default=None)
    stored = max((one.number for one in applied if refused is None or one.number < refused), default=0)
    return JSONResponse({"stored": stored, "refused": refused is not None}, headers=HEADERS)


def _texts(said: Any) -> Mapping[str, str] | None:
    if not isinstance(said, dict):
        return None
    names = ("ticket", "client", "queue")
    found = {name: text for name in names if isinstance(text := said.get(name), str) and text}
    return found if len(found) == len(names) else None


def _no(status: int) -> JSONResponse:
    return JSONResponse({}, status, headers=HEADERS)
