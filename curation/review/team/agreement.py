"""Whether people who saw the same rows gave the same answer: Krippendorff's alpha with a bootstrap interval."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from curation.errors import NotChecked
from curation.records import Agreement, Vote
from curation.sampling.intervals import wilson
from curation.sampling.resampling import percentile, times_drawn

RESAMPLES = 2000
"""Resamples of the rows: the 5 % quantile of 2,000 is known to about half a percentage point of its rank."""
LEAST_ROWS = 10
"""Rows seen by two people from which an interval is given: fewer resampled rows repeat themselves too often."""

Floats = npt.NDArray[np.float64]


def agreement(votes: Sequence[Vote], seed: int = 0) -> Agreement:
    """How far the reviewers agree; the interval is two-sided 90 %, from resampled rows.

    The value is exact (`nominal_alpha`); the resamples use the same figure as sums over rows. Without any disagreement
    resampling would claim certainty; then the lower bound takes the share of disagreeing pairs at Wilson's upper bound
    for none in that many rows. The order of votes makes no difference.
    Raises NotChecked with fewer than LEAST_ROWS rows seen by two, or when nobody ever gave a second answer.
    """
    by_row = votes_by_row(votes)
    shared = {example: answers for example, answers in by_row.items() if len(answers) > 1}
    if len(shared) < LEAST_ROWS:
        raise NotChecked(
            f"Agreement can be measured once two people have answered {LEAST_ROWS} of the same rows; so far "
            f"{len(shared)}."
        )
    names = sorted({answer for answers in shared.values() for answer in answers.values()})
    if len(names) < 2:
        raise NotChecked("Everybody gave the same answer on every row, so agreement cannot be compared with chance.")
    counts = np.array(
        [[Counter(shared[id].values())[name] for name in names] for id in sorted(shared)], dtype=np.float64
    )
    value = nominal_alpha([Counter(answers.values()) for answers in shared.values()])
    alphas = alpha_of(counts, times_drawn(len(counts), seed, RESAMPLES))
    _, low, high = percentile(value, alphas)
    if not _disagreeing(counts).any():
        low = 1 - wilson(0, len(counts))[2] / _by_chance(counts.sum(axis=0, keepdims=True))[0]
    reviewers = {name for answers in shared.values() for name in answers}
    return Agreement(
        (value, min(value, float(low)), high),
        rows=len(shared),
        reviewers=len(reviewers),
        same=sum(len(set(answers.values())) == 1 for answers in shared.values()),
        commonest_rate=float(counts.sum(axis=0).max() / counts.sum()),
    )


def votes_by_row(votes: Sequence[Vote]) -> dict[str, dict[str, str]]:
    """Answers by example and reviewer; the last vote of a reviewer on a row stands."""
    rows: dict[str, dict[str, str]] = {}
    for vote in votes:
        rows.setdefault(vote.example, {})[vote.reviewer] = vote.answer
    return rows


def nominal_alpha(rows: Sequence[Mapping[str, int]]) -> float:
    """Krippendorff's alpha for answers without an order, -1..1: 1 - (n - 1) * observed / expected, in whole fractions.

    A row says how often each answer was given on it, two or more in all; n is the number of all answers. Observed are
    the ordered pairs of answers on a row that differ, each row's divided by its answers less one; expected are those
    of all answers whatever row they are on. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), C and
    nominal data. Raises ZeroDivisionError where only one answer was ever given.
    """
    total: Counter[str] = sum(map(Counter, rows), Counter())
    observed = sum((Fraction(_differing(row), sum(row.values()) - 1) for row in rows), Fraction())
    return float(1 - (total.total() - 1) * observed / _differing(total))


def _differing(answers: Mapping[str, int]) -> int:
    """Ordered pairs of these answers that differ."""
    return sum(answers.values()) ** 2 - sum(count**2 for count in answers.values())


def alpha_of(counts: Floats, times: Floats) -> Floats:
    """Alpha of each resample, shape (resamples,), nan where only one answer is left.

    `counts` (rows, answers): how often each answer was given on a row, two or more in all; `times` (resamples, rows):
    how often a row is in the resample. Krippendorff, Content Analysis (2004), ch. 11, nominal data.
    """
    total = times @ counts
    expected = _by_chance(total)
    observed = times @ (_disagreeing(counts) * counts.sum(axis=1)) / total.sum(axis=1)
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1.0), np.nan)


def _disagreeing(counts: Floats) -> Floats:
    """Share of the pairs of votes on each row that differ."""
    votes = counts.sum(axis=1)
    result: Floats = (votes**2 - (counts**2).sum(axis=1)) / (votes * (votes - 1))
    return result


def _by_chance(total: Floats) -> Floats:
    """Share of the pairs of all votes that differ, whatever row they are on; one a line of `total` (lines, answers)."""
    votes = total.sum(axis=1)
    result: Floats = (votes**2 - (total**2).sum(axis=1)) / (votes * (votes - 1))
    return result
