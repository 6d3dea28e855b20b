"""The best of several: how much of its score it owes to having been chosen, and its interval without that."""

from functools import lru_cache

import numpy as np

from curation.sampling.intervals import Interval
from curation.sampling.paired import Families, family_numbers, graded
from curation.sampling.resampling import Floats

DRAWS = 2000
"""Draws of the scores: their mean loss is then steady to about a fortieth of a standard error."""


def optimism(scores: Floats, covariance: Floats) -> float:
    """How much less than it scored the best of several is expected to score on fresh rows; 0 for one alone.

    `scores`, shape (k,), are means of the same kind of rows, `covariance`, shape (k, k), that of their errors: systems
    asked the same rows err together, which leaves chance less to choose from. The scores are drawn anew around what
    they are; the best of each draw falls back by what the draw gave it (the parametric bootstrap of a choice: Efron,
    JASA 1983; for minima of many trials Tibshirani and Tibshirani, Annals of Applied Statistics 2009).
    """
    k = len(scores)
    if k < 2:
        return 0.0
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))  # pairs measured apart need not fit together
    errors = _normals(k) @ root.T
    chosen = np.argmax(scores + errors, axis=1)
    return max(0.0, float(errors[np.arange(DRAWS), chosen].mean()))


@lru_cache(maxsize=32)
def _normals(k: int) -> Floats:
    half = np.random.default_rng(k).standard_normal((DRAWS // 2, k))
    return np.concatenate([half, -half])


def best_of(scores: Floats, families: Families | None = None) -> Interval:
    """The mean score of the best of k systems on the same rows, less its `optimism`; scores 0..1, shape (rows, k)."""
    means = scores.mean(axis=0)
    best = int(np.argmax(means))
    less = optimism(means, error_covariance(scores, families))
    return lowered(graded(scores[:, best], families), less)


def error_covariance(scores: Floats, families: Families | None = None) -> Floats:
    """The covariance of the mean scores of k systems on the same rows, by families; shape (k, k)."""
    rows, k = scores.shape
    codes = family_numbers(families, rows)
    groups = int(codes.max()) + 1
    off = np.stack([np.bincount(codes, scores[:, n] - scores[:, n].mean()) for n in range(k)], axis=1)
    return np.asarray(off.T @ off * groups / max(1, groups - 1) / rows**2, np.float64)


def lowered(one: Interval, less: float) -> Interval:
    """An interval of scores 0..1 moved down by so much."""
    value, low, high = (min(1.0, max(0.0, number - less)) for number in one)
    return value, low, high
