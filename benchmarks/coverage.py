"""How often the verdict's 90 % intervals hold the truth, by simulation: every kind of interval the verdict shows.

    python benchmarks/coverage.py                              all kinds, a line a cell, then a line a kind
    python benchmarks/coverage.py --only share audit --draws 2000
    python benchmarks/coverage.py --noise competence.jsonl     the label estimate, from what competence.py measured

A cell is `--draws` simulated measurements, the truth running over 20 values within 20 % of the one named (of the
smaller of it and one minus it), since the coverage of counts jumps from value to value. Wanted are 86 to 94 % in nine
cells of ten and none under 84 %; over 94 % an interval is wider than it need be. The intervals of scored arms with a
score a row (graded, paired, best of several) are simulated by coverage_arms.py and counted here too. The learning
curve's bands need real sets: benchmarks/curve.py.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from audit import simulate
from coverage_arms import Cell
from coverage_arms import cells as simulated_arms
from numpy.typing import NDArray

from curation.review.team.agreement import Vote, agreement
from curation.sampling.grouped import share as family_share
from curation.sampling.intervals import (
    Interval,
    auroc,
    balanced_accuracy,
    difference,
    mean_from_sd,
    paired_shares,
    wilson,
)

Floats = NDArray[np.float64]
RATES, WITHIN = 20, 0.2
LOW, HIGH, LEAST = 0.86, 0.94, 0.84


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--only", nargs="*", default=[], choices=sorted(KINDS), metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--noise", type=Path, metavar="STATE", help="what competence.py measured")
    options = parser.parse_args()
    made: list[Cell] = []
    for kind, simulated in KINDS.items():
        if options.only and kind not in options.only:
            continue
        for cell in simulated(options.draws, options.seed):
            made.append(cell)
            mark = "LOW " if cell.covered < LEAST else "wide" if cell.covered > HIGH else "    "
            print(f"{cell.covered:6.1%} {mark} width {cell.width:.3f}  {cell.figure}: {cell.setting}", flush=True)
    if options.noise:
        made += noise_cells(options.noise)
    summed(made)


def summed(made: list[Cell]) -> None:
    """A line a kind of interval: cells, how many within, under and over."""
    print("\n| interval | cells | 86 to 94 % | under 84 % | over 94 % | least | mean |")
    print("|---|---|---|---|---|---|---|")
    for figure in [*dict.fromkeys(cell.figure for cell in made), "all"]:
        shares = [cell.covered for cell in made if figure in ("all", cell.figure)]
        if not shares:
            continue
        inside = sum(LOW <= share <= HIGH for share in shares)
        under, over = sum(share < LEAST for share in shares), sum(share > HIGH for share in shares)
        counts = f"{len(shares)} | {inside} ({inside / len(shares):.0%}) | {under} | {over}"
        print(f"| {figure} | {counts} | {min(shares):.1%} | {np.mean(shares):.1%} |")


def truths(nominal: float) -> Floats:
    """20 values around the nominal one."""
    half = WITHIN * min(nominal, 1 - nominal)
    return np.linspace(nominal - half, nominal + half, RATES)


def _cell(
    figure: str, setting: str, nominal: float, draws: int, one: Callable[[float], tuple[Interval, float]]
) -> Cell:
    """A cell from a function that simulates one measurement of a truth: its interval, and the true value."""
    held, width, each = 0, 0.0, max(1, round(draws / RATES))
    for truth in truths(nominal):
        for _ in range(each):
            (_, low, high), true = one(float(truth))
            held += low <= true <= high
            width += high - low
    return Cell(figure, setting, held / (each * RATES), width / (each * RATES))


def share_cells(draws: int, seed: int) -> Iterator[Cell]:
    """A prompt's or model's share of right answers, as entered by hand: score and n."""
    for rate, n in product((0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98), (30, 60, 100, 300, 1_000, 4_000)):
        rng = np.random.default_rng([seed, n, int(1000 * rate)])

        def one(truth: float, rng: np.random.Generator = rng, n: int = n) -> tuple[Interval, float]:
            return wilson(int(rng.binomial(n, truth)), n), truth

        yield _cell("share", f"{rate:.0%} of {n:,} rows", rate, draws, one)


def clustered_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The same where rows come in families of five that share most of their luck, from the score of each row.

    Where a person entered a score and a number of families but no score a row, nobody knows how much a family shares:
    each then counts as one row, which is sure to be wide enough and is no 90 % interval.
    """
    for rate, families in product((0.5, 0.8, 0.9), (30, 60, 200)):
        rng = np.random.default_rng([seed, families, int(1000 * rate)])

        def one(truth: float, rng: np.random.Generator = rng, families: int = families) -> tuple[Interval, float]:
            own = rng.random(families) < truth
            rows = np.where(rng.random((families, 5)) < 0.8, own[:, None], rng.random((families, 5)) < truth)
            return family_share(rows.ravel().astype(np.float64), np.repeat(np.arange(families), 5)), truth

        yield _cell("share by family", f"{rate:.0%}, {families} families of 5", rate, draws, one)


