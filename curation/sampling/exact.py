"""Exact intervals and tests of shares, by the binomial distribution."""


def clopper_pearson(hits: float, n: int, tail: float) -> tuple[float, float]:
    """(low, high) of a share with this chance in each tail (Clopper and Pearson, Biometrika 1934).

    `hits` may be fractional: for scores between 0 and 1 it is conservative.
    """
    from scipy.stats import beta

    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided p that two systems differ, from the rows that one of them alone got right (McNemar 1947, exact)."""
    from scipy.stats import binomtest

    discordant = only_first + only_second
    return float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0
