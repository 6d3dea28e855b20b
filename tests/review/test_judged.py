"""Which answer a reviewer judged, whether it is gone, and what that says of the answer a check flagged."""

from collections.abc import Sequence

import pytest

from curation.records import Action, Decision
from curation.review.audit.draw import Answer
from curation.review.audit.judgement import (
    Past,
    Texts,
    is_decided_singly,
    is_mended,
    of_flag,
    version_checked,
)

OLD = Texts("in", "refund", "refund")


def past(made: Sequence[tuple[Action, str]], bulk: Sequence[int] = ()) -> Past:
    """A row's history of (action, value), numbered from 1, one a second."""
    decisions = [
        Decision("x", action, value, "ann", f"2026-01-01T00:00:{n:02}+00:00", n - 1, "", n)
        for n, (action, value) in enumerate(made, start=1)
    ]
    return Past(OLD, decisions, frozenset(bulk))


def test_what_a_row_said_at_a_version() -> None:
    found = past([("label", "card"), ("accept", ""), ("undo", "1")])
    assert [found.at(n).label for n in range(4)] == ["refund", "card", "card", "refund"]
    assert found.now == OLD


def test_a_row_is_mended_once_the_answer_called_wrong_is_gone() -> None:
    bulk = past([("label", "card")], bulk=[1])  # followed a suggestion, then judged
    assert not is_mended(bulk, 1, "")
    assert not is_mended(bulk, 1, "delivery")
    assert is_mended(past([("label", "card"), ("label", "delivery")], bulk=[1, 2]), 1, "delivery")
    assert is_mended(past([("label", "card"), ("reject", "")], bulk=[1, 2]), 1, "")


def test_a_bulk_change_to_another_label_than_the_reviewers_mends_nothing_but_a_persons_does() -> None:
    assert not is_mended(past([("label", "card")], bulk=[1]), 0, "delivery")
    assert is_mended(past([("label", "card")]), 0, "delivery")
    assert is_mended(past([("label", "card")], bulk=[1]), 0, "")


def test_only_a_standing_decision_made_alone_and_since_counts_as_a_persons() -> None:
    assert is_decided_singly(past([("accept", "")]), 0)
    assert not is_decided_singly(past([("accept", "")]), 1)
    assert not is_decided_singly(past([("accept", "")], bulk=[1]), 0)
    assert not is_decided_singly(past([("accept", ""), ("undo", "1")]), 0)
    assert not is_decided_singly(past([("skip", ""), ("flag", "")]), 0)


@pytest.mark.parametrize(
    ("answer", "right", "says"),
    [
        ("right", "", "wrong"),  # the new label is right, so the flagged one was wrong: the flag was right
        ("wrong", "refund", "right"),  # the old label should have stayed: a false alarm
        ("wrong", "delivery", "wrong"),
        ("wrong", "", "unknown"),
        ("unknown", "", "unknown"),
    ],
)
def test_what_an_answer_on_the_new_label_says_of_the_flagged_one(answer: Answer, right: str, says: Answer) -> None:
    new = Texts("in", "refund", "card")
    assert of_flag(OLD, new, answer, right, is_labels=True) == says
    assert of_flag(OLD, OLD, answer, right, is_labels=True) == answer


def test_a_text_edited_since_tells_nothing_of_the_flagged_one() -> None:
    assert of_flag(OLD, Texts("in", "another", "refund"), "right", "", is_labels=False) == "unknown"
    assert of_flag(OLD, Texts("other", "refund", "card"), "right", "", is_labels=True) == "unknown"


def test_a_check_had_seen_the_label_it_says_it_saw() -> None:
    found = past([("label", "card"), ("label", "delivery")])
    assert version_checked(found, "2026-01-01T00:00:01+00:00", None) == 0
    assert version_checked(found, "2026-01-01T00:00:02+00:00", None) == 1
    assert version_checked(found, "2026-01-01T00:00:59+00:00", None) == 2
    assert version_checked(found, "2026-01-01T00:00:59+00:00", "card") == 1  # decided while the check ran
    assert version_checked(found, "2026-01-01T00:00:59+00:00", "never seen") == 2
