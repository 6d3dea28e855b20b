"""Two-sided 90 % intervals: for shares, for differences of shares, for means over grouped rows, for an AUROC."""

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z90 = 1.6448536269514722
"""Standard normal quantile at .95: two-sided 90 %."""

Interval = tuple[float, float, float]
"""value, low, high."""


def wilson(hits: float, n: float) -> Interval:
    """A share with its Wilson score interval (Wilson 1927); n = 0 gives (0, 0, 1). `hits` may be fractional."""
    if n <= 0:
        return 0.0, 0.0, 1.0
    share, zz = hits / n, Z90**2
    middle = (share + zz / (2 * n)) / (1 + zz / n)
    half = Z90 / (1 + zz / n) * sqrt(share * (1 - share) / n + zz / (4 * n * n))
    return share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def difference(first: Interval, second: Interval) -> Interval:
    """first - second with Newcombe's interval from the two single ones (Statistics in Medicine 1998, method 10).

    Treats the two as independent, which is wider than pairing them would be.
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    value = a - b
    return value, value - sqrt((a - a_low) ** 2 + (b_high - b) ** 2), value + sqrt((a_high - a) ** 2 + (b - b_low) ** 2)


def resampled(
    values: NDArray[np.float64], groups: Sequence[str], seed: int, resamples: int, weights: NDArray[np.float64]
) -> Interval:
    """The weighted mean of `values` with a percentile bootstrap interval that draws whole groups.

    `values`, `groups`, `weights`: one a row; weights need not sum to one. Groups are numbered in order of appearance.
    """
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(group, len(numbers)) for group in groups])
    top = np.bincount(of, values * weights)
    bottom = np.bincount(of, weights)
    rng = np.random.default_rng(seed)
    draws = np.empty(resamples)
    for n in range(resamples):
        chosen = rng.integers(0, len(top), len(top))
        draws[n] = top[chosen].sum() / bottom[chosen].sum()
    low, high = np.quantile(draws, [0.05, 0.95])
    value = float(top.sum() / bottom.sum())
    return value, min(value, float(low)), max(value, float(high))


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> Interval:
    """P(positive > negative) with Hanley and McNeil's interval (Radiology 1982), ties counting half."""
    n, m = len(positive), len(negative)
    both = np.concatenate([positive, negative])
    order = np.unique(both, return_inverse=True)[1]
    counts = np.bincount(order)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    area = float((ranks[order[:n]].sum() - n * (n + 1) / 2) / (n * m))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (n - 1) * (q1 - area**2) + (m - 1) * (q2 - area**2)) / (n * m)
    half = Z90 * sqrt(max(variance, 0.0))
    return area, max(0.0, area - half), min(1.0, area + half)


def rows_to_decide(share: float, line: float, largest: int = 1_000_000) -> int | None:
    """Fewest scored rows whose Wilson interval around `share` leaves out `line`; None when even `largest` do not."""

    def clear(n: int) -> bool:
        _, low, high = wilson(share * n, n)
        return not low <= line <= high

    return first(clear, largest)


def first(holds: Callable[[int], bool], largest: int) -> int | None:
    if not holds(largest):
        return None
    low, high = 1, largest
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
