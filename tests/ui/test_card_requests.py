"""What a card asks without its page: stored once, under its own name, rows as its page has them; for no stranger."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from curation.project import Project
from curation.project.place import folders
from curation.records import Actor, Filter
from curation.ui import state
from curation.ui.review import tickets
from curation.ui.review.answer import WINDOW
from curation.ui.review.tickets import Ticket, View
from curation.ui.server import Door, card
from curation.ui.state import CARD
from curation.ui.state.identity import PERSON_HEADER, SIGN_IN_VARIABLE

HOST = "127.0.0.1:8501"
DECISIONS, ROWS = f"{CARD}/decisions", f"{CARD}/rows"
ALL = Filter("all")
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
    door = Door(Starlette(routes=card.routes()), ["127.0.0.1"], 8501, "")
    return TestClient(door, base_url=f"http://{HOST}", headers=OURS)


def given(project: Project, reviewer: str = "Ann", person: str = "", filter: Filter = ALL, **shown: bool) -> Ticket:
    """The ticket of a card whose page shows this queue."""
    ticket = Ticket(project, state.database_of(project.folder), reviewer, person, "session")
    ticket.view = view(f"script {reviewer} 1", filter, **shown)
    tickets.give(ticket)
    return ticket


def view(holder: str, filter: Filter, personal: bool = False, ended: bool = False) -> View:
    return View(filter, {}, holder, -1, shows_guesses=True, shows_personal=personal, is_ended=ended)


def asked(ticket: Ticket, **also: Any) -> dict[str, Any]:
    said = {"ticket": ticket.token, "client": "card", "project": ticket.project.name, "times": 1}
    return {**said, "queue": "", "after": -1, "have": [], **also}


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
        ("x" * (card.MOST_BYTES + 1), 413),
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


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Project]:
    path = tmp_path / "many.csv"
    path.write_text("text,label\n" + "".join(f"ask ann{n}@post.org,{'ab'[n % 2]}\n" for n in range(60)), "utf-8")
    with Project.open(tmp_path / "Many", create=True) as made:
        made.examples.load(path)
        yield made


def test_rows_come_as_the_page_shows_them_each_once_and_after_those_decided(client: TestClient, many: Project) -> None:
    ticket = given(many)
    first = client.post(ROWS, json=asked(ticket))
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    told = first.json()
    held = [row["id"] for row in told["rows"]]
    assert (len(held), told["waiting"], told["handled"], told["end"], told["heard"]) == (WINDOW, 60, 0, False, 1)
    assert told["rows"][0]["input"][0]["blocks"][0]["runs"] == [["", "ask [email]"]]
    assert [label["name"] for label in told["labels"]] == ["a", "b"]
    where = {"queue": told["queue"], "after": told["rows"][1]["position"]}
    log = [entry(1, held[0]), entry(2, held[1], "reject")]
    assert client.post(DECISIONS, json=sent(ticket, *log, **where)).json()["stored"] == 2
    then = client.post(ROWS, json=asked(ticket, times=2, have=held[2:], **where)).json()
    assert (then["waiting"], then["handled"], then["counted"]) == (58, 2, {"client": "card", "number": 2})
    assert [row["id"] for row in then["rows"]] == ids_after(many, held[-1])[:2]
    assert (then["gone"], then["turn"] > told["turn"]) == ([], True)


def ids_after(project: Project, id: str) -> list[str]:
    every = [example.id for _, example in project.decisions.queue.page(ALL, -1, 100)]
    return every[every.index(id) + 1 :]


def test_personal_data_is_shown_to_a_card_whose_page_shows_it(client: TestClient, many: Project) -> None:
    told = client.post(ROWS, json=asked(given(many, personal=True))).json()
    assert told["rows"][0]["input"][0]["blocks"][0]["runs"] == [["", "ask ann0@post.org"]]


def test_two_cards_never_hold_one_row_and_what_one_leaves_comes_to_the_other(client: TestClient, many: Project) -> None:
    ann, bob, cy = given(many), given(many, "Bob"), given(many, "Cy")
    held = [[row["id"] for row in client.post(ROWS, json=asked(one)).json()["rows"]] for one in (ann, bob, cy)]
    assert [len(own) for own in held] == [WINDOW, WINDOW, 60 - 2 * WINDOW]
    assert len({id for own in held for id in own}) == 60
    last = client.post(ROWS, json=asked(cy, times=2)).json()
    assert (last["end"], last["others"]) == (True, 2 * WINDOW)
    many.decisions.queue.release("script Ann 1")
    then = client.post(ROWS, json=asked(cy, times=3)).json()
    assert [row["id"] for row in then["rows"]][: len(held[0])] == held[0]


def test_nobody_is_shown_rows_without_the_ticket_from_another_page_or_after_the_server_began_anew(
    client: TestClient, many: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = given(many)
    said = asked(ticket)
    for headers in ({"origin": "http://evil.example"}, {"content-type": "text/plain"}):
        assert client.post(ROWS, json=said, headers=headers).status_code == 403
    assert client.post(ROWS, json={**said, "ticket": "guessed"}).status_code == 403
    assert client.get(ROWS).status_code == 405
    monkeypatch.setenv(SIGN_IN_VARIABLE, "proxy")
    hers = asked(given(many, person="ann@example.org"))
    assert client.post(ROWS, json=hers, headers={PERSON_HEADER: "bob@example.org"}).status_code == 403
    monkeypatch.delenv(SIGN_IN_VARIABLE)
    assert many.decisions.queue.holders() == []
    monkeypatch.setattr(tickets, "_given", {})
    assert client.post(ROWS, json=said).status_code == 403


def test_who_may_only_look_holds_no_row(client: TestClient, many: Project, tmp_path: Path) -> None:
    many.members.put("ann@example.org", "admin")
    with Project.open(tmp_path / "Many", actor=Actor("ann@example.org")) as hers:
        hers.members.put("val@example.org", "viewer")
        assert client.post(ROWS, json=asked(given(hers))).status_code == 200
    with Project.open(tmp_path / "Many", actor=Actor("val@example.org")) as looked:
        assert client.post(ROWS, json=asked(given(looked, "Val"))).status_code == 409
        assert looked.decisions.queue.holders() == ["script Ann 1"]


def test_a_card_of_another_queue_than_the_page_shows_now_is_given_that_one_from_its_beginning(
    client: TestClient, many: Project
) -> None:
    ticket = given(many)
    before = client.post(ROWS, json=asked(ticket)).json()
    held = [row["id"] for row in before["rows"]]
    ticket.view = view("script Ann 1", Filter("all", label="b"))
    stood = {"queue": before["queue"], "after": before["rows"][-1]["position"], "have": held}
    now = client.post(ROWS, json=asked(ticket, times=2, **stood)).json()
    assert (now["queue"] != before["queue"], now["after"], now["waiting"]) == (True, -1, 30)
    assert [row["label"] for row in now["rows"]] == ["b"] * WINDOW
    assert now["rows"][0]["id"] in held  # of the rows it has none counts any more
    assert now["gone"] == []


def test_where_nothing_waits_any_more_the_page_says_what_is_next_and_once_it_does_requests_go_on(
    client: TestClient, project: Project
) -> None:
    ticket = given(project)
    log = [entry(n, id) for n, id in enumerate(ids(project), 1)]
    queue = client.post(ROWS, json=asked(ticket)).json()["queue"]
    assert client.post(ROWS, json=asked(ticket, times=2, queue=queue, log=log)).status_code == 409
    assert (statuses(project, ids(project)), ticket.sent.times) == ([], 2)  # stored all the same
    ticket.view = view("script Ann 1", ALL, ended=True)
    told = client.post(ROWS, json=asked(ticket, times=3, queue=queue)).json()
    assert (told["waiting"], told["handled"], told["rows"], told["end"]) == (0, 6, [], True)


def test_what_is_refused_is_said_and_taken_back_rows_come_as_they_are_now(client: TestClient, project: Project) -> None:
    ticket, rows = given(project), ids(project)
    project.decisions.decide(rows[1], "flag", 0, reviewer="Bob")
    log = [entry(1, rows[0]), entry(2, rows[1]), entry(3, "", "undo") | {"of": 1}]
    told = client.post(ROWS, json=asked(ticket, log=log)).json()
    assert (told["stored"], told["undone"]) == (3, [rows[0]])
    assert [(one["example"], one["number"]) for one in told["refused"]] == [(rows[1], 2)]
    assert {row["id"]: row["status"] for row in told["anew"]} == {rows[0]: "undecided", rows[1]: "flagged"}


@pytest.mark.parametrize(
    "also",
    [{"have": "all"}, {"have": [1]}, {"times": "1"}, {"after": None}, {"draft": {"id": 1}}, {"client": ""}],
    ids=str,
)
def test_a_question_of_another_shape_or_project_is_left_to_the_page(
    client: TestClient, project: Project, also: Any
) -> None:
    assert client.post(ROWS, json=asked(given(project), **also)).status_code == 409
    assert client.post(ROWS, json=asked(given(project), project="Another")).status_code == 409
    assert project.decisions.queue.holders() == []


def test_a_card_goes_on_under_the_name_its_project_had_and_only_its_page_learns_the_new_one(
    client: TestClient, many: Project
) -> None:
    ticket = given(many)
    renamed = folders.rename(many.place, "Other")
    assert client.post(ROWS, json=asked(ticket)).status_code == 403
    with Project.open(renamed) as now:
        told = client.post(ROWS, json=asked(given(now), project="Many")).json()
    assert (told["project"], told["waiting"]) == ("Many", 60)
