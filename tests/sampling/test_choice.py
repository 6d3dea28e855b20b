"""The best of several prompts promises less than it scored, by as much as the choice gave it."""

import numpy as np
import pytest

from curation.sampling.choice import best_of, error_covariance, optimism
from curation.sampling.intervals import wilson


def same(k: int, error: float = 0.03) -> np.ndarray:
    return error**2 * np.eye(k)


def test_one_alone_and_one_far_ahead_lose_nothing() -> None:
    assert optimism(np.array([0.7]), same(1)) == 0
    assert optimism(np.array([0.9, 0.3, 0.2]), same(3)) < 1e-4


def test_equals_lose_most_and_more_of_them_more() -> None:
    two, four = (optimism(np.full(k, 0.7), same(k)) for k in (2, 4))
    assert two == pytest.approx(0.03 / np.sqrt(np.pi), rel=0.05)  # mean of the larger of two normals
    assert four > 1.5 * two
    assert optimism(np.array([0.72, 0.70]), same(2)) < two


def test_prompts_that_err_together_leave_chance_nothing_to_choose() -> None:
    together = 0.03**2 * np.ones((2, 2))
    assert optimism(np.array([0.7, 0.7]), together) < 1e-6


def test_a_better_score_never_counts_for_less() -> None:
    counts = [score - optimism(np.array([score, 0.7, 0.68]), same(3)) for score in np.arange(0.70, 0.80, 0.005)]
    assert counts == sorted(counts)


def test_the_best_of_four_equal_prompts_is_held_where_its_plain_interval_misses() -> None:
    """400 draws; benchmarks/coverage_arms.py has all numbers of prompts and rows."""
    rng, plain, mended = np.random.default_rng(2), 0, 0
    for _ in range(400):
        rows = (rng.random((200, 4)) < 0.75).astype(float)
        best = rows.mean(axis=0).max()
        plain += wilson(best * 200, 200)[1] <= 0.75
        _, low, high = best_of(rows)
        mended += low <= 0.75 <= high
    assert plain / 400 < 0.885
    assert 0.88 <= mended / 400 <= 0.95


def test_rows_in_families_make_errors_larger() -> None:
    rows = np.repeat(np.random.default_rng(3).random((40, 2)), 10, axis=0)
    alone, bound = error_covariance(rows), error_covariance(rows, [str(n // 10) for n in range(400)])
    assert bound[0, 0] == pytest.approx(10 * alone[0, 0], rel=0.05)
