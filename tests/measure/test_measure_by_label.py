"""Metrics of labels, results by label, replies that fail by form, and several right answers an input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from endpoint_server import LABELS, EndpointServer, asked_input, asked_run, label_of, says
from sklearn.metrics import balanced_accuracy_score, f1_score

from curation.endpoint.ledger import Prices
from curation.errors import NotChecked
from curation.measure.holdout import Row, references
from curation.measure.plan import Task
from curation.measure.results import Origin, arm_result, differences
from curation.measure.scores import is_json, mark, within_one
from curation.measure.trial import Tally
from curation.project import Project
from curation.readiness.arms import interval_of
from curation.records import (
    ArmResult,
    EndpointRun,
    MeasureSettings,
    OutputFile,
    dataset,
    measurement_json,
    parse_measurement,
)

ZERO = MeasureSettings(arms=("zero_shot",), rows=60, every_row=True)
ALL = ("a", "b", "c")


def labelled_arm(metric: str, seed: int = 0, recall_of: tuple[str, ...] = (), right: float = 0.8) -> ArmResult:
    """An arm on 200 rows of three labels, one of them rare."""
    rng = np.random.default_rng(seed)
    task, tally = Task(metric, labels=ALL, recall_of=recall_of), Tally("zero_shot")
    for n in range(200):
        answer = ALL[0 if n % 10 < 6 else 1 if n % 10 < 9 else 2]
        said = answer if rng.random() < right else str(rng.choice(ALL))
        tally.keep(Row(f"r{n}", "text", answer), mark(task, said, Row(f"r{n}", "text", answer)))
    return arm_result(tally, "", Prices(), Origin("m", metric, "now"), task)


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_accuracy"])
def test_scores_of_labels_are_those_of_their_definitions_and_reach_the_verdict_with_their_interval(metric: str) -> None:
    made = labelled_arm(metric)
    answers, said = list(made.answers.values()), list(made.said.values())
    known = f1_score(answers, said, average="macro") if metric == "macro_f1" else balanced_accuracy_score(answers, said)
    assert made.score == pytest.approx(known)
    assert made.low < made.score < made.high
    arm = made.arm()
    assert arm is not None
    assert arm.n == arm.groups == 200
    again = interval_of(arm, metric)
    assert again[2] - again[1] == pytest.approx(made.high - made.low, rel=0.02)
    share = labelled_arm("accuracy")
    assert made.high - made.low > share.high - share.low  # the rare label is known least


def test_recall_is_that_of_the_rows_that_must_not_be_missed() -> None:
    made = labelled_arm("recall", recall_of=("c",))
    rare = next(one for one in made.labels if one.label == "c")
    assert (made.n, made.score) == (20, rare.right / 20)
    assert (made.low, made.high) == pytest.approx(rare.recall[1:])
    none = labelled_arm("recall", recall_of=("z",))
    assert "must not be missed" in none.reason


def test_every_label_is_told_with_its_recall_and_the_worst_of_the_named_ones() -> None:
    made = labelled_arm("accuracy")
    assert [(one.label, one.n) for one in made.labels] == [("a", 120), ("b", 60), ("c", 20)]
    assert sum(one.right for one in made.labels) == made.score * 200
    assert sum(one.given for one in made.labels) == 200
    recalls = {one.label: one.recall[0] for one in made.labels}
    arm = made.arm(("b", "c"))
    assert arm is not None
    assert arm.worst_recall == min(recalls["b"], recalls["c"])
    missing = made.arm(("b", "never seen"))
    assert missing is not None and missing.worst_recall is None


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_accuracy", "accuracy", "recall"])
def test_two_arms_are_compared_in_their_own_metric(metric: str) -> None:
    good, bad = labelled_arm(metric, 1, ("b",), 0.9), labelled_arm(metric, 2, ("b",), 0.4)
    (one,) = differences([good, bad])
    assert one.value == pytest.approx(good.score - bad.score)
    assert 0 < one.low < one.value < one.high
    assert (one.p is None) == (metric in ("macro_f1", "balanced_accuracy"))


def test_a_rating_one_apart_is_within_one() -> None:
    assert within_one("I give it 4.", "5") == (1.0, False)
    assert within_one("3,5", "5.0") == (0.0, False)
    assert within_one("good", "5") == (0.0, True)
    with pytest.raises(NotChecked, match="needs numbers"):
        within_one("4", "good")
    assert mark(Task("within_one", labels=("1", "2", "5")), "4", Row("r", "", "5")).malformed is False
    with pytest.raises(NotChecked, match="needs labels"):
        mark(Task("macro_f1"), "a", Row("r", "", "b"))


def test_the_nearest_of_several_right_answers_counts() -> None:
    rows = [
        {"input": "a cheap pub", "output": "It is a cheap pub."},
        {"input": "A cheap  pub", "output": "A pub that costs little."},
        {"input": "another", "output": "Another one."},
    ]
    data = dataset(rows)
    ids = data.values("id")
    found = references(data, "generation", ids[:1])
    assert found == {ids[0]: ("A pub that costs little.",)}
    assert references(data, "question_answering", ids) == {}
    assert references(dataset([{"input": "a", "label": "x"}, {"input": "a", "label": "y"}]), "", ids) == {}
    row = Row(ids[0], "a cheap pub", "It is a cheap pub.")
    task = Task("exact_match", references=found)
    assert [mark(task, text, row).score for text in ("A pub that costs little.", "It is a cheap pub.", "No.")] == [
        1,
        1,
        0,
    ]


def test_a_reply_fails_by_form_where_nobody_could_use_it() -> None:
    row = Row("r", "", '{"city": "Ulm"}')
    task = Task("chrf", is_json=True)
    assert [mark(task, text, row).malformed for text in ('{"city": "Bonn"}', 'Sure: {"city": "Ulm"}', "[1", "7")] == [
        False, True, True, True,
    ]  # fmt: skip
    assert is_json("[1, 2]") and not is_json("12")
    plain = Task("chrf")
    assert mark(plain, "A long answ", Row("r", "", "A long answer."), cut_off=True).malformed
    assert not mark(plain, "A long answer.", Row("r", "", "A long answer."), cut_off=True).malformed
    labels = Task("accuracy", labels=ALL)
    assert [mark(labels, text, Row("r", "", "a")).malformed for text in ("a", "b", "I think a")] == [False, False, True]


def test_form_faults_of_an_endpoint_reach_the_verdict(labelled: Project) -> None:
    def chatty(body: Any) -> str:
        label = label_of(asked_input(body))
        return f"That must be {label}." if label == LABELS[0] else "" if label == LABELS[1] and "0" in label else label

    with EndpointServer(lambda number: says(chatty)) as server:
        made = labelled.measuring.measure(EndpointRun(server.url, "m", ZERO, parameters=4e9))
    (one,) = made.arms
    assert one.malformed == one.silent == 15
    assert one.form_faults == pytest.approx(0.25)
    (arm,) = labelled.measuring.context().arms
    assert (arm.form_faults, arm.model, arm.parameters, arm.hosted) == (0.25, "m", 4e9, False)
    assert arm.worst_recall is None


def test_another_metric_scores_stored_replies_anew_and_pays_nothing(labelled: Project) -> None:
    with EndpointServer(lambda number: says(lambda body: LABELS[0])) as server:
        labelled.measuring.measure(EndpointRun(server.url, "m", ZERO))
        asked = len(server.requests)
        context = (labelled.folder / "context.toml").read_text(encoding="utf-8")
        (labelled.folder / "context.toml").write_text(context.replace('"accuracy"', '"macro_f1"'), encoding="utf-8")
        made = labelled.measuring.measure(EndpointRun(server.url, "m", ZERO))
        assert len(server.requests) == asked == 60
    assert asked_run(made).made == 0
    (arm,) = made.arms
    assert (arm.metric, arm.score) == ("macro_f1", pytest.approx(2 * 0.25 / 1.25 / 4))
    (told,) = labelled.measuring.context().arms
    assert told.score == arm.score


def test_pairs_of_arms_reach_the_verdict_with_their_difference(labelled: Project, tmp_path: Path) -> None:
    def half(body: Any) -> str:
        text = asked_input(body)
        return label_of(text) if len(text) % 2 else "refund"

    with EndpointServer(lambda number: says(half)) as server:
        labelled.measuring.measure(EndpointRun(server.url, "m", ZERO))
    data = labelled.examples.dataset()
    lines = [{"id": id, "output": label} for id, label in zip(data.values("id"), data.values("label"))]
    path = tmp_path / "o.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    labelled.measuring.import_outputs(OutputFile(path, "lora"))
    context = labelled.measuring.context()
    (one,) = context.differences
    assert (one.first, one.second, one.n) == ("lora", "zero_shot", 60)
    assert 0 < one.low < one.value < one.high
    lora = next(arm for arm in context.arms if arm.name == "lora")
    assert (lora.hosted, lora.model, lora.parameters) == (None, "", None)


def test_where_a_model_runs_is_unknown_unless_said(labelled: Project, tmp_path: Path) -> None:
    data = labelled.examples.dataset()
    path = tmp_path / "o.jsonl"
    lines = [{"id": id, "output": label} for id, label in zip(data.values("id"), data.values("label"))]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for said in (None, True, False):
        made = labelled.measuring.import_outputs(
            OutputFile(path, "classifier", hosted=said, model="svm", parameters=1e5)
        )
        (arm,) = made.arms
        assert (arm.hosted, arm.model, arm.source, arm.parameters) == (said, "svm", "o.jsonl", 1e5)


def test_a_measurement_of_an_earlier_version_still_reads(labelled: Project, tmp_path: Path) -> None:
    with EndpointServer() as server:
        made = labelled.measuring.measure(EndpointRun(server.url, "m", ZERO))
    body = json.loads(json.dumps(measurement_json(made)))
    new = ("malformed", "sd", "groups", "said", "answers", "labels", "source", "parameters")
    old = {**body, "arms": [{k: v for k, v in arm.items() if k not in new} for arm in body["arms"]]}
    read = parse_measurement(old)
    assert (read.arms[0].scores, read.arms[0].hosted, read.arms[0].form_faults) == (made.arms[0].scores, False, None)
    imported = {**old, "arms": [{**old["arms"][0], "endpoint": "", "hosted": False}]}
    assert parse_measurement(imported).arms[0].hosted is None
    graded = {**old, "arms": [{**old["arms"][0], "scores": {"a": 0.2, "b": 0.6}, "metric": "chrf"}]}
    arm = parse_measurement(graded).arms[0].arm()
    assert arm is not None and arm.sd == pytest.approx(0.2828, abs=1e-4)
    assert parse_measurement(body).arms == made.arms


def test_recall_needs_names(labelled: Project) -> None:
    context = (labelled.folder / "context.toml").read_text(encoding="utf-8")
    (labelled.folder / "context.toml").write_text(context.replace('"accuracy"', '"recall"'), encoding="utf-8")
    with EndpointServer() as server, pytest.raises(NotChecked, match="recall_of"):
        labelled.measuring.measure(EndpointRun(server.url, "m", ZERO))
