"""The app's front door: an ASGI entry that refuses strangers before Streamlit sees them, and says what a page may load.

Run by `curation app`, with the port, address and key in its environment.
"""

import base64
import contextlib
import gc
import hashlib
import hmac
import html
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from streamlit.starlette import App

from curation.errors import CurationError
from curation.files import app_folder, sweep
from curation.project.place.serving import Serving, read_serving
from curation.ui.server import card, downloads
from curation.ui.server.sign_in import SignIn
from curation.ui.server.uploads import FULL, Quota
from curation.ui.state import REJECTED
from curation.ui.state.identity import PERSON_HEADER, UNTIL_HEADER, is_served
from curation.wording.visible import marked

KEY, COOKIE = "key", "curation-key-{port}"
"""The parameter of the address and the cookie that hold the key; cookies know no ports, so each app has its own."""
HEALTH = "/health"
KEY_VARIABLE, HOST_VARIABLE, PORT_VARIABLE = "CURATION_KEY", "CURATION_HOST", "CURATION_PORT"
SAID_VARIABLE = "CURATION_SAID"
"""The sentence that says where the app is."""
REFUSED = 4403
"""The code a refused live connection is closed with: 4000 and above are free for applications (RFC 6455)."""
SECRETS = ("CURATION_OIDC_CLIENT_SECRET", "CURATION_COOKIE_SECRET", "CURATION_PROXY_SECRET")
OURS = (PERSON_HEADER, UNTIL_HEADER)
"""Headers that the door alone writes."""
LATER = ("sklearn.linear_model", "sklearn.feature_extraction.text", "datasketch", "scipy.stats")
"""What some pages need, two seconds of loading: done while the first person looks at the first page."""
SIGN_IN = "Sign in first."
STAYS_OUT = "Open the address that “curation app” printed: it holds the key to this app."

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
Log = Callable[[Scope, Send], Send]
"""Notes a request and how it was answered: the `send` to answer it with."""


def quiet(scope: Scope, send: Send) -> Send:
    """Nothing is noted."""
    return send


def structured(scope: Scope, send: Send) -> Send:
    """One line of JSON a request on stderr: when, what and how it ended. Neither query nor name nor text is in it."""
    begun = time.time()

    async def noted(message: MutableMapping[str, Any]) -> None:
        await send(message)
        if message["type"] in ("http.response.start", "websocket.accept", "websocket.close"):
            line = {
                "at": datetime.fromtimestamp(begun, UTC).isoformat(timespec="milliseconds"),
                "kind": message["type"],
                "method": scope.get("method", "GET"),
                "path": "/".join(scope["path"].split("/")[:3]),  # what follows names sessions and files
                "status": message.get("status", message.get("code", 101)),
                "ms": round((time.time() - begun) * 1000, 1),
            }
            sys.stderr.write(json.dumps(line) + "\n")

    return noted


