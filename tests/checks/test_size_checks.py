import json
import re

import pytest

from curation.checks import class_imbalance, length_outliers, run, too_long
from curation.records import dataset
from curation.text.tokens.tokenizer import Tokenizer

ASK = "Why is the sky blue at noon and red at dusk?"
SENTENCE = "Light of short waves is scattered more than light of long ones, and so the sky looks blue. "


def check(module, name, rows, alone, groups=None, **settings):
    data = dataset([{"id": f"row{n:03}", **row} for n, row in enumerate(rows)])
    findings = run(data, alone(data, groups), [name], {name: module.Settings(**settings)})
    return findings, {row["id"]: row for row in findings.table.to_pylist()}


def test_a_row_over_the_limit_is_flagged_as_an_estimate_with_its_band(alone):
    rows = [{"input": ASK, "output": SENTENCE * 800}, {"input": ASK, "output": SENTENCE * 5}]
    findings, found = check(too_long, "too_long", rows, alone)
    assert set(found) == {"row000"}
    assert re.search(r"About [0-9,]+ tokens \(estimated, [0-9,]+ to [0-9,]+\)", found["row000"]["message"])
    evidence = json.loads(found["row000"]["evidence"])
    assert evidence == {"estimate": True, "limit": 8192, "tokens": evidence["tokens"]}
    # 18 words and 2 marks a sentence
    assert evidence["tokens"] == pytest.approx(800 * 20, rel=0.1)
    assert found["row000"]["confidence"] == 0.95
    assert findings.runs[0].summary == {"rows": 2, "limit": 8192, "how": "estimated"}


def test_a_row_that_is_too_long_only_if_the_estimate_is_right_is_a_suspicion(alone):
    _, found = check(too_long, "too_long", [{"input": ASK, "output": SENTENCE * 450}], alone)
    assert found["row000"]["confidence"] == 0.6


def test_a_tokenizer_counts_the_tokens(alone, word_tokenizer):
    rows = [{"input": "one two", "output": " ".join(["three"] * 99)}, {"input": "one", "output": "two"}]
    with Tokenizer(word_tokenizer) as counter:
        findings, found = check(too_long, "too_long", rows, alone, tokens=100, counter=counter)
    assert found["row000"]["message"] == "101 tokens, and the model reads at most 100."
    assert (found["row000"]["confidence"], len(found)) == (1.0, 1)
    assert findings.runs[0].summary["how"] == "counted"


def labelled(**sizes):
    return [{"input": f"{label} question {n}", "label": label} for label, size in sizes.items() for n in range(size)]


def test_rare_and_drowning_labels_are_flagged_once_each(alone):
    findings, found = check(class_imbalance, "class_imbalance", labelled(common=190, rare=3, some=12), alone)
    labels = {json.loads(row["evidence"])["label"]: row["message"] for row in found.values()}
    assert set(labels) == {"common", "rare"}
    assert "3 distinct rows" in labels["rare"]
    assert "93 %" in labels["common"]
    summary = findings.runs[0].summary
    assert (summary["classes"], summary["smallest"], summary["too_few"]) == (3, 3, {"rare": 3})
    assert 1.0 < summary["effective_classes"] < 2.0


def test_near_duplicates_count_once(alone):
    rows = labelled(a=20, b=20)
    twins = {"row000": [f"row{n:03}" for n in range(1, 15)]}
    _, found = check(class_imbalance, "class_imbalance", rows, alone, twins)
    assert [json.loads(row["evidence"])["distinct_rows"] for row in found.values()] == [6]


def test_balanced_labels_are_fine(alone):
    _, found = check(class_imbalance, "class_imbalance", labelled(a=20, b=30, c=40), alone)
    assert found == {}


@pytest.mark.parametrize("rows", [[{"input": "a", "output": "b"}], [{"input": "a", "label": "b"}]])
def test_imbalance_needs_two_labels(rows, alone):
    assert "none is rarer" in check(class_imbalance, "class_imbalance", rows, alone)[0].run("class_imbalance").reason


def answers(*sizes):
    return [{"input": f"{ASK} {n}", "output": "word " * size} for n, size in enumerate(sizes)]


def test_lengths_far_from_their_kind_are_flagged(alone):
    usual = [20 + n % 15 for n in range(80)]
    _, found = check(length_outliers, "length_outliers", answers(*usual, 900, 1), alone)
    assert set(found) == {"row080", "row081"}
    assert "longer" in found["row080"]["message"]
    assert "shorter" in found["row081"]["message"]


def test_short_answers_among_short_answers_are_right(alone):
    short = [1 + n % 3 for n in range(80)]
    long = [60 + n for n in range(40)]
    _, found = check(length_outliers, "length_outliers", answers(*short, *long), alone)
    assert found == {}


def test_few_rows_are_not_compared(alone):
    data = dataset(answers(1, 2, 300))
    assert "50 rows or more" in run(data, alone(data), ["length_outliers"]).run("length_outliers").reason
