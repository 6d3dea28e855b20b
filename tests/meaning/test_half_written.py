"""What a killed job leaves of vectors, topics and map is not read, is swept, and the next job makes all of it."""

import os
import time
from collections.abc import Callable

import pytest

from curation import files
from curation.project import Project
from curation.project.meaning.map import FILE as MAP
from curation.project.meaning.topics import FILE as TOPICS
from curation.project.meaning.topics import FOLDER


@pytest.fixture
def rows(project_of: Callable[..., Project]) -> Project:
    return project_of({"rows.csv": "text,category\n" + "".join(f"water the rose bush {n},x\n" for n in range(20))})


def test_rows_written_before_what_says_so_are_written_again(rows: Project) -> None:
    rows.meaning.find_topics()
    folder = rows.folder / FOLDER
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(whole) == {"input.f32", "input.i64", "input.json", TOPICS, MAP}
    (folder / "input.json").unlink()
    for name in ("input.f32", "input.i64"):
        (folder / name).write_bytes(whole[name] + b"half of a row")
    assert rows.meaning.waiting() == 20
    (folder / TOPICS).write_bytes(whole[TOPICS][:50])
    (folder / MAP).write_bytes(whole[MAP][:50])
    assert rows.meaning.topics.kept() is None
    assert rows.meaning.map.read() is None
    rows.meaning.find_topics()
    assert (folder / "input.f32").read_bytes()[: len(whole["input.f32"])] == whole["input.f32"]
    assert [(folder / name).read_bytes() for name in (TOPICS, MAP)] == [whole[TOPICS], whole[MAP]]


def test_files_that_were_being_written_are_swept(rows: Project) -> None:
    rows.meaning.make()
    left = rows.folder / FOLDER / ".topics.parquet.1.tmp"
    left.write_bytes(b"half")
    old = time.time() - 2 * 3600
    os.utime(left, (old, old))
    assert files.sweep_project(rows.folder, 3600) == 1
    assert not left.exists()
    assert (rows.folder / FOLDER / "input.f32").exists()


def test_topics_without_a_map_are_shown_and_the_map_comes_with_the_next_run(rows: Project) -> None:
    rows.meaning.find_topics()
    (rows.folder / FOLDER / MAP).unlink()
    assert [topic.rows for topic in rows.meaning.topics.all()] == [20]
    assert rows.meaning.map.read() is None
    rows.meaning.find_topics()
    assert len(rows.meaning.map.read().numbers) == 20  # type: ignore[union-attr]
