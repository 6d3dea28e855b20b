"""Several ways of writing one label: said once for each label, mended in one stroke, and no class of its own anywhere."""

import json

import pytest

from curation.checks import run
from curation.dedup import dedup
from curation.readiness import assess
from curation.readiness.policy import load_policy
from curation.records import Facts, Findings, dataset
from curation.records.context import Context

PLACES = ("attic", "barn", "cellar", "dairy", "garden", "hall", "kitchen", "loft", "porch", "stable", "tower", "yard")
SAID = {
    "Leak": "water drips from the roof of the",
    "Theft": "somebody took tools out of the",
    "Fire": "smoke rose over the",
}
OTHERWISE = {"Leak": ("leak", "LEAK", "Leak "), "Theft": ("theft",), "Fire": ("fire.",)}


@pytest.fixture(scope="module")
def claims():
    rows = [
        {"input": f"{said} {place}, {n} days ago", "label": label}
        for label, said in SAID.items()
        for n, place in enumerate(PLACES)
    ]
    # every fourth row has another way, and the last says the same twice
    for n in range(0, len(rows), 4):
        ways = OTHERWISE[rows[n]["label"]]
        rows[n]["label"] = ways[n // 4 % len(ways)]
    rows.append({**rows[0], "label": "Leak"})
    return dataset([{"id": f"r{n:02}", **row} for n, row in enumerate(rows)])


@pytest.fixture(scope="module")
def found(claims):
    return run(claims, dedup(claims), ["label_spelling", "contradictions", "class_imbalance", "label_noise"])


def test_each_label_has_one_sentence_and_its_usual_form_as_suggestion(found):
    table = found.of("label_spelling").table.to_pylist()
    by_label = {row["suggestion"]: set() for row in table}
    for row in table:
        by_label[row["suggestion"]].add(row["message"])
    assert {suggestion: len(messages) for suggestion, messages in by_label.items()} == {
        "relabel:Leak": 1, "relabel:Theft": 1, "relabel:Fire": 1
    }  # fmt: skip
    assert by_label["relabel:Theft"] == {"The label “Theft” is written in 2 ways: “Theft” (9), “theft” (3)."}
    assert {json.loads(row["evidence"])["given"] for row in table} == {
        way for ways in OTHERWISE.values() for way in ways
    }
    assert found.run("label_spelling").summary["labels"] == 3


def test_no_other_check_takes_them_for_several_labels(found):
    assert len(found.of("contradictions")) == 0
    assert found.run("class_imbalance").summary["classes"] == 3
    assert found.run("label_noise").summary["classes"] == 3


def test_rows_that_differ_in_it_alone_are_one(claims):
    kinds = dict(zip(claims.values("id"), dedup(claims).table["kind"].to_pylist(), strict=True))
    assert {kinds["r00"], kinds["r36"]} <= {"exact", "near"}


def test_the_verdict_counts_each_label_once(claims, found):
    facts = Facts(claims, dedup(claims), Findings(found.table, found.runs), Context(), 0, 0)
    evidence = {one.id: one for one in assess(facts, load_policy())}
    assert evidence["coverage"].detail["classes"] == 3
    assert evidence["conflicts"].value == 0
