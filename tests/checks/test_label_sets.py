"""Odd label sets: every check, and the first look, judges them or says in a sentence why it cannot."""

import json
import math

import numpy as np
import pytest

from curation.checks import check, label_noise, run
from curation.checks.labels import ranking
from curation.checks.labels.preview import preview
from curation.errors import NotChecked
from curation.records import dataset
from curation.records.progress import ignore

VOWELS = "aeiou"


def rows(labels, words=4, seed=0):
    """A row a label; texts of a label share words that no other label has."""
    rng = np.random.default_rng(seed)
    kinds = {label: n for n, label in enumerate(dict.fromkeys(labels))}
    texts = [" ".join(f"w{kinds[label]}{rng.choice(list(VOWELS))}" for _ in range(words)) for label in labels]
    return [
        {"id": f"r{n:05}", "input": f"{text} please {n}", "label": label}
        for n, (text, label) in enumerate(zip(texts, labels))
    ]


SPOILT = ["", " ", "None", "nan", "0", "NULL", "\u200b", "\n"]
SETS = {
    "a label on one row": [*["a", "b"] * 20, "once"],
    "one label": ["only"] * 60,
    "spaces and Unicode": [" a ", "a", "größe", "大小", "👩‍👧", "a\tb"] * 12,
    "numbers": ["1", "2", "-3", "1.0", "1e9"] * 12,
    "very long": ["x" * 5000, "y" * 5000 + "\n"] * 20,
    "empty-like": SPOILT * 12,
    "nearly all one": ["main"] * 190 + ["rest"] * 10,
    "five rows": ["a", "a", "b", "b", "b"],
    "two rows": ["a", "b"],
    "every row its own": [f"label {n}" for n in range(60)],
    "half its own": [f"label {n}" for n in range(40)] + ["a", "b"] * 20,
    "like a key": ["ada@lovelace.org", "4539 1488 0343 6467"] * 20,
    "like markup": ["<b>", "relabel:x", "replace:", "{}", "$a_1$"] * 12,
}


def figures(value):
    """Every number in a JSON value."""
    if isinstance(value, dict):
        return [n for each in value.values() for n in figures(each)]
    if isinstance(value, list):
        return [n for each in value for n in figures(each)]
    return [value] if isinstance(value, float) else []


def outcome(name, data, clusters):
    result = run(data, clusters, [name])
    return result if result.runs[0].status == "done" else result.runs[0].reason


def is_sound(result, data):
    if isinstance(result, str):
        return len(result.split()) >= 4 and "nan" not in result.casefold()
    numbers = figures(dict(result.runs[0].summary)) + [
        n for row in result.table["evidence"].to_pylist() for n in figures(json.loads(row))
    ]
    confidence = result.table["confidence"].to_pylist()
    return (
        all(map(math.isfinite, numbers))
        and all(0 <= c <= 1 for c in confidence)
        and set(result.table["id"].to_pylist()) <= set(data.values("id"))
    )


@pytest.mark.parametrize("labels", SETS.values(), ids=SETS)
def test_every_check_judges_or_says_why_not(labels, alone):
    data = dataset(rows(labels))
    for name in check.all():
        assert is_sound(outcome(name, data, alone(data)), data), name


@pytest.mark.parametrize("labels", SETS.values(), ids=SETS)
def test_so_does_the_first_look(labels):
    data = dataset(rows(labels))
    try:
        result = preview(data)
    except NotChecked as reason:
        result = str(reason)
    assert is_sound(result, data)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("one label", "1 of 1 labels"),
        ("five rows", "0 of 2 labels are on 5 or more distinct rows"),
        ("every row its own", "0 of 60 labels"),
    ],
)
def test_what_is_too_little_is_said(name, why, alone):
    data = dataset(rows(SETS[name]))
    assert why in outcome("label_noise", data, alone(data))


def test_labels_on_too_few_rows_are_named(alone):
    data = dataset(rows(SETS["a label on one row"]))
    assert outcome("label_noise", data, alone(data)).runs[0].summary["too_few"] == {"once": 1}
    data = dataset(rows(SETS["half its own"]))
    assert len(outcome("label_noise", data, alone(data)).runs[0].summary["too_few"]) == 40


