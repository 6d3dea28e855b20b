"""Learning curves: does the score still grow with rows, how fast, and what would twice or four times as many bring?

Shapes and limits come from a study of BANKING77 and CLINC150 (2,500 to 10,000 rows): with a slope ratio under .95 the
median of pow3 and MMF was 1.6-3.5 points off on average and the 90 % band held 39 of 39 truths; from 1.1 on, forecasts
were 5-24 points off and their bands held half of the truths. The ratio is itself uncertain: of 20 draws of 1,000 rows,
half lay under 1.1 by luck. So a forecast is given only where 1.1 lies above its 90 % interval (`benchmarks/curve.py`).
Of 96 truths of five sets (12 draws of 2,500 rows each) the band held 91: all of four sets, 7 of 12 of titles of
programming questions, where half of the draws are refused (of 28 truths of 18 further draws of these, 500 to 2,500
rows each, 27).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from curation.sampling.intervals import Interval
from curation.sampling.resampling import percentile

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
LEAST_SLOPE = 0.005
"""Score per unit of ln(rows) below which a curve is flat: a third of a point a doubling, under any holdout's noise."""
WIDEN = 1.5
"""Factor on the band between the two limits, where one cannot be sure of the shape (policy)."""
SLIGHT = 0.03
"""A last doubling that brought at most this much (upper end) leaves little to be wrong about: no more than the error of
the forecasts above that are given."""
RATIO_DRAWS = 200
LINE = 25
"""Points of the fitted line: smooth at the width of a page."""


@dataclass(frozen=True)
class Curve:
    """`ratio`: late over early slope on ln(rows). `doubling`: gain of the last doubling, score units.

    `forecast`: times the rows -> expected score, only as far as the ratio allows; empty when refused. `steepening`:
    refused because growth picks up and the last doubling surely brought something. `line`: rows, value, low and high of
    the fitted curve from the first size to the furthest forecast (to the largest size when refused).
    """

    ratio: Interval
    doubling: Interval
    forecast: dict[int, Interval]
    refused: bool
    steepening: bool
    line: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True)
class Measured:
    """Scores (holdout, size) in `metric` at `sizes` (ascending), with `held` rows scored a holdout.

    `variance` (size,) is that of one row's score; None means right or wrong, p(1-p).
    """

    metric: str
    sizes: Floats
    scores: Floats
    held: float
    variance: Floats | None = None


@dataclass(frozen=True)
class Limits:
    """How far a curve is trusted: slope ratios under `flat` fully, from `steep` on not at all; `reach` is the furthest
    multiple of the rows forecast."""

    flat: float
    steep: float
    reach: int


def fit(measured: Measured, rows: int, limits: Limits, resamples: int, rng: np.random.Generator) -> Curve:
    """The curve through the mean scores measured.

    `rows` are those in hand: forecasts are for multiples of them, though a part is held back when measuring.
    """
    sizes, mean = measured.sizes, measured.scores.mean(axis=0)
    one = mean * (1 - mean) if measured.variance is None else measured.variance
    noise = np.maximum(one, 1e-4) / (measured.held * len(measured.scores))
    spread = np.sqrt(noise)
    drawn = mean + spread * rng.standard_normal((RATIO_DRAWS, len(mean)))
    early, late = _slopes(sizes, np.vstack([mean, drawn]))
    ratios = np.maximum(late, 0.0) / np.maximum(early, LEAST_SLOPE)
    gains = late * log(2)
    ratio, doubling = _interval(ratios), _interval(gains)
    steepening = ratio[0] >= limits.steep and doubling[1] > 0
    refused = steepening or (ratio[2] >= limits.steep and doubling[2] > SLIGHT)
    multiples = [] if refused else [m for m in (2, 4) if m <= (limits.reach if ratio[0] < limits.flat else 2)]
    pooled = np.vstack([mean, drawn[:resamples]])
    fits = _fits(sizes, pooled, noise)
    forecast = {m: _forecast(fits, float(noise[-1]), m * rows, ratio[0] >= limits.flat, rng) for m in multiples}
    line = _line(fits, sizes, rows * max(multiples, default=0))
    return Curve(ratio, doubling, forecast, refused, steepening, line)


def _interval(draws: Floats) -> Interval:
    """The first entry as value, the interval of the rest."""
    return percentile(float(draws[0]), draws[1:])


