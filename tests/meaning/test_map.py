"""The map: rows of near meaning lie together, keep their places when a few are added, and a box of it is a filter."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from curation.errors import UsageError
from curation.meaning import layout
from curation.project import Project
from curation.records import Filter


def planted(each: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors about four directions, and which."""
    of = np.repeat(np.arange(4), each)
    vectors = np.eye(4, 12)[of] + np.random.default_rng(2).normal(scale=0.15, size=(4 * each, 12))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), of


def test_rows_of_one_kind_lie_together_those_placed_beside_landmarks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LANDMARKS", 80)
    vectors, of = planted(40)
    vectors[7] = np.nan
    places, landmarks = layout.laid_out(vectors, seed=3)
    assert len(landmarks) == 80
    there = np.flatnonzero(~np.isnan(places[:, 0]))
    assert np.array_equal(there, np.delete(np.arange(160), 7))
    assert np.abs(places[there]).max() <= 1
    _, near = cKDTree(places[there]).query(places[there], 6)
    assert (of[there][near] == of[there][:, None]).mean() > 0.95
    again, _ = layout.laid_out(vectors, seed=3)
    assert np.array_equal(places, again, equal_nan=True)


def test_too_few_rows_have_no_map() -> None:
    places, landmarks = layout.laid_out(planted(2)[0], seed=0)
    assert np.isnan(places).all()
    assert not len(landmarks)


def load(project: Project, folder: Path, name: str, texts: list[str]) -> None:
    path = folder / f"{name}.csv"
    path.write_text("text,category\n" + "\n".join(f"{text},x" for text in texts) + "\n", encoding="utf-8")
    project.examples.load(path)


def test_a_box_of_the_map_is_a_filter_and_a_few_new_rows_move_nothing(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "map", create=True)
    load(
        project,
        tmp_path,
        "first",
        [f"plant the rose bush {n}" for n in range(30)] + [f"fry egg {n}" for n in range(30)],
    )
    with pytest.raises(UsageError, match="no map here yet"):
        project.meaning.placed(Filter(area="-1,1,-1,1"))
    project.meaning.find_topics()
    before = project.meaning.map.read()
    assert before is not None
    whole = project.meaning.placed(Filter(area="-1,1,-1,1"))
    assert project.rows.stored.counts(whole) == (60, 60)
    x, y = before.places[0].tolist()
    box = Filter(area=f"{x - 0.01},{x + 0.01},{y - 0.01},{y + 0.01}")
    assert int(before.numbers[0]) in (project.meaning.placed(box).among or ())
    topic = project.meaning.placed(Filter(area="-1,1,-1,1", topic=0)).among
    assert sorted(topic or ()) == sorted(project.meaning.topics.numbers(0).tolist())
    assert project.meaning.placed(Filter(area="-1,1,-1,1", text="rose", search="both")).among
    with pytest.raises(UsageError, match="left,right,bottom,top"):
        project.meaning.placed(Filter(area="1,2"))
    load(project, tmp_path, "second", ["plant the rose bush at noon", "fry the egg at noon"])
    project.meaning.find_topics()
    after = project.meaning.map.read()
    assert after is not None
    assert np.array_equal(after.places[:60], before.places)
    assert len(after.numbers) == 62
    assert np.linalg.norm(after.places[60] - after.places[:30].mean(axis=0)) < np.linalg.norm(
        after.places[60] - after.places[30:60].mean(axis=0)
    )
    load(project, tmp_path, "third", [f"tune the violin {n}" for n in range(20)])
    project.meaning.find_topics()
    last = project.meaning.map.read()
    assert last is not None
    assert len(last.numbers) == 82
    assert not np.array_equal(last.places[:60], before.places)
    project.close()
