"""Who may do what: every verb of every part of a project, for every role, in an own and in a foreign project."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.errors import NotAllowed, UsageError
from curation.project import Project
from curation.project.jobs import ALL, Jobs, Suggest
from curation.project.place.backup import back_up
from curation.records import ROLES, Actor, Filter, Role
from tests.ended import ended

OWN = ("curation.project", "curation.store")
WITHOUT_A_ROLE = {("Project", "close"), ("Project", "open"), ("Project", "temporary"), ("Members", "role")}
"""Opening checks by itself, closing says nothing, and what somebody may do is told to everybody who asks for himself."""
PEOPLE = {role: f"{role}@example.org" for role in ROLES}


def parts(whole: Any, at: str = "project") -> Iterator[tuple[str, Any]]:
    """Every part of a project, each once, however deep it stands."""
    seen: dict[int, tuple[str, Any]] = {}
    waiting = [(at, whole)]
    while waiting:
        name, part = waiting.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = name, part
        for field, value in vars(part).items():
            module = next((c.__module__ for c in type(value).__mro__ if c.__module__.startswith(OWN)), "")
            if module and not field.startswith("_"):
                waiting.append((f"{name}.{field}", value))
    yield from seen.values()


def verbs(project: Project) -> list[tuple[str, Any, Callable[..., Any]]]:
    """Every public verb: its name, the part it is of, and its function. A static one knows no project."""
    found = []
    for name, part in parts(project):
        for verb in dir(type(part)):
            if verb.startswith("_") or isinstance(inspect.getattr_static(type(part), verb), staticmethod | classmethod):
                continue
            function = getattr(type(part), verb)
            if inspect.isfunction(function) and (type(part).__name__, verb) not in WITHOUT_A_ROLE:
                found.append((f"{name}.{verb}", part, function))
    return found


@pytest.fixture
def shared(project: Project) -> Project:
    """The project of the tickets with one member of each role, opened by its admin."""
    project.members.put(PEOPLE["admin"], "admin")
    opened = Project.open(project.folder, actor=Actor(PEOPLE["admin"]))
    for role in ROLES:
        opened.members.put(PEOPLE[role], role)
    return opened


def answer(part: Any, verb: Callable[..., Any]) -> str:
    """Whether somebody gets past the door of a verb: nothing takes this argument, so that nothing is done either way."""
    try:
        verb(part, **{"no such argument": None})
    except NotAllowed:
        return "refused"
    except TypeError:
        return "let in"
    return "done"


def test_every_verb_declares_the_role_it_is_for(shared: Project) -> None:
    every = verbs(shared)
    assert [name for name, _, function in every if getattr(function, "needs", None) not in ROLES] == []
    assert len(every) > 150
    asked = {type(part).__name__ for _, part, _ in every}
    assert asked >= {type(part).__name__ for name, part in vars(shared).items() if name not in ("folder", "name")}
    assert {job.needs for job in ALL} == {"reviewer", "curator"}


@pytest.mark.parametrize("role", [*ROLES, "foreign", "anonymous", "local"])
def test_the_matrix_of_verbs_and_people(shared: Project, role: Role) -> None:
    who = {**PEOPLE, "foreign": "stranger@example.org", "anonymous": "", "local": "local"}[role]
    rank = ROLES.index(role) if role in ROLES else -1
    if rank < 0:
        with pytest.raises(NotAllowed):
            Project.open(shared.folder, actor=Actor(who) if who != "local" else None)
        opened = shared  # opened while they still could, and all verbs of it asked since
        object.__setattr__(opened.place, "actor", Actor(who) if who != "local" else Actor.local())
    else:
        opened = Project.open(shared.folder, actor=Actor(who))
    wrong = [
        f"{name}: {got}"
        for name, part, function in verbs(opened)
        for got in [answer(part, function)]
        if got != ("let in" if rank >= ROLES.index(function.needs) else "refused")  # type: ignore[attr-defined]
    ]
    assert wrong == []


def test_who_is_not_allowed_is_told_what_they_are_and_who_can_help(shared: Project) -> None:
    reviewer = Project.open(shared.folder, actor=Actor(PEOPLE["reviewer"]))
    with pytest.raises(
        NotAllowed, match=r"for a curator of project or above, and you \(reviewer@example.org\) are a rev"
    ):
        reviewer.verdict.analyse()
    with pytest.raises(NotAllowed, match=r"Ask an admin of it: admin@example\.org"):
        reviewer.decisions.decide_all([("x", "accept", "")])
    with pytest.raises(NotAllowed, match="Set CURATION_TOKEN to your token"):
        Project.open(shared.folder)
    with pytest.raises(NotAllowed, match="Sign in first"):
        Project.open(shared.folder, actor=Actor(""))


def test_who_signed_in_is_who_decides_whatever_name_is_given(shared: Project) -> None:
    reviewer = Project.open(shared.folder, actor=Actor(PEOPLE["reviewer"]))
    first, second = [row.example.id for row in reviewer.rows.stored.page(Filter(), "loaded", None, 2)]
    reviewer.decisions.decide(first, "accept", 0, reviewer="somebody else")
    reviewer.decisions.decide(second, "accept", 0)
    reviewer.rows.note(first, "looked up", "somebody else")
    made = [reviewer.decisions.of(id)[0].reviewer for id in (first, second)]
    assert made == [PEOPLE["reviewer"]] * 2
    assert reviewer.rows.comments(first) == [(PEOPLE["reviewer"], "looked up")]


def test_a_role_taken_away_ends_at_once_in_what_is_open(shared: Project) -> None:
    curator = Project.open(shared.folder, actor=Actor(PEOPLE["curator"]))
    assert curator.labels.all()
    shared.members.put(PEOPLE["curator"], "viewer")
    with pytest.raises(NotAllowed):
        curator.labels.undeclare("refund")
    assert curator.labels.all()
    shared.members.remove(PEOPLE["curator"])
    with pytest.raises(NotAllowed, match="are no member"):
        curator.examples.stored.totals()


def test_the_last_admin_stays(shared: Project) -> None:
    admin = PEOPLE["admin"]
    with pytest.raises(UsageError, match="last admin"):
        shared.members.remove(admin)
    with pytest.raises(UsageError, match="last admin"):
        shared.members.put(admin, "curator")
    shared.members.put("second@example.org", "admin")
    shared.members.remove(admin)
    assert [one.name for one in Project.open(shared.folder, actor=Actor("second@example.org")).members.all()] == sorted(
        [PEOPLE[role] for role in ROLES if role != "admin"] + ["second@example.org"]
    )


@pytest.mark.parametrize(("name", "role"), [("", "admin"), ("local", "admin"), ("a\nb", "admin"), ("eva", "reviewer")])
def test_a_first_member_is_an_admin_with_a_name(project: Project, name: str, role: Role) -> None:
    with pytest.raises(UsageError):
        project.members.put(name, role)
    assert project.members.all() == []


def test_a_token_lets_commands_work_for_a_member(shared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    token = shared.members.give_token(PEOPLE["curator"])
    assert [one.has_token for one in shared.members.all() if one.name == PEOPLE["curator"]] == [True]
    monkeypatch.setenv("CURATION_TOKEN", token)
    assert Project.open(shared.folder).members.role() == "curator"
    again = shared.members.give_token(PEOPLE["curator"])
    with pytest.raises(NotAllowed):
        Project.open(shared.folder)
    monkeypatch.setenv("CURATION_TOKEN", again)
    assert Project.open(shared.folder).place.actor == Actor(PEOPLE["curator"])


def test_who_runs_the_server_may_do_everything_and_the_signed_in_nothing_without_members(project: Project) -> None:
    assert Project.open(project.folder, actor=Actor("ops@example.org", "admin")).members.role() == "admin"
    with pytest.raises(NotAllowed):
        Project.open(project.folder, actor=Actor("eva@example.org"))


def test_a_job_is_started_and_done_by_who_may(shared: Project) -> None:
    reviewer = Project.open(shared.folder, actor=Actor(PEOPLE["reviewer"]))
    for job in ALL:
        if job.needs == "curator":
            with pytest.raises(NotAllowed):
                Jobs.start(reviewer.jobs, job.__new__(job))
    id = reviewer.jobs.start(Suggest())
    job = ended(reviewer, id)
    assert (job.actor, job.state) == (PEOPLE["reviewer"], "done")


def test_a_backup_is_for_admins(shared: Project, tmp_path: Path) -> None:
    curator = Project.open(shared.folder, actor=Actor(PEOPLE["curator"]))
    with pytest.raises(NotAllowed):
        back_up(curator.place, tmp_path / "all.zip")
    assert back_up(shared.place, tmp_path / "all.zip").exists()
