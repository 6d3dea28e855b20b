"""Background jobs always tell how they ended."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import Cancelled, UsageError
from curation.project import Project
from curation.project.jobs import Analyse, Load
from curation.project.place import processes
from curation.records.progress import Progress
from tests.ended import ended

pytestmark = pytest.mark.both_stores


@pytest.fixture(autouse=True)
def keep_niceness(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A job lowers the priority of its own process; here that is the tests' process, so it is put back to nothing."""
    monkeypatch.setattr(processes, "NICE", 0)
    yield


def test_a_job_runs_outside_and_its_result_is_stored(project: Project) -> None:
    id = project.jobs.start(Analyse())
    with pytest.raises(UsageError, match="running already"):
        project.jobs.start(Analyse())
    job = ended(project)
    assert (job.id, job.state) == (id, "done")
    assert project.verdict.last() is not None
    assert job.result["outcome"]


def test_a_killed_job_is_marked_failed_and_the_next_one_may_start(project: Project) -> None:
    id = project.jobs.start(Analyse())
    with project.place.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pid FROM jobs").scalar()
    assert pid  # 0 would be every process of the test run
    os.kill(int(pid), signal.SIGKILL)
    job = ended(project)
    assert (job.id, job.state) == (id, "failed")
    assert "Run it again" in job.error
    assert project.verdict.last() is None
    project.jobs.start(Analyse())
    assert ended(project).state == "done"


def test_a_cancelled_job_stores_nothing(project: Project) -> None:
    id = project.jobs.start(Analyse())
    project.jobs.cancel(id)
    project.jobs.cancel(id)
    assert ended(project).state == "cancelled"
    assert project.verdict.last() is None


def test_an_error_of_ours_becomes_a_sentence_with_the_trace_kept() -> None:
    def work(progress: Progress) -> None:
        raise ZeroDivisionError

    end = processes.run(work, lambda done, message: False)
    assert end.state == "failed"
    assert "ZeroDivisionError" in end.error
    assert "Traceback" in end.trace


def test_cancel_reaches_the_work() -> None:
    def work(progress: Progress) -> None:
        progress(0.5, "half")
        raise AssertionError("went on after the person asked to stop")

    assert processes.run(work, lambda done, message: True).state == "cancelled"
    with pytest.raises(Cancelled):
        raise Cancelled


def test_a_wrong_file_fails_with_what_to_do(project: Project, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(b"%PDF-1.7 not a table")
    id = project.jobs.start(Load(str(upload), "report.csv"))
    job = ended(project)
    assert (job.id, job.state) == (id, "failed")
    assert "PDF" in job.error
