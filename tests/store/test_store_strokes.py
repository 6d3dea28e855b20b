"""Many decisions in one stroke: people's decisions stay, one undo takes all back, an older database is brought along."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from old_projects import changed, project_of_version

from curation.project import Project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with 1,200 labelled questions; the file they came from stands beside it."""
    file = tmp_path_factory.mktemp("strokes") / "rows.csv"
    lines = [f"question {n},label {n % 3}" for n in range(1200)]
    file.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(file.parent / "project", create=True)
    project.examples.load(file)
    project.close()
    return project.folder


@pytest.fixture
def project(made: Path, copied: Callable[..., Path]) -> Iterator[Project]:
    """A copy of it that a test may change."""
    project = Project.open(copied(made))
    yield project
    project.close()


def ids(project: Project) -> list[str]:
    return list(project.examples.dataset().values("id"))


def test_a_stroke_decides_every_row_and_one_undo_takes_all_of_it_back(project: Project) -> None:
    stroke = project.decisions.decide_all([(id, "reject", "") for id in ids(project)], "ana", "all suspects")
    assert (stroke.decided, stroke.passed_over) == (1200, 0)
    assert len(project.examples.curated().dataset) == 0
    assert project.decisions.newest_bulk("ana") == stroke
    assert project.decisions.undo_bulk(stroke.batch, "ana") == 1200
    assert len(project.examples.curated().dataset) == 1200
    assert project.decisions.newest_bulk("ana") is None


def test_a_stroke_never_overwrites_what_a_person_decided(project: Project) -> None:
    first, second, *_ = ids(project)
    project.decisions.decide(first, "accept", 0, reviewer="bo")
    stroke = project.decisions.decide_all([(first, "reject", ""), (second, "reject", "")], "ana")
    assert (stroke.decided, stroke.passed_over) == (1, 1)
    kept = project.examples.stored.get(first)
    gone = project.examples.stored.get(second)
    assert kept is not None and gone is not None
    assert (kept.status, gone.status) == ("accepted", "rejected")


def test_undo_of_a_stroke_leaves_later_decisions_alone(project: Project) -> None:
    first, second, *_ = ids(project)
    stroke = project.decisions.decide_all([(first, "label", "label 9"), (second, "label", "label 9")], "ana")
    seen = project.examples.stored.get(first)
    assert seen is not None and seen.label == "label 9"
    project.decisions.decide(first, "label", seen.version, "label 7", reviewer="bo")
    project.decisions.undo_bulk(stroke.batch, "ana")
    labels = dict(
        zip(
            project.examples.curated().dataset.values("id"),
            project.examples.curated().dataset.values("label"),
            strict=True,
        )
    )
    assert labels[first] == "label 7"
    assert labels[second] == "label 1"


def test_undo_on_its_key_takes_back_single_decisions_only(project: Project) -> None:
    first, second, *_ = ids(project)
    project.decisions.decide(first, "accept", 0, reviewer="ana")
    project.decisions.decide_all([(second, "reject", "")], "ana")
    assert project.decisions.undo("ana") == first
    assert project.decisions.undo("ana") is None


def test_the_chain_of_hashes_holds_through_strokes_and_undos(project: Project) -> None:
    project.decisions.decide(ids(project)[0], "accept", 0)
    stroke = project.decisions.decide_all([(id, "accept", "") for id in ids(project)])
    project.decisions.undo_bulk(stroke.batch)
    assert project.place.verify().is_intact


def test_a_stroke_gives_the_same_states_as_deciding_one_by_one(project: Project, made: Path, tmp_path: Path) -> None:
    other = Project.open(tmp_path / "other", create=True)
    other.examples.load(made.parent / "rows.csv")
    chosen = ids(project)[:40]
    project.decisions.decide_all([(id, "label", "label 2") for id in chosen])
    for id in chosen:
        other.decisions.decide(id, "label", 0, "label 2")
    assert [project.examples.stored.get(id) for id in chosen] == [other.examples.stored.get(id) for id in chosen]


@pytest.mark.only_sqlite
def test_a_database_of_the_first_version_opens_with_its_decisions_after_a_copy_was_kept(tmp_path: Path) -> None:
    folder = project_of_version(4, tmp_path / "project")
    later = "DROP INDEX ix_decisions_batch; ALTER TABLE decisions DROP COLUMN batch"
    tables = ";".join(f"DROP TABLE {table}" for table in ("votes", "round_rows", "rounds", "calls"))
    changed(folder, f"{later}; {tables}; UPDATE about SET value = '1' WHERE key = 'schema_version'")
    again = Project.open(folder)
    assert list(again.examples.curated().dataset.values("label")) == [
        "delivery",
        "refund",
        "refund",
        "refund",
        "account",
    ]
    assert again.decisions.decide_all([(ids(again)[0], "accept", "")]).passed_over == 1
    assert again.place.verify().is_intact
    with closing(sqlite3.connect(folder / "project.v1.db")) as copy:
        assert copy.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone() == ("1",)
    again.close()
