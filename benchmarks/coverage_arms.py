"""How often the 90 % intervals of scored arms hold the truth: graded scores, paired differences, the best of several.

    python benchmarks/coverage_arms.py
    python benchmarks/coverage_arms.py --draws 2000 --only best_of

Each cell is `--draws` simulated measurements of a known truth, the true score running over 20 values within 20 % of the
one named. Rows' scores come from a normal common part (what two systems share, what a family shares) through one of
five shapes: `share` (0 or 1), `chrf` (spread by .2 around the mean), `even` (by .1), `rewrite` (a part exactly right,
the others .2 to .9), `token_f1` (mostly 0 or 1, some between). A line's first figure is the share of intervals that
hold the truth.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm

from curation.sampling.choice import best_of
from curation.sampling.grouped import balanced_accuracy, macro_f1
from curation.sampling.intervals import Interval
from curation.sampling.paired import graded, paired, paired_labels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RATES = 20
WITHIN = 0.2
HIGHEST = 0.985
GRID = np.linspace(0.0005, 0.9995, 1000)
SIZES = ((30, 1), (60, 1), (150, 1), (500, 1), (150, 5), (600, 10))
"""(rows, rows a family)."""
SHARED_BY_FAMILY = 0.6
"""Correlation of the rows of a family."""


@dataclass(frozen=True)
class Cell:
    """How many of the intervals of one setting held the truth, and their mean width; `draws` 0 where it varies."""

    figure: str
    setting: str
    covered: float
    width: float
    draws: int = 0


def cells(draws: int, seed: int = 0, only: str = "") -> Iterator[Cell]:
    """All cells of the arms' intervals, one after the other."""
    kinds = {"graded": graded_cells, "paired": paired_cells, "best_of": best_of_cells, "labels": label_cells}
    for name, made in kinds.items():
        if only in ("", name):
            yield from made(draws, seed)


def graded_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The mean of one arm's row scores."""
    for shape, (rows, family), mean in product(
        ("share", "chrf", "even", "rewrite", "token_f1"), SIZES, (0.4, 0.6, 0.75, 0.9)
    ):
        if shape == "rewrite" and mean < 0.7:
            continue  # its lowest mean is that of the rows that are not exact
        rng = np.random.default_rng(seed)
        held, width = 0, 0.0
        for truth in _truths(mean, draws):
            codes = _families(rows, family)
            scores, true = _scored(shape, _latent(rng, codes, 1, 0.0)[:, 0], truth)
            _, low, high = graded(scores, codes.astype(str).tolist())
            held += low <= true <= high
            width += high - low
        yield Cell(
            "graded", f"{shape}, mean {mean:g}, {rows} rows in families of {family}", held / draws, width / draws, draws
        )


def paired_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The difference of two arms on the same rows."""
    gaps = ((0.6, 0.0), (0.6, 0.1), (0.8, 0.05), (0.9, 0.03))
    for shape, (rows, family), (mean, gap), shared in product(
        ("share", "chrf", "even", "token_f1"), SIZES, gaps, (0.3, 0.8)
    ):
        rng = np.random.default_rng(seed)
        held, width = 0, 0.0
        for truth in _truths(mean, draws):
            codes = _families(rows, family)
            both = _latent(rng, codes, 2, shared)
            (first, a), (second, b) = (
                _scored(shape, both[:, 0], min(truth + gap, HIGHEST)),
                _scored(shape, both[:, 1], truth),
            )
            _, low, high = paired(first, second, codes.astype(str).tolist())
            held += low <= a - b <= high
            width += high - low
        setting = f"{shape}, {mean:g} and {gap:g} more, {rows} rows in families of {family}, {shared:g} in common"
        yield Cell("paired", setting, held / draws, width / draws, draws)


def best_of_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The score of the best of k arms on the same rows, each `gap` below the one before."""
    shapes = (("share", 50), ("share", 200), ("share", 600), ("chrf", 150))
    for (shape, rows), k, gap, shared in product(shapes, (2, 3, 4), (0.0, 0.02, 0.05), (0.3, 0.8)):
        rng = np.random.default_rng(seed)
        held, width = 0, 0.0
        for truth in _truths(0.75, draws):
            codes = np.arange(rows)
            made = [_scored(shape, z, truth - gap * n) for n, z in enumerate(_latent(rng, codes, k, shared).T)]
            scores = np.stack([one for one, _ in made], axis=1)
            true = made[int(np.argmax(scores.mean(axis=0)))][1]
            _, low, high = best_of(scores)
            held += low <= true <= high
            width += high - low
        setting = f"{shape}, best of {k}, each {gap:g} below, {rows} rows, {shared:g} in common"
        yield Cell("best_of", setting, held / draws, width / draws, draws)


