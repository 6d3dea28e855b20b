"""Decisions on many rows are all stored or none, however the job of them ends; what is stored is never called cancelled."""

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from curation.errors import Cancelled
from curation.project import Project
from curation.project.jobs import DecideAll, Load
from curation.records import Filter
from curation.store import database
from curation.store.decisions import standing_in_batch
from tests.ended import ended

pytestmark = pytest.mark.both_stores

ROWS = 20_000
TEXT = "text,category\n" + "".join(f"question number {n},{'ab'[n % 2]}\n" for n in range(ROWS))
BATCH = "abcdef012345"


@pytest.fixture
def many(project_of: Callable[..., Project]) -> Project:
    """A project with so many rows that deciding them takes several transactions."""
    return project_of({"many.csv": TEXT})


def standing(project: Project) -> int:
    with database.read(project.place.engine) as connection:
        return standing_in_batch(connection, BATCH)


def started(project: Project) -> tuple[str, int]:
    """The id and process of a job that has stored some of its decisions, not all."""
    folder = project.folder / "jobs"
    folder.mkdir(exist_ok=True)
    changes = folder / f"changes-{BATCH}.json"
    changes.write_text(json.dumps([(id, "accept", "") for id in project.rows.stored.ids(Filter())]))
    id = project.jobs.start(DecideAll(str(changes), "ann", "all of them"))
    pause = threading.Event()
    while not standing(project):
        pause.wait(0.02)
    with project.place.engine.connect() as connection:
        pid = connection.exec_driver_sql(f"SELECT pid FROM jobs WHERE id = '{id}'").scalar()
    assert pid  # 0 would be every process of the test run
    assert 0 < standing(project) < ROWS
    return id, int(pid)


def test_what_a_killed_job_stored_by_half_is_taken_back(many: Project) -> None:
    id, pid = started(many)
    os.kill(pid, signal.SIGKILL)
    while (job := many.jobs.get(id)) and job.state == "running":
        many.jobs.sweep()
    back = ended(many)
    assert (back.verb, back.state) == ("undo_all", "done")
    assert standing(many) == 0
    assert many.rows.stored.counts(Filter(status="undecided"))[0] == ROWS
    assert many.place.verify().is_intact


def test_a_job_stopped_at_once_has_stored_all_or_nothing(many: Project) -> None:
    id, _ = started(many)
    many.jobs.cancel(id)
    many.jobs.cancel(id)
    assert ended(many).state in ("cancelled", "done")
    stopped = many.jobs.get(id)
    assert stopped is not None
    assert standing(many) == (ROWS if stopped.state == "done" else 0)  # done where it ended before it was stopped


def test_a_load_that_is_stored_is_not_called_cancelled(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("text,category\none more,refund\n")

    def stop_late(done: float, message: str) -> None:
        if project.examples.stored.totals()["stored"] > 9:
            raise Cancelled

    made = Load(str(path), "more.csv", {"input": ["text"], "label": "category"}).run(project, stop_late)
    assert made["stored"] == 1
    assert project.examples.stored.totals()["stored"] == 10
