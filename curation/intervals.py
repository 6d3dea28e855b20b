"""The two-sided 90 % interval of a share, which the product puts beside every share it claims."""

from math import sqrt

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
