"""Clusters, keepers and kinds: what users rely on when rows are removed."""

import random
import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.dedup import Settings, all_pairs, dedup, normalise, removable
from curation.progress import Cancelled
from curation.records import CLUSTER_KINDS, Clusters, Dataset, dataset


def grams(text: str, n: int) -> set[str]:
    padded = " " + re.sub(r"[\W_]+", " ", text.lower()).strip() + " "
    return {padded[k : k + n] for k in range(max(1, len(padded) - n + 1))}


def jaccard(a: str, b: str, n: int = 5) -> float:
    x, y = grams(a, n), grams(b, n)
    return len(x & y) / len(x | y)


def rows(found: Clusters) -> list[dict[str, Any]]:
    return found.table.to_pylist()


def kinds(*examples: dict[str, Any], **options: Any) -> list[str]:
    return [row["kind"] for row in rows(dedup(dataset(examples), Settings(shingle=5, **options)))]


def partition(found: Clusters) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for row in rows(found):
        groups.setdefault(row["cluster"], set()).add(row["id"])
    return {frozenset(group) for group in groups.values()}


LONG = "How do I reset the password of my online account when I no longer have the phone"


def test_exact_and_near_rows_are_removable_and_name_their_keeper() -> None:
    data = dataset(
        [
            {"input": LONG, "output": "Use the link."},
            {"input": LONG.upper() + "  !", "output": "use the link"},
            {"input": LONG.replace("online", "onlne"), "output": "Use the link."},
            {"input": "Something else altogether", "output": "Use the link."},
        ]
    )
    found = dedup(data, Settings(shingle=5))
    ids = data.values("id")
    assert [row["kind"] for row in rows(found)] == ["near", "exact", "near", "unique"]
    assert [row["keeper"] for row in rows(found)] == [ids[0], ids[0], ids[0], ids[3]]
    assert [row["cluster"] for row in rows(found)] == [0, 0, 0, 1]
    assert [row["similarity"] for row in rows(found)] == [1, 1, jaccard(LONG, LONG.replace("online", "onlne")), 1]
    assert removable(found).to_pylist() == [False, True, True, False]


def test_another_label_is_a_contradiction_and_the_keeper_says_so() -> None:
    near = LONG.replace("online", "onlne")
    assert kinds(
        {"input": LONG, "label": "password"}, {"input": LONG, "label": "phone"}, {"input": near, "label": "password"}
    ) == ["contradiction", "contradiction", "near"]


def test_another_output_text_is_a_variant() -> None:
    a, b = {"input": LONG, "output": "Use the link."}, {"input": LONG, "output": "Call us."}
    assert kinds(a, b) == ["variant", "variant"]


def test_an_unlabelled_row_stands_behind_its_labelled_twin() -> None:
    data = dataset([{"input": LONG}, {"input": LONG, "label": "password"}, {"input": LONG + " now", "label": None}])
    found = rows(dedup(data, Settings(shingle=5)))
    assert [row["kind"] for row in found] == ["exact", "near", "near"]
    assert {row["keeper"] for row in found} == {data.values("id")[1]}


@pytest.mark.parametrize("rule", ["complete", "oldest", "longest"])
def test_a_labelled_row_is_the_keeper_under_every_rule(rule: str) -> None:
    data = dataset([{"input": LONG + " today", "created": "2020"}, {"input": LONG, "label": "a", "created": "2024"}])
    found = rows(dedup(data, Settings(shingle=5, keeper=rule)))  # type: ignore[arg-type]
    assert {row["keeper"] for row in found} == {data.values("id")[1]}


def test_texts_that_differ_in_a_number_or_a_sign_are_never_removable() -> None:
    base = "Please book the large meeting room on the second floor for us from March 4th to {}th"
    assert kinds({"input": base.format(6), "output": "Done"}, {"input": base.format(9), "output": "Done"}) == [
        "variant",
        "variant",
    ]
    assert kinds({"input": "What is 3+4?", "output": "7"}, {"input": "What is 3-4?", "output": "7"})[1] == "variant"
    assert kinds({"input": LONG, "output": "3 + 4"}, {"input": LONG, "output": "3 - 4"})[1] == "variant"


