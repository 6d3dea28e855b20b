"""Vectors of an endpoint: asked once a text, masked, within limits, gone on with; nothing is sent unless one is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.cli.main import main
from curation.endpoint.client import CallFailed, embeddings_address, parsed_vectors
from curation.errors import EndpointFailed, UsageError
from curation.project import Project
from curation.project.meaning.own import Source
from curation.records import Caps, Filter
from tests.measure.endpoint_server import Act, EndpointServer, Handler, raw, status

SUBJECTS = ("garden", "kitchen", "money")
MAIL = "jane.doe@mail-provider.net"


def vector(text: str) -> list[float]:
    return [1.0 if subject in text else 0.05 for subject in SUBJECTS] + [0.1]


def embeds() -> Act:
    """A vector a text, the last one first, by the subject it names."""

    def act(handler: Handler) -> None:
        texts = handler.body["input"]
        data = [{"index": n, "embedding": vector(text)} for n, text in enumerate(texts)]
        usage = {"prompt_tokens": sum(len(text.split()) for text in texts)}
        handler.send(200, json.dumps({"data": data[::-1], "usage": usage}).encode())

    return act


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with EndpointServer(lambda number: embeds()) as started:
        yield started


@pytest.fixture
def rows(tmp_path: Path) -> Project:
    """75 rows of three subjects, one of them with an address in it."""
    lines = [f"what of the {SUBJECTS[n % 3]} on day {n},{'ab'[n % 2]}" for n in range(74)] + [f"garden {MAIL},a"]
    path = tmp_path / "rows.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(tmp_path / "project", create=True)
    project.examples.load(path)
    return project


def sent(server: EndpointServer) -> list[str]:
    return [text for _, _, body in server.requests for text in body["input"]]


def test_every_text_is_sent_once_masked_and_what_is_looked_for_too(rows: Project, server: EndpointServer) -> None:
    taken = rows.meaning.ask(Source(server.url, "m"))
    assert (taken.rows, taken.without, taken.ended) == (75, 0, "")
    assert len(sent(server)) == 75 == len(set(sent(server)))
    assert server.requests[0][0] == "/v1/embeddings"
    assert [len(body["input"]) for _, _, body in server.requests] == [32, 32, 11]
    assert not any(MAIL in text for text in sent(server))
    hits = rows.meaning.search(Filter(text="kitchen sink", search="meaning"), 24)
    assert all("kitchen" in hit.example.input for hit in hits)
    assert sent(server)[75:] == ["kitchen sink"]
    rows.meaning.search(Filter(text="kitchen sink", search="both"), 5)
    rows.meaning.search(Filter(like=hits[0].example.id), 5)
    rows.meaning.find_topics()
    assert len(sent(server)) == 76

    # an edited row is in no search by meaning until vectors are asked for again, and then alone is sent
    id = hits[0].example.id
    rows.decisions.decide(id, "edit", 0, '{"input": "money now"}', "Ann")
    assert rows.meaning.unknown() == 1
    rows.meaning.ask(Source(server.url, "m"))
    assert sent(server)[76:] == ["money now"]
    assert id in {hit.example.id for hit in rows.meaning.search(Filter(text="money now", search="meaning"), 30)}


def test_limits_and_failures_end_it_early_and_the_same_call_goes_on(rows: Project) -> None:
    def behave(number: int) -> Act:
        return status(503, {"retry-after": "900"}) if number == 2 else embeds()

    with EndpointServer(behave) as server:
        taken = rows.meaning.ask(Source(server.url, "m", Caps(calls=1)))
        assert (taken.rows, taken.without) == (32, 43)
        assert "limit of 1 calls" in taken.ended
        assert rows.meaning.unknown() == 43
        taken = rows.meaning.ask(Source(server.url, "m"))
        assert (taken.rows, taken.ended) == (32, "the endpoint failed (503)")
        taken = rows.meaning.ask(Source(server.url, "m"))
        assert (taken.rows, taken.ended) == (75, "")
        texts = [
            text for number, (_, _, body) in enumerate(server.requests, 1) if number != 2 for text in body["input"]
        ]
        assert len(texts) == len(set(texts)) == 75


def test_an_endpoint_that_is_none_changes_nothing_and_none_is_asked_unless_named(
    rows: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with EndpointServer(lambda number: raw(b'{"data": []}')) as server:
        with pytest.raises(EndpointFailed, match="no vector for each text"):
            rows.meaning.ask(Source(server.url, "m"))
        assert rows.meaning.own.given() is None
        rows.meaning.find_topics()
        rows.meaning.search(Filter(text="garden", search="meaning"))
        assert len(server.requests) == 1
        monkeypatch.setenv("CURATION_ENDPOINT", "http://127.0.0.1:9/v1")
        arguments = ["vectors", "--project", str(rows.folder), "--endpoint", server.url, "--model", "m", "--quiet"]
        assert main(arguments) == 2
        assert "administrator has allowed" in capsys.readouterr().err
        assert len(server.requests) == 1
    assert main(["vectors", "--project", str(rows.folder), "--endpoint", "http://127.0.0.1:9/v1", "--quiet"]) == 2


def test_an_address_is_named_as_people_name_it() -> None:
    for url in ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/embeddings"):
        assert embeddings_address(url).url == "http://127.0.0.1:8080/v1/embeddings"
    with pytest.raises(UsageError):
        embeddings_address("ftp://127.0.0.1/v1")


@pytest.mark.parametrize(
    "data",
    [
        None, 7, [], [{"embedding": [1.0, 2.0]}], ["x", "y"],
        [{"index": 0, "embedding": [1.0, 2.0]}, {"index": 1, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0, 1e999]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": "a", "embedding": [1.0, 2.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": "no"}, {"index": 1, "embedding": "no"}],
    ],
)  # fmt: skip
def test_a_reply_that_holds_no_vectors_is_refused(data: Any) -> None:
    with pytest.raises(CallFailed):
        parsed_vectors(json.dumps({"data": data}).encode(), 2)
