"""How often the audit's interval holds the true share of wrong answers, and how wide it is.

    python benchmarks/audit.py
    python benchmarks/audit.py --audits 1000 --rows 5000 --size 100

Each line is `--audits` simulated audits: a set of `--rows` rows with exactly the given share of wrong answers, a check
that flags them (informative: half of its flags are right and it finds 70 % of the errors; useless: it flags a tenth of
the rows without knowing anything), a draw, honest answers, an estimate. `covers` is the share of 90 % intervals that
hold the truth, `width` their mean width, `rmse` the error of the estimate. Beside it the same number of rows drawn
plainly at random, with Wilson's interval. `precision covers` is the same for the check's own precision.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.records import FINDINGS_SCHEMA, Findings
from curation.review.audit.draw import Answer, draw
from curation.review.audit.estimate import estimate
from curation.sampling.intervals import stratified

PRECISION, RECALL, USELESS_FLAGS = 0.5, 0.7, 0.1
RATES = (0.0, 0.03, 0.10, 0.30)


@dataclass(frozen=True)
class Line:
    """What a run of simulated audits at one rate showed; shares 0..1."""

    covers: float
    width: float
    rmse: float
    plain_covers: float
    plain_width: float
    plain_rmse: float
    precision_covers: float
    looked_at: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audits", type=int, default=200)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.audits} audits of {options.rows:,} rows, {options.size} drawn, seed {options.seed}")
    print("flags        rate   covers  width  rmse | plain covers  width  rmse | precision covers | rows looked at")
    for informative in (True, False):
        for rate in RATES:
            line = simulate(rate, informative, options.rows, options.size, options.audits, options.seed)
            print(
                f"{'informative' if informative else 'useless':<11} {rate:5.0%}   {line.covers:6.1%}  "
                f"{line.width:.3f}  {line.rmse:.3f} | {line.plain_covers:12.1%}  {line.plain_width:.3f}  "
                f"{line.plain_rmse:.3f} | {line.precision_covers:16.1%} | {line.looked_at:.0f}",
                flush=True,
            )


def simulate(rate: float, informative: bool, rows: int, size: int, audits: int, seed: int) -> Line:
    """The line of one true rate."""
    rng = np.random.default_rng([seed, rows, size, int(1000 * rate), informative])
    ids = [f"{n:06}" for n in range(rows)]
    figures = []
    for _ in range(audits):
        wrong = np.zeros(rows, dtype=bool)
        wrong[rng.choice(rows, round(rate * rows), replace=False)] = True
        confidence = _flags(wrong, informative, rng)
        figures.append(_audited(ids, wrong, confidence, size, int(rng.integers(2**31))))
    table = np.array(figures)
    means = np.nanmean(table, axis=0)
    return Line(
        means[0], means[1], float(np.sqrt(means[2])), means[3], means[4], float(np.sqrt(means[5])), means[6], means[7]
    )


def _flags(wrong: npt.NDArray[np.bool_], informative: bool, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A check's confidence for each row, 0 where it says nothing; as many weak suspicions as flags."""
    rows = len(wrong)
    if informative:
        caught = wrong & (rng.random(rows) < RECALL)
        right = np.flatnonzero(~wrong)
        false = min(len(right), round(max(caught.sum(), 0.01 * rows) * (1 - PRECISION) / PRECISION))
        flagged = caught.copy()
        flagged[rng.choice(right, false, replace=False)] = True
    else:
        flagged = rng.random(rows) < USELESS_FLAGS
    confidence = np.where(flagged, rng.uniform(0.5, 1.0, rows), 0.0)
    rest = np.flatnonzero(~flagged)
    weak = rng.choice(rest, min(len(rest), int(flagged.sum())), replace=False)
    confidence[weak] = rng.uniform(0.01, 0.49, len(weak))
    return confidence


def _audited(
    ids: list[str], wrong: npt.NDArray[np.bool_], confidence: npt.NDArray[np.float64], size: int, seed: int
) -> list[float]:
    found = _findings({ids[n]: float(confidence[n]) for n in np.flatnonzero(confidence)})
    drawn = draw(ids, found, size, seed=seed)
    answers: dict[str, Answer] = {row.id: "wrong" if wrong[int(row.id)] else "right" for row in drawn.rows}
    done, truth = estimate(drawn, answers), float(wrong.mean())
    value, low, high = done.rate
    plain = np.random.default_rng(seed).choice(len(ids), min(size, len(ids)), replace=False)
    plain_value, plain_low, plain_high = stratified(
        {"all": len(ids)}, {"all": int(wrong[plain].sum())}, {"all": len(plain)}
    )
    precise = np.nan
    for check in done.precision:
        real = float(wrong[confidence >= 0.5].mean())
        if check.rate is not None:
            precise = float(check.rate[1] <= real <= check.rate[2])
    return [
        low <= truth <= high,
        high - low,
        (value - truth) ** 2,
        plain_low <= truth <= plain_high,
        plain_high - plain_low,
        (plain_value - truth) ** 2,
        precise,
        len(drawn.rows),
    ]


def _findings(confidence: Mapping[str, float]) -> Findings:
    n = len(confidence)
    columns = {
        "check": ["label_noise"] * n,
        "id": list(confidence),
        "cluster": [None] * n,
        "confidence": list(confidence.values()),
        "message": [""] * n,
        "evidence": ["{}"] * n,
        "suggestion": ["look"] * n,
    }
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA))


if __name__ == "__main__":
    main()
