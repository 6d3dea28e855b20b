"""Who gets through the front door of the app, and what every answer says of itself."""

from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from curation.ui.server import HEALTH, Door, policy

HOST = "127.0.0.1:8501"
LIVE = f"ws://{HOST}/_stcore/stream"
KEY = "open sesame".replace(" ", "-")


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers everything."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"inside"})


@pytest.fixture
def client() -> TestClient:
    door = Door(inside, ["127.0.0.1", "localhost"], 8501, KEY)
    return TestClient(door, base_url=f"http://{HOST}", follow_redirects=False)


def test_the_key_of_the_address_opens_it_once_and_for_all_and_is_not_left_there(client: TestClient) -> None:
    assert client.get("/review").status_code == 403
    assert client.get("/review?key=wrong").status_code == 403
    led = client.get(f"/review?project=tickets&key={KEY}&row=1")
    assert (led.status_code, led.headers["location"]) == (303, "/review?project=tickets&row=1")
    assert {"HttpOnly", "SameSite=Strict"} <= set(led.headers["set-cookie"].split("; "))
    assert client.get("/review").text == "inside"


def test_it_never_leads_to_another_host(client: TestClient) -> None:
    led = client.get(f"http://{HOST}//evil.example/x?key={KEY}")
    assert led.headers["location"] == "/evil.example/x"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8501"},
        {"host": "127.0.0.1:9999"},
        {"host": "127.0.0.1:8501.evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:8501.evil.example"},
        {"origin": "null"},
    ],
)
def test_a_foreign_host_or_page_is_refused_whatever_key_it_holds(
    client: TestClient, headers: Mapping[str, str]
) -> None:
    client.get(f"/?key={KEY}")
    for path in ("/", HEALTH, "/_stcore/health"):
        assert client.get(path, headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(LIVE, headers=headers):
        pass
    assert refused.value.code == 4403


def test_the_live_connection_needs_the_key_too(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(LIVE):
        pass
    assert refused.value.code == 4403
    client.get(f"/?key={KEY}")
    with client.websocket_connect(LIVE, headers={"origin": f"http://{HOST}"}) as live:
        assert live.receive()["code"] == 1000


def test_health_needs_no_key_and_every_answer_says_what_a_page_may_do(client: TestClient) -> None:
    for path in (HEALTH, "/"):
        said = client.get(path).headers
        assert (said["x-frame-options"], said["x-content-type-options"]) == ("DENY", "nosniff")
        assert said["content-security-policy"] == policy()
    assert client.get(HEALTH).status_code == 200
    allowed = dict(part.strip().split(" ", 1) for part in policy().split(";"))
    assert "unsafe" not in allowed["script-src"]
    assert (allowed["frame-ancestors"], allowed["connect-src"]) == ("'none'", "'self'")


def test_a_broken_cookie_is_no_key(client: TestClient) -> None:
    assert client.get("/", headers={"cookie": f"curation-key-8501=; curation-key-8502={KEY}"}).status_code == 403
    assert client.get("/", headers={"cookie": "=;;\x7f="}).status_code == 403
