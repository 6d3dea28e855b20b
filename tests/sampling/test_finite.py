"""Wrong rows of a finite set: what the draws' ends are, and that they are those of formulas where there are some."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import beta, betabinom

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
    low, high = drawn(looked([90], [9], [190])).rate()
    assert low == pytest.approx((9 + betabinom.ppf(0.05, 100, 9 + LOW[0], 81 + LOW[1])) / 190, abs=1 / 190)
    assert high == pytest.approx((9 + betabinom.ppf(0.95, 100, 9 + JEFFREYS[0], 81 + JEFFREYS[1])) / 190, abs=1 / 190)


@pytest.mark.parametrize("sizes", [(300, 0), (250, 50), (200, 100)])
def test_where_a_third_of_the_rows_was_seen_the_interval_holds_for_these_very_rows(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    wrong, audits = (sizes[0] // 20, sizes[1] // 2), 2000
    strata = [n for n, size in enumerate(sizes) if size]
    seen = np.array([[sizes[n] // 3 for n in strata]] * audits)
    bad = np.array([[wrong[n] for n in strata]] * audits)
    whole = np.array([[sizes[n] for n in strata]] * audits)
    none = np.zeros((audits, 0), np.int64)
    found = Looked(seen, rng.hypergeometric(bad, whole - bad, seen), whole, none, none.reshape(audits, 0, 1))
    low, high = drawn(found, draws=500).rate()
    truth = bad[0].sum() / whole[0].sum()
    # Counts jump: at the next end outside the interval the share would be under .86 (to hold is to hold at least).
    assert 0.88 <= np.mean((low <= truth) & (truth <= high)) <= 0.96


def test_rows_without_a_stratum_lie_by_chance_in_one_or_the_other() -> None:
    # 50 of 100 rows read were called wrong: of the 100 unread ones 35 to 65, not the 40 to 60 a share alone would say.
    rows = drawn(looked([10, 10], [0, 0], [50, 50], [100], [[50, 50]])).rows[:, 0] - 50
    assert np.quantile(rows, [0.05, 0.95]).tolist() == pytest.approx(
        [betabinom.ppf(end, 100, 50.5, 50.5) for end in (0.05, 0.95)], abs=1
    )


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
