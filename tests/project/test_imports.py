"""A file comes in whole or not at all, and others decide meanwhile; what a cut-off load has left is nobody's and goes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ended import ended

from curation.errors import Cancelled, StaleDecision, StoreFailed
from curation.project import Project
from curation.project.jobs import Load
from curation.project.place import at_work
from curation.project.place import imports as place_imports
from curation.records import Columns, Filter
from curation.store import database
from curation.store import jobs as job_rows
from curation.store.rows import imports, loaded

pytestmark = pytest.mark.both_stores

ROWS = 60
LINES = [f"a question about parcel number {n},{'ab'[n % 2]}\n" for n in range(ROWS)]
WITH_BAD_ROWS = "text,category\n" + "".join(LINES) + "one cell too many,a,b\n" * 15


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(imports, "ROWS", 10)
    yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "more.csv").write_text(WITH_BAD_ROWS)
    return tmp_path / "more.csv"


def stored(project: Project) -> tuple[int, int, int, int]:
    """(rows, rejected rows, sources, files coming in) that the database holds, seen or not."""
    with database.read(project.place.engine) as connection:
        tables = ("examples", "rejected", "sources", "imports WHERE NOT whole")
        rows = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in tables]
        return rows[0] or 0, rows[1] or 0, rows[2] or 0, rows[3] or 0


def watched(project: Project, file: Path, look: Callable[[float], None]) -> None:
    """Load the file; `look` is called whenever a batch was stored."""

    def progress(done: float, message: str) -> None:
        if message == "storing":
            look(done)

    project.examples.load(file, progress=progress)


OTHER = """
import os, signal, sys
from pathlib import Path
from curation.project import Project
from curation.project.place import processes
from curation.store import database, jobs
from curation.store.rows import imports
imports.ROWS = 10
folder, file, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def look(done, message):
    if what == "wait" and message == "storing":
        print("stored", flush=True)
        sys.stdin.readline()
    if what == "die" and done >= 1:
        os.kill(os.getpid(), signal.SIGKILL)

with Project.open(folder) as project:
    if what == "job":
        own = processes.this()
        with database.write(project.place.engine) as connection:
            jobs.change(connection, "a job", state="running", pid=own.pid, process_started=own.started)
    project.examples.load(file, name="more.csv", progress=look)
    if what == "job":
        os.kill(os.getpid(), signal.SIGKILL)
