"""When an arm's answer is clear before all rows are asked, without looking too often making it look clearer."""

from collections.abc import Sequence

from scipy.stats import beta

FIRST = 25
"""Rows before the first look; each later one is at twice as many."""
TAIL = 0.001
"""Chance in each tail of an early look. Haybittle (British Journal of Radiology 1971) and Peto et al. (British Journal
of Cancer 1976): looks this strict leave the last one's 90 % interval as good as it would be without them."""


def looks(rows: int) -> list[int]:
    """Numbers of rows after which to look: 25, 50, 100, ... and all."""
    found = []
    size = FIRST
    while size < rows:
        found.append(size)
        size *= 2
    return [*found, rows] if rows else []


def is_clear(scores: Sequence[float], target: float | None, minimum_lift: float) -> bool:
    """Whether the mean surely reaches the target, or surely stays further below it than the smallest lift of interest.

    By the exact interval of Clopper and Pearson (Biometrika 1934), conservative for scores between 0 and 1.
    """
    if target is None or not scores:
        return False
    low, high = exact(sum(scores), len(scores), TAIL)
    return low >= target or high < target - minimum_lift


def exact(hits: float, n: int, tail: float) -> tuple[float, float]:
    """The Clopper-Pearson interval of a share with this chance in each tail."""
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high
