"""Rows that stand in the evaluation set are found, counted and suggested for removal."""

from curation.checks import run
from curation.checks.leakage import Settings
from curation.dedup import dedup
from curation.records import dataset

TRAIN = [
    {"input": "How do I reset the password of my account?", "label": "login"},
    {"input": "Where is the parcel I ordered last week?", "label": "delivery"},
    {"input": "The lamp arrived broken, please send another one.", "label": "damaged"},
]
EVALUATION = [
    {"input": "how do I reset the password of my account", "label": "login"},
    {"input": "Can I pay with two cards at once?", "label": "payment"},
]


def test_overlap_is_found_in_both_directions() -> None:
    train = dataset(TRAIN)
    found = run(train, dedup(train), ["leakage"], {"leakage": Settings(evaluation=dataset(EVALUATION))})
    assert found.table["id"].to_pylist() == [train.values("id")[0]]
    assert found.table["suggestion"].to_pylist() == ["drop"]
    assert "row 1 of the evaluation set" in found.table["message"][0].as_py()
    assert dict(found.run("leakage").summary) == {"evaluation_rows": 2, "leaked_rows": 1}


def test_without_an_evaluation_set_it_is_not_checked() -> None:
    train = dataset(TRAIN)
    found = run(train, dedup(train), ["leakage"])
    assert found.run("leakage").status == "not_checked"
    assert "no evaluation set" in found.run("leakage").reason