def test_keeper_rules() -> None:
    data = dataset(
        [
            {"input": LONG, "output": "", "created": "2019"},
            {"input": LONG, "output": "b", "created": "2020"},
            {"input": LONG, "output": "a", "created": "2023"},
            {"input": LONG, "output": "a", "created": "2022"},
            {"input": LONG + " now", "output": "b a longer output than all the others", "created": "2024"},
        ]
    )
    ids = data.values("id")

    def keeper(rule: str) -> str:
        return rows(dedup(data, Settings(shingle=5, keeper=rule)))[0]["keeper"]  # type: ignore[arg-type]

    assert keeper("complete") == ids[3]
    assert keeper("oldest") == ids[0]
    assert keeper("longest") == ids[4]


def test_a_chain_keeps_what_is_unlike_the_keeper() -> None:
    words = [f"word{chr(97 + k)}" for k in range(26)]
    a, b, c = (" ".join(words[k : k + 20]) for k in (0, 2, 4))
    assert jaccard(a, b) >= 0.7 > jaccard(a, c)
    data = dataset([{"input": text, "output": "same"} for text in (a, b, c)])
    found = rows(dedup(data, Settings(shingle=5)))
    assert [row["keeper"] == row["id"] for row in found].count(True) == 2
    assert [row["cluster"] for row in found] == [0, 0, 0]
    assert all(row["similarity"] >= 0.7 for row in found)
    assert {row["kind"] for row in found} == {"near"}
    by_keeper = rows(dedup(data, Settings(shingle=5, cluster_cap=2)))
    assert sorted(row["cluster"] for row in by_keeper) == [0, 0, 1]


