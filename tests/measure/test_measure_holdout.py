"""Held-back rows: the same for everyone, spread over the labels, and never near one that is shown."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import NotChecked
from curation.measure.holdout import hold_out
from curation.records import CLUSTERS_SCHEMA, Clusters, Dataset, dataset
from curation.sampling.binding import bound_names

rows_of = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("abc"), st.integers(0, 12), st.sampled_from(["", "", "g", "h"])),
    min_size=4,
    max_size=60,
)


def made(rows: list[tuple[int, str, int, str]]) -> tuple[Dataset, Clusters]:
    data = dataset(
        {"input": f"text {n} {t}", "label": label, "group": g or None} for n, (t, label, _, g) in enumerate(rows)
    )
    ids = data.values("id")
    clusters = [cluster for _, _, cluster, _ in rows]
    columns = [ids, clusters, ids, [1.0] * len(ids), ["unique"] * len(ids)]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, CLUSTERS_SCHEMA, strict=True)]
    return data, Clusters(pa.table(arrays, schema=CLUSTERS_SCHEMA))


@settings(deadline=None)
@given(rows_of, st.integers(1, 40), st.integers(0, 3))
def test_no_shown_row_shares_a_cluster_or_group_with_a_held_one(
    rows: list[tuple[int, str, int, str]], size: int, seed: int
) -> None:
    data, clusters = made(rows)
    group_of = bound_names(data, clusters)
    if len(set(group_of.values())) < 2:
        with pytest.raises(NotChecked):
            hold_out(data, clusters, (), size, seed)
        return
    found = hold_out(data, clusters, (), size, seed)
    held = [group_of[row.id] for row in found.held]
    assert 1 <= len(held) <= size
    assert len(set(held)) == len(held)
    assert not set(held) & {group_of[row.id] for row in found.pool}


@settings(deadline=None, max_examples=30)
@given(rows_of, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, str, int, str]], random: object) -> None:
    data, clusters = made(rows)
    if len(set(bound_names(data, clusters).values())) < 2:
        return
    order = list(range(len(data)))
    random.shuffle(order)  # type: ignore[attr-defined]
    turned = Clusters(clusters.table.take(order))
    assert hold_out(data, clusters, (), 10, 0) == hold_out(data.take(order), turned, (), 10, 0)


def test_every_beginning_holds_each_label_in_its_share() -> None:
    rows = [(n, "a" if n < 60 else "b" if n < 90 else "c", n, "") for n in range(100)]
    found = hold_out(*made(rows), (), 50, 7)
    for size in (10, 20, 25, 50):
        labels = [row.answer for row in found.held[:size]]
        for label, share in (("a", 0.6), ("b", 0.3), ("c", 0.1)):
            assert abs(labels.count(label) - share * size) <= 1.5


def test_another_seed_holds_back_other_rows() -> None:
    data = made([(n, "ab"[n % 2], n, "") for n in range(100)])
    assert hold_out(*data, (), 20, 0).held == hold_out(*data, (), 20, 0).held
    assert hold_out(*data, (), 20, 0).held != hold_out(*data, (), 20, 1).held


def test_private_rows_are_neither_asked_nor_shown_and_are_counted() -> None:
    data, clusters = made([(n, "ab"[n % 2], n, "") for n in range(20)])
    private = set(data.values("id")[:7])
    found = hold_out(data, clusters, private, 100, 0)
    assert not private & {row.id for row in (*found.held, *found.pool)}
    assert found.private == 7
    assert len(found.held) == 6  # half of 13


def test_rows_without_an_answer_are_counted() -> None:
    data = dataset([{"input": f"t{n}", "output": "" if n % 4 == 0 else f"answer {n}"} for n in range(12)])
    empty = Clusters(CLUSTERS_SCHEMA.empty_table())
    found = hold_out(data, empty, (), 4, 0)
    assert (found.unanswered, len(found.held), len(found.pool)) == (3, 4, 5)
