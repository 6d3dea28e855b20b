"""Clusters, keepers and kinds: what users rely on when rows are removed."""

import random
from collections import Counter

import pytest
from dedup_reading import LONG, jaccard, kinds, rows

from curation.dedup import (
    Settings,
    dedup,
    normalise,
    removable,
)
from curation.dedup.similarity import all_pairs
from curation.records import dataset


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


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (LONG, LONG.lower()),
        (LONG, LONG.upper()),
        (LONG, f"{LONG}\n\nGesendet von meinem iPhone"),
        (LONG, f"{LONG} Sent from my Samsung Galaxy smartphone"),
        (LONG, f"{LONG}\nEnvoyé de mon iPad"),
        (f"{LONG} Get Outlook for Android", LONG.lower()),
        (LONG.lower(), f"{LONG.lower()}\nSent from my iPhone"),
        (f"{LONG} again", LONG),
    ],
)
def test_the_copy_as_people_write_stays(better: str, worse: str) -> None:
    for texts in ([better, worse], [worse, better]):
        data = dataset([{"input": text, "output": "In the settings"} for text in texts])
        keepers = {row["keeper"] for row in rows(dedup(data, Settings(shingle=5, threshold=0.6)))}
        assert keepers == {data.values("id")[texts.index(better)]}


def test_a_chain_keeps_what_is_unlike_the_keeper() -> None:
    words = [f"word{chr(97 + k) * 3}" for k in range(26)]
    a, b, c = (" ".join(words[k : k + 20]) for k in (0, 2, 4))
    assert jaccard(a, b) >= 0.7 > jaccard(a, c)
    data = dataset([{"input": text, "output": "same"} for text in (a, b, c)])
    found = rows(dedup(data, Settings(shingle=5)))
    assert [row["keeper"] == row["id"] for row in found].count(True) == 2
    assert [row["cluster"] for row in found] == [0, 0, 0]
    assert all(row["similarity"] >= 0.7 for row in found)
    assert {row["kind"] for row in found} == {"near"}
    by_keeper = rows(dedup(data, Settings(shingle=5, cluster_cap=2)))
    assert sorted(Counter(row["cluster"] for row in by_keeper).values()) == [1, 2]


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
