"""The front door where people sign in: who is let in, who is not, and what a request then says of them."""

import json
import time
from collections.abc import Mapping

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from curation.project.place.serving import Serving
from curation.ui.server import HEALTH, Door, structured
from curation.ui.server.sign_in import COOKIE, SignIn
from curation.ui.state.identity import PERSON_HEADER

PUBLIC = "https://curation.example.org"
SECRET = "s" * 32
PROXY = Serving(address=PUBLIC, proxy_secret=SECRET)
PROVIDER = Serving(
    address=PUBLIC, oidc_metadata_url="https://id.example.org", oidc_client_id="a", oidc_client_secret="b",
    cookie_secret=SECRET, session_hours=2,
)  # fmt: skip
LIVE = "wss://curation.example.org/_stcore/stream"
HELD = ("/media/a.csv", "/review/card/decisions", "/review/card/rows", "/_stcore/upload_file/a/b", "/_stcore/bidi-components/curation.review_card/x.js", "/component/x/y",
        "/app/static/x", "/media/../media/x", "/static/../media/x", "/_stcore/metrics")  # fmt: skip


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says who a request is of, and leaves a cookie."""
    who = dict(scope["headers"]).get(PERSON_HEADER.encode(), b"nobody")
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{who.decode()} {message['text']}"})
        await send({"type": "websocket.close", "code": message["code"]})
    else:
        cookie = (b"set-cookie", b"a=b; HttpOnly")
        await send({"type": "http.response.start", "status": 200, "headers": [cookie]})
        await send({"type": "http.response.body", "body": who})


def client(serving: Serving) -> TestClient:
    door = Door(inside, ["0.0.0.0", "localhost"], 8501, "", SignIn(serving), structured)
    return TestClient(door, base_url=PUBLIC, follow_redirects=False)


def cookie(claims: Mapping[str, object], secret: str = SECRET) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={URLSafeTimedSerializer(secret, salt=COOKIE).dumps(json.dumps(claims))}"}


def test_a_proxy_that_knows_the_secret_says_who_somebody_is() -> None:
    said = {"x-curation-proxy-secret": SECRET, "x-forwarded-email": " Ann@Example.org"}
    answer = client(PROXY).get("/media/x", headers=said)
    assert (answer.status_code, answer.text) == (200, "ann@example.org")
    assert answer.headers["set-cookie"] == "a=b; HttpOnly; Secure"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-forwarded-email": "ann@example.org"},
        {"x-forwarded-email": "ann@example.org", "x-curation-proxy-secret": "s" * 31},
        {"x-curation-proxy-secret": SECRET},
        {"x-curation-proxy-secret": SECRET, "x-forwarded-email": "local"},
        {PERSON_HEADER: "ann@example.org", "x-curation-until": "9999999999"},
    ],
)
def test_nobody_else_is_let_in_behind_a_proxy(headers: Mapping[str, str]) -> None:
    strangers = client(PROXY)
    for path in ("/", "/review", "/static/js/a.js", *HELD):
        assert strangers.get(path, headers=headers).status_code == 403, path
    with pytest.raises(WebSocketDisconnect), strangers.websocket_connect(LIVE, headers=headers):
        pass
    assert strangers.get(HEALTH).status_code == 200


def test_strangers_get_the_sign_in_page_alone_and_never_a_name() -> None:
    strangers = client(PROVIDER)
    forged = {PERSON_HEADER: "ann@example.org", "x-curation-until": "9999999999"}
    for path in ("/", "/review", "/static/js/a.js", "/auth/login", "/oauth2callback", "/_stcore/host-config"):
        assert strangers.get(path, headers=forged).text == "nobody", path
    for path in HELD:
        assert strangers.get(path, headers=forged).status_code == 403, path
    with strangers.websocket_connect(LIVE, headers=forged) as live:
        live.send_text("hello")
        assert live.receive_text() == "nobody hello"


@pytest.mark.parametrize(
    ("claims", "secret", "who"),
    [
        ({"is_logged_in": True, "email": "Ann@example.org"}, SECRET, "ann@example.org"),
        ({"is_logged_in": True, "email": "ann@example.org", "email_verified": False}, SECRET, "nobody"),
        ({"is_logged_in": False, "email": "ann@example.org"}, SECRET, "nobody"),
        ({"is_logged_in": True, "sub": "ann"}, SECRET, "nobody"),
        ({"is_logged_in": True, "email": ["ann"]}, SECRET, "nobody"),
        ({"is_logged_in": True, "email": "ann@example.org"}, "t" * 32, "nobody"),
    ],
)
def test_a_signed_cookie_says_who_somebody_is(claims: Mapping[str, object], secret: str, who: str) -> None:
    assert client(PROVIDER).get("/", headers=cookie(claims, secret)).text == who


def test_a_session_ends_whatever_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    known = cookie({"is_logged_in": True, "email": "ann@example.org"})
    now, inside_it = time.time, client(PROVIDER)
    with inside_it.websocket_connect(LIVE, headers=known) as live:
        live.send_text("hello")
        assert live.receive_text() == "ann@example.org hello"
        monkeypatch.setattr(time, "time", lambda: now() + 2 * 3600 + 1)
        live.send_text("still here")
        assert live.receive()["code"] == 4403
    assert inside_it.get("/media/x", headers=known).status_code == 403


def test_a_foreign_page_is_refused_though_its_reader_signed_in() -> None:
    known = cookie({"is_logged_in": True, "email": "ann@example.org"}) | {"origin": "https://evil.example"}
    assert client(PROVIDER).get("/media/x", headers=known).status_code == 403
    assert client(PROVIDER).get("/", headers={"host": "evil.example"}).status_code == 403


def test_the_log_has_a_line_a_request_and_nothing_of_what_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    client(PROVIDER).get("/_stcore/upload_file/session/file.csv?project=Secret+project")
    line = json.loads(capsys.readouterr().err)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/_stcore/upload_file", 403)
    assert set(line) == {"at", "kind", "method", "path", "status", "ms"}
