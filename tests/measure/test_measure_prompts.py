"""Prompts hold what an arm may show and nothing else; rows' texts stay text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import NotChecked, UsageError
from curation.measure.holdout import Holdout, Row
from curation.measure.lookup import PASSAGE, passages, pieces
from curation.measure.plan import SHOTS, Task, checked
from curation.measure.prompts import Writer, fill, reply_limit
from curation.records import MeasureSettings

POOL = tuple(
    Row(f"p{n}", f"pool text {n} about {'cats' if n % 2 else 'dogs'}", "cat" if n % 2 else "dog") for n in range(30)
)
ASKED = Row("h", "my cats sleep", "cat")
TASK = Task("accuracy", labels=("cat", "dog"))


def writer(task: Task = TASK, knowledge: tuple[str, ...] = (), **settings: object) -> Writer:
    return Writer(MeasureSettings(**settings), task, Holdout((ASKED,), POOL, 0, 0), knowledge)  # type: ignore[arg-type]


def test_a_plain_prompt_lists_the_labels_and_shows_no_example() -> None:
    prompt = writer().write("zero_shot", ASKED)
    assert [role for role, _ in prompt.messages] == ["system", "user"]
    assert "Labels: cat, dog" in prompt.whole
    assert "pool text" not in prompt.whole
    assert prompt.messages[-1] == ("user", "my cats sleep")


def test_fixed_examples_are_the_same_for_every_row_and_cover_the_labels() -> None:
    made = writer()
    first, second = made.write("few_shot", ASKED), made.write("few_shot", Row("x", "other", "dog"))
    assert first.messages[:-1] == second.messages[:-1]
    shown = [text for role, text in first.messages if role == "assistant"]
    assert len(shown) == SHOTS
    assert {shown.count("cat"), shown.count("dog")} == {SHOTS // 2}


def test_looked_up_examples_are_the_nearest_with_the_nearest_last() -> None:
    prompt = writer().write("retrieved_few_shot", ASKED)
    shown = [text for role, text in prompt.messages[1:-1] if role == "user"]
    assert len(shown) == SHOTS
    assert all("cats" in text for text in shown)


def test_a_completion_is_plain_text_that_ends_where_the_answer_begins() -> None:
    prompt = writer(completions=True).write("few_shot", ASKED)
    assert prompt.text.endswith("Text: my cats sleep\nLabel:")
    assert prompt.stop == ("\n",)
    assert prompt.body("m")["prompt"] == prompt.text
    assert "messages" not in prompt.body("m")


def test_passages_of_the_persons_texts_are_shown() -> None:
    known = ("Parcels take two days.", "Cats sleep sixteen hours.", "Refunds take a week.")
    prompt = writer(Task("exact_match", "question_answering"), known).write("knowledge_base", ASKED)
    assert "Cats sleep sixteen hours." in prompt.messages[-1][1]
    with pytest.raises(NotChecked, match="no knowledge texts"):
        writer().write("knowledge_base", ASKED)


def test_nothing_to_show_is_not_measured() -> None:
    empty = Writer(MeasureSettings(), TASK, Holdout((ASKED,), (), 0, 0))
    for arm in ("few_shot", "retrieved_few_shot"):
        with pytest.raises(NotChecked):
            empty.write(arm, ASKED)


def test_a_persons_template_is_filled_once() -> None:
    made = writer(template="Q {input} of {labels} {examples}!")
    prompt = made.write("zero_shot", Row("x", "what is {labels} and {examples}?", "cat"))
    assert prompt.messages == (("user", "Q what is {labels} and {examples}? of cat, dog !"),)
    assert "pool text" in made.write("few_shot", ASKED).whole
    with pytest.raises(UsageError, match=r"\{input\}"):
        checked(MeasureSettings(template="no slot"))


def test_examples_stand_before_a_template_that_names_no_place_for_them() -> None:
    whole = writer(template="Answer: {input}").write("retrieved_few_shot", ASKED).whole
    assert whole.index("pool text") < whole.index("Answer: my cats sleep")


@given(st.text(max_size=50))
def test_a_rows_text_reaches_the_prompt_unchanged(text: str) -> None:
    assert fill("<{input}>", {"input": text}) == f"<{text}>"


def test_long_examples_are_left_out_rather_than_overflow() -> None:
    pool = tuple(Row(f"p{n}", "long " * 1000, "cat") for n in range(30))
    prompt = Writer(MeasureSettings(), TASK, Holdout((ASKED,), pool, 0, 0)).write("retrieved_few_shot", ASKED)
    assert 1 <= sum(role == "assistant" for role, _ in prompt.messages) < SHOTS
    assert len(prompt.whole) < 17_000


def test_the_same_question_has_the_same_key_and_anything_else_another() -> None:
    prompt = writer().write("zero_shot", ASKED)
    again = writer().write("zero_shot", ASKED)
    assert prompt.key("u", "m") == again.key("u", "m")
    others = {
        prompt.key("v", "m"),
        prompt.key("u", "n"),
        writer(completions=True).write("zero_shot", ASKED).key("u", "m"),
    }
    assert prompt.key("u", "m") not in others
    assert len(others) == 3
    assert json.dumps(prompt.body("m"))


def test_a_reply_may_be_twice_as_long_as_the_answers() -> None:
    assert reply_limit(["refund", "card_payment_fee_charged"]) == 24
    assert reply_limit(["the word " * 200]) == 912
    assert reply_limit(["กาต้มน้ำ" * 50]) > 2 * len(("กาต้มน้ำ" * 50).encode()) / 4
    assert reply_limit(["word " * 40_000]) == 4096


@given(st.text(max_size=4000))
def test_passages_are_short_and_keep_every_word(text: str) -> None:
    found = passages(pieces(text))
    assert all(0 < len(passage) <= PASSAGE for passage in found)
    assert "".join("".join(found).split()) == "".join(text.split())
