"""The evidence item `classifier`: what a plain classifier scores, in which metric, and whether that does the task."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from readiness_scenarios import Scenario, label_noise, questions

from curation.readiness import assess, judge, load_policy
from curation.readiness.evidence.classifier import lacking, meets
from curation.readiness.verdict.what_if import told_again
from curation.records import Evidence
from curation.records.context import Context, Task

POLICY = load_policy()
LIFT = 0.05
UNTOLD = Task()


def item(rows: list[dict[str, Any]], task: Task = UNTOLD) -> Evidence:
    facts = Scenario("", rows, Context(task), (label_noise(0.02),)).facts()
    return next(one for one in assess(facts, POLICY) if one.id == "classifier")


def lopsided() -> list[dict[str, Any]]:
    """Nineteen rows in twenty are "no", by words alone; the rare "yes" is half hidden."""
    rng = np.random.default_rng(0)
    common = [f"plain{k}" for k in range(30)]
    rows = [{"input": " ".join(rng.choice(common, 4)) + f" {n}", "label": "no"} for n in range(570)]
    rare = [("alarm " if n % 2 else "") + " ".join(rng.choice(common, 4)) + f" {n}r" for n in range(30)]
    return [*rows, *({"input": text, "label": "yes"} for text in rare)]


@pytest.fixture(scope="module")
def easy() -> Evidence:
    return item(questions(6, 30, hidden=0.2), Task("accuracy", 0.7))


@pytest.fixture(scope="module")
def rare() -> Evidence:
    return item(lopsided(), Task("accuracy", 0.9))


def rerated(made: Evidence, task: Task) -> Evidence:
    return told_again([made], Context(task), POLICY)[0]


def test_the_score_is_measured_and_stands_in_every_metric_of_labels(easy: Evidence) -> None:
    detail = easy.detail
    assert (easy.kind, easy.status, easy.threshold) == ("measured", "ok", 0.7)
    assert easy.value == detail["accuracy"][0] == pytest.approx(0.8, abs=0.06)
    assert (easy.low, easy.high) == tuple(detail["accuracy"][1:])
    assert (detail["rows"], detail["classes"], detail["majority"]) == (180, 6, pytest.approx(1 / 6))
    assert set(detail["recalls"]) == {f"label {k}" for k in range(6)}
    assert sum(detail["rows_of"].values()) == 180
    assert "plain classifier (no language model) reaches" in easy.message
    assert easy.message.endswith("It meets the target of 70 %.")


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_accuracy"])
def test_the_value_is_in_the_metric_of_the_task(easy: Evidence, metric: str) -> None:
    made = rerated(easy, Task(metric, 0.7))
    assert [made.value, made.low, made.high] == list(easy.detail[metric])
    assert meets(made, Context(Task(metric, 0.7)), LIFT)


def test_recall_is_over_the_rows_of_the_labels_named(easy: Evidence) -> None:
    named = ("label 1", "label 2")
    made = rerated(easy, Task("recall", 0.5, recall_of=named))
    assert made.value == pytest.approx(np.mean([easy.detail["recalls"][name][0] for name in named]), abs=1e-5)
    assert made.low is not None
    assert made.low > min(easy.detail["recalls"][name][1] for name in named)


@pytest.mark.parametrize("metric", ["", "judged", "chrf", "within_one", "recall"])
def test_in_a_metric_that_it_has_no_score_in_nothing_is_met(easy: Evidence, metric: str) -> None:
    made = rerated(easy, Task(metric, 0.1))
    assert made.value == easy.detail["accuracy"][0]
    assert (made.threshold, meets(made, Context(Task(metric, 0.1)), LIFT)) == (None, False)
    assert "target" not in made.message


def test_another_target_is_told_without_scoring_anew(easy: Evidence) -> None:
    made = rerated(easy, Task("accuracy", 0.95))
    assert (made.value, made.threshold) == (easy.value, 0.95)
    assert "It is not shown to do the task: its low end" in made.message
    assert "is under the target of 95 %" in lacking(made, Context(Task("accuracy", 0.95)), LIFT)
    assert lacking(made, Context(), LIFT) == "no target score is given"


def test_a_target_met_by_the_commonest_label_alone_is_not_met(easy: Evidence) -> None:
    assert "above always giving the commonest label" in lacking(easy, Context(Task("accuracy", 0.1)), 0.8)


def test_beside_a_label_with_nine_in_ten_rows_balanced_accuracy_must_meet_the_target(rare: Evidence) -> None:
    assert rare.low is not None
    assert rare.low > 0.9
    assert rare.detail["dominant"]
    why = lacking(rare, Context(Task("accuracy", 0.9)), 0.0)
    assert "one label has 95 % of the rows, and balanced accuracy may be only" in why
    assert lacking(rare, Context(Task("accuracy", 0.5)), 0.0) == ""


def test_each_label_that_must_not_be_missed_must_be_found(rare: Evidence) -> None:
    wanted = Task("accuracy", 0.5, recall_of=("yes",))
    assert "of “yes”, which must not be missed, it may find only" in lacking(rare, Context(wanted), 0.0)
    assert meets(rare, Context(replace(wanted, recall_of=("no",))), 0.0)
    assert "no row has the label “maybe”" in lacking(rare, Context(replace(wanted, recall_of=("maybe",))), 0.0)


def test_free_text_has_no_labels_and_few_rows_no_score() -> None:
    text = [{"input": f"question {n}", "output": f"a new answer of its own, number {n}"} for n in range(60)]
    free, few = item(text), item(questions(2, 6))
    assert (free.status, free.value) == ("not_applicable", None)
    assert (few.status, few.value) == ("missing", None)
    assert "Only 12 usable rows; 20 are the least" in few.message
    for made in (free, few):
        assert lacking(made, Context(Task("accuracy", 0.1)), LIFT) == "no plain classifier has been scored"


def test_closed_answers_are_labels_too() -> None:
    rows = [{"input": row["input"], "output": f"See page {row['label']}."} for row in questions(6, 12)]
    made = item(rows, Task("exact_match", 0.8))
    assert made.detail["kind"] == "closed"
    assert "See page label 3." in made.detail["recalls"]
    assert meets(made, Context(Task("exact_match", 0.8)), LIFT)


def test_the_verdict_is_a_classifier_only_where_it_meets_the_target() -> None:
    rows, runs = questions(10, 40, hidden=0.2), (label_noise(0.02),)
    outcomes = []
    for target in (0.7, 0.9):
        facts = Scenario("", rows, Context(Task("accuracy", target, LIFT)), runs).facts()
        outcomes.append(judge(assess(facts, POLICY), facts.context, POLICY, "", 0).outcome)
    assert outcomes == ["classifier", "need_unproven"]
