"""Suggestions people see: who decides blind, how far they are pulled, when that is told."""

import numpy as np
import pytest

from curation.records import Action, Decision, ReadAs
from curation.review.suggestions import BLIND_SHARE, Change, Decided, decided_as, is_blind, pull, was_shown


def test_a_tenth_of_the_rows_is_blind_by_seed_and_stays_so() -> None:
    blind = [is_blind(f"{n}", seed=1) for n in range(5000)]
    assert sum(blind) / 5000 == pytest.approx(BLIND_SHARE, abs=0.015)
    assert blind == [is_blind(f"{n}", seed=1) for n in range(5000)]
    assert blind != [is_blind(f"{n}", seed=2) for n in range(5000)]


def test_a_suggestion_was_shown_by_the_setting_that_stood_then_and_never_on_a_blind_row() -> None:
    changes = [Change("2026-01-01T10:00:00", "shown"), Change("2026-01-02T10:00:00", "hidden")]
    open_row = next(f"{n}" for n in range(100) if not is_blind(f"{n}"))
    blind_row = next(f"{n}" for n in range(100) if is_blind(f"{n}"))
    assert not was_shown(open_row, "2026-01-01T09:00:00", changes)
    assert was_shown(open_row, "2026-01-01T11:00:00", changes)
    assert not was_shown(open_row, "2026-01-03T00:00:00", changes)
    assert not was_shown(blind_row, "2026-01-01T11:00:00", changes)
    assert not was_shown(open_row, "2026-01-01T11:00:00", [])


@pytest.mark.parametrize(
    ("action", "answer", "agrees"),
    [("accept", "right", True), ("accept", "wrong", False), ("reject", "wrong", True), ("label", "right", False),
     ("edit", "wrong", True), ("skip", "wrong", None), ("accept", "unsure", None)],
)  # fmt: skip
def test_what_a_decision_says_of_the_models_answer(action: Action, answer: ReadAs, agrees: bool | None) -> None:
    found = decided_as(Decision("x", action, "", "ann", "2026", 0), answer, True)
    assert (found and found.agrees) is agrees


def rows(shown: int, blind: int, with_it: float, without: float, answer: ReadAs = "wrong") -> list[Decided]:
    made = [Decided(answer, True, n < with_it * shown) for n in range(shown)]
    return made + [Decided(answer, False, n < without * blind) for n in range(blind)]


def test_the_pull_is_the_agreement_shown_rows_have_more_than_blind_ones() -> None:
    found = pull(rows(900, 100, 0.8, 0.5))
    assert found is not None and found.difference[0] == pytest.approx(0.3)
    assert found.difference[1:] == pytest.approx((0.2157, 0.3838), abs=1e-3)
    assert (found.shown, found.blind) == (900, 100)
    assert found.is_certain


def test_the_mixture_of_answers_is_the_same_on_both_sides() -> None:
    # Blind rows happen to hold more of those the model calls right, on which everybody agrees anyway.
    found = pull(
        [*rows(450, 10, 0.5, 0.5, "wrong"), *rows(450, 90, 1.0, 1.0, "right")],
    )
    assert found is not None and found.difference[0] == pytest.approx(0.0, abs=1e-9)
    assert not found.is_certain


def test_nothing_is_told_without_enough_blind_rows() -> None:
    assert pull(rows(900, 9, 0.9, 0.3)) is None
    assert pull(rows(0, 100, 0.9, 0.3)) is None


def reviewed(follow: float, decisions: int) -> list[Decided]:
    rng = np.random.default_rng(1)
    told = []
    for n in range(decisions):
        blind = is_blind(f"{n}", 7)
        agrees = bool(rng.random() < 0.5) or (not blind and bool(rng.random() < follow))
        told.append(Decided("wrong", not blind, agrees))
    return told


@pytest.mark.parametrize(("follow", "warned"), [(0.0, False), (0.3, True)])
def test_reviewers_who_follow_in_three_of_ten_are_warned_of_and_those_who_do_not_are_not(
    follow: float, warned: bool
) -> None:
    found = pull(reviewed(follow, 4000))
    assert found is not None and found.is_certain is warned
    assert not found.is_open
    assert found.difference[1] < follow * 0.5 < found.difference[2]


@pytest.mark.parametrize("follow", [0.0, 0.3])
def test_few_blind_rows_are_said_to_tell_nothing_yet(follow: float) -> None:
    found = pull(reviewed(follow, 300))
    assert found is not None and found.is_open and not found.is_certain
