"""Simulated audits: the 90 % interval holds the true share of wrong answers as often as it says."""

import pytest

from benchmarks.audit import simulate


@pytest.mark.parametrize("rate", [0.0, 0.03, 0.10, 0.30])
@pytest.mark.parametrize("informative", [True, False], ids=["good flags", "flags that know nothing"])
def test_the_interval_covers_and_is_not_wide(rate: float, informative: bool) -> None:
    line = simulate(rate, informative, rows=400, size=100, audits=200, seed=0)
    assert line.covers >= 0.86
    assert line.precision_covers >= 0.84  # of few rows, so of few possible intervals
    assert line.width < 0.17
    if informative and rate:
        assert line.width < line.plain_width
        assert line.rmse < line.plain_rmse
