"""Where questions may go, and what of a key may come back."""

import base64
import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import quote

import pytest
from endpoint_server import EndpointServer, says

from curation.endpoint import hosts
from curation.endpoint.client import CallFailed, Endpoint, address
from curation.endpoint.hosts import PLAIN_HTTP_VARIABLE, without_key
from curation.endpoint.prompt import Prompt
from curation.errors import UsageError
from curation.project import Project
from curation.records import EndpointRun, MeasureSettings

KEY = "sk-canary-9f8e7d6c5b4a"


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16",
        "0.0.0.0", "[::]", "224.0.0.1", "2852039166", "0xa9fea9fe", "[2002:a9fe:a9fe::]",
    ],
)  # fmt: skip
def test_what_a_cloud_tells_its_machines_is_never_asked_for(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLAIN_HTTP_VARIABLE, "1")
    for scheme in ("http", "https"):
        with pytest.raises(UsageError, match="no model answers there"):
            address(f"{scheme}://{host}/v1")


def test_a_name_that_leads_there_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: there)
    with pytest.raises(UsageError, match="no model answers there"):
        address("https://models.example.org/v1")


def test_a_name_that_leads_there_only_once_it_is_asked_gets_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    with EndpointServer() as server:
        where = address(server.url)
        monkeypatch.setattr(hosts, "METADATA", {ipaddress.ip_address("127.0.0.1")})
        with Endpoint(where, "m", KEY, 5.0) as endpoint, pytest.raises(CallFailed, match="no model answers") as refused:
            endpoint.ask(Prompt(messages=(("user", "hello"),), reply_tokens=5))
        assert refused.value.final
        assert not refused.value.billed
        assert server.requests == []


def test_unencrypted_beyond_this_computer_needs_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--plain-http, or CURATION_PLAIN_HTTP=1"):
        address("http://10.1.2.3:8000/v1")
    assert address("https://10.1.2.3:8000/v1").host == "10.1.2.3"
    monkeypatch.setenv(PLAIN_HTTP_VARIABLE, "1")
    assert address("http://10.1.2.3:8000/v1").host == "10.1.2.3"


@pytest.mark.parametrize(
    ("text", "key", "left"),
    [
        (f"your key is {KEY}.", KEY, "your key is [key]."),
        (f"{KEY}{KEY} x {KEY[:12]} y {KEY[5:]}", KEY, "[key][key] x [key] y [key]"),
        (f"short piece {KEY[:7]}", KEY, f"short piece {KEY[:7]}"),
        ("nothing of it", KEY, "nothing of it"),
        ("no key", "", "no key"),
        ("abc is a word", "abc", "abc is a word"),
    ],
)
def test_pieces_of_a_key_are_masked(text: str, key: str, left: str) -> None:
    assert without_key(text, key) == left


ODD = "sk-canary/9f+8e%7d=6c5b~4a"


def percent(text: str) -> str:
    return "".join(f"%{ord(character):02x}" for character in text)


def coded(text: str, ahead: str = "") -> str:
    return base64.b64encode(f"{ahead}{text}".encode()).decode()


@pytest.mark.parametrize("key", [KEY, ODD])
@pytest.mark.parametrize(
    "form",
    [
        quote,
        lambda key: quote(key, safe=""),
        percent,
        lambda key: quote(percent(key)),
        lambda key: percent(key[:5]) + key[5:],
        lambda key: percent(key[3:12]).upper(),
        coded,
        lambda key: coded(key, "a"),
        lambda key: coded(key, "ann:"),
        lambda key: coded(key, "Bearer "),
        lambda key: coded(key).rstrip("="),
        lambda key: base64.urlsafe_b64encode(b"??>" + key.encode()).decode(),
        lambda key: f"data/{coded(key)}",
        lambda key: key.encode().hex(),
        lambda key: key.encode().hex().upper(),
        lambda key: coded(key[4:14]),
    ],
)
def test_a_key_is_masked_in_every_form_it_travels_in(form: Callable[[str], str], key: str) -> None:
    echoed = form(key)
    left = without_key(f'Your header was "{echoed}", and that is all.', key)
    assert left.startswith('Your header was "') and left.endswith('", and that is all.')
    assert "[key]" in left
    assert len(left) <= len('Your header was "[key]", and that is all.') + 12  # what stands beside the key stays
    words = "A usual answer of 100% (50%25, %41%42) about base64: aGVsbG8gd29ybGQsIGhvdyBhcmU= and deadbeefdeadbeef."
    assert without_key(words, key) == words


@pytest.mark.parametrize("form", [str, percent, coded])
def test_a_model_that_repeats_the_key_leaves_no_trace_of_it(
    form: Callable[[str], str], labelled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATION_API_KEY", KEY)
    with EndpointServer(lambda number: says(lambda body: f"refund, says {form(KEY)}")) as server:
        run = EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot",), rows=20))
        labelled.measuring.measure(run, sleep=lambda seconds: None)
    labelled.close()
    for path in labelled.folder.rglob("*"):
        assert not path.is_file() or b"canary" not in path.read_bytes(), path
        assert not path.is_file() or form(KEY).encode() not in path.read_bytes(), path
