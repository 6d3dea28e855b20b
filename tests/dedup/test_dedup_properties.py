"""What holds for any rows: brute force agrees, order and workers change nothing, every keeper is similar."""

import random
from typing import Any

import pyarrow as pa
import pytest
from dedup_reading import jaccard, partition, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.dedup import Settings, dedup, normalise
from curation.errors import Cancelled
from curation.records import CLUSTER_KINDS, Clusters, Dataset, dataset

WORDS = ["reset", "my", "account", "password", "please", "order", "late", "refund"]
sentences = st.lists(st.sampled_from(WORDS), min_size=0, max_size=9).map(" ".join)
examples = st.lists(
    st.fixed_dictionaries(
        {"input": sentences, "output": st.sampled_from(["", "a", "b"]), "label": st.sampled_from([None, "x", "y"])}
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(examples, st.sampled_from([3, 5]), st.sampled_from([0.5, 0.7, 0.9]))
def test_all_pairs_equal_brute_force(some: list[dict[str, Any]], n: int, threshold: float) -> None:
    data = dataset(some)
    found = dedup(data, Settings(shingle=n, threshold=threshold))
    inputs, ids = data.values("input"), data.values("id")
    parent = list(range(len(some)))

    def find(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for i in range(len(some)):
        for j in range(i):
            if inputs[i].strip() and jaccard(inputs[i], inputs[j], n) >= threshold:
                parent[find(i)] = find(j)
    groups: dict[int, set[str]] = {}
    for k, id in enumerate(ids):
        groups.setdefault(find(k), set()).add(id)
    assert partition(found) == {frozenset(group) for group in groups.values()}


@settings(max_examples=60, deadline=None)
@given(examples, st.sampled_from(["complete", "longest", "oldest"]), st.sampled_from([0, 5000]), st.randoms())
def test_rows_and_their_keepers(some: list[dict[str, Any]], rule: Any, below: int, rng: random.Random) -> None:
    data = dataset(some)
    chosen = Settings(shingle=3, keeper=rule, exact_below=below)
    found = dedup(data, chosen)
    by_id = {row["id"]: row for row in data.table.to_pylist()}
    gravest: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for row in rows(found):
        mine, keeper = by_id[row["id"]], by_id[row["keeper"]]
        assert row["similarity"] == jaccard(mine["input"], keeper["input"], 3) >= chosen.threshold
        own = next(r for r in rows(found) if r["id"] == row["keeper"])
        assert (own["keeper"], own["cluster"]) == (own["id"], row["cluster"])
        sizes[row["cluster"]] = sizes.get(row["cluster"], 0) + 1
        if row["id"] != row["keeper"]:
            assert row["kind"] != "unique"
            kind = CLUSTER_KINDS.index(row["kind"])
            gravest[row["cluster"]] = max(gravest.get(row["cluster"], 0), kind)
            if row["kind"] in ("exact", "near") and keeper["label"] and mine["label"]:
                assert mine["label"] == keeper["label"]
            assert not (row["kind"] in ("exact", "near") and mine["label"] and not keeper["label"])
            assert (row["kind"] == "contradiction") == bool(
                mine["label"] and keeper["label"] and mine["label"] != keeper["label"]
            )
    for row in rows(found):
        if row["id"] == row["keeper"]:
            # graver where repeats of a variant have one of themselves as their keeper
            assert CLUSTER_KINDS.index(row["kind"]) >= gravest.get(row["cluster"], 0)
        assert (row["kind"] == "unique") == (sizes[row["cluster"]] == 1 or not gravest.get(row["cluster"]))
    order = list(range(len(some)))
    rng.shuffle(order)
    again = dedup(data.take(order), chosen)
    assert partition(again) == partition(found)
    fields = ("keeper", "similarity", "kind")
    assert {r["id"]: [r[f] for f in fields] for r in rows(again)} == {
        r["id"]: [r[f] for f in fields] for r in rows(found)
    }


@settings(max_examples=15, deadline=None)
@given(examples, st.randoms())
def test_the_order_in_the_file_changes_no_cluster(some: list[dict[str, Any]], rng: random.Random) -> None:
    order = list(range(len(some)))
    rng.shuffle(order)
    first, second = dataset(some), dataset([some[k] for k in order])
    texts = dict(zip(first.values("id"), first.values("input"), strict=True))
    texts |= dict(zip(second.values("id"), second.values("input"), strict=True))

    def by_text(found: Clusters) -> set[frozenset[str]]:
        return {frozenset(normalise(texts[id]) for id in group) for group in partition(found)}

    assert by_text(dedup(first)) == by_text(dedup(second))


def planted(count: int, seed: int) -> Dataset:
    """Random sentences, every third followed by a typo, an inserted word or a swap of it."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(2, 9))) for _ in range(3_000)]
    texts: list[str] = []
    while len(texts) < count:
        base = [rng.choice(words) for _ in range(rng.randrange(12, 40))]
        texts.append(" ".join(base))
        if rng.random() < 0.33:
            at = rng.randrange(1, len(base) - 1)
            edit = rng.choice(["typo", "insert", "swap"])
            if edit == "typo":
                base[at] = base[at][:-1] + rng.choice("abcxyz")
            elif edit == "insert":
                base.insert(at, rng.choice(words))
            else:
                base[at], base[at - 1] = base[at - 1], base[at]
            texts.append(" ".join(base))
    return dataset([{"input": text, "output": "o"} for text in texts[:count]])


def test_minhash_finds_what_comparing_all_pairs_finds() -> None:
    data = planted(3_000, 4)
    exact = dedup(data, Settings(shingle=5))
    quick = dedup(data, Settings(shingle=5, exact_below=0))
    assert (exact.settings["method"], quick.settings["method"]) == ("all pairs", "minhash")
    pairs = {group for group in partition(exact) if len(group) > 1}
    assert len(pairs) > 500
    assert len(pairs & partition(quick)) >= 0.99 * len(pairs)
    assert partition(quick) <= partition(exact) | {frozenset([id]) for id in data.values("id")}


@pytest.mark.parametrize("below", [0, 5000])
def test_workers_change_nothing(below: int) -> None:
    data = planted(2_000, 5)
    one, two = (dedup(data, Settings(workers=workers, exact_below=below)) for workers in (1, 2))
    assert one.table == two.table


def test_row_order_changes_nothing_through_minhash() -> None:
    data = planted(2_000, 6)
    text = "the parcel {} is late and nobody at the counter could tell me where it is or when it comes"
    data = Dataset(pa.concat_tables([data.table, dataset([{"input": text.format(n)} for n in range(60)]).table]))
    order = list(range(len(data)))
    random.Random(1).shuffle(order)
    chosen = Settings(shingle=5, exact_below=0)
    first, second = dedup(data, chosen), dedup(data.take(order), chosen)
    assert partition(first) == partition(second)
    assert sorted(first.table.drop(["cluster"]).to_pylist(), key=lambda r: r["id"]) == sorted(
        second.table.drop(["cluster"]).to_pylist(), key=lambda r: r["id"]
    )


def test_clusters_are_numbered_by_first_occurrence_and_settings_are_recorded() -> None:
    found = dedup(dataset([{"input": text} for text in ("one text", "another", "one text", "third", "another")]))
    assert found.table["cluster"].to_pylist() == [0, 1, 0, 2, 1]
    assert found.settings["shingle"] == 3
    assert {"threshold", "seed", "num_perm", "scheme", "method", "giant"} <= set(found.settings)


def test_long_texts_get_longer_shingles() -> None:
    assert dedup(dataset([{"input": "x" * 99}])).settings["shingle"] == 3
    assert dedup(dataset([{"input": "x" * 100}])).settings["shingle"] == 5


@pytest.mark.parametrize("below", [0, 5000])
def test_progress_is_reported_and_can_cancel(below: int) -> None:
    seen: list[float] = []
    data = planted(500, 7)
    dedup(data, Settings(exact_below=below), lambda done, message: seen.append(done))
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert all(0 <= done <= 1 for done in seen)
    for stop in range(len(seen)):
        calls = iter(range(len(seen)))

        def cancel(done: float, message: str, stop: int = stop, calls: Any = calls) -> None:
            if next(calls) == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            dedup(data, Settings(exact_below=below), cancel)
