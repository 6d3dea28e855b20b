"""Two-sided 90 % intervals by formula: for shares, for differences and means of shares, for an AUROC."""

from collections.abc import Callable, Mapping
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


def mean_from_sd(mean: float, sd: float, n: int) -> Interval:
    """A mean of n independent scores 0..1 from their standard deviation; (mean, 0, 1) below two rows.

    Wilson's interval of a share that is known as surely: its rows are as many as give the mean's standard error, less
    what the unknown deviation costs (effective sample size: Korn and Graubard, Survey Methodology 1998, with Wilson's
    interval in place of the exact one). Ends stay within 0..1 and reach further to the middle, where scores pile up.
    """
    from scipy.stats import t

    if n < 2:
        return mean, 0.0, 1.0
    if sd <= 0 or not 0 < mean < 1:
        return wilson(mean * n, n)
    rows = mean * (1 - mean) / sd**2 * n * (Z90 / float(t.ppf(0.95, n - 1))) ** 2
    return wilson(mean * rows, rows)


def difference(first: Interval, second: Interval) -> Interval:
    """first - second with Newcombe's interval from the two single ones (Statistics in Medicine 1998, method 10).

    Treats the two as independent, which is wider than pairing them would be.
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    value = a - b
    return value, value - sqrt((a - a_low) ** 2 + (b_high - b) ** 2), value + sqrt((a_high - a) ** 2 + (b - b_low) ** 2)


def paired_shares(both: float, only_first: float, only_second: float, neither: float) -> Interval:
    """How much the first of two shares of the same rows is larger, from the rows that hit both, one or neither.

    Newcombe's score interval (Statistics in Medicine 1998, paired, method 10).
    """
    n = both + only_first + only_second + neither
    (a, a_low, a_high), (b, b_low, b_high) = wilson(both + only_first, n), wilson(both + only_second, n)
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    phi = (both * neither - only_first * only_second) / sqrt(margins) if margins else 0.0
    down = (a - a_low) ** 2 - 2 * phi * (a - a_low) * (b_high - b) + (b_high - b) ** 2
    up = (a_high - a) ** 2 - 2 * phi * (a_high - a) * (b - b_low) + (b - b_low) ** 2
    return a - b, a - b - sqrt(max(down, 0.0)), a - b + sqrt(max(up, 0.0))


def stratified(
    sizes: Mapping[str, int], wrong: Mapping[str, int], seen: Mapping[str, int], is_whole: bool = True
) -> Interval:
    """The weighted share over strata with a two-sided 90 % interval.

    Wilson's interval in each stratum (so no errors in five rows never means none at all), joined by the squares of
    their distances from the shares (MOVER: Zou and Donner, Statistics in Medicine 2008; for strata Yan and Su 2010).
    A stratum nobody has looked at lies anywhere in 0..1 and takes the others' share as its value. A stratum looked at
    in full is known exactly, unless the share is to hold beyond these rows (`is_whole` False).
    """
    whole = sum(sizes.values())
    looked = sum(size for name, size in sizes.items() if seen.get(name))
    share = {name: wrong.get(name, 0) / seen[name] for name in sizes if seen.get(name)}
    value = sum(sizes[name] / looked * rate for name, rate in share.items()) if looked else 0.0
    below = above = 0.0
    for name, size in sizes.items():
        middle = share.get(name, value)
        _, low, high = _of_stratum(middle, seen.get(name, 0), size, is_whole)
        below += (size / whole * (middle - low)) ** 2
        above += (size / whole * (high - middle)) ** 2
    return value, max(0.0, value - sqrt(below)), min(1.0, value + sqrt(above))


def _of_stratum(share: float, n: int, size: int, is_whole: bool) -> Interval:
    """Wilson's interval of a share seen in n of `size` rows, n enlarged by the finite population correction."""
    if not is_whole:
        return wilson(share * n, n)
    if n >= size:
        return share, share, share
    effective = n * (size - 1) / (size - n)
    return wilson(share * effective, effective)


def balanced_accuracy(right: NDArray[np.bool_], labels: NDArray[np.int64], classes: int) -> Interval:
    """The mean over labels of the share of rows guessed right, with its two-sided 90 % interval.

    `right` and `labels` (0..classes-1) are one a row. Wilson's interval of each label's share, joined by the squares of
    their distances from the shares, as `stratified` does (MOVER: Zou and Donner, Statistics in Medicine 2008): the
    normal interval of a mean of shares held the truth in 85 % of draws of six labels in 200 rows, this one in 88 to
    92 % (benchmarks/coverage.py).
    """
    sizes = np.bincount(labels, minlength=classes)
    hits = np.bincount(labels, weights=right, minlength=classes)
    shares = np.array([wilson(*one) for one in zip(hits.tolist(), sizes.tolist(), strict=True)])
    value = float(shares[:, 0].mean())
    below, above = (sqrt(float(((shares[:, 0] - shares[:, end]) ** 2).sum())) / classes for end in (1, 2))
    return value, max(0.0, value - below), min(1.0, value + above)


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


def first(holds: Callable[[int], bool], largest: int) -> int | None:
    """The smallest number up to `largest` from which on `holds` is true; None where it is not even for `largest`."""
    if not holds(largest):
        return None
    low, high = 1, largest
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
