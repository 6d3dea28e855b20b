"""Decisions: acknowledged means stored, a stale one is refused, none can be changed."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy.exc import IntegrityError

from curation.errors import StaleDecision
from curation.project import Project
from curation.records import Filter
from curation.store import database, decisions


def first(project: Project) -> str:
    return project.decisions.queue.page(Filter(check="all"), -1, 1)[0][1].id


def test_a_decision_changes_the_example_and_its_version(project: Project) -> None:
    example = first(project)
    project.decisions.decide(example, "label", 0, "delivery", reviewer="ann")
    now = project.examples.stored.get(example)
    assert now is not None
    assert (now.label, now.imported_label, now.version, now.status) == ("delivery", "refund", 1, "labelled")


def test_a_decision_on_an_old_version_is_refused_and_changes_nothing(project: Project) -> None:
    example = first(project)
    project.decisions.decide(example, "accept", 0, reviewer="ann")
    with pytest.raises(StaleDecision, match="Somebody else has just decided"):
        project.decisions.decide(example, "reject", 0, reviewer="bob")
    now = project.examples.stored.get(example)
    assert now is not None
    assert (now.status, now.version) == ("accepted", 1)
    assert [d.reviewer for d in project.decisions.of(example)] == ["ann"]


def test_undo_restores_and_keeps_the_history(project: Project) -> None:
    example = first(project)
    project.decisions.decide(example, "label", 0, "delivery", reviewer="ann")
    assert project.decisions.undo("ann") == example
    now = project.examples.stored.get(example)
    assert now is not None
    assert (now.label, now.status, now.version) == ("refund", "undecided", 2)
    assert [d.action for d in project.decisions.of(example)] == ["label", "undo"]
    assert project.decisions.undo("ann") is None


def test_undo_takes_back_only_ones_own_newest_decision(project: Project) -> None:
    one, two = (example.id for _, example in project.decisions.queue.page(Filter(check="all"), -1, 2))
    project.decisions.decide(one, "reject", 0, reviewer="ann")
    project.decisions.decide(two, "reject", 0, reviewer="bob")
    assert project.decisions.undo("ann") == one


def test_stored_decisions_cannot_be_changed_or_deleted(project: Project) -> None:
    project.decisions.decide(first(project), "accept", 0, reviewer="ann")
    for statement in ("UPDATE events SET actor = 'eve'", "DELETE FROM events", "DELETE FROM examples"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            database.write(project.place.engine) as connection,
        ):
            connection.exec_driver_sql(statement)


RIVAL = """
import sys
from pathlib import Path
from curation.errors import StaleDecision
from curation.project import Project
project = Project.open(Path(sys.argv[1]))
for id in sys.argv[3:]:
    try:
        project.decisions.decide(id, "accept", 0, reviewer=sys.argv[2])
        print("stored")
    except StaleDecision:
        print("conflict")
"""


def test_writers_at_once_lose_nothing_and_overwrite_nothing(project: Project) -> None:
    ids = project.examples.dataset().values("id")
    commands = [[sys.executable, "-c", RIVAL, str(project.folder), f"reviewer {n}", *ids] for n in range(4)]
    rivals = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    answers = [rival.communicate(timeout=120)[0].split() for rival in rivals]
    assert [len(answer) for answer in answers] == [9] * 4
    assert sum(answer.count("stored") for answer in answers) == 9
    with database.read(project.place.engine) as connection:
        stored = decisions.all_decisions(connection)
        assert len(stored) == len({decision.example for decision in stored}) == 9
    assert project.place.verify().is_intact


WRITER = """
import sys
from pathlib import Path
from curation.project import Project
project = Project.open(Path(sys.argv[1]))
version = project.examples.stored.get(sys.argv[2]).version
while True:
    project.decisions.decide(sys.argv[2], "flag", version, reviewer="w")
    version += 1
    print(version, flush=True)
"""


@pytest.mark.parametrize("decided", [1, 2, 7, 20, 33])
def test_what_was_acknowledged_survives_a_kill(project: Project, decided: int) -> None:
    example = first(project)
    command = [sys.executable, "-c", WRITER, str(project.folder), example]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == decided:
                os.kill(writer.pid, signal.SIGKILL)
                break
        rest = writer.stdout.read().split()
    acknowledged = int(rest[-1]) if rest else decided
    now = project.examples.stored.get(example)
    assert now is not None
    assert now.version >= acknowledged
    assert len(project.decisions.of(example)) == now.version
    assert project.place.verify().is_intact
