"""The sample sets: made again byte for byte, each planted fault there and findable, no unplanted near-duplicate."""

import csv
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

FOLDER = Path(__file__).parents[2] / "sample_data"
FILES = ("support_tickets.csv", "rewrites.jsonl", "expected.json")
EXPECTED = json.loads((FOLDER / "expected.json").read_text("utf-8"))
REPEATS = ("exact_duplicates", "near_duplicates", "contradictions")


def tickets():
    with (FOLDER / "support_tickets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrites():
    return [json.loads(line) for line in (FOLDER / "rewrites.jsonl").read_text("utf-8").splitlines()]


def inputs(name):
    if name == "support_tickets.csv":
        return [row["text"] for row in tickets()]
    return [f"{row['instruction']}\n{row['input']}" for row in rewrites()]


def similarities(texts, n):
    """The exact Jaccard similarity of every pair, by brute force."""
    words = [re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).lower()).strip() for text in texts]
    counter = CountVectorizer(analyzer=lambda text: {text[k : k + n] for k in range(len(text) - n + 1)}, binary=True)
    present = counter.fit_transform([f" {text} " for text in words]).astype(np.int64)
    shared = (present @ present.T).toarray()
    size = shared.diagonal()
    return shared / np.maximum(size[:, None] + size[None, :] - shared, 1)


def families(name):
    """Per row the row it was copied from, itself where it was not."""
    copies = {fault["row"]: fault["of"] for kind in REPEATS for fault in EXPECTED[name].get(kind, [])}
    return np.array([copies.get(row, row) for row in range(EXPECTED[name]["rows"])])


def test_running_the_script_makes_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(tmp_path)], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", FILES[:2])
@pytest.mark.parametrize("n", [3, 5])
def test_no_unplanted_pair_is_nearly_the_same(name, n):
    found = similarities(inputs(name), n)
    family = families(name)
    unplanted = family[:, None] != family[None, :]
    assert len(family) == len(found)
    assert found[unplanted].max() < 0.7


def test_no_two_unplanted_notes_are_nearly_the_same_without_their_instructions_either():
    family = families("rewrites.jsonl")
    found = similarities([row["input"] for row in rewrites()], 3)
    assert found[family[:, None] != family[None, :]].max() < 0.7


@pytest.mark.parametrize("name", FILES[:2])
def test_planted_near_duplicates_are_as_alike_as_recorded(name):
    texts = inputs(name)
    found = similarities(texts, 3)
    faults = EXPECTED[name]["near_duplicates"]
    for fault in faults:
        assert texts[fault["row"]] != texts[fault["of"]]
        assert found[fault["row"], fault["of"]] == pytest.approx(fault["similarity"], abs=1e-4)
        assert fault["similarity"] >= 0.7
    assert {fault["edit"] for fault in faults} == {"typo", "casing", "prefix", "insertion"}


def test_tickets_hold_the_faults_listed():
    rows, faults = tickets(), EXPECTED["support_tickets.csv"]
    assert len(rows) == faults["rows"]
    assert list(rows[0]) == ["text", "category", "customer", "date"]
    for fault in faults["exact_duplicates"]:
        one, other = rows[fault["row"]], rows[fault["of"]]
        assert (one["text"], one["category"]) == (other["text"], other["category"])
    for fault in faults["contradictions"]:
        one, other = rows[fault["row"]], rows[fault["of"]]
        assert one["text"] == other["text"]
        assert one["category"] != other["category"]
    for fault in faults["wrong_labels"]:
        assert rows[fault["row"]]["category"] == fault["label"] != fault["right"]
    unlabelled = [n for n, row in enumerate(rows) if row["category"] == ""]
    assert unlabelled == [fault["row"] for fault in faults["unlabelled"]]
    empty = [n for n, row in enumerate(rows) if row["text"] == ""]
    assert empty == [fault["row"] for fault in faults["empty_texts"]]
    assert len(faults["wrong_labels"]) / (len(rows) - len(unlabelled)) == pytest.approx(0.08, abs=0.005)


def test_rewrites_hold_the_faults_listed():
    rows, faults = rewrites(), EXPECTED["rewrites.jsonl"]
    assert len(rows) == faults["rows"]
    for kind in ("exact_duplicates", "near_duplicates"):
        assert all(rows[fault["row"]]["output"] == rows[fault["of"]]["output"] for fault in faults[kind])
    copied = [n for n, row in enumerate(rows) if row["output"] == row["input"]]
    assert copied == [fault["row"] for fault in faults["copied_inputs"]]
    # A whole answer ends with one of the farewells, and many rows share it.
    ends = [row["output"].rpartition(". ")[2][-12:] for row in rows]
    rare = [n for n, end in enumerate(ends) if ends.count(end) == 1 and n not in copied]
    assert rare == [fault["row"] for fault in faults["truncated_outputs"]]
    moved = faults["mismatched_outputs"]
    assert sorted(fault["row"] for fault in moved) == sorted(fault["of"] for fault in moved)
    assert all(fault["row"] != fault["of"] for fault in moved)


def test_no_row_carries_two_faults_but_a_contradicting_copy_is_a_wrong_label():
    for name, kinds in EXPECTED.items():
        touched = [
            fault["row"] for kind, listed in kinds.items() if kind not in ("rows", "contradictions") for fault in listed
        ]
        assert len(touched) == len(set(touched)), name
    tickets_ = EXPECTED["support_tickets.csv"]
    wrong = {fault["row"] for fault in tickets_["wrong_labels"]}
    assert {fault["row"] for fault in tickets_["contradictions"]} <= wrong


def test_wrong_labels_are_findable():
    rows = tickets()
    usable = [n for n, row in enumerate(rows) if row["text"] and row["category"]]
    labels = np.array([rows[n]["category"] for n in usable])
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10))
    chances = cross_val_predict(
        model,
        [rows[n]["text"] for n in usable],
        labels,
        cv=GroupKFold(5),
        groups=families("support_tickets.csv")[usable],
        method="predict_proba",
    )
    own = chances[np.arange(len(usable)), np.unique(labels, return_inverse=True)[1]]
    wrong = {fault["row"] for fault in EXPECTED["support_tickets.csv"]["wrong_labels"]}
    assert average_precision_score([n in wrong for n in usable], -own) >= 0.8
