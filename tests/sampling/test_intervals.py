import pytest

from curation.sampling.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(37, 40, 0.83, 0.97), (0, 20, 0.0, 0.119), (20, 20, 0.881, 1.0)]
)
def test_wilson_gives_a_90_percent_interval(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((hits / n, low, high), abs=0.005)


def test_nothing_seen_leaves_everything_open():
    assert wilson(0, 0) == (0.0, 0.0, 1.0)
