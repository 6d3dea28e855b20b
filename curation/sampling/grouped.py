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
