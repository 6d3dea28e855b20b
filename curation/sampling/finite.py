"""How many rows of a finite set are wrong, from some of each stratum: draws of what was not seen, two-sided 90 %.

Arrays may hold many sets at once: leading axes are sets, the last one is strata.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.sampling.resampling import Floats

Ints = NDArray[np.int64]
Prior = tuple[float, float]

JEFFREYS: Prior = (0.5, 0.5)
LOW: Prior = (0.25, 0.5)
"""Beta priors of the upper and the lower end. With Jeffreys' at both the interval lies too high where faults are rare:
the truth below it in 8 to 13 % of audits at 2 %, above it in none. A quarter of a fault at the lower end holds in 88 to
99 % of audits for 4 % of width; Wilson's interval in strata with under four faults took 13 %
(benchmarks/model_review.py)."""
WEIGHT = 0.25
"""Power of a stratum's share of the rows that Jeffreys' half a fault is multiplied by at the upper end of the whole.
Half a fault in each of three strata is one and a half where a plain sample has a half: up to 12 % of width where a
model knows nothing, and no coverage gained. The power .5 takes 7 % and holds .6 points less often (benchmarks/
model_review.py). A stratum by itself keeps its half."""
CATEGORY = 0.5
"""Added to each stratum's count where shares are drawn: Jeffreys' prior of a multinomial."""
DRAWS = 4000
"""The ends are then steady to about a fiftieth of the interval's width."""
SEED = 20260101
"""Any number: the same answers give the same interval."""


@dataclass(frozen=True)
class Looked:
    """Strata of a set and what was seen of each.

    `seen` of the `sizes` rows of each stratum were looked at and `wrong` of them are, shape (..., strata). Where rows
    stand outside all strata because nobody knows theirs, `unplaced` counts them by group, shape (..., groups), and
    `placed`, shape (..., groups, strata), where the rows of that group lie that were placed, a random part of it.
    """

    seen: Ints
    wrong: Ints
    sizes: Ints
    unplaced: Ints
    placed: Ints


@dataclass(frozen=True)
class Drawn:
    """Draws of how many rows each stratum holds and how many of them are wrong, shape (..., draws, strata).

    `fewest` lean to few wrong rows, for lower ends; `most` are those of upper ends of parts, `most_in_all` those of the
    whole.
    """

    rows: Floats
    fewest: Floats
    most: Floats
    most_in_all: Floats

    def rate(self) -> tuple[Floats, Floats]:
        """(low, high) of the share of wrong rows in the whole."""
        whole = self.rows.sum(-1)
        return self.between(self.fewest.sum(-1) / whole, self.most_in_all.sum(-1) / whole)

    @staticmethod
    def between(lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """The 5 % point of the draws for the lower end and the 95 % point of those for the upper; nan passed over."""
        return _quantile(lower, 0.05), _quantile(upper, 0.95)


def drawn(looked: Looked, seed: int = SEED, draws: int = DRAWS) -> Drawn:
    """Draws for the ends: rows seen are known, of a stratum's rest a count is drawn from what was seen of it.

    Rows without a stratum are spread over the strata as a draw from a Dirichlet of the placed ones says (two-phase
    sampling: Cochran, Sampling Techniques, 1977, ch. 12), and so many of the rows not seen are wrong as a share drawn
    from a beta says: both are counts of these very rows, which differ from the drawn share by chance (the posterior
    predictive of a finite population: Ericson, Journal of the Royal Statistical Society B 1969). With the share alone
    the interval held in 77 % of audits of 100 of 300 rows (benchmarks/model_review.py, quality). Beta draws: Brown, Cai
    and DasGupta, Statistical Science 2001, for Jeffreys' interval.
    """
    rng = np.random.default_rng(seed)
    spread = _spread(looked, rng, draws)
    unseen = (looked.sizes - looked.seen)[..., None, :] + spread
    rows = looked.sizes[..., None, :] + spread
    sizes = looked.sizes[..., None, :]
    light = (sizes / np.maximum(1, sizes.sum(-1, keepdims=True))) ** WEIGHT
    priors = ((LOW[0], LOW[1]), (JEFFREYS[0], JEFFREYS[1]), (JEFFREYS[0] * light, JEFFREYS[1]))
    drawn = (
        np.asarray(looked.wrong[..., None, :] + rng.binomial(unseen, _shares(looked, prior, rng, draws)), np.float64)
        for prior in priors
    )
    return Drawn(rows.astype(np.float64), *drawn)


def _spread(looked: Looked, rng: np.random.Generator, draws: int) -> Ints:
    """Rows without a stratum by the stratum they are drawn into, shape (..., draws, strata)."""
    if not looked.unplaced.any():
        return np.zeros((*looked.sizes.shape[:-1], 1, looked.sizes.shape[-1]), np.int64)
    # A stratum that none of a group's rows was placed in is none of its own (its rows stand in another group).
    alpha = np.where(looked.placed > 0, looked.placed + CATEGORY, 0.0)
    shape = (*alpha.shape[:-2], draws, *alpha.shape[-2:])
    gamma = rng.standard_gamma(np.broadcast_to(alpha[..., None, :, :], shape))
    shares = gamma / np.maximum(gamma.sum(-1, keepdims=True), np.finfo(float).tiny)
    spread: Ints = rng.multinomial(looked.unplaced[..., None, :], shares).sum(-2)
    return spread


def _shares(looked: Looked, prior: tuple[float | Floats, float], rng: np.random.Generator, draws: int) -> Floats:
    right = looked.seen - looked.wrong
    shape = (*looked.seen.shape[:-1], draws, looked.seen.shape[-1])
    alpha, beta = looked.wrong[..., None, :] + prior[0], right[..., None, :] + prior[1]
    return rng.beta(np.broadcast_to(alpha, shape), np.broadcast_to(beta, shape))


def _quantile(draws: Floats, at: float) -> Floats:
    found: Floats = np.nanquantile(draws, at, axis=-1)
    return found
