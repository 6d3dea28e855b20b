"""Intervals of graded scores and of paired differences: known figures, families, ends of the scale, coverage."""

import numpy as np
import pytest

from curation.sampling.intervals import mean_from_sd, paired_shares, wilson
from curation.sampling.paired import graded, paired, spread

RNG = np.random.default_rng(0)


def test_right_and_wrong_is_a_share_and_a_share_has_wilsons_interval() -> None:
    assert graded(np.array([1.0] * 37 + [0.0] * 3)) == wilson(37, 40)
    assert mean_from_sd(0.7, np.sqrt(0.21), 500) == pytest.approx(wilson(350, 500), abs=0.001)


def test_scores_that_spread_less_than_right_and_wrong_are_known_more_surely() -> None:
    scores = RNG.beta(5, 4, 150)
    mean, low, high = graded(scores)
    assert mean == pytest.approx(scores.mean())
    share = wilson(150 * mean, 150)
    assert high - low < (share[2] - share[1]) / 2
    assert (low, high) == pytest.approx(
        (mean - 1.655 * scores.std() / 150**0.5, mean + 1.655 * scores.std() / 150**0.5), abs=0.002
    )


def test_an_interval_stays_on_the_scale_and_reaches_further_to_the_middle() -> None:
    scores = np.array([1.0] * 28 + [0.6, 0.2])
    mean, low, high = graded(scores)
    assert mean - low > 1.2 * (high - mean)
    assert high <= 1
    assert graded(np.ones(20))[1] == pytest.approx(wilson(20, 20)[1])
    assert graded(np.zeros(0)) == (0.0, 0.0, 1.0)
    assert mean_from_sd(0.4, 0.2, 1) == (0.4, 0.0, 1.0)


def test_twenty_wordings_of_one_row_tell_as_much_as_one() -> None:
    originals = (RNG.random(60) < 0.7).astype(float)
    rows, families = np.repeat(originals, 20), [f"family {n}" for n in range(60) for _ in range(20)]
    mean, low, high = graded(rows, families)
    alone = graded(originals)
    assert mean == pytest.approx(alone[0])
    assert high - low == pytest.approx(alone[2] - alone[1], rel=0.1)
    assert high - low > 3 * (graded(rows)[2] - graded(rows)[1])
    assert spread(rows, families)[1] == 60


def test_a_paired_difference_of_shares_is_newcombes_and_turns_with_the_order() -> None:
    first, second = np.array([1.0] * 48 + [0.0] * 2), np.array([1.0] * 36 + [0.0] * 12 + [1.0] * 2)
    assert paired(first, second) == paired_shares(36, 12, 2, 0)
    value, low, high = paired(second, first)
    assert (-value, -high, -low) == pytest.approx(paired(first, second))
    assert paired(np.zeros(0), np.zeros(0)) == (0.0, -1.0, 1.0)


def test_pairing_tells_a_gain_that_two_single_intervals_hide() -> None:
    hard = RNG.beta(2, 1.5, 150)
    first, second = np.clip(hard + 0.03 + RNG.normal(0, 0.03, 150), 0, 1), hard
    value, low, high = paired(first, second)
    assert 0.015 < low < value < high < 0.05
    assert graded(second)[2] > graded(first)[1]


def test_a_difference_seen_in_one_family_only_is_not_sure() -> None:
    second = np.zeros(100)
    first = np.array([1.0] * 20 + [0.0] * 80)
    assert paired(first, second)[1] > 0
    assert paired(first, second, ["a"] * 20 + [f"b{n // 20}" for n in range(80)])[1] < 0


@pytest.mark.parametrize(("rows", "family"), [(150, 1), (300, 5)])
def test_the_intervals_hold_the_truth_about_nine_times_in_ten(rows: int, family: int) -> None:
    """400 draws of two systems that share what is hard; benchmarks/coverage_arms.py has all shapes and sizes."""
    rng, held_mean, held_gain = np.random.default_rng(5), 0, 0
    codes = np.arange(rows) // family
    names = codes.astype(str).tolist()
    for _ in range(400):
        hard = rng.normal(0, 1, codes.max() + 1)[codes] if family > 1 else rng.normal(0, 1, rows)
        first = np.clip(0.6 + 0.12 * hard + rng.normal(0, 0.08, rows), 0, 1)
        second = np.clip(0.55 + 0.12 * hard + rng.normal(0, 0.08, rows), 0, 1)
        held_mean += graded(first, names)[1] <= 0.6 <= graded(first, names)[2]
        held_gain += paired(first, second, names)[1] <= 0.05 <= paired(first, second, names)[2]
    assert 0.86 <= held_mean / 400 <= 0.95
    assert 0.86 <= held_gain / 400 <= 0.95
