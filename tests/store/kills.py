"""Processes killed with SIGKILL while they work in a project, and what must be true of it afterwards.

`python kills.py forked FOLDER KILLS KIND...` prints as JSON, by kind, how many died and how the acts ended: "none",
"part" or "all" of it stored. `python kills.py act FOLDER KIND NUMBER` does one act and prints what it acknowledges.
Run by test_kills.py with few kills a kind, and by benchmarks/kills.py with many and with processes of their own.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import psycopg

from curation import files
from curation.errors import CurationError
from curation.project import Project, decisions
from curation.project.jobs import FindTopics, Job, UndoAll
from curation.project.large import carry_over
from curation.project.place import backup, folders, processes, stores
from curation.project.place.stores import DATABASE, POINTER
from curation.records import dataset
from curation.store import database
from curation.store import jobs as job_rows
from curation.store.database import postgresql
from curation.store.rows import imports
from tests.store.old_projects import is_up_to_date, make_step_up, project_of_version, taken_back_a_version

ROWS = 60
PART = 10
"""Rows a transaction while these run, so that a small act takes several."""
BEGIN = "begin"
"""What an act acknowledges when it has opened what it needs: half of the kills come after it."""
BATCH = "batch {:07}"
Acknowledge = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """What processes are killed at, in a folder of its own. Acts are numbered.

    `prepare(number)` comes before each act. `act` does it and acknowledges. `held(number, acknowledged)` says how much
    of it is stored, and asserts everything else.
    """

    prepare: Callable[[Path, int], None]
    act: Callable[[Path, int, Acknowledge], None]
    held: Callable[[Path, int, list[str]], str]


@dataclass
class Tally:
    """How many processes were killed, how their acts ended, and what those said that lived on."""

    died: int = 0
    refused: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_often(
    kind: Kind, folder: Path, kills: int, strike: Callable[[int], None] | None = None, mend: Callable[[], None] = int
) -> Tally:
    """Kill forked children at calls drawn by chance, one after the other, and hold what is left against `held`.

    With `strike` something else befalls them; then `mend` comes before what is left is looked at.
    """
    generator, tally = random.Random(5), Tally()
    kind.prepare(folder, 0)
    kind.act(folder, 0, lambda _: None)  # in this process: it fills what is kept for all children
    assert kind.held(folder, 0, []) == "all"
    kind.prepare(folder, 1)
    calls, late = calls_of(lambda acknowledge: kind.act(folder, 1, acknowledge))
    assert kind.held(folder, 1, []) == "all"
    for number in range(2, kills + 2):
        is_late = number % 2 == 1
        kind.prepare(folder, number)
        call = generator.randrange(1, late if is_late else calls)
        died, acknowledged = killed(
            lambda acknowledge, number=number: kind.act(folder, number, acknowledge), call, is_late,
            die if strike is None else partial(strike, number),
        )  # fmt: skip
        mend()
        tally.died += died
        tally.refused += [line.removeprefix(REFUSED) for line in acknowledged if line.startswith(REFUSED)]
        told = [line for line in acknowledged if not line.startswith(REFUSED)]
        tally.ends[kind.held(folder, number, told)] += 1
    return tally


def calls_of(act: Callable[[Acknowledge], None]) -> tuple[int, int]:
    """How many calls the act makes, Python's and C's, in a child that ends well: all, and those after BEGIN."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        count = before = 0

        def note(_frame, _event, _argument):
            nonlocal count
            count += 1

        def acknowledge(said: str) -> None:
            nonlocal before
            before = count if said == BEGIN else before

        sys.setprofile(note)
        act(acknowledge)
        sys.setprofile(None)
        os.write(write, f"{count} {count - before}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        calls = said.read().split()
    assert os.waitpid(child, 0)[1] == 0
    return int(calls[0]), int(calls[1])


REFUSED, STRUCK = "refused ", 3
"""How a child says its sentence, and its exit status where it was struck and lived on."""


def killed(
    act: Callable[[Acknowledge], None], call: int, is_late: bool, strike: Callable[[], None]
) -> tuple[bool, list[str]]:
    """(whether a child was struck at that call of the act, or that call after BEGIN; what it acknowledged).

    One that lives on says the sentence that the act ends with.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        left = call

        def count(_frame, _event, _argument):
            nonlocal left
            left -= 1
            if left <= 0:
                sys.setprofile(None)
                strike()

        def acknowledge(said: str) -> None:
            if said == BEGIN:
                sys.setprofile(count)
            else:
                os.write(write, f"{said}\n".encode())

        sys.setprofile(None if is_late else count)
        try:
            act(acknowledge)
        except CurationError as error:
            os.write(write, f"{REFUSED}{error}\n".encode())
        sys.setprofile(None)
        os._exit(STRUCK if left <= 0 else 0)
    os.close(write)
    with os.fdopen(read) as said:
        lines = said.read().splitlines()
    status = os.waitpid(child, 0)[1]
    assert status in (0, STRUCK << 8, signal.SIGKILL), f"the child failed: {status}"
    return bool(status), lines


# -- what the kinds share


@contextmanager
def opened(folder: Path) -> Iterator[Project]:
    with Project.open(folder) as project:
        yield project


def made(folder: Path, _: int = 0) -> None:
    """A project of ROWS rows, where there is none yet."""
    if not stores.is_project(folder):
        with Project.open(folder, create=True) as project:
            project.examples.store(dataset([{"input": f"question {n}", "output": f"answer {n}"} for n in range(ROWS)]))


def ids_of(project: Project) -> list[str]:
    return project.examples.dataset().values("id")


def is_tidy(folder: Path) -> None:
    """Nothing in the project is as it should not be, and no file is left over."""
    files.sweep_project(folder, 0)
    with opened(folder) as project:
        assert project.place.verify().is_intact, project.place.verify().fault
        with database.read(project.place.engine) as connection:
            left = "SELECT (SELECT count(*) FROM imports WHERE NOT whole) + (SELECT count(*) FROM bulk_acts)"
            assert connection.exec_driver_sql(left).scalar() == 0
            if not stores.is_on_server(folder):
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    ours = {POINTER, *(f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-turns"))}
    names = {path.name for path in folder.iterdir()} - ours
    assert names <= {"jobs", "vectors", "project.v4.db"}, names


def schemas() -> set[str]:
    """The projects that are on the server, if new ones are made on one."""
    if not (store := stores.chosen(None)):
        return set()
    with psycopg.connect(store.replace("+psycopg", "")) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^curation_'")}


@lru_cache
def schemas_before() -> set[str]:
    """Those that were there when this process began."""
    return schemas()


def none_is_left(folder: Path) -> None:
    """On the server is what the folders here name, and what was there before."""
    named = {tomllib.loads(path.read_text("utf-8"))["schema"] for path in folder.parent.rglob(POINTER)}
    assert schemas() - schemas_before() <= named, (schemas() - schemas_before(), named)


def gone(folder: Path) -> None:
    """Delete a project that is there."""
    if stores.is_project(folder):
        with opened(folder) as project:
            folders.delete(project.place)
    assert not folder.exists() or not any(folder.iterdir())


# -- a new project: it is there or not, and nothing of it is on the server where it is not


def make(folder: Path, number: int, acknowledge: Acknowledge) -> None:
    acknowledge(BEGIN)
    with Project.open(folder / f"new {number}", create=True):
        acknowledge("made")


def was_made(folder: Path, number: int, acknowledged: list[str]) -> str:
    new = folder / f"new {number}"
    is_there = stores.is_on_server(new) or has_tables(new / DATABASE)
    assert is_there or not acknowledged
    with Project.open(folder / "next", create=True) as other:
        none_is_left(folder)
        folders.delete(other.place)
    with Project.open(new, create=True) as project:
        project.examples.store(dataset([{"input": "question", "output": "answer"}]))
    is_tidy(new)
    gone(new)
    return "all" if is_there else "none"


def has_tables(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as raw:
        return bool(raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


# -- a file of ROWS new rows: all of them or none


def text_of(number: int, n: int) -> str:
    return f"file {number}, question {n}"


def load(folder: Path, number: int, acknowledge: Acknowledge) -> None:
    rows = [{"input": text_of(number, n), "output": f"answer {n}"} for n in range(ROWS)]
    with opened(folder) as project:
        acknowledge(BEGIN)
        project.examples.store(dataset(rows))
        acknowledge("stored")


def loaded(folder: Path, number: int, acknowledged: list[str]) -> str:
    is_tidy(folder)
    with opened(folder) as project:
        inputs = project.examples.dataset().values("input")
        new = [text for text in inputs if text.startswith(f"file {number},")]
        assert new in ([], [text_of(number, n) for n in range(ROWS)])
        assert new or not acknowledged
        assert project.examples.stored.totals()["stored"] == len(inputs) == len(set(inputs))
        with database.read(project.place.engine) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM examples").scalar() == len(inputs)
    return "all" if new else "none"


# -- five decisions, one after the other: what was acknowledged is there, once


def decide(folder: Path, number: int, acknowledge: Acknowledge) -> None:
    with opened(folder) as project:
        acknowledge(BEGIN)
        for id in ids_of(project)[:5]:
            version = len(project.decisions.of(id))
            seq = project.decisions.decide(id, "label", version, f"label {number}", reviewer="ann")
            acknowledge(f"{id}:{seq}")


def decided(folder: Path, number: int, acknowledged: list[str]) -> str:
    is_tidy(folder)
    with opened(folder) as project:
        own = {id: [d.seq for d in project.decisions.of(id) if d.value == f"label {number}"] for id in ids_of(project)}
    told = [line.split(":") for line in acknowledged]
    assert all(own[id] == [int(seq)] for id, seq in told)
    assert all(len(seqs) <= 1 for seqs in own.values())
    stored = sum(map(len, own.values()))
    assert not told or stored - len(told) in (0, 1)
    return "none" if not stored else "all" if stored == 5 else "part"


# -- one decision on all rows, in several transactions: on all of them or none


def decide_all(folder: Path, number: int, acknowledge: Acknowledge) -> None:
    with opened(folder) as project:
        changes = [(id, "label", f"label {number}") for id in ids_of(project)]
        acknowledge(BEGIN)
        project.decisions.decide_all(changes, "ann", "all", only_undecided=False)
        acknowledge("stored")


def decided_all(folder: Path, number: int, acknowledged: list[str]) -> str:
    is_tidy(folder)
    with opened(folder) as project:
        standing = [label == f"label {number}" for label in project.examples.curated().dataset.values("label")]
    assert all(standing) or not any(standing)
    assert any(standing) or not acknowledged
    return "all" if any(standing) else "none"


# -- what people decided in an excerpt, done to the whole set: all of it or none


def in_two(folder: Path, _: int) -> None:
    """An excerpt that people decided in, and the whole set, on which nothing was done yet."""
    for place in (folder / "excerpt", folder / "whole"):
        made(place)
    with opened(folder / "excerpt") as excerpt:
        if not excerpt.decisions.newest_bulk("ann"):
            changes = [(id, "reject", "") for id in ids_of(excerpt)[: ROWS // 2]]
            excerpt.decisions.decide_all(changes, "ann", "all")
            excerpt.decisions.decide(ids_of(excerpt)[0], "accept", 1, reviewer="bob")


def carry(folder: Path, _: int, acknowledge: Acknowledge) -> None:
    with opened(folder / "excerpt") as excerpt, opened(folder / "whole") as whole:
        acknowledge(BEGIN)
        acknowledge(f"carried {carry_over(excerpt, whole).decided}")


def carried(folder: Path, _: int, acknowledged: list[str]) -> str:
    is_tidy(folder / "whole")
    with opened(folder / "whole") as whole:
        told = [len(whole.decisions.of(id)) for id in ids_of(whole)]
    assert told in ([2, *[1] * (ROWS // 2 - 1), *[0] * (ROWS // 2)], [0] * ROWS)
    assert acknowledged in ([], [f"carried {ROWS // 2}"])
    assert any(told) or not acknowledged
    gone(folder / "whole")
    return "all" if any(told) else "none"


# -- a background job that takes such a decision back: none runs for ever, and the next one may start


def waiting(folder: Path, number: int) -> None:
    made(folder)
    batch = BATCH.format(number)
    with opened(folder) as project:
        changes = [(id, "accept", "") for id in ids_of(project)]
        project.decisions.decide_all(changes, "ann", "all", only_undecided=False, batch=batch)
        ask_for(project, number, UndoAll(batch, "ann"))


def ask_for(project: Project, number: int, verb: UndoAll | FindTopics) -> None:
    with database.write(project.place.engine) as connection:
        job_rows.add(connection, f"job {number}", verb.id, vars(verb), "2026-01-01T00:00:00+00:00", "local")


def work(folder: Path, number: int, acknowledge: Acknowledge) -> None:
    with opened(folder) as project:
        own = processes.this()
        (folder / "jobs").mkdir(exist_ok=True)
        with database.write(project.place.engine) as connection:
            job_rows.change(connection, f"job {number}", pid=own.pid, process_started=own.started)
        acknowledge(BEGIN)
        project.jobs.run(f"job {number}", project)
        job = project.jobs.get(f"job {number}")
        if job is not None and job.state == "done":  # else it was told that it failed
            acknowledge("done")


def ended(project: Project, number: int, acknowledged: list[str]) -> Job:
    """The job, which no longer looks as if it ran."""
    job = project.jobs.newest()
    assert job is not None and job.id == f"job {number}"
    assert (job.state, bool(job.error)) in (("done", False), ("failed", True))
    assert job.state == "done" or not acknowledged
    return job


def worked(folder: Path, number: int, acknowledged: list[str]) -> str:
    with opened(folder) as project:
        job = ended(project, number, acknowledged)
        left = project.decisions.newest_bulk("ann")
        assert left is None or job.state == "failed"
        if left is not None:
            project.decisions.undo_bulk(left.batch, "ann")
        assert set(project.examples.curated().dataset.values("id")) == set(ids_of(project))
        assert project.decisions.newest_bulk("ann") is None
    is_tidy(folder)
    return "all" if job.state == "done" else "none" if left and left.decided == ROWS else "part"


# -- a job that makes vectors, topics and map: of the rows as they are now or of before, never by half, and the next run makes the same


def grown(folder: Path, number: int) -> None:
    made(folder)
    with opened(folder) as project:
        rows = [{"input": text_of(number, n), "output": f"answer {n}"} for n in range(ROWS)]
        project.examples.store(dataset(rows))
        ask_for(project, number, FindTopics())


def topics_found(folder: Path, number: int, acknowledged: list[str]) -> str:
    with opened(folder) as project:
        job, topics = ended(project, number, acknowledged), project.meaning.topics
        is_new = topics.kept() is not None and not topics.is_stale()
        assert is_new or job.state == "failed"
        rows = sum(topic.rows for topic in topics.all() if topic.within < 0) if topics.kept() else 0
        places, was_waiting = project.meaning.map.read(), project.meaning.waiting() > 0
        assert places is None or len(places.numbers) <= project.examples.stored.totals()["stored"]
        project.meaning.find_topics()
        assert sum(topic.rows for topic in topics.all() if topic.within < 0) == len(ids_of(project))
        numbers, vectors = project.meaning.built_in.read(project.meaning.side())
        kept = vectors.tobytes()
        shutil.rmtree(folder / "vectors")
        project.meaning.make()
        assert project.meaning.built_in.read(project.meaning.side())[1].tobytes() == kept
        project.meaning.find_topics()
        assert len(numbers) == len(ids_of(project)) >= rows
    is_tidy(folder)
    assert not list((folder / "vectors").glob(".*"))
    return "all" if is_new else "none" if was_waiting else "part"


# -- a project of version 4 that is opened: it is of now or of then, with all that was decided


def old(folder: Path, _: int) -> None:
    if not (folder / "kept").exists():
        project_of_version(4, folder / "kept")
    shutil.rmtree(folder / "project", ignore_errors=True)
    shutil.copytree(folder / "kept", folder / "project")


def migrate(folder: Path, _: int, acknowledge: Acknowledge) -> None:
    acknowledge(BEGIN)
    with opened(folder / "project") as project:
        acknowledge(str(len(project.examples.dataset())))


def old_decisions(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT * FROM decisions ORDER BY seq").fetchall()


def migrated(folder: Path, _: int, acknowledged: list[str]) -> str:
    project = folder / "project"
    with closing(sqlite3.connect(project / DATABASE)) as raw:
        (version,) = raw.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone()
    assert version != "4" or not acknowledged
    is_tidy(project)
    for path in (project / DATABASE, project / "project.v4.db"):
        assert old_decisions(path) == old_decisions(folder / "kept" / DATABASE)
    with opened(project) as one:
        assert len(one.decisions.of(ids_of(one)[1])) == 2
    return "none" if version == "4" else "all"


# -- the same on a server, where no earlier version left anything: by a step made up for it


def old_on_server(folder: Path, _: int) -> None:
    if not stores.is_project(folder / "project"):
        made(folder / "project")
        with opened(folder / "project") as project:
            project.decisions.decide(ids_of(project)[1], "accept", 0)
    with opened(folder / "project") as project:
        taken_back_a_version(project.place.engine)


def migrated_on_server(folder: Path, _: int, acknowledged: list[str]) -> str:
    said = tomllib.loads((folder / "project" / POINTER).read_text("utf-8"))
    place = database.Schema(database.parse_url(said["url"]), said["schema"], folder)
    with database.read(postgresql.engine_of(place)) as connection:  # without opening it, which would do the step
        is_new = is_up_to_date(connection)
    assert is_new or not acknowledged
    is_tidy(folder / "project")
    with opened(folder / "project") as one, database.read(one.place.engine) as connection:
        assert is_up_to_date(connection)
        assert len(one.decisions.of(ids_of(one)[1])) == 1
        assert len(ids_of(one)) == ROWS
    return "all" if is_new else "none"


# -- a backup made and brought back: there is a whole project or none


def backed_up(folder: Path, _: int) -> None:
    made(folder / "project")
    assert {path.name for path in folder.iterdir()} == {"project"}


def back_up_and_restore(folder: Path, _: int, acknowledge: Acknowledge) -> None:
    with opened(folder / "project") as project:
        backup.back_up(project.place, folder / "project.backup")
    acknowledge(BEGIN)
    acknowledge("backed_up")
    backup.restore(folder / "project.backup", folder / "again")
    acknowledge("restored")


def restored(folder: Path, _: int, acknowledged: list[str]) -> str:
    out, again = folder / "project.backup", folder / "again"
    is_made, is_there = out.exists(), stores.is_project(again)
    assert is_there or "restored" not in acknowledged
    assert is_made or not acknowledged
    if is_made:
        # whatever is left there; the second one into the same place, where none is
        for place in (folder / "other", again)[: 1 if is_there else 2]:
            backup.restore(out, place)
        none_is_left(folder)
        is_tidy(again)
        with opened(again) as project:
            assert project.examples.stored.totals()["stored"] == ROWS
    is_tidy(folder / "project")
    with opened(folder / "project") as project:
        backup.back_up(project.place, out)
    for place in (again, folder / "other"):
        gone(place)
    out.unlink()
    return "all" if is_there else "part" if is_made else "none"


KINDS = {
    "making": Kind(lambda *_: None, make, was_made),
    "import": Kind(made, load, loaded),
    "decision": Kind(made, decide, decided),
    "bulk": Kind(made, decide_all, decided_all),
    "carried": Kind(in_two, carry, carried),
    "job": Kind(waiting, work, worked),
    "topics": Kind(grown, work, topics_found),
    "migration": Kind(old, migrate, migrated),
    "restore": Kind(backed_up, back_up_and_restore, restored),
}


def small_parts() -> None:
    """Let acts take many transactions, and count as left what was left a moment ago."""
    imports.ROWS = decisions.STEP = PART
    processes.NICE = 0
    files.YOUNG = 0.0
    if stores.chosen(None):
        make_step_up()
        schemas_before()
        KINDS["migration"] = Kind(old_on_server, migrate, migrated_on_server)


def main(act: str, folder: Path, *rest: str) -> None:
    small_parts()
    if act == "act":
        KINDS[rest[0]].act(folder, int(rest[1]), lambda said: print(said, flush=True))
        return
    ends = {}
    for name in rest[1:]:
        (folder / name).mkdir()
        tally = kill_often(KINDS[name], folder / name, int(rest[0]))
        ends[name] = {"died": tally.died, **tally.ends}
    print(json.dumps(ends))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
