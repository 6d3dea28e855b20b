"""Two-sided 90 % intervals of scores on rows that fall into groups: rows of one group are right or wrong together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from curation.sampling.intervals import Interval, wilson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def numbered(groups: Sequence[object]) -> Ints:
    """The groups as numbers 0.. in order of appearance, one a row."""
    first: dict[object, int] = {}
    return np.array([first.setdefault(group, len(first)) for group in groups], dtype=np.int64)


def share(right: Floats, groups: Ints) -> Interval:
    """The share of rows that are `right` (0 or 1) with its interval."""
    rows = len(right)
    if not rows:
        return 0.0, 0.0, 1.0
    value = float(right.mean())
    return of_score(value, (right - value) / rows, np.full(rows, 1 / rows), groups)


def of_score(value: float, influence: Floats, weights: Floats, groups: Ints) -> Interval:
    """Wilson's interval of a score 0..1 on its effective number of rows (Korn and Graubard, Survey Methodology 1998;
    with Wilson's instead of their exact one: Franco et al., J. Survey Statistics and Methodology 2019).

    `influence` is how far each row moves the score (its linearised part; the parts sum to 0), `weights` how much each
    counts in it; `groups` numbers the groups (0..), one a row. The score's variance is that of the groups' sums; the
    effective rows are those of a plain share with that variance, and never more than the weights leave.
    """
    counts = int(groups.max()) + 1
    most = _effective(weights)
    if counts < 2:
        return wilson(value, 1.0)
    variance = float((np.bincount(groups, influence) ** 2).sum()) * counts / (counts - 1)
    if variance <= 0 or not 0 < value < 1:
        # no spread seen: each group counts as one row
        return _shared(value, min(most, _effective(np.bincount(groups, weights).astype(np.float64))))
    return _shared(value, min(most, value * (1 - value) / variance))


def _effective(weights: Floats) -> float:
    """As many rows of equal weight would be as sure (Kish, Survey Sampling, 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _shared(value: float, rows: float) -> Interval:
    return wilson(value * rows, rows)


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

    The variance is that of its linearised rows (as Takahashi et al., Applied Intelligence 2022, here with groups).
    """
    count = int(max(answers.max(), predicted.max())) + 1
    hit = (answers == predicted).astype(np.float64)
    sizes, given = np.bincount(answers, minlength=count), np.bincount(predicted, minlength=count)
    counts, either = sizes > 0, np.maximum(sizes + given, 1)
    f1, labels = 2 * np.bincount(answers, hit, minlength=count) / either * counts, int(counts.sum())
    moves = counts / (either * labels)
    spread = (2 * hit - f1[answers]) * moves[answers] - f1[predicted] * moves[predicted]
    # a label's rows and those guessed to be it move its F1 together, so that it can be surer than a share of its rows
    weights = moves[answers] + moves[predicted]
    return of_score(float(f1.sum() / labels), spread * _few_groups(answers, groups), weights, groups)


def _few_groups(labels: Ints, groups: Ints) -> Floats:
    """What a row's spread about its label's own mean is multiplied by, as that mean was taken from the same groups."""
    pairs = np.unique(labels * (groups.max() + 1) + groups) // (groups.max() + 1)
    own = np.bincount(pairs, minlength=int(labels.max()) + 1).astype(np.float64)
    factor: Floats = np.sqrt(own / np.maximum(own - 1, 1))[labels]
    return factor
