import numpy as np

from curation.records.progress import ignore
from curation.text import neighbours


def unit_rows(n, seed=0, centres=40):
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=(centres, 16))
    rows = middle[rng.integers(centres, size=n)] + 0.4 * rng.normal(size=(n, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_exact_neighbours_are_the_nearest_of_other_groups():
    rows = unit_rows(300)
    groups = np.arange(300) // 3
    index, similarity = neighbours.nearest(rows, neighbours.Pool(rows, 0), 5, (groups, groups), ignore)
    scores = rows @ rows.T
    scores[groups[:, None] == groups[None, :]] = -2.0
    assert np.allclose(similarity, -np.sort(-scores, axis=1)[:, :5])
    assert not (groups[index] == groups[:, None]).any()


def test_cells_find_nearly_all_of_them(monkeypatch):
    rows = unit_rows(4000)
    groups = np.arange(4000)
    exact, _ = neighbours.nearest(rows, neighbours.Pool(rows, 0), 10, (groups, groups), ignore)
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 1000)
    found, _ = neighbours.nearest(rows, neighbours.Pool(rows, 0), 10, (groups, groups), ignore)
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.tolist(), found.tolist(), strict=True)])
    assert shared > 0.95


def test_too_few_rows_leave_places_unfilled():
    rows = unit_rows(3)
    groups = np.array([0, 0, 1])
    _, similarity = neighbours.nearest(rows, neighbours.Pool(rows, 0), 5, (groups, groups), ignore)
    assert similarity.shape == (3, 3)
    assert (similarity == -2.0).sum(axis=1).tolist() == [2, 2, 1]
