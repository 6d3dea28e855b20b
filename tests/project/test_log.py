"""A card's log of decisions: sent again and again, each stored once; a stale one is refused and stops no other."""

from collections.abc import Callable

import pytest

from curation.project import Project
from curation.project.decisions import NOTHING, UNREADABLE, Applied, LogEntry


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    """Six questions with two labels."""
    return project_of({"rows.csv": "text,label\n" + "".join(f"question {n},label {n % 2}\n" for n in range(6))})


def stands(project: Project, id: str) -> tuple[str, str | None, int]:
    """Status, label and version of an example."""
    now = project.examples.stored.get(id)
    assert now is not None
    return now.status, now.label, now.version


def test_a_log_sent_again_stores_nothing_twice(project: Project) -> None:
    first, second, third, *_ = project.examples.dataset().values("id")
    log = [LogEntry(2, "label", second, "other"), LogEntry(1, "accept", first)]
    stored = [Applied(1, first), Applied(2, second)]
    assert project.decisions.apply_log("card", log, "ana") == stored
    assert project.decisions.apply_log("card", [*log, LogEntry(3, "reject", third)], "ana") == [
        *stored,
        Applied(3, third),
    ]
    assert [len(project.decisions.of(id)) for id in (first, second, third)] == [1, 1, 1]
    assert stands(project, second) == ("labelled", "other", 1)
    assert project.decisions.of(first)[0].reviewer == "ana"
    assert project.decisions.apply_log("another card", [LogEntry(1, "flag", first, "", 1)], "bo") == [Applied(1, first)]
    assert project.decisions.apply_log("card", []) == []
    assert project.place.verify().fault == ""


def test_a_decision_on_a_stale_version_is_refused_and_the_others_are_stored(project: Project) -> None:
    first, second, third, *_ = project.examples.dataset().values("id")
    project.decisions.decide(first, "accept", 0, reviewer="bo")
    half = LogEntry(3, "label", third, "half \ud83d")
    edit = LogEntry(5, "edit", third, '{"input": "half \\ud83d"}')
    log = [LogEntry(1, "reject", first), LogEntry(2, "reject", second), half, LogEntry(4, "accept", "nowhere"), edit]
    for _ in range(2):  # the answer is the same when it is sent again
        stale, stored, unreadable, unknown, edited = project.decisions.apply_log("card", log, "ana")
        assert "Somebody else" in stale.refused
        assert stored == Applied(2, second)
        assert unreadable.refused == edited.refused == UNREADABLE
        assert "not in the project" in unknown.refused
    assert stands(project, first) == ("accepted", "label 0", 1)
    assert stands(project, third) == ("undecided", "label 0", 0)


def test_an_undo_takes_back_the_entry_it_names_or_the_newest_decision(project: Project) -> None:
    first, second, *_ = project.examples.dataset().values("id")
    log = [LogEntry(1, "reject", first), LogEntry(2, "label", second, "other"), LogEntry(3, "undo", of=1)]
    assert project.decisions.apply_log("card", log, "ana")[2] == Applied(3, first)
    assert stands(project, first) == ("undecided", "label 0", 2)
    assert stands(project, second)[0] == "labelled"
    # decided anew on the version the undo left, and the newest of all is undone by whoever has no entry to name
    again = [LogEntry(4, "accept", first, "", 2)]
    assert project.decisions.apply_log("card", [*log, *again], "ana")[3] == Applied(4, first)
    assert project.decisions.apply_log("reloaded", [LogEntry(1, "undo")], "ana") == [Applied(1, first)]
    assert stands(project, first)[0] == "undecided"


def test_an_undo_that_found_nothing_reaches_no_later_decision(project: Project) -> None:
    first, second, *_ = project.examples.dataset().values("id")
    project.decisions.decide(first, "accept", 0, reviewer="bo")
    log = [LogEntry(1, "undo"), LogEntry(2, "reject", first), LogEntry(3, "undo", of=2), LogEntry(4, "accept", second)]
    for _ in range(2):
        assert [one.refused for one in project.decisions.apply_log("card", log, "ana")][::2] == [NOTHING, NOTHING]
    assert stands(project, second) == ("accepted", "label 1", 1)
    assert stands(project, first) == ("accepted", "label 0", 1)