def label_cells(draws: int, seed: int) -> Iterator[Cell]:
    """Means over labels, and how two arms differ in them; every label is right equally often."""
    priors = {"two, one in ten": (0.9, 0.1), "five, 1 to 1/5": (1, 1 / 2, 1 / 3, 1 / 4, 1 / 5), "ten alike": (1,) * 10}
    for metric, (name, weights), rows, mean in product(
        ("macro_f1", "balanced_accuracy"), priors.items(), (150, 500), (0.6, 0.8)
    ):
        rng, share = np.random.default_rng(seed), np.array(weights, np.float64) / sum(weights)
        held, width, apart_held, apart_width = 0, 0.0, 0, 0.0
        for truth in _truths(mean, draws):
            answers = rng.choice(len(share), rows, p=share)
            hard = _latent(rng, np.arange(rows), 2, 0.5)
            better = min(truth + 0.05, HIGHEST)
            made = [_replied(rng, answers, hard[:, n], share, right) for n, right in enumerate((better, truth))]
            ends = [_of_labels(metric, answers, one) for one in made]
            trues = [_true(metric, share, right) for right in (better, truth)]
            held += ends[1][1] <= trues[1] <= ends[1][2]
            width += ends[1][2] - ends[1][1]
            first, second = ((one == answers).astype(np.float64) for one in made)
            _, low, high = paired_labels(np.unique(answers, return_inverse=True)[1], first, second, ends)
            apart_held += low <= trues[0] - trues[1] <= high
            apart_width += high - low
        setting = f"{metric}, labels {name}, {rows} rows, right {mean:g}"
        yield Cell("by label", setting, held / draws, width / draws, draws)
        yield Cell("by label, paired", setting, apart_held / draws, apart_width / draws, draws)


def _replied(rng: np.random.Generator, answers: Ints, hard: Floats, share: Floats, right: float) -> Ints:
    """The labels replied: the right one where the row is easy enough, else another by how common it is."""
    others = share[None, :] * (np.arange(len(share))[None, :] != answers[:, None])
    drawn = (rng.random((len(answers), 1)) * others.sum(axis=1, keepdims=True) < others.cumsum(axis=1)).argmax(axis=1)
    return np.where(norm.cdf(hard) < right, answers, drawn)


def _of_labels(metric: str, answers: Ints, said: Ints) -> Interval:
    groups = np.arange(len(answers))
    if metric == "macro_f1":
        return macro_f1(answers, said, groups)
    return balanced_accuracy(answers, (answers == said).astype(np.float64), groups)


def _true(metric: str, share: Floats, right: float) -> float:
    if metric == "balanced_accuracy":
        return right
    others = share[None, :] * (1 - np.eye(len(share)))
    joint = share[:, None] * ((1 - right) * others / others.sum(axis=1, keepdims=True) + right * np.eye(len(share)))
    return float((2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))).mean())


def _truths(mean: float, draws: int) -> Floats:
    values = np.linspace((1 - WITHIN) * mean, min((1 + WITHIN) * mean, HIGHEST), RATES)
    return np.resize(values, draws)


def _families(rows: int, family: int) -> NDArray[np.int64]:
    return np.arange(rows) // family


def _latent(rng: np.random.Generator, codes: NDArray[np.int64], systems: int, shared: float) -> Floats:
    """Standard normals, shape (rows, systems): `shared` of the variance common to the systems, a part to a family."""
    groups = int(codes.max()) + 1
    within = SHARED_BY_FAMILY if groups < len(codes) else 0.0

    def part(columns: int) -> Floats:
        own = rng.standard_normal((len(codes), columns))
        return np.sqrt(within) * rng.standard_normal((groups, columns))[codes] + np.sqrt(1 - within) * own

    return np.asarray(np.sqrt(shared) * part(1) + np.sqrt(1 - shared) * part(systems))


def _scored(shape: str, latent: Floats, mean: float) -> tuple[Floats, float]:
    """(row scores 0..1, their true mean) from standard normals."""
    mean = min(mean, HIGHEST)
    u = norm.cdf(latent)
    if shape == "share":
        return (u < mean).astype(np.float64), mean
    quantiles, true = _quantiles(shape, round(mean, 9))
    return np.interp(u, GRID, quantiles), true


@cache
def _quantiles(shape: str, mean: float) -> tuple[Floats, float]:
    """The scores at the points of `GRID`, and the mean of all there are."""
    found = _of_shape(shape, mean)
    return found, float(np.interp(np.linspace(0, 1, 20_001), GRID, found).mean())


def _of_shape(shape: str, mean: float) -> Floats:
    if shape in ("chrf", "even"):
        sd = min(0.2 if shape == "chrf" else 0.1, 0.6 * np.sqrt(mean * (1 - mean)))
        size = mean * (1 - mean) / sd**2 - 1
        return np.asarray(beta.ppf(GRID, mean * size, (1 - mean) * size))
    if shape == "rewrite":
        exact = (mean - 0.55) / 0.45
        return np.where(1 - exact < GRID, 1.0, 0.2 + 0.7 * GRID / max(1 - exact, 1e-9))
    between = 0.3 * min(1.0, 4 * mean * (1 - mean))
    nothing = 1 - mean - between / 2
    return np.clip((GRID - nothing) / between, 0.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="graded, paired, best_of or labels")
    options = parser.parse_args()
    found = []
    for one in cells(options.draws, options.seed, options.only):
        found.append(one.covered)
        print(f"{one.covered:6.1%}  width {one.width:.3f}  {one.figure}: {one.setting}", flush=True)
    inside = sum(0.86 <= covered <= 0.94 for covered in found)
    ends = f"least {min(found):.1%}, most {max(found):.1%}"
    print(f"{len(found)} cells: {inside / len(found):.0%} within 86 to 94 %, {ends}")


if __name__ == "__main__":
    main()
