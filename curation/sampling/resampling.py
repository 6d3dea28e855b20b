"""Two-sided 90 % intervals by resampling, for figures without a formula: the percentile bootstrap (Efron 1979)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from curation.sampling.intervals import Interval

Floats = NDArray[np.float64]


def percentile(value: float, draws: Floats) -> Interval:
    """The value with the 5 % and 95 % points of its draws, widened to hold the value; draws that are nan are passed."""
    low, high = np.nanquantile(draws, [0.05, 0.95])
    return value, min(value, float(low)), max(value, float(high))


def resampled(
    values: Floats, groups: Sequence[str], rng: np.random.Generator, resamples: int, weights: Floats
) -> Interval:
    """The weighted mean of `values` with a percentile bootstrap interval that draws whole groups.

    `values`, `groups`, `weights`: one a row; weights need not sum to one. Groups are numbered in order of appearance.
    """
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(group, len(numbers)) for group in groups])
    top = np.bincount(of, values * weights)
    bottom = np.bincount(of, weights)
    draws = np.empty(resamples)
    for n in range(resamples):
        chosen = rng.integers(0, len(top), len(top))
        draws[n] = top[chosen].sum() / bottom[chosen].sum()
    return percentile(float(top.sum() / bottom.sum()), draws)


def times_drawn(rows: int, seed: int, resamples: int) -> Floats:
    """How often each row stands in each resample, shape (resamples, rows)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(rows, np.full(rows, 1 / rows), resamples).astype(np.float64)