def test_words_for_nothing_are_labels_and_blanks_are_not(alone):
    data = dataset(rows(SETS["empty-like"]))
    summary = outcome("label_noise", data, alone(data)).runs[0].summary
    assert summary["classes"] == 5
    empty = outcome("empty", data, alone(data)).table["id"].to_pylist()
    assert {data.values("label")[int(id[1:])] for id in empty} == {"", " ", "\u200b", "\n"}


def test_labels_that_are_all_wrong_are_not_told_apart(alone):
    labels = [f"label {n % 6}" for n in range(180)]
    whole = rows(labels)
    mixed = np.random.default_rng(1).permutation(labels).tolist()
    data = dataset([{**row, "label": label} for row, label in zip(whole, mixed, strict=True)])
    assert "do not tell the labels apart" in outcome("label_noise", data, alone(data))
    with pytest.raises(NotChecked, match="do not tell the labels apart"):
        preview(data)


def test_two_thousand_labels(alone):
    whole = rows([f"label {n % 2000}" for n in range(4000)])
    # each wrong row reads like the two of its text's label
    wrong = [{**whole[n], "id": f"wrong{n}", "label": "label 7"} for n in range(100, 2000, 50)]
    data = dataset([*whole, *wrong])
    settings = label_noise.Settings(smallest_class=2, dimensions=64)
    result = label_noise.label_noise(data, alone(data), settings, 0, ignore)
    flagged = {row["id"] for row in result.table.to_pylist() if row["confidence"] >= 0.5}
    assert is_sound(result, data)
    assert result.runs[0].summary["classes"] == 2000
    assert "mean" in result.runs[0].summary["method"]
    assert len(flagged & {row["id"] for row in wrong}) >= 0.9 * len(wrong)


def test_a_first_look_at_two_thousand_labels_is_too_coarse():
    with pytest.raises(NotChecked, match="too coarse for these 2,000 labels"):
        preview(dataset(rows([f"label {n % 2000}" for n in range(10_000)], words=1)))


@pytest.mark.parametrize(("limit", "most"), [("MOST_CELLS", 180), ("MOST_ROWS", 90)])
def test_of_more_rows_than_fit_in_memory_a_sample_is_judged(alone, monkeypatch, limit, most):
    data = dataset(rows(["a", "b", "b"] * 40))
    assert "of" not in run(data, alone(data), ["label_noise"]).runs[0].summary
    monkeypatch.setattr(ranking, limit, most)
    one, again = (run(data, alone(data), ["label_noise"]) for _ in range(2))
    assert one.runs[0].summary["judged"] == 90
    assert one.runs[0].summary["of"] == 120
    assert one.runs == again.runs
    monkeypatch.setattr(ranking, "MOST_CELLS", 4)
    assert "120 rows of 2 labels are more than fit in memory" in outcome("label_noise", data, alone(data))


def test_several_labels_in_one_field_are_no_classes_of_their_own(alone):
    fields = ["late", "broken", "late; urgent", "broken; urgent", "urgent; late", "broken; broken"]
    counts = dict(zip(fields, [40, 40, 12, 5, 2, 1], strict=True))
    labels = [field for field, n in counts.items() for _ in range(n)]
    made = [*rows(labels), {"id": "x1", "input": "the box is here", "label": "urgent; late"}]
    data = dataset([*made, {"id": "x2", "input": "The box is here.", "label": "late; urgent"}])
    said = outcome("label_sets", data, alone(data))
    assert said.runs[0].summary == {"rows": 102, "several_labels": 21, "labels": 3}
    found = {row["suggestion"]: row["message"] for row in said.table.to_pylist()}
    assert set(found) == {"look", "relabel:broken", "relabel:late; urgent"}
    assert len(said) == 5
    assert found["look"].startswith("21 rows carry several labels in one field, apart by “;”.")
    assert "several labels each" in outcome("label_noise", data, alone(data))
    assert outcome("class_imbalance", data, alone(data)).runs[0].summary["too_few"] == {}
    assert len(outcome("contradictions", data, alone(data))) == 0
