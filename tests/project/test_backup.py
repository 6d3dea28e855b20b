"""A project copied while people work in it and brought back whole; what the disk refuses is said in a sentence."""

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from curation.cli.main import main
from curation.errors import InputRejected, StoreFailed, UsageError
from curation.project import Project
from curation.project.place.backup import back_up, restore
from curation.project.place.stores import DATABASE
from curation.records import dataset
from curation.records.context import Context, Task
from curation.store import database

ROWS = [{"input": f"question {n}", "output": f"answer {n}"} for n in range(300)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project.open(tmp_path / "project", create=True)
    project.examples.store(dataset(ROWS))
    project.settings.save_context(Context(Task("accuracy", 0.9)))
    return project


def ids(project: Project) -> list[str]:
    return [str(id) for id in project.examples.dataset().values("id")]


DECIDER = """
import sys
from curation.project import Project
with Project.open(sys.argv[1]) as project:
    for id in project.examples.dataset().values("id"):
        project.decisions.decide(id, "accept", 0, reviewer="Ann")
        print(id, flush=True)
"""


def test_a_backup_made_while_somebody_decides_holds_all_that_was_acknowledged_before(
    project: Project, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", DECIDER, str(project.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as decider:
        assert decider.stdout is not None
        before = [decider.stdout.readline().strip() for _ in range(20)]
        back_up(project.place, tmp_path / "copy.backup")
        after = decider.stdout.read().split()
    assert len(before) + len(after) == len(ROWS)
    about = restore(tmp_path / "copy.backup", tmp_path / "again")
    assert about["project"] == "project"
    with Project.open(tmp_path / "again") as again:
        states = again.examples.curated().states
        assert {id for id in before if states[id].status == "accepted"} == set(before)
        assert again.place.verify().is_intact
        assert again.settings.context().task.target == 0.9
        assert ids(again) == ids(project)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "copy.backup", "project"]


def test_it_is_never_restored_over_a_project_and_what_is_no_backup_leaves_nothing(
    project: Project, tmp_path: Path
) -> None:
    backup = back_up(project.place, tmp_path / "copy.backup")
    with pytest.raises(UsageError, match="is not empty"):
        restore(backup, project.folder)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("backup.json", "[]")
    (tmp_path / "cut.backup").write_bytes(backup.read_bytes()[:-200])
    damaged = bytearray(backup.read_bytes())
    damaged[len(damaged) // 2] ^= 255
    (tmp_path / "damaged.backup").write_bytes(damaged)
    for name in ("other.zip", "cut.backup", "damaged.backup"):
        with pytest.raises(InputRejected, match="is not a backup of curation, or is damaged"):
            restore(tmp_path / name, tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_the_command_line_copies_and_brings_back(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["project", "backup", str(project.folder), "--out", str(tmp_path / "copy.backup"), "--quiet"])
    main(["project", "restore", str(tmp_path / "copy.backup"), str(tmp_path / "again"), "--quiet"])
    said = capsys.readouterr().out
    assert "is copied to" in said
    assert f"is now in {tmp_path / 'again'}" in said
    with Project.open(tmp_path / "again") as again:
        assert len(again.examples.dataset()) == len(ROWS)


def test_a_full_disk_a_damaged_file_and_a_folder_that_is_gone_have_each_their_sentence(
    project: Project, tmp_path: Path
) -> None:
    first = ids(project)[0]
    with database.write(project.place.engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    no_room = pytest.raises(StoreFailed, match="no room left on the disk")
    with no_room as full, database.write(project.place.engine) as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.exec_driver_sql("CREATE TABLE more AS SELECT * FROM examples, (SELECT 1 UNION SELECT 2)")
    assert "CREATE TABLE" not in str(full.value)
    project.close()
    project.decisions.decide(first, "accept", 0)
    project.close()
    shutil.copytree(project.folder, tmp_path / "damaged")
    raw = bytearray((tmp_path / "damaged" / DATABASE).read_bytes())
    raw[4096:12288] = os.urandom(8192)
    (tmp_path / "damaged" / DATABASE).write_bytes(raw)
    with pytest.raises(StoreFailed, match="is damaged"), Project.open(tmp_path / "damaged") as damaged:
        damaged.examples.dataset()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / DATABASE).write_text("no database, but longer than a header " * 99)
    with pytest.raises(InputRejected, match="not a project database"):
        Project.open(tmp_path / "text")
    shutil.rmtree(project.folder)
    with pytest.raises(StoreFailed, match="was moved or removed"):
        project.examples.dataset()


def test_what_our_own_tables_refuse_is_no_failure_of_the_disk(project: Project) -> None:
    with pytest.raises(DatabaseError, match="append-only"), database.write(project.place.engine) as connection:
        connection.exec_driver_sql("DELETE FROM examples")
    with closing(sqlite3.connect(project.folder / DATABASE)) as raw:
        assert raw.execute("SELECT count(*) FROM examples").fetchone() == (len(ROWS),)
