"""How well the plain classifier does on rows it never saw, in each metric of labels, with 90 % intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.label_model.holdouts import HeldOut
from curation.sampling.grouped import numbered, of_score, share
from curation.sampling.intervals import Interval
from curation.text.features import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Scores 0..1 on `rows` rows held back, each with its interval: value, low, high.

    `recalls` and `rows_of` (how many rows) are by label, in the order of the labels; `majority` is the share of the
    most frequent one among the rows.
    """

    accuracy: Interval
    balanced_accuracy: Interval
    macro_f1: Interval
    recalls: Mapping[str, Interval]
    rows_of: Mapping[str, int]
    majority: float
    rows: int


def scores(found: HeldOut) -> Scores:
    """The scores of the classifier as it can be taken away. Labels of which no row was asked are left out."""
    groups, right = numbered(found.groups), (found.predicted == found.answers).astype(np.float64)
    sizes = np.bincount(found.answers, minlength=found.classes)
    asked = np.flatnonzero(sizes).tolist()
    by_label = np.split(np.argsort(found.answers, kind="stable"), np.cumsum(sizes)[:-1])
    rows = {label: by_label[label] for label in asked}
    return Scores(
        share(right, groups),
        balanced_accuracy(found.answers, right, groups),
        macro_f1(found.answers, found.predicted, groups),
        {found.names[label]: share(right[of], numbered(groups[of].tolist())) for label, of in rows.items()},
        {found.names[label]: len(of) for label, of in rows.items()},
        float(sizes.max() / len(right)),
        len(right),
    )


def balanced_accuracy(answers: Ints, right: Floats, groups: Ints) -> Interval:
    """The mean over labels of the share of their rows guessed right, with its interval.

    `answers` number the labels, `right` is 0 or 1, `groups` number what belongs together; one a row.
    """
    labels, own, sizes = np.unique(answers, return_inverse=True, return_counts=True)
    recalls = np.bincount(own, right) / sizes
    weights = 1.0 / (sizes[own] * len(labels))
    spread = (right - recalls[own]) * weights * _few_groups(own, groups)
    return of_score(float(recalls.mean()), spread, weights, groups)


def macro_f1(answers: Ints, predicted: Ints, groups: Ints) -> Interval:
    """The mean of F1 over the labels that have rows, with its interval; numbers as for `balanced_accuracy`.

    The variance is that of its linearised rows (as Takahashi et al., Applied Intelligence 2022, here with groups). On
    few rows a label F1 comes out too low, so the interval lies around the score less its bias by the jackknife
    (Quenouille 1956), and is widened to hold the score itself.
    """
    count = int(max(answers.max(), predicted.max())) + 1
    hit = (answers == predicted).astype(np.float64)
    sizes, given = np.bincount(answers, minlength=count), np.bincount(predicted, minlength=count)
    right, either = np.bincount(answers, hit, minlength=count), np.maximum(sizes + given, 1)
    counts = sizes > 0
    f1, labels = 2 * right / either * counts, int(counts.sum())
    moves = counts / (either * labels)
    spread = (2 * hit - f1[answers]) * moves[answers] - f1[predicted] * moves[predicted]
    value, weights = float(f1.sum() / labels), 1.0 / (sizes[answers] * labels)
    spread *= _few_groups(answers, groups)
    better = value - float((_bias(answers, predicted, groups, count) * counts).sum()) / labels
    _, plain, highest = of_score(value, spread, weights, groups)
    _, low, high = of_score(min(1.0, max(0.0, better)), spread, weights, groups)
    # with two or three groups a label the jackknife overshoots: what it adds then only widens
    low = plain if better - value > value - plain else low
    return value, min(low, value), max(high, highest)


def _few_groups(labels: Ints, groups: Ints) -> Floats:
    """What a row's spread about its label's own mean is multiplied by, as that mean was taken from the same groups."""
    pairs = np.unique(labels * (groups.max() + 1) + groups) // (groups.max() + 1)
    own = np.bincount(pairs, minlength=int(labels.max()) + 1).astype(np.float64)
    factor: Floats = np.sqrt(own / np.maximum(own - 1, 1))[labels]
    return factor


def _bias(answers: Ints, predicted: Ints, groups: Ints, count: int) -> Floats:
    """By how much each label's F1 is expected to be off, (count,): the jackknife, one group left out at a time."""
    number = int(groups.max()) + 1
    keys, place = np.unique(np.concatenate([groups * count + answers, groups * count + predicted]), return_inverse=True)
    hit = (answers == predicted).astype(np.float64)
    out = np.bincount(place)  # rows of the label in the group, and rows given it
    hits = np.bincount(place[: len(answers)], hit, minlength=len(keys))
    label = keys % count
    right, either = np.bincount(label, hits, minlength=count), np.bincount(label, out, minlength=count)
    left = np.maximum(either[label] - out, 1)
    moved = np.where(either[label] > out, 2 * (right[label] - hits) / left - 2 * right[label] / either[label], 0.0)
    bias: Floats = np.bincount(label, moved, minlength=count) * (number - 1) / number
    return bias
