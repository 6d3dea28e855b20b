"""Repeats behind a variant, ways of writing one text, and which of near-same rows is kept."""

import pytest

from curation.dedup import dedup, removable
from curation.dedup.settings import Settings
from curation.records import dataset

WRITTEN = [
    ("ＰＬＥＡＳＥ ｓｅｎｄ ４２ ｃｕｐｓ ｔｏ ｔｈｅ ｍｉｌｌ", "Please send 42 cups to the mill"),
    ("请把发票寄到新地址。", "请 把 发 票 寄 到 新 地 址 。"),
    ("متى يصل الطرد إلى البيت؟", "مَتَى يَصِلُ الطَّرْدُ إِلَى البَيْتِ؟"),
    ("Cafe\u0301 au lait a\u0300 emporter, s'il vous plai\u0302t", "Café au lait à emporter, s'il vous plaît"),
    ("注文した靴はいつ届きますか", "注文した 靴は いつ 届きますか"),
    ("The dis\u00adtri\u00adbu\u00adtion of leaf\u200blets in town", "The distribution of leaflets in town"),
    ("The mill is open from 9–5 on week‑days", "The mill is open from 9-5 on week-days"),
]


def kept_of(rows, **settings):
    """The inputs of the rows that stay when repeats and near-duplicates go, and the clusters."""
    data = dataset([{"id": f"r{n}", "row": n, "output": "Done.", **row} for n, row in enumerate(rows)])
    clusters = dedup(data, Settings(**settings))
    gone = removable(clusters).to_pylist()
    return [text for text, away in zip(data.values("input"), gone, strict=True) if not away], clusters.table.to_pylist()


@pytest.mark.parametrize(("one", "other"), WRITTEN)
def test_texts_that_differ_in_writing_alone_are_one_text(one, other):
    kept, clusters = kept_of([{"input": one}, {"input": other}])
    assert len(kept) == 1
    assert [row["kind"] for row in clusters] == ["exact", "exact"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("What is x² at 3?", "What is x2 at 3?"), ("他不来", "他来"), ("１ + ２", "1 - 2"), ("add ½ cup", "add 12 cup")],
)
def test_what_differs_in_meaning_stays(one, other):
    assert len(kept_of([{"input": one}, {"input": other}])[0]) == 2


@pytest.mark.parametrize("place", range(4))
def test_repeats_behind_a_variant_count_once(place):
    repeated = "Where do I find the key of the cellar?"
    rows = [{"input": repeated} for _ in range(3)]
    rows.insert(place, {"input": "Where do I find the 3 key of the cellar?"})
    kept, clusters = kept_of(rows)
    assert sorted(kept) == sorted({row["input"] for row in rows})
    assert len({row["cluster"] for row in clusters}) == 1


def test_repeats_of_another_answer_count_once_too():
    asked = "May I bring a dog into the reading room?"
    labels = ["pets", "pets", "rules", "rules", "rules"]
    kept, clusters = kept_of([{"input": asked, "label": label, "output": label} for label in labels])
    assert len(kept) == 2
    assert {row["kind"] for row in clusters} == {"exact", "contradiction"}


def test_of_near_same_rows_the_one_without_typos_is_kept():
    right = "Where can I pick up the parcel that was sent to my neighbour"
    wrong = "Where can I pick up the parcell that was sent to my nieghbour"
    others = [{"input": f"The neighbour of the mill took a parcel to house {word}"} for word in ("north", "south")]
    for rows in ([wrong, right], [right, wrong]):
        kept, _ = kept_of([*({"input": text} for text in rows), *others])
        assert right in kept
        assert wrong not in kept