def _slopes(sizes: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Least-squares slopes on ln(size) of the first and the last half of the sizes, one a row of `scores`."""
    half = len(sizes) // 2
    return _slope(np.log(sizes[:half]), scores[:, :half]), _slope(np.log(sizes[-half:]), scores[:, -half:])


def _slope(x: Floats, y: Floats) -> Floats:
    centred = x - x.mean()
    slopes: Floats = (y @ centred) / (centred @ centred)
    return slopes


@dataclass(frozen=True)
class _Fit:
    """One kind of shape fitted to every row of scores: the linear terms of each shape of the grid, and the best one."""

    basis: Callable[[Floats], Floats]
    offset: float
    terms: Floats
    best: Ints

    def at(self, size: float) -> Floats:
        """What the best shape of every row of scores gives at so many rows, 0..1."""
        given = np.einsum("gi,gri->gr", self.basis(np.array([size]))[:, 0], self.terms)
        told: Floats = np.clip(self.offset + given[self.best, np.arange(len(self.best))], 0.0, 1.0)
        return told


def _forecast(fits: Mapping[str, _Fit], noise: float, at: float, wide: bool, rng: np.random.Generator) -> Interval:
    """Score at `at` rows: median of pow3 and MMF, band over pow2, pow3 and MMF on all resamples."""
    value, pooled = _told(fits, at)
    pooled = pooled + sqrt(noise) * rng.standard_normal(len(pooled))
    value, low, high = percentile(value, pooled)
    if wide:
        low, high = value - WIDEN * (value - low), value + WIDEN * (high - value)
    return _clip(value), _clip(low), _clip(high)


def _told(fits: Mapping[str, _Fit], at: float) -> tuple[float, Floats]:
    """At so many rows: the median of pow3 and MMF for the scores measured, and what all shapes give for the others."""
    shapes = {name: one.at(at) for name, one in fits.items()}
    value = float(np.median([shapes["pow3"][0], shapes["mmf"][0]]))
    return value, np.concatenate([found[1:] for found in shapes.values()])


def _line(fits: Mapping[str, _Fit], sizes: Floats, end: float) -> tuple[tuple[float, float, float, float], ...]:
    """Rows, value, 5 % and 95 % of the fits at LINE sizes between the first one and `end` (at least the last one)."""
    places = np.geomspace(sizes[0], max(float(end), sizes[-1]), LINE)
    return tuple((float(at), *percentile(*_told(fits, at))) for at in places)


def _clip(score: float) -> float:
    return float(min(1.0, max(0.0, score)))


def _fits(sizes: Floats, scores: Floats, noise: Floats) -> dict[str, _Fit]:
    """Each kind of shape fitted to every row of `scores`."""
    return {
        name: _Fit(basis, offset, *_fitted(basis(sizes), scores - offset, noise))
        for name, (basis, offset) in BASES.items()
    }


def _fitted(basis: Floats, scores: Floats, noise: Floats) -> tuple[Floats, Ints]:
    """The linear terms of every shape in the grid for every row of `scores` by weighted least squares, and which shape
    fits each row best.

    `basis` (shape, size, 2) are the two terms of every shape at the sizes measured.
    """
    weights = 1.0 / noise
    normal = np.einsum("gki,k,gkj->gij", basis, weights, basis) + 1e-9 * np.eye(2) * weights.sum()
    right = np.einsum("gki,k,rk->gri", basis, weights, scores)
    terms = np.linalg.solve(normal[:, None], right[..., None])[..., 0]
    left = scores[None] - np.einsum("gki,gri->grk", basis, terms)
    cost = np.einsum("grk,k->gr", left**2, weights)
    return terms, cost.argmin(axis=0)


_POWERS = np.linspace(0.05, 2.0, 40)
_HALVES = np.logspace(0, 6, 25)
_BENDS = np.linspace(0.3, 2.0, 18)


def _pow3(n: Floats) -> Floats:
    """c - a n^-b: terms (1, -n^-b) over a grid of b."""
    return np.stack([np.ones((len(_POWERS), len(n))), -(n[None] ** -_POWERS[:, None])], axis=-1)


def _pow2(n: Floats) -> Floats:
    """1 - a n^-b, an error that falls to nothing: terms (-n^-b, 0), the 1 added as an offset."""
    return np.stack([-(n[None] ** -_POWERS[:, None]), np.zeros((len(_POWERS), len(n)))], axis=-1)


def _mmf(n: Floats) -> Floats:
    """(a b + c n^d) / (b + n^d): terms (b, n^d) / (b + n^d) over a grid of d and of half-way points b^(1/d)."""
    halves, bends = (grid.ravel() for grid in np.meshgrid(_HALVES, _BENDS))
    power = n[None] ** bends[:, None]
    b = (halves**bends)[:, None]
    return np.stack([b / (b + power), power / (b + power)], axis=-1)


BASES = {"pow2": (_pow2, 1.0), "pow3": (_pow3, 0.0), "mmf": (_mmf, 0.0)}
"""Shape -> (its terms, the offset added to them)."""
