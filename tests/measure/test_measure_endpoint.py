"""Whatever an endpoint does, a question ends in a reply or in a failure that says why; never in a hang or a crash."""

import asyncio
import json
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from endpoint_server import (
    Act,
    EndpointServer,
    bomb,
    dies,
    drips,
    huge,
    raw,
    right,
    says,
    stalls,
    status,
    truncated,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.endpoint.client import CallFailed, Endpoint, address, error_text, parsed_reply, retry_after
from curation.endpoint.hosts import is_hosted
from curation.endpoint.prompt import Prompt
from curation.errors import UsageError

CHAT = Prompt(messages=(("system", "Sort."), ("user", "about refund")), reply_tokens=16)
PLAIN = Prompt(text="Text: about refund\nLabel:", stop=("\n",), reply_tokens=16)


def ask(server: EndpointServer, prompt: Prompt = CHAT, key: str = "", timeout: float = 5.0) -> str:
    where = address(server.url, completions=not prompt.messages)
    with Endpoint(where, "m", key, timeout) as endpoint:
        return endpoint.ask(prompt).text


@pytest.mark.parametrize("prompt", [CHAT, PLAIN], ids=["chat", "completions"])
def test_a_question_gets_its_reply(prompt: Prompt) -> None:
    with EndpointServer() as server:
        assert ask(server, prompt) == "refund"
        path, headers, body = server.requests[0]
    assert path == ("/v1/chat/completions" if prompt.messages else "/v1/completions")
    assert body["temperature"] == 0
    assert body["max_tokens"] == 16
    assert "Authorization" not in headers


def test_the_key_travels_as_a_header_only() -> None:
    with EndpointServer() as server:
        ask(server, key="sk-canary-123456")
        _, headers, body = server.requests[0]
    assert headers["Authorization"] == "Bearer sk-canary-123456"
    assert "canary" not in json.dumps(body)


FAULTS: dict[str, tuple[Act, str, bool, bool]] = {
    "429": (status(429, {"Retry-After": "3"}), "fewer calls", True, False),
    "429 without Retry-After": (status(429), "fewer calls", True, False),
    "500": (status(500), "failed (500)", True, True),
    "503": (status(503), "failed (503)", True, True),
    "400": (status(400, body=b'{"error": {"message": "no such model"}}'), "no such model", False, False),
    "401": (status(401), "refused the key", False, False),
    "redirect": (status(307, {"Location": "http://127.0.0.1:1/"}), "redirects are not followed", False, False),
    "truncated": (truncated, "connection broke", True, True),
    "dies": (dies, "connection broke", True, True),
    "huge": (huge, "longer than 1 MiB", False, True),
    "compressed": (bomb, "compressed", False, True),
    "not JSON": (raw(b"<html>busy</html>"), "not JSON", False, True),
    "deep JSON": (raw(b"[" * 100_000), "not JSON", False, True),
    "bytes": (raw(b"\xff\xfe\x00"), "not JSON", False, True),
    "a list": (raw(b"[1]"), "not JSON", False, True),
    "wrong schema": (raw(b'{"choices": [{"text": 5, "message": {"content": {}}}]}'), "no text", False, True),
    "empty choices": (raw(b'{"choices": []}'), "no choices", False, True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_misbehaving_endpoint_ends_in_a_failure_that_says_why(name: str) -> None:
    act, words, again, billed = FAULTS[name]
    with EndpointServer(lambda number: act) as server, pytest.raises(CallFailed) as caught:
        ask(server)
    assert words in str(caught.value)
    assert (caught.value.again, caught.value.billed) == (again, billed)


@pytest.mark.parametrize("act", [stalls, drips], ids=["stalls", "drips"])
def test_an_endpoint_that_never_finishes_is_left_after_the_time_limit(act: Act) -> None:
    with EndpointServer(lambda number: act) as server, pytest.raises(CallFailed, match=r"no answer within 0\.2 s"):
        ask(server, timeout=0.2)


def test_nobody_listening_is_a_failure_without_a_bill() -> None:
    with socket.socket() as silent:  # keeps the port and does not listen on it
        silent.bind(("127.0.0.1", 0))
        where = address(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with Endpoint(where, "m", "", 5.0) as endpoint, pytest.raises(CallFailed, match="cannot be reached") as caught:
            endpoint.ask(CHAT)
    assert not caught.value.billed


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with EndpointServer() as server:
        assert ask(server) == "refund"


def test_an_empty_or_missing_text_is_an_empty_reply() -> None:
    for text in (None, ""):
        with EndpointServer(lambda number, text=text: says(lambda body: text)) as server:
            assert ask(server) == ""


def test_an_error_message_that_repeats_the_key_is_not_kept() -> None:
    leak = json.dumps({"error": {"message": "Incorrect API key provided: sk-canar***3456"}}).encode()
    with EndpointServer(lambda number: status(400, body=leak)) as server, pytest.raises(CallFailed) as caught:
        ask(server, key="sk-canary-123456")
    assert "canar" not in str(caught.value)
    assert error_text(leak, "") != ""
    with Endpoint(address(server.url), "m", "sk-canary-123456", 1.0) as endpoint:
        assert "canary" not in repr(endpoint)


@pytest.mark.parametrize(
    ("url", "completions", "found"),
    [
        ("http://localhost:8080", False, "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080/", True, "http://localhost:8080/v1/completions"),
        ("https://api.openai.com/v1", False, "https://api.openai.com/v1/chat/completions"),
        ("https://h.example/openai/v1/", True, "https://h.example/openai/v1/completions"),
        ("https://h.example/v1/completions", False, "https://h.example/v1/completions"),
        ("https://h.example/v1/chat/completions", True, "https://h.example/v1/chat/completions"),
    ],
)
def test_an_address_may_be_given_short_or_whole(url: str, completions: bool, found: str) -> None:
    where = address(url, completions)
    assert where.url == found
    assert where.completions == (not found.endswith("/chat/completions"))


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8080",
        "ftp://h/v1",
        "file:///etc/passwd",
        "http://",
        "https://me:secret@h/v1",
        "https://h/v1?key=s",
        "x",
    ],
)
def test_an_address_that_is_none_or_hides_a_key_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        address(url)
    assert "secret" not in str(caught.value)


def test_a_key_is_never_sent_unencrypted_to_another_network() -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        address("http://192.0.2.7.invalid/v1", has_key=True)
    assert address("http://127.0.0.1:9/v1", has_key=True).host == "127.0.0.1"


def test_only_this_machine_and_private_networks_are_not_hosted() -> None:
    assert not is_hosted("127.0.0.1")
    assert not is_hosted("localhost")
    assert not is_hosted("10.1.2.3")
    assert not is_hosted("::1")
    assert is_hosted("8.8.8.8")
    assert is_hosted("no-such-host.invalid")


def test_retry_after_is_read_as_seconds_or_date() -> None:
    now = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after("7", now) == 7
    assert retry_after("Sun, 01 Nov 2026 12:00:30 GMT", now) == 30
    assert retry_after("Sun, 01 Nov 2026 11:00:00 GMT", now) == 0
    assert [retry_after(text, now) for text in ("", "soon", "inf", "nan-ish")] == [None] * 4


WORDS = st.sampled_from(["choices", "message", "content", "text", "usage", "x"])
VALUES = st.recursive(
    st.none() | st.integers() | WORDS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(WORDS, one, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_reply_or_a_failure(body: bytes) -> None:
    try:
        assert isinstance(parsed_reply(body, False, 1.0).text, str)
    except CallFailed as failure:
        assert str(failure)


def test_after_a_failure_the_next_question_is_answered() -> None:
    with (
        EndpointServer(lambda number: dies if number == 1 else right()) as server,
        Endpoint(address(server.url), "m", "", 5.0) as endpoint,
    ):
        with pytest.raises(CallFailed):
            endpoint.ask(CHAT)
        assert [endpoint.ask(CHAT).text for _ in range(3)] == ["refund"] * 3


def test_a_key_that_cannot_be_one_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError, match="characters no key has") as caught:
        Endpoint(address("http://127.0.0.1:9"), "m", "sk-canary\r\nX: y", 1.0)
    assert "canary" not in str(caught.value)


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    with EndpointServer() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        where = address(server.url.replace("http://", "https://"))
        with Endpoint(where, "m", "", 5.0) as endpoint, pytest.raises(CallFailed, match="certificate"):
            endpoint.ask(CHAT)
        assert server.requests == []


def test_it_can_be_asked_where_an_event_loop_is_running_already() -> None:
    async def inside(server: EndpointServer) -> str:
        return ask(server)

    with EndpointServer() as server, ThreadPoolExecutor() as pool:  # a thread: this one may have a loop of its own
        assert pool.submit(asyncio.run, inside(server)).result() == ask(server)
