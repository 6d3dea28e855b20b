"""Limits hold whatever an endpoint says about itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.endpoint.ledger import CapReached, Ledger, Prices, check_caps
from curation.errors import UsageError
from curation.records import Caps
from curation.text.tokens import (
    Usage,
    counted,
    estimate,
    most,
    usage,
)

lies = st.none() | st.integers(-5, 10**9) | st.floats(allow_nan=True) | st.text(max_size=3) | st.booleans()


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=30), lies, lies), max_size=30), st.integers(0, 3000))
def test_no_count_an_endpoint_gives_passes_a_limit(calls: list[tuple[str, str, object, object]], limit: int) -> None:
    prices = Prices(0.001, 0.002)
    ledger = Ledger(Caps(10, limit, 2.0), prices)
    asked = 0
    for prompt, reply, said_prompt, said_output in calls:
        worst = Usage(most(prompt), 32)
        try:
            ledger.reserve(worst)
        except CapReached:
            continue
        assert ledger.tokens <= limit
        assert ledger.cost <= 2.0
        asked += 1
        found = usage(said_prompt, said_output, prompt, 1, reply, 32)
        ledger.settle(worst, counted(found, prompt, reply, 32))
        assert ledger.tokens <= limit
    assert asked == ledger.calls <= 10


@pytest.mark.parametrize("said", [None, 0, -1, 10**9, "12", 3.5, True, {}])
def test_an_absent_or_impossible_count_becomes_an_estimate(said: object) -> None:
    prompt, reply = "what is the word " * 25, "answer " * 4
    found = usage(said, said, prompt, 1, reply, 32)
    assert found.estimated
    assert (found.prompt, found.output) == (estimate(prompt), estimate(reply))
    assert counted(found, prompt, reply, 32).prompt == pytest.approx(1.33 * estimate(prompt))


def test_a_possible_count_is_taken_but_never_far_below_the_estimate() -> None:
    prompt = "what is the word " * 25
    found = usage(101, 7, prompt, 1, "answer " * 4, 32)
    assert found == Usage(101, 7, False)
    low = counted(usage(40, 2, prompt, 1, "answer " * 4, 32), prompt, "answer " * 4, 32)
    assert low.prompt == pytest.approx(0.7 * estimate(prompt))


def test_an_empty_reply_may_have_used_tokens_for_thinking() -> None:
    assert usage(100, 32, "word " * 80, 1, "", 32) == Usage(100, 32, False)


def test_limits_are_sensible() -> None:
    with pytest.raises(UsageError):
        check_caps(Caps(calls=-1))
    with pytest.raises(CapReached, match="limit of 0 calls"):
        Ledger(Caps(calls=0), Prices()).reserve(Usage(1, 1))
