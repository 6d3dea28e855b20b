"""Splits: nothing bound together parts, labels are spread, order of rows is of no account."""

from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.export.split import SPLITS, split
from curation.records import CLUSTERS_SCHEMA, Clusters, dataset
from curation.sampling.binding import bound_to


def made(rows):
    """A dataset and its clusters from (id, label, group, cluster) rows."""
    data = dataset([{"id": name, "input": name, "label": label, "group": group} for name, label, group, _ in rows])
    columns = [
        [name for name, *_ in rows],
        [cluster for *_, cluster in rows],
        [name for name, *_ in rows],
        [1.0] * len(rows),
        ["variant"] * len(rows),
    ]
    return data, Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


def of_label(labels, splits):
    counts = defaultdict(Counter)
    for label, name in zip(labels, splits, strict=True):
        counts[label][name] += 1
    return counts


row_lists = st.lists(
    st.tuples(
        st.sampled_from(["x", "y", "z", None]), st.sampled_from(["", None, "g1", "g2", "g3"]), st.integers(0, 30)
    ),
    max_size=40,
).map(lambda rows: [(f"id{n}", *row) for n, row in enumerate(rows)])


@given(row_lists, st.integers(0, 5), st.randoms())
def test_bound_rows_never_part_and_shuffling_changes_nothing(rows, seed, random):
    data, clusters = made(rows)
    splits = split(data, clusters, seed=seed)
    assert set(splits) <= set(SPLITS)
    for of in (lambda row: row[3], lambda row: row[2] or row[0]):
        together = defaultdict(set)
        for row, name in zip(rows, splits, strict=True):
            together[of(row)].add(name)
        assert all(len(names) == 1 for names in together.values())
    for counts in of_label([row[1] for row in rows], splits).values():
        assert counts["train"] >= 1
    order = random.sample(range(len(rows)), len(rows))
    shuffled, other = made([rows[n] for n in order])
    assert split(shuffled, other, seed=seed) == [splits[n] for n in order]


def test_each_label_is_spread_by_the_shares():
    rows = [(f"id{n}", "common" if n % 10 else "rare", None, n) for n in range(1000)]
    data, clusters = made(rows)
    counts = of_label([row[1] for row in rows], split(data, clusters))
    assert counts["common"] == {"train": 720, "validation": 90, "test": 90}
    assert counts["rare"] == {"train": 80, "validation": 10, "test": 10}


def test_many_small_labels_still_fill_every_split():
    rows = [(f"id{n}", f"label {n % 100}", None, n) for n in range(300)]
    data, clusters = made(rows)
    splits = split(data, clusters)
    assert Counter(splits) == {"train": 240, "validation": 30, "test": 30}
    assert all(counts["train"] >= 1 for counts in of_label([row[1] for row in rows], splits).values())


def test_clusters_are_spread_too_and_totals_hold():
    generator = np.random.default_rng(3)
    sizes = generator.integers(1, 8, 400)
    rows = [(f"id{c}-{k}", f"label {c % 5}", None, c) for c, size in enumerate(sizes) for k in range(size)]
    data, clusters = made(rows)
    splits = split(data, clusters, seed=1)
    for name, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
        assert abs(splits.count(name) / len(rows) - share) < 0.01
    for counts in of_label([row[1] for row in rows], splits).values():
        assert abs(counts["test"] / counts.total() - 0.1) < 0.02
    bound_in_test = {row[3] for row, name in zip(rows, splits, strict=True) if name == "test" and sizes[row[3]] > 1}
    assert len(bound_in_test) > 10


def test_rows_joined_only_through_others_stay_together():
    rows = [("a", None, "g", 1), ("b", None, None, 1), ("c", None, "g", 2), ("d", None, None, 2)]
    data, clusters = made(rows)
    assert len(set(split(data, clusters))) == 1


def test_another_seed_is_another_split():
    data, clusters = made([(f"id{n}", None, None, n) for n in range(200)])
    assert split(data, clusters, seed=1) != split(data, clusters, seed=2)
    assert split(data, clusters, seed=1) == split(data, clusters, seed=1)


def test_a_share_of_nothing_stays_empty():
    data, clusters = made([(f"id{n}", "x" if n % 2 else "y", None, n // 2) for n in range(50)])
    assert set(split(data, clusters, shares=(0.9, 0.0, 0.1))) == {"train", "test"}
    assert set(split(data, clusters, shares=(1, 0, 0))) == {"train"}


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.6, 0.1), (1.2, -0.1, -0.1), (0, 0.5, 0.5)])
def test_shares_that_are_not_shares_are_refused(shares):
    data, clusters = made([("a", None, None, 0)])
    with pytest.raises(UsageError, match="sum to 1"):
        split(data, clusters, shares=shares)


@given(row_lists, st.integers(0, 5), st.randoms())
def test_held_rows_and_all_bound_to_them_are_test_rows(rows, seed, random):
    data, clusters = made(rows)
    held = {row[0] for row in rows if random.random() < 0.3}
    splits = dict(zip(data.values("id"), split(data, clusters, seed=seed, held=held), strict=True))
    bound = bound_to(held, data, clusters)
    assert held <= bound
    assert all(splits[name] == "test" for name in bound)
    free = [row for row in rows if row[0] not in bound]
    for label in {row[1] for row in free}:
        assert "train" in {splits[row[0]] for row in free if row[1] == label}
    order = random.sample(range(len(rows)), len(rows))
    shuffled, other = made([rows[n] for n in order])
    again = dict(zip(shuffled.values("id"), split(shuffled, other, seed=seed, held=held), strict=True))
    assert again == splits


def test_what_test_takes_too_much_train_and_validation_give_in_proportion():
    data, clusters = made([(f"id{n}", "ab"[n % 2], None, n) for n in range(700)])
    counts = Counter(split(data, clusters, held={f"id{n}" for n in range(250)}))
    assert counts == {"train": 400, "validation": 50, "test": 250}
    few = Counter(split(data, clusters, held={f"id{n}" for n in range(30)}))
    assert few == {"train": 560, "validation": 70, "test": 70}
    assert Counter(split(data, clusters, (1.0, 0.0, 0.0), held={"id0"})) == {"train": 699, "test": 1}
