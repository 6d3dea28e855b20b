"""What a reply says of a row, and that everything else says nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.model_review.prompt import FORM, Question, Writer
from curation.model_review.reply import LONGEST_REASON, Said, said_in
from curation.model_review.rows import Row
from curation.model_review.rubric import built_in
from tests.model_review.conftest import reading

SORT, TEXT = built_in("classification"), built_in("text")
ASKED = Writer(TEXT, {}).write(Row("a", "When was it built?", "It was built in 1999, or later."))


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (reading("right"), "right"),
        (reading("Wrong."), "wrong"),
        (reading("CANNOT TELL"), "unsure"),
        (f"```json\n{reading('wrong')}\n```", "wrong"),
        (f"<think>{reading('right')} no, wait</think>{reading('wrong')}", "wrong"),
        (f"Here it is: {reading('unsure')} I hope this helps.", "unsure"),
        (f"{{not json}} {reading('right')}", "right"),
    ],
)
def test_a_reply_with_a_reading_is_understood(reply: str, answer: str) -> None:
    said = said_in(reply, ASKED, TEXT)
    assert said is not None
    assert said.answer == answer


@pytest.mark.parametrize(
    "reply",
    [
        "", "right", "The answer is right.", "{", "[]", "null", '"right"', "{}", reading("fine"), reading("yes"),
        reading("right | wrong | unsure"), reading("wrong")[:-15], '{"reading": true}', '{"reading": ["right"]}',
        '{"verdict": "right"}', reading("right", reason=FORM["reason"]), "[" * 100_000, '{"a":' * 5_000, f"<think>{reading('right')}",
    ],
)  # fmt: skip
def test_any_other_reply_says_nothing(reply: str) -> None:
    assert said_in(reply, ASKED, TEXT) is None


def test_a_reply_that_repeats_the_question_says_nothing_by_it() -> None:
    question = Writer(TEXT, {}).write(Row("a", "Say it", reading("right")))
    echo = question.first.whole
    assert said_in(echo, question, TEXT) is None
    assert said_in(echo + reading("wrong"), question, TEXT) == Said("wrong", "other", "", "because")
    assert said_in(f"{question.sent[1]}\n<<END ANSWER {question.nonce}>>", question, TEXT) is None


@given(st.text(max_size=300))
def test_no_reply_crashes(text: str) -> None:
    said = said_in(text, ASKED, TEXT)
    assert said is None or said.answer in ("right", "wrong", "unsure")


def test_a_fault_has_a_kind_of_the_rubric_a_passage_of_the_row_and_one_line_of_reason() -> None:
    whole = reading("wrong", kind="Made up", passage="built in 1999", reason="a\nb " + "x" * 1000)
    said = said_in(whole, ASKED, TEXT)
    assert said is not None
    assert (said.kind, said.passage, said.reason[:4]) == ("made_up", "built in 1999", "a b ")
    assert len(said.reason) == LONGEST_REASON
    other = said_in(reading("wrong", kind="ugly", passage="built in 2005"), ASKED, TEXT)
    assert other == Said("wrong", "other", "", "because")
    assert said_in(reading("right", kind="made_up", passage="It"), ASKED, TEXT) == Said("right", reason="because")


@pytest.mark.parametrize(
    ("said", "labels", "kind", "answer", "kept"),
    [
        ("right", ["refund", "delivery"], "", "right", ("refund", "delivery")),
        ("right", [" Refund ", "nonsense"], "", "right", ("refund",)),
        ("right", ["delivery", "refund"], "", "unsure", ("delivery", "refund")),
        ("wrong", ["delivery"], "other_label", "wrong", ("delivery",)),
        ("wrong", ["refund"], "other_label", "unsure", ("refund",)),
        ("wrong", ["refund"], "no_label_fits", "wrong", ("refund",)),
        ("unsure", ["refund"], "", "unsure", ("refund",)),
        ("right", ["refund", "refund"], "", "right", ("refund",)),
        ("right", [1, None], "", "right", ()),
    ],
)
def test_labels_are_those_of_the_list_and_go_with_the_reading(
    question: Question, said: str, labels: list[object], kind: str, answer: str, kept: tuple[str, ...]
) -> None:
    named = dict(zip(("label", "second_label"), labels))
    found = said_in(json.dumps({"reading": said, "kind": kind, **named}), question, SORT)
    assert found is not None
    assert (found.answer, found.labels) == (answer, kept)