"""


def other(project: Project, file: Path, what: str) -> subprocess.Popen[str]:
    """Another process that loads the file, and waits after each batch, or dies after the last or as a job does."""
    command = [sys.executable, "-c", OTHER, str(project.folder), str(file), what]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def test_a_decision_lands_between_two_batches_of_another_processs_load(project: Project, file: Path) -> None:
    ids, seen = project.examples.dataset().values("id"), []
    with other(project, file, "wait") as loading:
        assert loading.stdin is not None and loading.stdout is not None
        for _ in loading.stdout:
            rows = stored(project)[0]
            seen.append((rows, project.decisions.decide(ids[len(seen)], "accept", 0, reviewer="ann")))
            assert project.examples.stored.totals()["stored"] == len(ids)
            loading.stdin.write("go on\n")
            loading.stdin.flush()
    assert loading.returncode == 0
    assert [rows for rows, _ in seen] == [19, 29, 39, 49, 59, 69, 69, 69]  # nine were there before
    with database.read(project.place.engine) as connection:
        took_in = connection.exec_driver_sql("SELECT max(seq) FROM events WHERE kind = 'load'").scalar()
    assert max(number for _, number in seen) < (took_in or 0)
    assert project.examples.stored.totals()["stored"] == len(ids) + ROWS
    assert project.place.verify().is_intact


def test_cancelled_means_that_nothing_is_stored_whenever_it_is_pressed(project: Project, file: Path) -> None:
    before, calls = stored(project), 0
    version = project.place.version()
    for press in (0, 3, 5, 7):
        calls = 0

        def stop(done: float, press: int = press) -> None:
            nonlocal calls
            calls += 1
            if calls > press:
                raise Cancelled

        with pytest.raises(Cancelled):
            watched(project, file, stop)
        assert calls == press + 1
        assert stored(project) == before
    assert project.place.version() == version
    loaded_now = project.examples.load(file)
    assert (loaded_now.stored, loaded_now.rejected) == (ROWS, 15)
    assert all("-" not in id for id in project.examples.dataset().values("id"))
    assert project.place.verify().is_intact


def test_nobody_sees_a_row_of_a_file_that_is_coming_in(project: Project, file: Path) -> None:
    snapshot, names = project.place.snapshot(), [source.name for source in project.examples.stored.sources()]
    lengths = project.examples.stored.length_counts(10)

    def look(done: float) -> None:
        with database.read(project.place.engine) as connection:
            (coming,) = imports.unfinished(connection)
            id = connection.exec_driver_sql(f"SELECT id FROM examples WHERE seq = {coming.first}").scalar()
            assert loaded.last_number(connection) == loaded.last_settled(connection) == 9
        assert project.place.snapshot().changed(snapshot, "verdict") == ()
        assert [source.name for source in project.examples.stored.sources()] == names
        assert project.examples.stored.length_counts(10) == lengths
        assert project.rows.stored.counts(Filter(text="parcel number", search="words")) == (0, 0)
        project.rows.index()
        assert project.place.verify().is_intact
        with pytest.raises(StaleDecision, match="not in the project"):
            project.decisions.decide(str(id), "accept", 0)
        assert project.decisions.decide_all([(str(id), "accept", "")]).decided == 0

    watched(project, file, look)
    project.rows.index()
    assert project.rows.stored.counts(Filter(text="parcel number", search="words"))[0] == ROWS


def test_a_row_written_by_hand_meanwhile_stands_behind_and_is_found(project: Project, file: Path) -> None:
    added: list[str] = []

    def add(done: float) -> None:
        if not added:
            added.append(project.examples.add("an unheard of thing", "", "refund", True, by="ann"))
            assert project.rows.stored.counts(Filter(text="unheard", search="words"))[0] == 1
            assert project.rows.stored.counts(Filter(text="unh.ard", search="regex"))[0] == 1
            project.rows.index()

    watched(project, file, add)
    project.rows.index()
    assert project.examples.dataset().values("id")[-1] == added[0]
    for text in ("unheard", "parcel number"):
        found = project.rows.stored.counts(Filter(text=text, search="words"))[0]
        assert found == project.rows.stored.counts(Filter(text=text.replace("a", "."), search="regex"))[0] > 0
    assert project.place.verify().is_intact


def test_of_two_who_load_the_same_file_at_once_one_hears_that_it_is_there(project: Project, file: Path) -> None:
    inner = []

    def load_too(done: float) -> None:
        if not inner:
            with Project.open(project.folder) as other:
                inner.append(other.examples.load(file))

    outer = project.examples.load(file, progress=lambda done, said: load_too(done) if said == "storing" else None)
    assert [(one.stored, one.already) for one in (inner[0], outer)] == [(ROWS, False), (ROWS, True)]
    assert stored(project) == (9 + ROWS, 15, 2, 0)
    assert project.place.verify().is_intact


def test_a_mended_file_is_compared_anew_where_another_came_first(tmp_path: Path) -> None:
    columns, file = Columns(("question",), "answer", None, id="nr"), tmp_path / "faq.csv"

    def written(*answers: str) -> Path:
        lines = (f"{n},question {n},{answer}\n" for n, answer in enumerate(answers))
        file.write_text("nr,question,answer\n" + "".join(lines))
        return file

    with Project.open(tmp_path / "project", create=True) as project:
        project.examples.load(written("one", "two", "three"), columns)
        file, other = tmp_path / "mended" / "faq.csv", tmp_path / "other" / "faq.csv"
        for folder in ("mended", "other"):
            (tmp_path / folder).mkdir()
        written("one", "zwei", "three")
        file, mended = other, file
        written("eins", "two", "three")
        came = []

        def first(done: float, said: str) -> None:
            if said == "storing" and not came:
                came.append(project.examples.load(other, columns))

        late = project.examples.load(mended, columns, progress=first)
        assert came[0].again is not None and late.again is not None
        assert (came[0].again.changed, late.again.changed) == (1, 2)
        assert project.examples.dataset().values("output") == ["three", "one", "zwei"]
        assert project.place.verify().is_intact


def test_a_load_that_another_process_took_for_dead_stores_nothing(project: Project, file: Path) -> None:
    before = stored(project)

    def sweep_away(done: float) -> None:
        with database.read(project.place.engine) as connection:
            (coming,) = imports.unfinished(connection)
        place_imports._remove(project.place.engine, coming)

    with pytest.raises(StoreFailed, match="took this load for dead"):
        watched(project, file, sweep_away)
    assert stored(project) == before


def seen_as_gone(project: Project) -> None:
    """Wait until the killed load counts as gone: a server takes a moment to see that a connection has ended."""
    with database.read(project.place.engine) as connection:
        (one,) = imports.unfinished(connection)
    while at_work.is_doing(project.place.engine, one.process, place_imports._name(one)):
        pass


def test_rows_of_a_killed_load_are_deleted_a_part_at_each_opening(
    project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """... and what is left hides nothing and hinders nobody until then."""
    before = stored(project)
    with other(project, file, "die") as loading:
        assert loading.wait() == -signal.SIGKILL
    seen_as_gone(project)
    monkeypatch.setattr(place_imports, "AT_OPEN", 3)
    left = []
    while stored(project) != before:
        left.append(stored(project)[:2])
        with Project.open(project.folder) as again:
            assert again.examples.stored.totals()["stored"] == 9
            assert again.place.verify().is_intact
    assert left == [(69, 15), (59, 0), (29, 0)]
    assert project.examples.load(file).stored == ROWS


def test_a_job_that_was_killed_after_its_file_was_in_the_set_is_done_not_cancelled(
    project: Project, file: Path
) -> None:
    with database.write(project.place.engine) as connection:
        job_rows.add(
            connection, "a job", Load.id, {"path": str(file), "name": "more.csv"}, "2026-01-01T00:00:00+00:00", ""
        )
    with other(project, file, "job") as loading:
        assert loading.wait() == -signal.SIGKILL
    job = ended(project)
    assert (job.state, job.error) == ("done", "")
    assert job.result == {"name": "more.csv", "stored": ROWS, "rejected": 15, "repeated": 0, "already": False}
    assert not file.exists()
