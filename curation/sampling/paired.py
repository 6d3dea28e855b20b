"""Two-sided 90 % intervals of graded scores, and of the difference of two systems on the same rows, rows in families.

A family is a set of rows that say the same in other words: it tells about as much as one row, so that rows are counted
by families and never as if each were independent.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from curation.sampling.grouped import numbered
from curation.sampling.intervals import Interval, mean_from_sd, paired_shares, wilson
from curation.sampling.resampling import Floats

Families = Sequence[str]
"""The family of each row, by any name."""
UNSEEN = 1.0
"""Groups counted on top, as far off as the furthest one seen or as scores of this mean spread at most, whichever is
less. With none, intervals of skewed scores in 20 families held the truth in 79 to 86 % of draws, with one in 88 to 93 %
(benchmarks/coverage_arms.py; a choice)."""


def graded(scores: Floats, families: Families | None = None) -> Interval:
    """The mean of row scores 0..1, shape (rows,): Wilson's interval of a share that is known as surely.

    Scores that are all 0 or 1, each in a family of its own, are a share. Without rows (0, 0, 1).
    """
    n = len(scores)
    if n == 0:
        return 0.0, 0.0, 1.0
    codes = family_numbers(families, n)
    mean = float(scores.mean())
    if codes.max() + 1 == n and _is_binary(scores):
        return wilson(mean * n, n)
    return mean_from_sd(mean, *spread(scores, families))


def spread(scores: Floats, families: Families | None = None) -> tuple[float, int]:
    """(standard deviation of the scores of independent groups, number of groups): sd / sqrt(groups) is the standard
    error of the mean score.

    Families are the units that were drawn (Cochran, Sampling Techniques, 1977, eq. 2.39); where each row is its own it
    is the rows' standard deviation. One group more stands for the rare low scores that few groups do not show
    (`UNSEEN`). 0 below two groups.
    """
    codes = family_numbers(families, len(scores))
    mean = float(scores.mean())
    off = np.bincount(codes, scores - mean)
    groups = len(off)
    if groups < 2:
        return 0.0, groups
    far = (off * groups / len(scores)) ** 2
    unseen = min(float(far.max()), mean * (1 - mean))
    return sqrt((groups / (groups - 1) * float(far.sum()) + UNSEEN * unseen) / (groups + UNSEEN)), groups


def paired(first: Floats, second: Floats, families: Families | None = None) -> Interval:
    """How much better the first of two systems scores than the second on the same rows, shape (rows,), scores 0..1.

    Newcombe's score interval for paired shares (Statistics in Medicine 1998, method 10). For graded scores and rows in
    families the same construction from the two single intervals and the correlation of the families' scores (MOVER:
    Zou and Donner, Statistics in Medicine 2008). Without rows (0, -1, 1).
    """
    n = len(first)
    if n == 0:
        return 0.0, -1.0, 1.0
    codes = family_numbers(families, n)
    if codes.max() + 1 == n and _is_binary(first) and _is_binary(second):
        both, neither = float((first * second).sum()), float(((1 - first) * (1 - second)).sum())
        only_first, only_second = float((first * (1 - second)).sum()), float(((1 - first) * second).sum())
        return paired_shares(both, only_first, only_second, neither)
    return apart(graded(first, families), graded(second, families), _correlation(first, second, codes))


def paired_labels(answers: NDArray[np.int64], first: Floats, second: Floats, ends: Sequence[Interval]) -> Interval:
    """How much better the first of two systems is by a mean over labels, from the two single intervals (`ends`).

    `answers` number the right labels, `first` and `second` are 0 or 1, one a row. The errors go together as those of
    the labels' recalls do, each row weighted by one over the rows of its label.
    """
    sizes = np.bincount(answers)
    parts = []
    for right in (first, second):
        recall = np.bincount(answers, right) / np.maximum(sizes, 1)
        parts.append((right - recall[answers]) / sizes[answers])
    return apart(ends[0], ends[1], _correlation(parts[0], parts[1], np.arange(len(answers))))


def sd_of(interval: Interval, n: int) -> float:
    """The standard deviation of n rows' scores whose mean has an interval as wide (see `mean_from_sd`).

    So that a score which is no mean of its rows, such as macro F1, is held as surely as it is known.
    """
    value, low, high = interval
    least, most = 0.0, 10.0
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        _, below, above = mean_from_sd(value, middle, n)
        least, most = (middle, most) if above - below < high - low else (least, middle)
    return (least + most) / 2


HALVINGS = 40
"""Far beyond the digits anybody reads."""


def apart(first: Interval, second: Interval, correlation: float) -> Interval:
    """first - second from their single intervals and the correlation of their errors, -1..1."""
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    down = (a - a_low) ** 2 - 2 * correlation * (a - a_low) * (b_high - b) + (b_high - b) ** 2
    up = (a_high - a) ** 2 - 2 * correlation * (a_high - a) * (b - b_low) + (b - b_low) ** 2
    return a - b, a - b - sqrt(max(down, 0.0)), a - b + sqrt(max(up, 0.0))


def _correlation(first: Floats, second: Floats, codes: NDArray[np.int64]) -> float:
    one = np.bincount(codes, first - first.mean())
    other = np.bincount(codes, second - second.mean())
    size = sqrt(float((one**2).sum()) * float((other**2).sum()))
    return float((one * other).sum()) / size if size else 0.0


def family_numbers(families: Families | None, n: int) -> NDArray[np.int64]:
    """The number of each row's family, shape (n,), from 0 up without a gap; each row its own where there are none."""
    return np.arange(n) if families is None else numbered(families)


def _is_binary(scores: Floats) -> bool:
    return bool(np.isin(scores, (0.0, 1.0)).all())
