"""How well a plain classifier does the task by itself on rows held back: no language model, next to nothing a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from curation.label_model.linear_svm import MOST_FITTED
from curation.label_model.scores import Scores, scores
from curation.readiness.arms import LABEL_METRICS, lift
from curation.readiness.evidence import Figure, Known, evidence, follows, not_applicable, rated
from curation.readiness.stand_in.proxy import proxy, simpler
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.context import Context, Task
from curation.records.progress import Progress
from curation.sampling.intervals import Interval
from curation.wording import METRICS, percent, points, span, word

NAME = "classifier"
DIGITS = 6
"""Decimals kept of each label's recall, of which there may be thousands."""


@dataclass(frozen=True)
class InMetric:
    """The score in the metric of the task, what that metric is called, and what the commonest label alone scores.

    Where a classifier has no score in that metric it is not `comparable` with the target, and the score is accuracy.
    """

    score: Interval
    noun: str
    usual: float
    comparable: bool


@evidence(NAME, "A plain classifier")
def classifier(study: Study, progress: Progress) -> Evidence:
    """The held-out score of the plain classifier in the task's metric where that is one of labels, else its accuracy.

    `detail`: accuracy, balanced_accuracy, macro_f1 (value, low, high each), recalls (the same by label), rows_of (rows
    by label), majority (share of the commonest label among the rows), dominant (whether that is over nine in ten),
    usual (what giving it always scores in this metric), largest_rate (its share among all rows that count), rows (held
    back), classes, kind (labels, closed), seed; method and learned_rows where the mean row of each label stands in.
    """
    if study.answer_kind not in ("labels", "closed"):
        kind = {"sets": "sets of labels", "numbers": "numbers"}.get(study.answer_kind, "free text")
        return not_applicable(study, NAME, f"The answers are {kind}, so there are no single labels to tell apart.")
    found = proxy(study, progress)
    made = scores(found)
    by_label = study.labelled_set or found.classes <= MOST_FITTED
    how, method = simpler(found)
    detail = {
        "accuracy": list(made.accuracy), "balanced_accuracy": list(made.balanced_accuracy),
        "macro_f1": list(made.macro_f1), "recalls": _recalls(made) if by_label else {},
        "rows_of": dict(made.rows_of) if by_label else {}, "majority": made.majority,
        "largest_rate": found.largest, "rows": made.rows, "classes": found.classes, "kind": study.answer_kind,
        "seed": study.facts.seed, "how": how, **method,
    }  # fmt: skip
    return _rated(Known({}, study.facts.context, study.policy), detail)


@follows(NAME)
def again(known: Known) -> Evidence:
    """The same scores in another metric, against another target."""
    made = known.found[NAME]
    return made if made.value is None else _rated(known, made.detail)


def meets(item: Evidence, context: Context, least: float) -> bool:
    """Whether a plain classifier does the task: nothing is `lacking`."""
    return not lacking(item, context, least)


def lacking(item: Evidence, context: Context, least: float) -> str:
    """Why the classifier is not shown to do the task, as a clause; "" where it is. `least` is the smallest lift (0..1).

    Its low end meets the target in the task's metric, and its score lies the lift above what always giving the
    commonest label scores. Beside a label on over nine rows in ten, balanced accuracy's low end meets the target too;
    so does the recall of each label that must not be missed.
    """
    task, detail = context.task, item.detail
    if item.value is None or item.low is None:
        return "no plain classifier has been scored"
    if task.target is None:
        return "no target score is given"
    if not _in_metric(task, detail).comparable:
        noun = word(METRICS, task.metric).noun
        return f"a classifier has no score in {noun}" if noun else "no metric is given"
    if item.low < task.target:
        return f"its low end, {percent(item.low)}, is under the target of {percent(task.target)}"
    if item.value < detail["usual"] + least:
        return f"that is not {points(least)} above always giving the commonest label"
    if detail["dominant"] and detail["balanced_accuracy"][1] < task.target:
        low = percent(detail["balanced_accuracy"][1])
        return f"one label has {percent(detail['majority'])} of the rows, and balanced accuracy may be only {low}"
    for label in task.recall_of:
        if label not in detail["recalls"]:
            return f"no row has the label “{label}”, which must not be missed"
        if detail["recalls"][label][1] < task.target:
            low = percent(detail["recalls"][label][1])
            return f"of “{label}”, which must not be missed, it may find only {low}"
    return ""


def _rated(known: Known, detail: Mapping[str, Any]) -> Evidence:
    task = known.context.task
    dominant = bool(detail["majority"] > known.policy.items["learnability"].settings["dominant"])
    told = _in_metric(task, detail)
    whole = {**detail, "dominant": dominant, "usual": told.usual}
    message = (
        f"A plain classifier (no language model) reaches {percent(told.score[0])} {told.noun} "
        f"({span(told.score[1], told.score[2])}) on {detail['rows']:,} rows, each judged by one trained without it; "
        f"always giving the commonest answer would reach {percent(told.usual)}."
    )
    made = rated(known, NAME, Figure(told.score, message, kind="measured", detail=whole))
    if told.comparable and task.target is not None:
        why = lacking(made, known.context, lift(known.context))
        held = f"It is not shown to do the task: {why}." if why else f"It meets the target of {percent(task.target)}."
        made = replace(made, threshold=task.target, message=f"{message} {held}")
    return replace(made, message=made.message + detail["how"])


def _in_metric(task: Task, detail: Mapping[str, Any]) -> InMetric:
    majority, classes = detail["majority"], detail["classes"]
    noun = word(METRICS, task.metric).noun
    if task.metric == "balanced_accuracy":
        return InMetric(_triple(detail["balanced_accuracy"]), noun, 1 / classes, True)
    if task.metric == "macro_f1":
        return InMetric(_triple(detail["macro_f1"]), noun, 2 * majority / (1 + majority) / classes, True)
    named = [label for label in task.recall_of if label in detail["recalls"]]
    if task.metric == "recall" and named:
        rows = {label: detail["rows_of"][label] for label in named}
        commonest = max(detail["rows_of"], key=lambda label: detail["rows_of"][label])
        pooled = _pooled({label: _triple(detail["recalls"][label]) for label in named}, rows)
        return InMetric(pooled, noun, rows.get(commonest, 0) / sum(rows.values()), True)
    comparable = task.metric in LABEL_METRICS
    noun = noun if comparable else METRICS["accuracy"].noun
    return InMetric(_triple(detail["accuracy"]), noun, majority, comparable)


def _pooled(recalls: Mapping[str, Interval], rows: Mapping[str, int]) -> Interval:
    """The recall over the rows of these labels; intervals joined (Zou and Donner, Statistics in Medicine 2008)."""
    whole = sum(rows.values())
    value = sum(rows[label] / whole * recall[0] for label, recall in recalls.items())
    below = sum((rows[label] / whole * (recall[0] - recall[1])) ** 2 for label, recall in recalls.items())
    above = sum((rows[label] / whole * (recall[2] - recall[0])) ** 2 for label, recall in recalls.items())
    return value, max(0.0, value - sqrt(below)), min(1.0, value + sqrt(above))


def _recalls(made: Scores) -> dict[str, list[float]]:
    return {label: [round(number, DIGITS) for number in recall] for label, recall in made.recalls.items()}


def _triple(values: Sequence[float]) -> Interval:
    value, low, high = values
    return value, low, high
