"""Which rows are nearest, and what is one answer over and over: told without looking at everything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from curation.readiness.stand_in.pairing import _largest
from curation.readiness.texts.loops import is_loop

FEW_VALUES = st.integers(0, 3).map(float)  # so that many are equal


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(5, 30)), elements=FEW_VALUES), st.integers(1, 5))
def test_the_largest_come_in_order_and_of_equal_ones_the_first(values: np.ndarray, k: int) -> None:
    assert _largest(values, k).tolist() == np.argsort(-values, axis=1, kind="stable")[:, :k].tolist()


@pytest.mark.parametrize("part", ["so", "yes no", "one two three four five six"])
@pytest.mark.parametrize("other", ["", "quite another thing stands here "])
def test_an_answer_that_repeats_itself_is_found_with_other_words_before_it(part: str, other: str) -> None:
    repeated = " ".join([part] * 30)
    assert is_loop("Say what it is.", other + repeated)
    assert not is_loop("Say what it is.", " ".join(f"word{n}" for n in range(30)) + " " + " ".join([part] * 2))
