"""Consensus: the better reviewers and the model count for more, and odd inputs give a sentence or a plain majority."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import NotChecked
from curation.records import Consensus, Vote
from curation.review.team.consensus import consensus, next_readers

NAMES = ["a", "b", "c"]


def simulated(
    rows: int, skill: dict[str, float], seed: int = 0
) -> tuple[list[Vote], dict[str, str], dict[str, list[float]]]:
    """Votes of people who are right with their skill, the truth, and a model that gives the truth .7."""
    rng = np.random.default_rng(seed)
    truth = {f"{n:03}": str(rng.choice(NAMES)) for n in range(rows)}
    votes = [
        Vote(id, who, answer if rng.random() < sure else str(rng.choice([name for name in NAMES if name != answer])))
        for id, answer in truth.items()
        for who, sure in skill.items()
    ]
    model = {id: [0.7 if name == answer else 0.15 for name in NAMES] for id, answer in truth.items()}
    return votes, truth, model


def right(found: Consensus, truth: dict[str, str]) -> float:
    return float(np.mean([row.answer == truth[row.id] for row in found.rows]))


def figures(found: Consensus) -> list[float]:
    rows = [number for row in found.rows for number in (row.quality, row.wanted)]
    return rows + [person.quality for person in found.reviewers if person.quality is not None]


def test_the_model_and_the_better_reviewers_make_the_consensus_better() -> None:
    votes, truth, model = simulated(200, {"ann": 0.95, "bob": 0.6, "cy": 0.5})
    plain, weighed = consensus(votes, NAMES), consensus(votes, NAMES, model)
    assert weighed.by_model
    assert not plain.by_model
    assert right(weighed, truth) > right(plain, truth) > 0.7
    quality = {person.reviewer: person.quality or 0 for person in weighed.reviewers}
    assert quality["ann"] > quality["bob"]
    assert quality["ann"] > quality["cy"]


def test_surer_rows_have_a_higher_quality() -> None:
    votes, truth, model = simulated(200, {"ann": 0.7, "bob": 0.6, "cy": 0.6})
    model = {id: [1 / 3] * 3 for id in model}
    found = consensus(votes, NAMES, model)
    good = [row.quality for row in found.rows if row.answer == truth[row.id]]
    bad = [row.quality for row in found.rows if row.answer != truth[row.id]]
    assert np.mean(good) > np.mean(bad)


def test_the_majority_stands_in_where_no_model_is() -> None:
    found = consensus([Vote("x", "ann", "a"), Vote("x", "bob", "a"), Vote("x", "cy", "b"), Vote("y", "ann", "b")])
    (x, y) = found.rows
    assert (x.answer, x.votes, x.backing, x.is_settled) == ("a", 3, 2, True)
    assert (y.answer, y.is_settled) == ("b", False)
    people = {person.reviewer: person for person in found.reviewers}
    assert people["ann"].quality == 0.5
    assert people["cy"].quality == 0
    assert (people["ann"].votes, people["ann"].shared, people["ann"].agreed) == (2, 1, 1)


def test_an_even_split_is_never_settled() -> None:
    found = consensus([Vote("x", "ann", "a"), Vote("x", "bob", "b")], ["a", "b"], {"x": [0.9, 0.1]})
    assert not found.rows[0].is_settled


def test_two_who_differ_everywhere_have_no_consensus_to_agree_with() -> None:
    votes = [Vote(str(n), who, answer) for n in range(8) for who, answer in (("ann", "a"), ("bob", "b"))]
    found = consensus(votes)
    assert not any(row.has_majority for row in found.rows)
    assert [(one.shared, one.decided, one.agreed, one.quality) for one in found.reviewers] == [(8, 0, 0, None)] * 2


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([], "Only one person"),
        ([Vote("x", "ann", "a"), Vote("y", "ann", "b")], "Only one person"),
        ([Vote("x", "ann", "a"), Vote("y", "bob", "b")], "No row has been answered by two"),
    ],
)
def test_too_little_says_why(votes: list[Vote], why: str) -> None:
    with pytest.raises(NotChecked, match=why):
        consensus(votes, NAMES, {"x": [0.5, 0.3, 0.2]})


@pytest.mark.parametrize("answers", [["a", "a"], ["a", "b"]], ids=["everybody always a", "never the same"])
def test_one_class_and_no_agreement_at_all_give_figures(answers: list[str]) -> None:
    votes = [Vote(str(n), who, answer) for n in range(5) for who, answer in zip(("ann", "bob"), answers, strict=True)]
    model = {str(n): [0.4, 0.3, 0.3] for n in range(5)}
    for names, chances in ((NAMES, model), ([], None), (["a"], {"0": [1.0]})):
        found = consensus(votes, names, chances)
        assert all(0 <= number <= 1 for number in figures(found))


def test_answers_the_model_does_not_know_and_broken_chances_do_no_harm() -> None:
    votes, _, model = simulated(30, {"ann": 0.9, "bob": 0.9})
    votes += [Vote("000", "cy", "new label"), Vote("elsewhere", "cy", "a"), Vote("elsewhere", "ann", "a")]
    broken = {**model, "001": [math.nan, 1.0, 0.0], "002": [0.0, 0.0, 0.0], "003": [1.0]}
    found = consensus(votes, NAMES, broken)
    assert found.by_model
    assert len(found.rows) == 31
    assert all(math.isfinite(number) and 0 <= number <= 1 for number in figures(found))


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["ann", "bob", "cy"]), st.sampled_from("abcd")), max_size=25),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_votes_give_figures_or_a_reason_whatever_their_order(rows: list[tuple[int, str, str]], model: bool) -> None:
    votes = [Vote(f"{row}", who, answer) for (row, who), answer in {(row, who): a for row, who, a in rows}.items()]
    chances = {f"{n}": [0.5, 0.3, 0.2] for n in range(6)} if model else None
    try:
        found = consensus(votes, NAMES, chances)
    except NotChecked as reason:
        assert str(reason).endswith(".") or str(reason).endswith("two.")
        return
    assert all(math.isfinite(number) and 0 <= number <= 1 for number in figures(found))
    assert found == consensus(votes[::-1], NAMES, chances)


def test_next_readers_are_the_neediest_rows_and_people_who_have_not_seen_them() -> None:
    votes = [
        Vote("agreed", "ann", "a"), Vote("agreed", "bob", "a"),
        Vote("split", "ann", "a"), Vote("split", "bob", "b"),
        Vote("single", "ann", "a"), Vote("more", "cy", "b"), Vote("more", "ann", "b"),
    ]  # fmt: skip
    lines = next_readers(votes, ["agreed", "split", "single", "untouched", "more"], consensus(votes))
    assert [line.id for line in lines] == ["untouched", "single", "split"]
    assert [line.votes for line in lines] == [0, 1, 2]
    assert lines[0].reviewer == "cy"  # the fewest answers so far
    assert lines[1].reviewer == "cy"  # now as many as bob's, and better
    assert lines[2].reviewer == "cy"
    assert lines[2].quality is None  # a tie is no consensus


def test_work_is_shared_out_evenly() -> None:
    votes = [Vote("x", "ann", "a"), Vote("x", "bob", "a")]
    lines = next_readers(votes, [f"{n}" for n in range(10)], None)
    assert sorted(line.reviewer for line in lines) == ["ann"] * 5 + ["bob"] * 5


def test_a_row_everybody_has_seen_asks_for_somebody_new() -> None:
    votes = [Vote("split", "ann", "a"), Vote("split", "bob", "b")]
    assert next_readers(votes, ["split"], consensus(votes))[0].reviewer == ""