def policy() -> str:
    """The Content-Security-Policy: everything from this address, and the one inline script of Streamlit's own page."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    scripts = " ".join(["'self'", *(f"'sha256-{each}'" for each in hashes)])
    # Streamlit writes styles into the page, and hands downloads and uploaded pictures over as blobs.
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def headers() -> list[tuple[bytes, bytes]]:
    """What every answer says of itself."""
    said = {
        "content-security-policy": policy(),
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]


class Door:
    """Lets through what comes from this app's own page, at an address of ours, with the key to it, from those who
    signed in.

    `hosts` are the names the app answers to at its `port`. `key` "" asks for none; with `sign_in` the app is served to
    several people, at its public address too.
    """

    def __init__(
        self, app: ASGI, hosts: Sequence[str], port: int, key: str, sign_in: SignIn | None = None, log: Log = quiet
    ) -> None:
        self.app, self.key, self.cookie, self.sign_in, self.log = app, key, COOKIE.format(port=port), sign_in, log
        self.hosts = frozenset(f"{host}:{port}" for host in hosts)
        self.headers = headers()
        self.is_secret, self.quota = False, Quota()
        if sign_in is not None:
            public = urlsplit(sign_in.serving.public)
            self.hosts |= {public.netloc}
            self.is_secret = public.scheme == "https"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        send = self.log(scope, send)
        if not self._is_ours(asked):
            await self._refuse(scope, send, "This address does not belong to this app.")
        elif not self.quota.takes(scope.get("method", ""), scope["path"], asked.get("content-length")):
            await self._answer(send, 413, FULL, [])
        elif scope["path"] == HEALTH:
            await self.app(scope, receive, self._marked(send))
        elif self.sign_in is not None:
            await self._known(self.sign_in, asked, scope, receive, send)
        elif self._has_key(asked):
            await self.app(scope, receive, self._marked(send))
        elif key := dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(KEY):
            await self._take_key(scope, send, key)
        else:
            await self._refuse(scope, send, STAYS_OUT)

    async def _known(
        self, sign_in: SignIn, asked: Mapping[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let in who signed in, with their name on the request, and strangers to the sign-in page."""
        who = sign_in.who(asked)
        if who is None and not sign_in.is_for_strangers(scope["path"]):
            await self._refuse(scope, send, SIGN_IN)
            return
        own = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() not in OURS]
        if who is not None:
            own += [(PERSON_HEADER.encode(), who.name.encode()), (UNTIL_HEADER.encode(), str(who.until).encode())]
        scope = {**scope, "headers": own}
        is_live = scope["type"] == "websocket" and who is not None
        await self.app(scope, _until(receive, who.until) if is_live and who else receive, self._marked(send))

    def _is_ours(self, asked: Mapping[str, str]) -> bool:
        """Whether Host, and Origin where there is one, are this app's: a rebound name or a foreign page has others."""
        origin = asked.get("origin")
        return asked.get("host") in self.hosts and (origin is None or urlsplit(origin).netloc == asked.get("host"))

    def _has_key(self, asked: Mapping[str, str]) -> bool:
        if not self.key:
            return True
        try:
            cookie = SimpleCookie(asked.get("cookie", "")).get(self.cookie)
        except ValueError:
            return False
        return cookie is not None and self._is_key(cookie.value)

    def _is_key(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.key.encode())

    async def _take_key(self, scope: Scope, send: Send, key: str) -> None:
        """Keep the right key in a cookie that no script reads, and lead to the same address without it."""
        if scope["type"] != "http" or not self._is_key(key):
            await self._refuse(scope, send, STAYS_OUT)
            return
        rest = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != KEY]
        # two slashes at the beginning would be another host
        target = "/" + scope["path"].lstrip("/") + (f"?{urlencode(rest)}" if rest else "")
        cookie = f"{self.cookie}={self.key}; Path=/; HttpOnly; SameSite=Strict"
        await self._answer(send, 303, "", [(b"location", target.encode()), (b"set-cookie", cookie.encode())])

    async def _refuse(self, scope: Scope, send: Send, why: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": REFUSED, "reason": why[:100]})
        else:
            await self._answer(send, 403, why, [])

    async def _answer(self, send: Send, status: int, text: str, more: list[tuple[bytes, bytes]]) -> None:
        body = f"<!doctype html><title>curation</title><p>{html.escape(text)}</p>".encode()
        own = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": [*own, *more, *self.headers]})
        await send({"type": "http.response.body", "body": body})

    def _marked(self, send: Send) -> Send:
        async def marked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = [self._kept_secret(*header) for header in message.get("headers", [])]
                message = {**message, "headers": [*given, *self.headers]}
            await send(message)

        return marked

    def _kept_secret(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        # Streamlit does not mark its cookies so, for it does not know that a proxy answers by https.
        is_open = name.lower() == b"set-cookie" and b"secure" not in value.lower()
        return name, value + b"; Secure" if self.is_secret and is_open else value


def _until(receive: Receive, until: float) -> Receive:
    """What comes over a live connection as long as the session lasts; then that it has ended."""

    async def limited() -> MutableMapping[str, Any]:
        message = await receive()
        over = time.time() > until and message["type"] == "websocket.receive"
        return {"type": "websocket.disconnect", "code": REFUSED} if over else message

    return limited


def said(error: Exception) -> bool:
    """Show the sentence of an error of ours in place of a traceback; whether it was one."""
    if not isinstance(error, CurationError):
        return False
    st.badge("Stopped", color="red", icon=":material/warning:")
    st.text(marked(str(error)))
    return True


async def health(request: Request) -> JSONResponse:
    """That the server answers."""
    return JSONResponse({"status": "ok"})


async def first_page(request: Request) -> RedirectResponse:
    """The overview at its name: it is the first page, which Streamlit knows under no other path than /."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


def app(host: str, port: int, key: str, serving: Serving | None = None) -> App:
    """The whole app behind its front door; with `serving`, for several people."""
    hosts = (f"[{host}]" if ":" in host else host, "localhost", "127.0.0.1")
    sign_in = SignIn(serving) if serving else None
    door = Middleware(Door, hosts=hosts, port=port, key=key, sign_in=sign_in, log=structured if serving else quiet)
    routes = [
        Route(HEALTH, health),
        Route("/overview", first_page),
        Route(REJECTED, downloads.rejected),
        *card.routes(),
    ]
    secrets: dict[str, Any] | None = {"auth": _provider(serving)} if serving and serving.sign_in == "oidc" else None
    return App(
        app_folder() / "app.py",
        lifespan=announced,
        middleware=[door],
        routes=routes,
        on_script_error=said,
        secrets=secrets,
    )


@contextlib.asynccontextmanager
async def announced(app: App) -> AsyncIterator[None]:
    """Say the address now that pages are answered: a browser that comes earlier is refused."""
    if line := os.environ.pop(SAID_VARIABLE, ""):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    yield


def _provider(serving: Serving) -> dict[str, Any]:
    """What `st.login` asks for."""
    return {
        "redirect_uri": f"{serving.public}/oauth2callback",
        "cookie_secret": serving.cookie_secret,
        "client_id": serving.oidc_client_id,
        "client_secret": serving.oidc_client_secret,
        "server_metadata_url": serving.oidc_metadata_url,
    }


def _load_later() -> None:
    """Load what pages need later, and spare the collector of garbage all of it: modules are never garbage."""
    for name in LATER:
        import_module(name)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve until stopped."""
    sweep()
    import_module("curation.ui.frame")  # what every page needs: else the first person waits for it
    Thread(target=_load_later, daemon=True).start()
    if is_served():
        serving = read_serving(None, {})
        host, port, key = serving.host, serving.port, ""
        for name in SECRETS:  # what jobs and parsers are started with says nothing of them
            os.environ.pop(name, None)
    else:
        serving, host, port = None, os.environ[HOST_VARIABLE], int(os.environ[PORT_VARIABLE])
        key = os.environ.pop(KEY_VARIABLE, "")
    app(host, port, key, serving).run(config={"server.address": host, "server.port": port})