def difference_cells(draws: int, seed: int) -> Iterator[Cell]:
    """How much better one arm is than another, each on its own rows."""
    for (rate, gap), n in product(((0.6, 0.1), (0.8, 0.05), (0.9, 0.05), (0.95, 0.03)), (60, 150, 500, 2_000)):
        rng = np.random.default_rng([seed, n, int(1000 * rate)])

        def one(truth: float, rng: np.random.Generator = rng, n: int = n, gap: float = gap) -> tuple[Interval, float]:
            top = min(truth + gap, 0.995)
            first, second = int(rng.binomial(n, top)), int(rng.binomial(n, truth))
            return difference(wilson(first, n), wilson(second, n)), top - truth

        yield _cell("difference, other rows", f"{rate:.0%} and {gap:.0%} more, {n:,} rows each", rate, draws, one)


def paired_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The same on the same rows, from the counts of the four cells."""
    settings = product(((0.6, 0.1), (0.8, 0.05), (0.9, 0.05), (0.95, 0.03)), (60, 150, 500, 2_000), (0.3, 0.7))
    for (rate, gap), n, same in settings:
        rng = np.random.default_rng([seed, n, int(1000 * rate), int(10 * same)])

        def one(
            truth: float, rng: np.random.Generator = rng, n: int = n, gap: float = gap, same: float = same
        ) -> tuple[Interval, float]:
            top = min(truth + gap, 0.995)
            both = same * truth + (1 - same) * top * truth  # between independent and nested
            counts = rng.multinomial(n, [both, top - both, truth - both, max(0.0, 1 - top - truth + both)])
            return paired_shares(*counts.tolist()), top - truth

        yield _cell("difference, same rows", f"{rate:.0%} and {gap:.0%} more, {n:,} rows, {same:g}", rate, draws, one)


def graded_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The mean of graded scores, from the standard deviation that somebody entered."""
    for mean, n, strength in product((0.4, 0.6, 0.75, 0.9), (30, 150, 600), (1.0, 4.0, 20.0)):
        rng = np.random.default_rng([seed, n, int(1000 * mean)])

        def one(
            truth: float, rng: np.random.Generator = rng, n: int = n, strength: float = strength
        ) -> tuple[Interval, float]:
            scores = rng.beta(strength * truth, strength * (1 - truth), n)
            return mean_from_sd(float(scores.mean()), float(scores.std(ddof=1)), n), truth

        yield _cell("graded, by sd", f"mean {mean:g} of {n} rows, beta({strength:g})", mean, draws, one)


def balanced_cells(draws: int, seed: int) -> Iterator[Cell]:
    """Balanced accuracy: classes of many sizes, the same recall in each but the rarest."""
    for rate, n, classes in product((0.6, 0.8, 0.95), (200, 1_000, 5_000), (2, 6)):
        rng = np.random.default_rng([seed, n, int(1000 * rate), classes])
        sizes = np.maximum(8, n * 0.5 ** np.arange(1, classes + 1)).astype(np.int64)

        def one(
            truth: float, rng: np.random.Generator = rng, sizes: NDArray[np.int64] = sizes
        ) -> tuple[Interval, float]:
            recalls = np.full(len(sizes), truth)
            recalls[-1] = 0.8 * truth
            labels = np.repeat(np.arange(len(sizes)), sizes)
            right = rng.random(len(labels)) < recalls[labels]
            return balanced_accuracy(right, labels, len(sizes)), float(recalls.mean())

        yield _cell("balanced accuracy", f"{rate:.0%}, {n:,} rows, {classes} classes", rate, draws, one)


