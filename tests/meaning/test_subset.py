"""A smaller set stands for the whole: every group its share, central rows first, suspects last, the same each time."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.export import Layout
from curation.meaning.subset import chosen, facilities, kept, shares
from curation.project import Project


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(0, 900))
def test_shares_add_up_and_no_group_gives_more_than_it_has(sizes: list[int], total: int) -> None:
    found = shares(np.asarray(sizes, np.int64), total)
    assert found.sum() == min(total, sum(sizes))
    assert (found <= sizes).all()
    if total >= len(sizes):
        assert (found >= 1).all()


def planted() -> tuple[np.ndarray, np.ndarray]:
    """Two groups of 60 and 12 rows, each of three tight bundles; unit vectors and groups."""
    draw = np.random.default_rng(3)
    centres = np.repeat(np.eye(6, 16), (40, 15, 5, 6, 4, 2), axis=0)
    vectors = centres + draw.normal(scale=0.03, size=(72, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.repeat([0, 1], (60, 12))


def test_each_bundle_is_kept_and_a_random_choice_keeps_less() -> None:
    vectors, groups = planted()
    bundles = np.repeat(np.arange(6), (40, 15, 5, 6, 4, 2))
    none = np.zeros(72, bool)
    rows = chosen(vectors, groups, 9, none, seed=1)
    assert len(rows) == 9 == len(set(rows.tolist()))
    assert set(bundles[rows]) == set(range(6))
    ours = kept(vectors, groups, bundles, rows)
    random = [kept(vectors, groups, bundles, np.random.default_rng(n).permutation(72)[:9]) for n in range(20)]
    assert (ours.labels, ours.topics) == (2, 6)
    assert np.mean([one.topics for one in random]) < 6
    assert ours.nearness > max(one.nearness for one in random)
    assert rows.tolist() == chosen(vectors, groups, 9, none, seed=1).tolist()


def test_suspects_and_rows_without_a_vector_come_last_and_are_taken_where_nothing_else_is_left() -> None:
    vectors, groups = planted()
    vectors[:10] = np.nan
    last = np.zeros(72, bool)
    last[10:40] = True
    rows = chosen(vectors, groups, 20, last, seed=0)
    assert not last[rows].any()
    assert not np.isnan(vectors[rows, 0]).any()
    assert len(chosen(vectors, groups, 72, last, seed=0)) == 72
    assert facilities(vectors[10:50], 40).tolist() != []
    assert len(chosen(np.empty((0, 4), np.float32), np.empty(0, np.int64), 5, np.empty(0, bool), 0)) == 0


def test_an_export_writes_so_many_rows_and_says_what_they_keep(tmp_path: Path) -> None:
    subjects = {"garden": ("plant the seeds", "water the rose", "prune the tree"), "money": ("pay the bill", "my fee")}
    lines = [
        f"{text} in {n}0{n} parks,{label}" for n in range(1, 9) for label, texts in subjects.items() for text in texts
    ]
    path = tmp_path / "rows.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with Project.open(tmp_path / "project", create=True) as project:
        project.examples.load(path)
        project.duplicates.find()
        manifest = project.exports.release(tmp_path / "out", {}, ["parquet"], Layout(subset=10).checked())
        assert manifest.counts["kept"] == 10
        ((reason, gone),) = [one for one in manifest.removed.items() if "stand for all" in one[0]]
        assert gone == manifest.settings["stand_for_all"]["of"] - 10
        labels = [row["label"] for name in ("train", "validation", "test") for row in pq.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist()]  # fmt: skip
        assert set(labels) == set(subjects)
        (line,) = [one for one in project.exports.remarks(manifest) if "stand for all" in one]
        assert "2 of 2 labels (2)" in line
        whole = project.exports.release(tmp_path / "all", {}, ["parquet"], Layout(subset=999).checked())
        assert "stand_for_all" not in whole.settings
        assert reason == "not among the 10 rows that stand for all"
    with pytest.raises(UsageError, match="Leave out the cap"):
        Layout(subset=5, balance=True).checked()
