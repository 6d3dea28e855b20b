"""Reworded inputs are proposed with their twin; nothing else follows from it."""

import importlib.util
import json

import numpy as np
import pytest

from curation.checks import run
from curation.checks.paraphrases import Settings, reworded
from curation.dedup import semantic
from curation.dedup.semantic import proposals
from curation.errors import Cancelled, NotChecked
from curation.records import dataset
from curation.records.progress import ignore
from curation.text import features

MEANINGS = {"cash": "money", "funds": "money", "misplaced": "lost", "wire": "transfer", "send": "transfer"}
WORDS = ["money", "lost", "transfer", "card", "where", "my", "i", "to", "a", "friend", "not", "password"]


def encode(texts):
    """A toy: one dimension a meaning, so that synonyms are the same."""
    rows = []
    for text in texts:
        words = [MEANINGS.get(word, word) for word in text.lower().strip("?.").split()]
        rows.append([float(words.count(word)) for word in WORDS])
    return np.array(rows, np.float32)


ROWS = [
    {"id": "a", "input": "I transfer money to a friend"},
    {"id": "b", "input": "I send cash to a friend"},
    {"id": "c", "input": "Where my card"},
    {"id": "d", "input": "I not send cash to a friend"},
    {"id": "e", "input": ""},
    {"id": "f", "input": "lost my password"},
    {"id": "g", "input": "misplaced my password"},
]


def test_the_later_of_two_rows_names_its_twin(alone):
    data = dataset(ROWS)
    found = reworded(data, alone(data), Settings(), ignore, encode)
    assert found.table["id"].to_pylist() == ["b", "g"]
    assert [json.loads(text)["twin"] for text in found.table["evidence"].to_pylist()] == ["a", "f"]
    assert set(found.table["suggestion"].to_pylist()) == {"look"}
    assert max(found.table["confidence"].to_pylist()) < 0.5


def test_what_is_a_duplicate_already_is_not_proposed_again(alone):
    data = dataset(ROWS)
    found = reworded(data, alone(data, {"a": ["b"]}), Settings(), ignore, encode)
    assert found.table["id"].to_pylist() == ["g"]


def test_the_order_of_the_rows_changes_nothing(alone):
    data = dataset(ROWS)
    turned = data.take([6, 2, 0, 5, 4, 1, 3])
    first, second = (reworded(d, alone(d), Settings(), ignore, encode).table.to_pylist() for d in (data, turned))
    assert sorted(first, key=lambda row: row["id"]) == sorted(second, key=lambda row: row["id"])


def test_a_negation_or_a_number_is_another_meaning():
    found = proposals(["i transfer money", "i not transfer money", "i send money", "i send 5 money"], encode, 0.5)
    assert [(pair.left, pair.right) for pair in found] == [(0, 2)]
    assert found[0].similarity == pytest.approx(1.0)


def test_texts_without_an_embedding_are_near_nothing():
    assert proposals(["zzz", "yyy", "", "money"], encode, 0.5) == []
    assert proposals([], encode) == proposals(["money"], encode) == []


def test_too_many_texts_are_not_checked(monkeypatch):
    monkeypatch.setattr(semantic, "MOST_TEXTS", 2)
    with pytest.raises(NotChecked, match="3 different texts"):
        proposals(["money", "money", "card", "password"], encode)


def test_without_embeddings_the_check_says_what_to_install(alone, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(features, "find_spec", lambda name: None if name == "wordllama" else find(name))
    data = dataset(ROWS)
    (went,) = run(data, alone(data), ["paraphrases"]).runs
    assert went.status == "not_checked"
    assert "curation[embeddings]" in went.reason


def test_it_can_be_stopped():
    def stop(done, message):
        raise Cancelled

    with pytest.raises(Cancelled):
        proposals(["i transfer money", "i send cash"], encode, progress=stop)