def auroc_cells(draws: int, seed: int) -> Iterator[Cell]:
    """Real against shuffled pairings."""
    from scipy.stats import norm

    for area, n in product((0.55, 0.7, 0.85, 0.95), (50, 200, 1_000)):
        rng = np.random.default_rng([seed, n, int(1000 * area)])

        def one(truth: float, rng: np.random.Generator = rng, n: int = n) -> tuple[Interval, float]:
            shift = float(norm.ppf(truth)) * np.sqrt(2)
            return auroc(rng.normal(shift, 1, n), rng.normal(0, 1, n)), truth

        yield _cell("AUROC", f"{area:g}, {n:,} a side", area, draws, one)


def alpha_cells(draws: int, seed: int) -> Iterator[Cell]:
    """Krippendorff's alpha of two or three reviewers who each know the answer or guess."""
    for alpha, rows, (reviewers, answers) in product((0.5, 0.67, 0.8, 0.9), (40, 100, 300), ((2, 2), (2, 6), (3, 3))):
        rng = np.random.default_rng([seed, rows, int(1000 * alpha), answers])

        def one(
            truth: float, rng: np.random.Generator = rng, rows: int = rows, reviewers: int = reviewers, k: int = answers
        ) -> tuple[Interval, float]:
            # two who know the answer with chance q and guess otherwise agree beyond chance with chance q squared
            knows = rng.random((rows, reviewers)) < np.sqrt(truth)
            right = rng.integers(k, size=rows)
            said = np.where(knows, right[:, None], rng.integers(k, size=(rows, reviewers)))
            votes = [
                Vote(f"{row:04}", f"person {person}", str(said[row, person]))
                for row in range(rows)
                for person in range(reviewers)
            ]
            return agreement(votes, int(rng.integers(2**31))).alpha, truth

        yield _cell("alpha", f"{alpha:g}, {rows} rows, {reviewers} reviewers, {answers} answers", alpha, draws, one)


def audit_cells(draws: int, seed: int) -> Iterator[Cell]:
    """The audit's share of wrong answers, stratified by what the checks flagged."""
    for rate, size, informative in product((0.02, 0.05, 0.1, 0.2, 0.3), (60, 100), (True, False)):
        each = max(1, round(draws / RATES))
        lines = [simulate(float(truth), informative, 1_000, size, each, seed) for truth in truths(rate)]
        flags = "informative" if informative else "useless"
        setting = f"{rate:.0%}, {size} of 1,000 rows, {flags} flags"
        covered, plain = (
            float(np.mean([one.covers for one in lines])),
            float(np.mean([one.plain_covers for one in lines])),
        )
        yield Cell("audit", setting, covered, float(np.mean([one.width for one in lines])))
        if informative:
            yield Cell("audit, plain draw", setting, plain, float(np.mean([one.plain_width for one in lines])))


def arms_cells(draws: int, seed: int) -> Iterator[Cell]:
    """What coverage_arms.py simulates."""
    yield from (replace(one, figure=f"arms: {one.figure}") for one in simulated_arms(draws, seed))


def noise_cells(state: Path) -> list[Cell]:
    """The label estimate where it is believed: one cell a share of flips, over all sets and sizes."""
    from competence import C_AT, asked, rule_c, sure_rate

    lines = [json.loads(line) for line in state.read_text("utf-8").split("\n") if line]
    believed = [line for line in lines if asked(line) and "top" in line and rule_c(line) >= C_AT]
    cells = []
    for flips in sorted({line["flips"] for line in believed}):
        here = [sure_rate(line) for line in believed if line["flips"] == flips]
        held = float(np.mean([low <= flips <= high for _, low, high in here]))
        width = float(np.mean([high - low for _, low, high in here]))
        cells.append(Cell("noise where believed", f"{flips:.0%} flips, {len(here)} draws of public sets", held, width))
        print(f"{held:6.1%}      width {width:.3f}  noise where believed: {flips:.0%} flips, {len(here)} draws")
    return cells


KINDS: Mapping[str, Callable[[int, int], Iterator[Cell]]] = {
    "share": share_cells,
    "clustered": clustered_cells,
    "difference": difference_cells,
    "paired": paired_cells,
    "graded": graded_cells,
    "balanced": balanced_cells,
    "auroc": auroc_cells,
    "alpha": alpha_cells,
    "audit": audit_cells,
    "arms": arms_cells,
}

if __name__ == "__main__":
    main()
