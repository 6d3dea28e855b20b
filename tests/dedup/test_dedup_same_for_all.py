"""The same clusters whatever computes them, and work that grows with the rows, not with their square."""

import importlib.util
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from dedup_reading import LONG, partition, rows

from curation.dedup import Settings, clusters, dedup
from curation.dedup.similarity import fast
from curation.dedup.similarity.documents import documents
from curation.dedup.similarity.verify import Comparer
from curation.records import Dataset, dataset


class Uncompiled:
    """Stands in for numba where it is not installed: the kernels run as the Python they are written in."""

    @staticmethod
    def njit(function: Any, **options: Any) -> Any:
        return function


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if importlib.util.find_spec("numba") is None:
        monkeypatch.setattr(fast, "numba", Uncompiled)
    fast.kernel.cache_clear()
    with np.errstate(over="ignore"):
        yield
    fast.kernel.cache_clear()


def mixed(count: int, seed: int) -> Dataset:
    """Texts of several scripts, a third of them another one with a letter changed."""
    rng = random.Random(seed)
    alphabets = ["abcdefghij", "абвгдежз", "我想重置密码", "كلمةالمرور", "कखगघङचछ", "aé😀1"]
    texts = [
        " ".join("".join(rng.choices(alphabet, k=4)) for _ in range(rng.randrange(1, 9)))
        for alphabet in rng.choices(alphabets, k=count * 2 // 3)
    ]
    while len(texts) < count:
        text = rng.choice(texts)
        at = rng.randrange(len(text))
        texts.append(text[:at] + rng.choice("xyz") + text[at + 1 :])
    rng.shuffle(texts)
    return dataset([{"input": text, "output": "o"} for text in texts])


@pytest.mark.parametrize("shingle", [3, 7])
def test_compiled_kernels_give_the_clusters_of_numpy(
    shingle: int, monkeypatch: pytest.MonkeyPatch, kernels: None
) -> None:
    options = {"shingle": shingle, "num_perm": 32, "exact_below": 0, "threshold": 0.4}
    data = mixed(90, 1)
    assert fast.available()
    compiled = dedup(data, Settings(workers=1, **options))  # type: ignore[arg-type]
    assert len(partition(compiled)) < 80
    monkeypatch.setattr(fast, "numba", None)
    for workers in (1, 2):
        assert dedup(data, Settings(workers=workers, **options)).table == compiled.table  # type: ignore[arg-type]


@pytest.mark.parametrize("below", [0, 5000])
def test_rows_shuffled_by_any_number_of_workers(below: int) -> None:
    data, order = mixed(1_000, 2), list(range(1_000))
    random.Random(3).shuffle(order)
    chosen = {"exact_below": below, "shingle": 3}
    first = dedup(data, Settings(workers=1, **chosen))  # type: ignore[arg-type]
    second = dedup(data.take(order), Settings(workers=2, **chosen))  # type: ignore[arg-type]
    assert partition(first) == partition(second)
    fields = ("keeper", "similarity", "kind")
    known = {row["id"]: [row[f] for f in fields] for row in rows(first)}
    assert known == {row["id"]: [row[f] for f in fields] for row in rows(second)}


ALONE = [
    "",
    "a",
    "b",
    "ä",
    "中",
    "क",
    "م",
    "1",
    "?",
    "👩‍👩‍👧",
    "👨‍👩‍👦",
    "👍🏽",
    "👍🏿",
    "🇫🇷",
    "🇩🇪",
    "e\u0301",
    "\u200d",
]


@pytest.mark.parametrize("below", [0, 5000])
@pytest.mark.parametrize("shingle", [2, 3, 5, 10])
def test_texts_of_one_character_or_none_stay_apart(shingle: int, below: int) -> None:
    data = dataset([{"input": text, "output": "o"} for text in ALONE])
    found = dedup(data, Settings(shingle=shingle, exact_below=below))
    assert found.table["cluster"].to_pylist() == list(range(len(ALONE)))
    twice = dedup(dataset([{"input": text, "output": "o"} for text in ALONE[1:] * 2]), Settings(shingle=shingle))
    assert sorted(map(len, partition(twice))) == [2] * (len(ALONE) - 1)


class Counted:
    """How many pairs were found as candidates and how many compared exactly."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found = self.compared = 0
        find, compare = clusters.find_pairs, Comparer.similarity

        def finding(*args: Any) -> Any:
            pairs, method = find(*args)
            self.found += len(pairs)
            return pairs, method

        def comparing(comparer: Comparer, left: Any, right: Any, *args: Any) -> Any:
            self.compared += len(left)
            return compare(comparer, left, right, *args)

        monkeypatch.setattr(clusters, "find_pairs", finding)
        monkeypatch.setattr(Comparer, "similarity", comparing)


def test_work_on_rows_that_differ_in_one_digit_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Please tell me where the parcel with the tracking number {:05d} is and when it will be at my door"
    each = []
    for count in (5_001, 20_004):
        counted = Counted(monkeypatch)
        found = dedup(dataset([{"input": text.format(n), "output": "o"} for n in range(count)]), Settings(shingle=5))
        assert found.settings["method"] == "minhash"
        assert found.table["kind"].unique().to_pylist() == ["variant"]
        each.append((counted.found / count, counted.compared / count))
        monkeypatch.undo()
    # 20 bands of a star and a chain are 40 pairs a row at the most, however many rows there are.
    assert max(found for found, _ in each) <= 40
    assert max(compared for _, compared in each) <= 20
    assert each[1][0] <= 1.5 * each[0][0]
    assert each[1][1] <= 1.5 * each[0][1] + 1


def test_identical_rows_are_one_document_and_need_no_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    found = dedup(dataset([{"input": LONG, "output": "o"}] * 50_000), Settings(exact_below=0))
    assert found.settings["distinct"] == 1
    assert (counted.found, counted.compared) == (0, 1)


def test_a_chain_of_many_scripts_keeps_what_is_unlike_the_keeper() -> None:
    for letters in (
        "abcdefghijklmnopqrstuvwxyz",
        "абвгдежзийклмнопрстуфхцчшщ",
        "我想重置我的密码但是没有手机怎么办呢请告诉他们今天几点",
    ):
        words = [letter * 2 + letters[(k * 7 + 3) % 26] for k, letter in enumerate(letters[:26])]
        data = dataset([{"input": " ".join(words[k : k + 19]), "output": "same"} for k in (0, 2, 4)])
        found = rows(dedup(data, Settings(shingle=3)))
        assert [row["cluster"] for row in found] == [0, 0, 0]
        kept = [row for row in found if row["id"] == row["keeper"]]
        assert len(kept) == 2, "the far end of the chain is unlike the keeper and stays"
        assert all(row["similarity"] >= 0.7 for row in found)


def test_documents_are_numbered_by_first_occurrence_and_know_their_texts() -> None:
    texts = ["B b", "a", "b  B!", "é", "A", "B b"]
    docs = documents(texts_of(texts))
    assert docs.of_row.tolist() == [0, 1, 0, 2, 1, 0]
    assert docs.texts.to_pylist() == ["b b ", "a ", "é "]
    assert docs.plain.tolist() == [True, True, False]
    assert (docs.size.tolist(), docs.characters.tolist()) == ([4, 2, 3], [4, 2, 2])
    again = documents(texts_of(texts[::-1]))
    assert dict(zip(docs.texts.to_pylist(), docs.mark.tolist(), strict=True)) == dict(
        zip(again.texts.to_pylist(), again.mark.tolist(), strict=True)
    )


def texts_of(values: list[str]) -> Any:
    import pyarrow as pa

    return pa.array(values)
