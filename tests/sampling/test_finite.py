"""Wrong rows of a finite set: what the draws' ends are, and that they are those of formulas where there are some."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import beta

from curation.sampling.finite import JEFFREYS, LOW, Looked, drawn


def looked(
    seen: list[int], wrong: list[int], sizes: list[int], unplaced: Sequence[int] = (), placed: Sequence[list[int]] = ()
) -> Looked:
    return Looked(
        np.array(seen),
        np.array(wrong),
        np.array(sizes),
        np.array(unplaced, np.int64),
        np.array(placed, np.int64).reshape(len(placed), len(seen)),
    )


def test_one_large_stratum_has_the_quantiles_of_its_beta() -> None:
    low, high = drawn(looked([100], [5], [1_000_000])).rate()
    assert low == pytest.approx(beta.ppf(0.05, 5 + LOW[0], 95 + LOW[1]), rel=0.03)
    assert high == pytest.approx(beta.ppf(0.95, 5 + JEFFREYS[0], 95 + JEFFREYS[1]), rel=0.03)


def test_a_stratum_looked_at_in_full_is_known_exactly() -> None:
    assert [float(end) for end in drawn(looked([40, 20], [4, 2], [40, 20])).rate()] == [0.1, 0.1]


def test_rows_seen_are_known_and_only_the_rest_is_drawn() -> None:
    low, high = drawn(looked([90], [9], [100])).rate()
    assert low == pytest.approx(0.09 + 0.1 * beta.ppf(0.05, 9.25, 81.5), abs=0.002)
    assert high == pytest.approx(0.09 + 0.1 * beta.ppf(0.95, 9.5, 81.5), abs=0.002)


def test_rows_without_a_stratum_widen_the_interval_by_what_their_place_may_be() -> None:
    known = drawn(looked([30, 70], [27, 0], [500, 4500])).rate()
    part = drawn(looked([30, 70], [27, 0], [50, 450], [4500], [[50, 450]])).rate()
    few = drawn(looked([30, 70], [27, 0], [5, 45], [4950], [[5, 45]])).rate()
    widths = [float(high - low) for low, high in (known, part, few)]
    assert widths[0] < widths[1] < widths[2]
    rows = drawn(looked([30, 70], [27, 0], [50, 450], [4500], [[50, 450]])).rows
    assert rows.sum(-1) == pytest.approx(np.full(rows.shape[0], 5000.0))
    assert rows[:, 0].mean() == pytest.approx(500, rel=0.05)


def test_a_group_spreads_over_its_own_strata_alone() -> None:
    rows = drawn(looked([9, 9, 9], [0, 0, 0], [50, 50, 50], [100, 0], [[50, 50, 0], [0, 0, 50]])).rows
    assert set(rows[:, 2].tolist()) == {50.0}


def test_many_sets_at_once_are_each_as_alone_and_the_same_again() -> None:
    both = Looked(
        np.array([[50, 50], [20, 80]]), np.array([[5, 1], [10, 0]]), np.array([[500, 4500], [200, 4800]]),
        np.zeros((2, 1), np.int64), np.ones((2, 1, 2), np.int64),
    )  # fmt: skip
    low, high = drawn(both).rate()
    alone = drawn(looked([20, 80], [10, 0], [200, 4800])).rate()
    assert (low[1], high[1]) == (pytest.approx(alone[0], rel=0.05), pytest.approx(alone[1], rel=0.05))
    assert [end.tolist() for end in drawn(both).rate()] == [low.tolist(), high.tolist()]
