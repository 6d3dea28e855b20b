"""Replies are scored as their measures say; a reply that is no label is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import NotChecked
from curation.measure.scores import chrf, exact_match, read_label, score, token_f1

LABELS = ("card_arrival", "card_payment", "Lost card", "refund")


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ("card_arrival", "card_arrival"),
        (" Card arrival.\n\nText: more", "card_arrival"),
        ('"lost card"', "Lost card"),
        ("Label: refund", "refund"),
        ("\n\nREFUND!", "refund"),
        ("The label is refund", None),
        ("card_arrival, card_payment", None),
        ("card", None),
        ("", None),
        ("\u202erefund", None),
    ],
)
def test_a_reply_is_a_label_only_when_it_is_nothing_else(reply: str, label: str | None) -> None:
    assert read_label(reply, LABELS) == label


def test_labels_that_differ_in_case_alone_are_told_apart() -> None:
    assert read_label("May", ("MAY", "May")) == "May"
    assert read_label("may", ("MAY", "May")) is None


def test_a_wrong_label_and_no_label_are_both_wrong_and_only_one_is_silent() -> None:
    assert score("accuracy", "refund", "refund", LABELS) == (1.0, False)
    assert score("accuracy", "card_payment", "refund", LABELS) == (0.0, False)
    assert score("accuracy", "I cannot tell", "refund", LABELS) == (0.0, True)


def test_judged_answers_need_a_person() -> None:
    with pytest.raises(NotChecked, match="need a person"):
        score("judged", "a", "b")


def test_exact_match_looks_past_case_space_and_end_marks() -> None:
    assert exact_match(' "The  Answer." ', "the answer") == 1
    assert exact_match("12,5", "125") == 0


def test_token_f1_is_squads() -> None:
    # 3 shared of 4 and 5 words once articles are gone
    assert token_f1("The black cat sat down", "a black cat sat on mats") == pytest.approx(2 * 3 / (4 + 5))
    assert token_f1("", "") == 1
    assert token_f1("", "word") == 0


@pytest.mark.parametrize(
    ("reply", "answer", "sacrebleu"),
    [
        ("the cat sat", "the cat sat", 100.0),
        ("the cat sat on mat", "the cat sat on the mat", 66.92857239808531),
        ("a", "b", 0.0),
        ("", "b", 0.0),
        ("x", "xy", 55.55555555555556),
        ("Grüße aus Köln", "Grüsse aus Köln", 60.329338545767854),
        ("hello world", "world hello", 59.06084656084657),
        ("ab", "ab cd ef gh", 23.404255319148938),
    ],
)
def test_chrf_is_sacrebleus_sentence_chrf(reply: str, answer: str, sacrebleu: float) -> None:
    assert 100 * chrf(reply, answer) == pytest.approx(sacrebleu, abs=1e-9)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["exact_match", "token_f1", "chrf"]))
def test_every_score_is_between_0_and_1(reply: str, answer: str, metric: str) -> None:
    assert 0 <= score(metric, reply, answer)[0] <= 1
