"""The plain classifier on the label set of a study, scored on rows held back once and read by several items."""

from typing import Any

import numpy as np

from curation.errors import NotChecked
from curation.label_model.folds import LEAST_ROWS
from curation.label_model.holdouts import HeldOut, Plan, Rows, held_out
from curation.label_model.linear_svm import MOST_FITTED
from curation.readiness.study import Study, once
from curation.records.progress import Progress


def proxy(study: Study, progress: Progress) -> HeldOut:
    """The holdouts of this study, worked out once. Raises NotChecked for free text, one class or too few rows.

    Several items read them, so they are cut by the seed alone and not by the generator of an item.
    """
    return once(study, "proxy", lambda: _held_out(study, progress))


def _held_out(study: Study, progress: Progress) -> HeldOut:
    return held_out(_rows(study), _plan(study), study.generator("asked"), progress, study.engine, study.folder)


def simpler(found: HeldOut) -> tuple[str, dict[str, Any]]:
    """What stood in where one model a class is too much, as a sentence and as detail; nothing where it is not."""
    if not found.by_means:
        return "", {}
    asked = len(found.hit)
    text = (
        f" With more than {MOST_FITTED:,} different answers (here {found.classes:,}) it compares a row with the mean "
        f"row of each answer, learned from {found.known:,} rows and tested on {asked:,} of them while held back."
    )
    return text, {"method": "mean row of each answer", "learned_rows": found.known, "asked_rows": asked}


def shares_of_training(study: Study) -> list[float]:
    """The parts of the training rows a curve is measured on, ascending to 1.0."""
    settings = study.policy.items["curve"].settings
    return [float(settings["ratio"]) ** k for k in reversed(range(int(settings["sizes"])))]


def _plan(study: Study) -> Plan:
    settings = study.policy.items["learnability"].settings
    return Plan(
        int(settings["holdouts"]),
        shares_of_training(study),
        int(settings["proxy_rows"]),
        settings["dominant"],
        study.facts.seed,
    )


def _rows(study: Study) -> Rows:
    """The rows that count with their answers, numbered by appearance and named as they are first written."""
    if study.answer_kind not in ("labels", "closed"):
        raise NotChecked("the answers are free text, numbers or sets of labels, not one of a few")
    rows, names = study.rows, dict[str, str]()
    written = [(rows.labels[n] or "") if study.labelled_set else rows.outputs[n] for n in study.taught]
    keys = [study.answers[n] for n in study.taught]
    for key, name in zip(keys, written):
        names.setdefault(key, name)
    number = {key: n for n, key in enumerate(names)}
    if len(keys) < LEAST_ROWS:
        raise NotChecked(f"only {len(keys)} usable rows; {LEAST_ROWS} are the least to hold some back")
    if len(names) < 2:
        raise NotChecked("every row has the same answer")
    return Rows(
        [rows.inputs[n] for n in study.taught],
        np.array([number[key] for key in keys], dtype=np.int64),
        list(names.values()),
        [rows.groups[n] for n in study.taught],
    )
