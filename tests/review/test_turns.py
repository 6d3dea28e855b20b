"""Whose turn it is in a round, and what votes add up to."""

from curation.records import Vote
from curation.review.turns import Said, added_up, first_answers, next_in_audit, next_in_team

ROWS = [f"{n:02}" for n in range(20)]


def test_an_audit_asks_for_every_row_once() -> None:
    votes: list[Vote] = []
    while (row := next_in_audit(ROWS, votes, "ann")) is not None:
        votes.append(Vote(row, "ann", "right"))
    assert sorted(vote.example for vote in votes) == ROWS
    assert next_in_audit(ROWS, votes, "bob") is None
    assert next_in_audit([], [], "ann") is None


def test_people_at_work_at_once_start_at_different_places() -> None:
    starts = {next_in_audit(ROWS, [], who) for who in ("ann", "bob", "cy", "dee", "eve")}
    assert len(starts) >= 3


def test_a_team_completes_pairs_first_and_then_settles_what_is_disputed() -> None:
    votes: list[Vote] = []
    for who in ("ann", "bob"):
        for _ in range(8):
            row = next_in_team(ROWS, votes, who, overlap=2)
            assert row is not None
            votes.append(Vote(row, who, "b" if who == "bob" and row == votes[0].example else "a"))
    assert len({vote.example for vote in votes}) == 8
    for who in ("ann", "bob"):
        while (row := next_in_team(ROWS, votes, who, 2)) is not None:
            votes.append(Vote(row, who, "a"))
    assert next_in_team(ROWS, votes, "cy", 2) == votes[0].example
    assert next_in_team(ROWS, [*votes, Vote(votes[0].example, "cy", "a")], "dee", 2) is None


def test_who_cannot_tell_is_not_asked_again_and_somebody_else_is() -> None:
    row = next_in_team(["x"], [], "ann", 2)
    votes = [Vote("x", "ann", "")]
    assert row == "x"
    assert next_in_team(["x"], votes, "ann", 2) is None
    assert next_in_team(["x"], [*votes, Vote("x", "bob", "a")], "cy", 2) == "x"


def test_agreement_is_told_from_as_many_answers_on_every_row() -> None:
    votes = [Vote("x", who, who) for who in ("ann", "bob", "cy")] + [Vote("y", "ann", "a")]
    assert [vote.reviewer for vote in first_answers(votes, 2)] == ["ann", "bob", "ann"]


def test_votes_add_up_to_what_most_of_those_who_can_tell_say() -> None:
    said = added_up(
        [
            ("one", "ann", "wrong", "refund"),
            ("even", "ann", "wrong", ""), ("even", "bob", "right", ""),
            ("most", "ann", "wrong", "b"), ("most", "bob", "wrong", "b"), ("most", "cy", "right", ""),
            ("told", "ann", "unknown", ""), ("told", "bob", "right", ""),
            ("none", "ann", "unknown", ""),
            ("again", "ann", "wrong", ""), ("again", "ann", "right", ""),
        ]
    )  # fmt: skip
    assert said == {
        "one": Said("wrong", "refund"),
        "even": Said("unknown"),
        "most": Said("wrong", "b"),
        "told": Said("right"),
        "none": Said("unknown"),
        "again": Said("right"),
    }
