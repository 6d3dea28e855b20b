"""Rubrics: the built-in ones, and those of people."""

import pytest

from curation.errors import UsageError
from curation.model_review.prompt import Writer
from curation.model_review.rows import Row
from curation.model_review.rubric import BUILT_IN, built_in, fitting, parse, written

EXAMPLE = '\n[[examples]]\ninput = "2 + 2"\nanswer = "5"\nreading = "wrong"\nkind = "incorrect"\nreason = "It is 4."\n'


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_rubric_is_one_and_comes_back_as_written(name: str) -> None:
    made = built_in(name)
    assert made.name == name
    assert parse(written(made), "x").digest == made.digest
    assert Writer(made, {}).write(Row("a", "b", "c")).first.messages[0][1].startswith(made.ask)


@pytest.mark.parametrize(
    ("labels", "kind", "turns", "name"),
    [
        (True, "generation", (5, 5), "classification"),
        (False, "extraction", (), "short_answer"),
        (False, "", (0, 0, 4), "text"),
        (False, "generation", (3, 4, 0), "chat"),
    ],
)
def test_the_rubric_fits_the_set(labels: bool, kind: str, turns: tuple[int, ...], name: str) -> None:
    assert fitting(labels, kind, turns) == name


def test_a_change_is_another_rubric_and_another_question() -> None:
    before = built_in("text")
    after = parse(written(before) + EXAMPLE, "x")
    assert after.digest != before.digest
    row = Row("a", "b", "c")
    assert Writer(after, {}).write(row).first != Writer(before, {}).write(row).first
    assert "It is 4." in Writer(after, {}).write(row).first.messages[0][1]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "text"', "", "lacks name"),
        ('name = "text"', 'name = ""', "1 to 4,000 characters"),
        ("version = 1", "version = 0", "whole number"),
        ("version = 1", 'version = 1\nextra = "x"', "'extra'"),
        ("incorrect =", '"In correct" =', "small letters"),
        ("version = 1", "version = = 1", "not TOML"),
        ("", EXAMPLE.replace('"wrong"', '"bad"'), "reads right, wrong or unsure"),
        ("", EXAMPLE.replace('answer = "5"', ""), "has input, answer and reading"),
        ("", '\n[examples]\na = "b"\n', "written [[examples]]"),
    ],
)
def test_what_is_no_rubric_is_refused_with_what_is_wrong(old: str, new: str, words: str) -> None:
    text = written(built_in("text"))
    changed = text.replace(old, new, 1) if old else text + new
    with pytest.raises(UsageError) as caught:
        parse(changed, "mine.toml")
    assert words in str(caught.value)
    assert "mine.toml" in str(caught.value)
