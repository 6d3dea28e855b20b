"""Krippendorff's alpha: the library's value, an interval around it, and no figure where there is none."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import NotChecked
from curation.review.runs import agreement_findings
from curation.review.team.agreement import (
    Vote,
    agreement,
    alpha_of,
    nominal_alpha,
    votes_by_row,
)


def votes(rows: list[list[str]]) -> list[Vote]:
    """Votes from rows of answers, a column a reviewer, "" for none."""
    return [
        Vote(f"row {n:03}", f"person {k}", answer)
        for n, row in enumerate(rows)
        for k, answer in enumerate(row)
        if answer
    ]


PUBLISHED = [  # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C, a line a unit
    ["1", "1", "", "1"], ["2", "2", "3", "2"], ["3", "3", "3", "3"], ["3", "3", "3", "3"], ["2", "2", "2", "2"],
    ["1", "2", "3", "4"], ["4", "4", "4", "4"], ["1", "1", "2", "1"], ["2", "2", "2", "2"], ["", "5", "5", "5"],
    ["", "", "1", "1"], ["", "", "3", ""],
]  # fmt: skip


def test_the_published_example_gives_its_alpha() -> None:
    found = agreement(votes(PUBLISHED))
    assert found.alpha[0] == pytest.approx(0.743, abs=5e-4)
    assert found.alpha[1] < 0.743 < found.alpha[2] <= 1
    assert (found.rows, found.reviewers) == (11, 4)


@pytest.mark.parametrize(
    ("first", "second", "alpha"),
    [  # the same paper, examples A (two observers, yes and no) and B (two observers, five kinds)
        ("0100000010", "1110010000", 1 - 76 / 84),
        ("aabbdcccedda", "babbbccceddd", 1 - 138 / 448),
        # by hand: always the other one of two answers, and the same two answers on every row
        ("abab", "baba", 1 - 7 * 8 / 32),
        ("ab", "ab", 1.0),
    ],
)
def test_published_and_hand_worked_pairs_give_their_alpha(first: str, second: str, alpha: float) -> None:
    assert nominal_alpha([Counter(pair) for pair in zip(first, second, strict=True)]) == pytest.approx(alpha, abs=1e-15)


def test_rows_with_more_answers_do_not_weigh_more_than_their_answers() -> None:
    """By hand: three answers with two alike (4 pairs differ, over 2), two alike, two that differ (2 pairs, over 1)."""
    rows = [Counter("aab"), Counter("bb"), Counter("ab")]
    assert nominal_alpha(rows) == pytest.approx(1 - 6 * (2 + 0 + 2) / (49 - 9 - 16), abs=1e-15)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), min_size=10, max_size=15))
@settings(max_examples=25, deadline=None)
def test_the_resampled_figure_is_the_exact_one(rows: list[list[str]]) -> None:
    made = votes(rows)
    counts = np.array([[row.count(name) for name in "abc"] for row in rows], dtype=np.float64)
    once = np.ones((1, len(rows)))
    if len(set("".join(map("".join, rows)))) > 1:
        assert alpha_of(counts, once)[0] == pytest.approx(nominal_alpha([Counter(row) for row in rows]), abs=1e-12)
        found = agreement(made)
        assert found == agreement(made[::-1])
        assert found.alpha[1] <= found.alpha[0] <= found.alpha[2]
    else:
        with pytest.raises(NotChecked, match="Everybody gave the same answer"):
            agreement(made)


def test_more_rows_make_the_range_narrower_and_the_seed_fixes_it() -> None:
    rng = np.random.default_rng(0)
    rows = [[t, t if rng.random() < 0.8 else "c"] for t in rng.choice(["a", "b", "c"], 400)]
    few, many = agreement(votes(rows[:40])), agreement(votes(rows))
    assert many.alpha[2] - many.alpha[1] < few.alpha[2] - few.alpha[1]
    assert few == agreement(votes(rows[:40]), seed=0) != agreement(votes(rows[:40]), seed=1)


def test_perfect_agreement_on_a_few_rows_is_not_certain() -> None:
    value, low, high = agreement(votes([["a", "a"], ["b", "b"]] * 6)).alpha
    assert (value, high) == (1, 1)
    assert 0.5 < low < 0.8


def test_guessing_reviewers_agree_by_chance_only() -> None:
    rng = np.random.default_rng(0)
    value, low, high = agreement(votes([list(rng.choice(["a", "b"], 2)) for _ in range(200)])).alpha
    assert low < 0 < high
    assert abs(value) < 0.15


def test_too_few_shared_rows_say_how_many_are_in() -> None:
    with pytest.raises(NotChecked, match="answered 10 of the same rows; so far 2"):
        agreement(votes([["a", "b"], ["a", "a"], ["a", ""]]))


def test_a_reviewers_last_vote_on_a_row_stands() -> None:
    changed = [Vote("x", "ann", "a"), Vote("x", "bob", "a"), Vote("x", "ann", "b")]
    assert votes_by_row(changed) == {"x": {"ann": "b", "bob": "a"}}


def test_two_who_nearly_always_say_one_thing_cannot_be_told_to_disagree() -> None:
    """Nineteen of twenty the same, and alpha says chance: the run holds the plain share and the reason, no alpha."""
    rows = [["a", "a"]] * 19 + [["a", "b"]]
    found = agreement(votes(rows))
    assert found.alpha[0] == pytest.approx(0, abs=0.05)
    assert (found.same, found.rows) == (19, 20)
    assert found.commonest_rate == 39 / 40
    assert found.why_unmeasured.startswith("19 of 20 rows got the same answer from everybody")
    run = agreement_findings(found, votes(rows)).run("agreement")
    assert run.status == "done"
    assert "alpha" not in run.summary
    assert run.summary["untold"] == found.why_unmeasured


def test_a_low_alpha_that_may_be_a_high_one_as_well_is_not_told_but_a_surely_low_one_is() -> None:
    wide = agreement(votes([["a", "a"]] * 8 + [["b", "b"], ["a", "b"], ["b", "b"], ["a", "b"]]))
    assert wide.alpha[0] < 0.667 < 0.8 <= wide.alpha[2]
    assert "too few rows to measure agreement" in wide.why_unmeasured
    low = agreement(votes([["a", "b"], ["b", "b"], ["a", "a"], ["b", "a"]] * 20))
    assert low.why_unmeasured == ""
    assert agreement_findings(low, []).run("agreement").summary["alpha"]["value"] == low.alpha[0]
