"""Decisions that a card sends by themselves: stored once, under its own name, and by nobody who was not given its ticket."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from curation.project import Project
from curation.records import Actor, Filter
from curation.ui import state
from curation.ui.review import tickets
from curation.ui.review.tickets import Ticket
from curation.ui.server import Door, decisions
from curation.ui.state import DECISIONS
from curation.ui.state.identity import PERSON_HEADER, SIGN_IN_VARIABLE

HOST = "127.0.0.1:8501"
OURS = {"origin": f"http://{HOST}", "content-type": "application/json"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\n" + "".join(f"question {n},{'ab'[n % 2]}\n" for n in range(6)), encoding="utf-8")
    with Project.open(tmp_path / "tickets", create=True) as made:
        made.examples.load(path)
        yield made


@pytest.fixture
def client() -> TestClient:
    routes = [Route(DECISIONS, decisions.store, methods=["POST"])]
    door = Door(Starlette(routes=routes), ["127.0.0.1"], 8501, "")
    return TestClient(door, base_url=f"http://{HOST}", headers=OURS)


def given(project: Project, reviewer: str = "Ann", person: str = "") -> Ticket:
    ticket = Ticket(project, state.database_of(project.folder), reviewer, person, "session")
    tickets.give(ticket)
    return ticket


def ids(project: Project) -> list[str]:
    return [example.id for _, example in project.decisions.queue.page(Filter("all"), -1, 10)]


def sent(ticket: Ticket, *log: dict[str, Any], **also: Any) -> dict[str, Any]:
    return {"ticket": ticket.token, "client": "card", "queue": "q", "after": 3, "log": list(log), **also}


def entry(number: int, example: str, action: str = "accept", version: int = 0) -> dict[str, Any]:
    return {"number": number, "action": action, "example": example, "value": "", "seen_version": version, "of": 0}


def statuses(project: Project, among: list[str]) -> list[str]:
    return [example.status for id in among if (example := project.examples.stored.get(id)) is not None]


def test_a_log_is_stored_under_the_name_of_its_card_and_not_again_when_it_comes_again(
    client: TestClient, project: Project
) -> None:
    ticket, rows = given(project), ids(project)
    log = [entry(1, rows[0]), entry(2, rows[1], "reject")]
    for _ in range(2):
        answer = client.post(DECISIONS, json=sent(ticket, *log))
        assert (answer.status_code, answer.json()) == (200, {"stored": 2, "refused": False})
        assert answer.headers["cache-control"] == "no-store"
    assert statuses(project, rows[:3]) == ["accepted", "rejected", "undecided"]
    assert [one.reviewer for id in rows for one in project.decisions.of(id)] == ["Ann", "Ann"]
    assert (ticket.client, ticket.stored, ticket.queue, ticket.after) == ("card", 2, "q", 3)


def test_what_is_refused_is_left_to_the_page_and_all_before_it_is_acknowledged(
    client: TestClient, project: Project
) -> None:
    ticket, rows = given(project), ids(project)
    project.decisions.decide(rows[1], "flag", 0, reviewer="Bob")
    log = [entry(1, rows[0]), entry(2, rows[1]), entry(3, rows[2])]
    assert client.post(DECISIONS, json=sent(ticket, *log)).json() == {"stored": 1, "refused": True}
    assert statuses(project, rows[:3]) == ["accepted", "flagged", "accepted"]


def test_nobody_stores_anything_without_the_ticket_from_another_page_or_after_the_project_is_gone(
    client: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, rows = given(project), ids(project)
    said = sent(ticket, entry(1, rows[0]))
    foreign = {"origin": "http://evil.example"}
    plain = {"content-type": "text/plain"}
    assert client.post(DECISIONS, json=said, headers=foreign).status_code == 403
    assert client.post(DECISIONS, json=said, headers=plain).status_code == 403
    del client.headers["origin"]
    assert client.post(DECISIONS, json=said).status_code == 403
    client.headers.update(OURS)
    assert client.post(DECISIONS, json={**said, "ticket": "guessed"}).status_code == 403
    assert client.get(DECISIONS).status_code == 405
    monkeypatch.setenv(SIGN_IN_VARIABLE, "proxy")
    hers = sent(given(project, person="ann@example.org"), entry(1, rows[0]))
    for name in ("bob@example.org", ""):
        assert client.post(DECISIONS, json=hers, headers={PERSON_HEADER: name}).status_code == 403
    monkeypatch.delenv(SIGN_IN_VARIABLE)
    assert statuses(project, rows) == ["undecided"] * 6
    shutil.rmtree(project.folder)
    assert client.post(DECISIONS, json=said).status_code == 403


def test_who_may_only_look_stores_nothing(client: TestClient, project: Project, tmp_path: Path) -> None:
    rows = ids(project)
    project.members.put("ann@example.org", "admin")
    with Project.open(tmp_path / "tickets", actor=Actor("ann@example.org")) as hers:
        hers.members.put("val@example.org", "viewer")
    with Project.open(tmp_path / "tickets", actor=Actor("val@example.org")) as looked:
        assert client.post(DECISIONS, json=sent(given(looked), entry(1, rows[0]))).status_code == 409
    with Project.open(tmp_path / "tickets", actor=Actor("ann@example.org")) as hers:
        assert statuses(hers, rows) == ["undecided"] * 6
        # whoever signed in decides under that name, whatever the card calls itself
        assert client.post(DECISIONS, json=sent(given(hers, "Somebody"), entry(1, rows[0]))).status_code == 200
        assert [one.reviewer for one in hers.decisions.of(rows[0])] == ["ann@example.org"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no json", 400),
        ("[]", 403),
        ('{"ticket": 1, "client": "card", "queue": "q", "log": []}', 403),
        ("x" * (decisions.MOST_BYTES + 1), 413),
    ],
    ids=["no JSON", "a list", "no ticket", "too long"],
)
def test_what_is_no_log_is_refused(client: TestClient, body: str, status: int) -> None:
    assert client.post(DECISIONS, content=body).status_code == status


@pytest.mark.parametrize(
    "log",
    [None, "all", [1], [{"action": "accept"}], [entry(1, "id") | {"number": "1"}], [entry(1, "id") | {"value": 7}]],
)
def test_a_log_of_another_shape_stores_nothing(client: TestClient, project: Project, log: Any) -> None:
    rows = ids(project)
    assert client.post(DECISIONS, json=sent(given(project), log=log)).status_code == 409
    assert statuses(project, rows) == ["undecided"] * 6
