"""Intervals, learning curves and costs against figures known otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readiness_scenarios import MODEL, PRICES, TRAFFIC

from curation.errors import NotChecked
from curation.readiness.arms import rows_to_tell, scored
from curation.readiness.money import Ways, Work, money, training_cost
from curation.readiness.policy import load_policy
from curation.readiness.stand_in.curve import Limits, Measured, fit
from curation.readiness.stand_in.neighbours import chrf
from curation.records.context import Arm, Context, Prices, Traffic
from curation.sampling.intervals import (
    auroc,
    difference,
    wilson,
)
from curation.sampling.resampling import resampled

RULE = load_policy().items["economics"]
SIZES = np.array([100, 143, 204, 292, 417, 595, 850, 1214], dtype=float)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_holds_its_share_and_stays_in_range(hits: int, n: int) -> None:
    share, low, high = wilson(min(hits, n), n)
    assert 0 <= low <= share <= high <= 1


def test_wilson_gives_the_figures_of_the_design() -> None:
    assert wilson(0.96 * 400, 400)[1] == pytest.approx(0.941, abs=0.001)
    assert wilson(0.96 * 2000, 2000)[1] == pytest.approx(0.952, abs=0.001)
    assert wilson(37, 40)[1] == pytest.approx(0.83, abs=0.01)


def rows_to_decide(share: float, line: float) -> int | None:
    (arm,) = scored(Context(arms=(Arm("few_shot", share, 200),)))
    return rows_to_tell(arm, "accuracy", line)


def test_the_rows_to_decide_are_enough_and_just_enough() -> None:
    n = rows_to_decide(0.8, 0.77)
    assert n is not None
    assert wilson(0.8 * n, n)[1] > 0.77
    assert wilson(0.8 * (n - 1), n - 1)[1] <= 0.77
    assert rows_to_decide(0.8, 0.8) is None


def test_a_difference_is_wider_than_either_and_turns_with_its_sign() -> None:
    first, second = wilson(80, 100), wilson(70, 100)
    value, low, high = difference(first, second)
    assert low < 0 < value < high
    assert difference(second, first) == pytest.approx((-value, -high, -low))


def test_rows_of_one_group_count_as_one() -> None:
    values = np.array([1.0, 0.0] * 20)
    alone = resampled(values, [str(n) for n in range(40)], np.random.default_rng(0), 500, np.ones(40))
    paired = resampled(values, [str(n // 20) for n in range(40)], np.random.default_rng(0), 500, np.ones(40))
    whole = resampled(
        np.repeat([1.0, 0.0], 20), [str(n // 20) for n in range(40)], np.random.default_rng(0), 500, np.ones(40)
    )
    assert alone[0] == paired[0] == whole[0] == 0.5
    assert whole[2] - whole[1] > 3 * (alone[2] - alone[1])


def test_auroc_counts_ties_half() -> None:
    assert auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0]))[0] == 1.0
    assert auroc(np.ones(5), np.ones(5))[0] == 0.5


def test_chrf_of_the_same_text_is_one_and_of_none_in_common_zero() -> None:
    assert chrf("the same", "the same") == pytest.approx(1.0)
    assert chrf("abc", "xyz") == 0.0
    assert 0 < chrf("a cat sat", "a cat slept") < 1


def curve(scores: np.ndarray, held: int = 2000):  # type: ignore[no-untyped-def,type-arg]
    return fit(
        Measured("accuracy", SIZES, np.tile(scores, (5, 1)), held),
        1214,
        Limits(0.95, 1.1, 4),
        40,
        np.random.default_rng(0),
    )


def test_a_flattening_curve_is_forecast_and_its_band_holds_the_truth() -> None:
    def truth(n: np.ndarray | float):  # type: ignore[no-untyped-def,type-arg]
        return 0.92 - 2.0 * np.power(n, -0.6)

    found = curve(truth(SIZES))
    assert not found.refused
    for times in (2, 4):
        value, low, high = found.forecast[times]
        assert value == pytest.approx(float(truth(times * 1214.0)), abs=0.02)
        assert low <= truth(times * 1214.0) <= high


def test_a_steepening_curve_is_not_forecast() -> None:
    found = curve(0.3 + 0.02 * np.exp(np.log(SIZES / 100) * 1.2))
    assert found.refused
    assert found.steepening
    assert found.forecast == {}


def test_a_flat_curve_is_neither_growing_nor_refused() -> None:
    found = curve(np.full(8, 0.5))
    assert not found.steepening
    assert abs(found.doubling[0]) < 0.01


def test_growth_in_between_is_forecast_for_one_doubling_only() -> None:
    even = 0.2 + 0.08 * np.log(SIZES / 50)
    assert list(curve(even, held=50_000).forecast) == [2]


def test_growth_that_may_be_picking_up_is_not_forecast_but_is_no_reason_to_collect() -> None:
    found = curve(0.2 + 0.08 * np.log(SIZES / 50), held=300)
    assert found.ratio[0] < 1.1 < found.ratio[2]
    assert found.refused
    assert not found.steepening
    assert found.line[-1][0] == pytest.approx(SIZES[-1])


def test_next_to_no_growth_is_forecast_however_uncertain_its_shape() -> None:
    found = fit(
        Measured("chrf", SIZES, np.tile(0.2 + 0.001 * np.log(SIZES), (5, 1)), 150, np.full(8, 0.005)),
        1500,
        Limits(0.95, 1.1, 4),
        40,
        np.random.default_rng(0),
    )
    assert found.ratio[2] > 1.1
    assert not found.refused
    assert found.line[-1][0] >= 3000


def work(rows: float = 0.0) -> Work:
    return Work((rows, rows, rows), 10_000, (400.0, 320.0, 480.0), (300.0, 240.0, 360.0), 0)


def context(traffic: Traffic = TRAFFIC, prices: Prices = PRICES) -> Context:
    return Context(traffic=traffic, prices=prices, model=MODEL)


def test_gpu_time_of_the_sanity_case_is_a_few_dollars() -> None:
    one_try = {**RULE.settings, "runs_low": 1, "runs_high": 1}
    readings = training_cost(context(), work(), one_try)
    assert readings is not None
    value, (low, high) = readings[0], np.quantile(readings, [0.05, 0.95])
    assert 0.8 <= value / 2.0 <= 1.2
    assert low < value < high


def test_labels_dominate() -> None:
    found = money(context(), Ways(), work(10_000), RULE)
    assert found.labelling == pytest.approx(4167, abs=1)
    assert found.labelling > 100 * found.training[0]


def test_months_do_not_change_when_all_prices_do() -> None:
    names = [
        name for name, value in vars(PRICES).items() if isinstance(value, float) and name != "label_minutes_per_row"
    ]
    dear = replace(PRICES, **{name: 7 * getattr(PRICES, name) for name in names})
    usual = money(context(), Ways(), work(500), RULE)
    assert money(context(prices=dear), Ways(), work(500), RULE).months == pytest.approx(usual.months)


def test_hosting_that_eats_the_saving_is_never_earned_back() -> None:
    found = money(context(prices=replace(PRICES, hosting_per_month=5000)), Ways(), work(500), RULE)
    assert found.months[0] == RULE.settings["never"]
    assert found.calls_needed is not None
    enough = replace(TRAFFIC, calls_per_month=int(found.calls_needed) + 1)
    dear = replace(PRICES, hosting_per_month=5000)
    assert money(context(enough, dear), Ways(), work(500), RULE).months[0] <= 12


def test_what_is_not_given_is_named() -> None:
    with pytest.raises(NotChecked, match="calls per month"):
        money(context(replace(TRAFFIC, calls_per_month=None)), Ways(), work(), RULE)
    free = money(context(prices=replace(PRICES, gpu_hour=None, label_hour=None)), Ways(), work(5), RULE)
    assert free.left_out == ("labelling", "training", "engineering", "what right answers are worth")


def test_a_longer_cached_prompt_saves_less() -> None:
    cheap = replace(PRICES, cached_input_per_million=0.05)
    cached = replace(TRAFFIC, cached_prompt_share=0.9)
    usual, better = (money(context(t, cheap), Ways(), work(), RULE).prompt_month for t in (TRAFFIC, cached))
    assert better < usual / 3