@pytest.mark.parametrize("below", [0, 5000])
def test_a_very_long_chain_has_many_keepers_each_alike_to_its_own(below: int) -> None:
    words = ["".join(random.Random(n).choices("abcdefghijklmnop", k=6)) for n in range(400)]
    data = dataset([{"input": " ".join(words[k : k + 20]), "output": "same"} for k in range(380)])
    found = dedup(data, Settings(shingle=5, exact_below=below))
    inputs = dict(zip(data.values("id"), data.values("input"), strict=True))
    keepers = {row["keeper"] for row in rows(found)}
    assert found.table["cluster"].unique().to_pylist() == [0]
    assert 380 / 7 <= len(keepers) <= 380 / 3
    for row in rows(found):
        assert row["similarity"] == jaccard(inputs[row["id"]], inputs[row["keeper"]]) >= 0.7
        assert (row["id"] in keepers) == (row["id"] == row["keeper"])
    again = dedup(data.take(range(379, -1, -1)), Settings(shingle=5, exact_below=below))
    assert {row["id"]: row["keeper"] for row in rows(again)} == {row["id"]: row["keeper"] for row in rows(found)}


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_PRODUCTS", "MAX_PAIRS"])
def test_sets_too_costly_for_all_pairs_go_through_minhash(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset([{"input": LONG + ending} for ending in ("", " now", " please", " again")])
    assert dedup(data).settings["method"] == "all pairs"
    monkeypatch.setattr(all_pairs, limit, 1)
    found = dedup(data)
    assert found.settings["method"] == "minhash"
    assert found.table["cluster"].to_pylist() == [0, 0, 0, 0]


def test_pairs_are_compared_whole_when_asked() -> None:
    outputs = [
        "The link in the footer of every page leads you to the form.",
        "The link in the footer of every pge leads you to the form.",
    ]
    a, b = ({"input": LONG, "output": output} for output in outputs)
    assert kinds(a, b) == ["variant", "variant"]
    assert kinds(a, b, on="pair") == ["near", "near"]
    assert kinds({"input": LONG, "output": "yes"}, {"input": LONG, "output": "no"}, on="pair") == ["variant"] * 2


TEXTS = [
    "",
    " ",
    "a",
    "?",
    "!!",
    "😀",
    "😡",
    "我想重置我的密码但是我没有手机怎么办",
    "我想重置我的密码但是我没有手机怎么办呢",
    "كيف يمكنني إعادة تعيين كلمة المرور الخاصة بي",
    "كيف يمكنني إعادة تعيين كلمة المرور الخاصة بي؟",
    "मैं अपना पासवर्ड कैसे रीसेट कर सकता हूँ कृपया बताएं",
    "मैं अपना पासवर्ड कैसे रीसेट कर सकता हूं कृपया बताएं",
    "nai\u0308ve café au lait",
    "naïve cafe\u0301 au lait",
]


@pytest.mark.parametrize("below", [0, 5000])
def test_any_script_symbols_and_empty_texts(below: int) -> None:
    data = dataset([{"input": text, "output": "o"} for text in TEXTS])
    found = rows(dedup(data, Settings(shingle=3, exact_below=below)))
    number = {text: row["cluster"] for text, row in zip(TEXTS, found, strict=True)}
    assert number[""] != number[" "], "rows without text have nothing in common"
    assert len({number[text] for text in ("", "a", "?", "!!", "😀", "😡")}) == 6
    for left, right in zip(TEXTS[7::2], TEXTS[8::2], strict=True):
        assert number[left] == number[right]
    assert len({number[text] for text in TEXTS[7::2]}) == 4


def test_normalised_text_keeps_letters_marks_and_digits() -> None:
    assert normalise("  Hello,_World!\t2 ") == "hello world 2"
    assert normalise("हिन्दी") == "हिन्दी"
    assert normalise("E\u0301") == "é"
    assert normalise("?!") == "?!"
    assert normalise("") == ""


def test_a_megabyte_of_text_next_to_its_near_copy() -> None:
    rng = random.Random(1)
    long = " ".join("".join(rng.choices("abcdefghij", k=6)) for _ in range(150_000))
    data = dataset([{"input": long}, {"input": long[:-5_000]}, {"input": "short"}])
    for below in (0, 5000):
        found = rows(dedup(data, Settings(exact_below=below)))
        assert [row["cluster"] for row in found] == [0, 0, 1]
        assert 0.98 < found[1]["similarity"] < 1


@pytest.mark.parametrize("count", [0, 1])
def test_no_rows_and_one_row(count: int) -> None:
    found = dedup(dataset([{"input": "x"}] * count))
    assert found.table.num_rows == count
    assert [row["kind"] for row in rows(found)] == ["unique"] * count


def test_fifty_thousand_identical_rows_are_one_cluster() -> None:
    data = dataset([{"input": LONG, "output": "o"}] * 50_000)
    found = dedup(data)
    assert found.table["cluster"].unique().to_pylist() == [0]
    assert found.table["kind"].unique().to_pylist() == ["exact"]
    assert found.table["keeper"].unique().to_pylist() == [data.values("id")[0]]
    assert found.settings["giant"] == [0]


def test_fifty_thousand_rows_that_differ_in_a_digit_all_stay() -> None:
    text = "Please tell me where the parcel with the tracking number {:05d} is and when it will be at my door"
    data = dataset([{"input": text.format(n), "output": "o"} for n in range(50_000)])
    found = dedup(data)
    assert found.table["kind"].unique().to_pylist() == ["variant"]
    assert min(found.table["similarity"].to_pylist()) >= 0.7


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
            assert CLUSTER_KINDS.index(row["kind"]) == gravest.get(row["cluster"], 0)
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
    """Random sentences, every third followed by a slip, an inserted word or a swap of it."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(2, 9))) for _ in range(3_000)]
    texts: list[str] = []
    while len(texts) < count:
        base = [rng.choice(words) for _ in range(rng.randrange(12, 40))]
        texts.append(" ".join(base))
        if rng.random() < 0.33:
            at = rng.randrange(1, len(base) - 1)
            edit = rng.choice(["slip", "insert", "swap"])
            if edit == "slip":
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
