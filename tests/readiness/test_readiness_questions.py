"""For somebody who has said nothing yet: what the data shows by itself, and the few questions that matter for it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from generated import WORDS
from readiness_scenarios import SCENARIOS, Scenario, questions, text_checks

from curation.readiness import assess, first_look, load_policy, near_target
from curation.readiness import questions as asked_of
from curation.records import Evidence, Question
from curation.records.context import Arm, Context, Knowledge, Task, parse_context

POLICY = load_policy()
QUICK = replace(POLICY, resamples=100)


@cache
def evidence(name: str) -> tuple[Evidence, ...]:
    return assess(replace(SCENARIOS[name]().facts(), context=Context()), QUICK)


@cache
def asked(name: str, context: Context = Context()) -> tuple[Question, ...]:
    return asked_of(evidence(name), context, POLICY)


def ids(found: tuple[Question, ...]) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize("name", SCENARIOS)
def test_at_most_five_questions_the_target_first_and_each_fills_in_fields_that_exist(name: str) -> None:
    found = asked(name)
    assert len(found) <= 5
    assert ids(found)[:2] == ["goal", "score"]
    for one in found:
        assert parse_context(f"format = 2\n{one.example}", "asked") != Context()
        assert one.title.endswith("?")
        assert all(field.split(".")[1] in one.example for field in one.fields)


def test_all_examples_together_are_one_context_file() -> None:
    told = parse_context("\n".join(["format = 2", *(one.example for one in asked("changing prices"))]), "asked")
    assert (told.task.target, told.arms[0].name, told.knowledge.changes) == (0.9, "few_shot", "yearly")


def test_the_rest_stand_in_the_order_of_how_much_they_move_the_verdict() -> None:
    bits = [one.bits for one in asked("clean and large")[2:]]
    assert bits == sorted(bits, reverse=True)
    assert min(bits) > 0


def test_where_knowledge_comes_from_is_asked_of_questions_about_facts_only() -> None:
    rows = [{"input": f"Who made thing{n}?", "output": f"Maker{n} Town{n} in Year{n} of House{n}"} for n in range(120)]
    facts = assess(replace(Scenario("", rows, Context(), text_checks()).facts(), context=Context()), QUICK)
    about_facts = Context(Task(kind="question_answering"))
    assert "source" in ids(asked_of(facts, about_facts, POLICY))
    assert "source" not in ids(asked_of(facts, Context(Task(kind="rewriting")), POLICY))
    assert "source" not in ids(asked("clean and large"))
    assert "source" not in ids(asked("polite tone"))


def test_answers_full_of_amounts_make_their_age_matter_more() -> None:
    def place(name: str) -> float:
        return next((one.bits for one in asked(name) if one.id == "changes"), 0.0)

    assert place("changing prices") > place("polite tone")
    assert "100 % of the answers hold amounts" in next(
        one.why for one in asked("changing prices") if one.id == "changes"
    )


def test_what_was_answered_is_not_asked_again() -> None:
    told = Context(Task("accuracy", 0.9), Knowledge("never"), arms=(Arm("few_shot", 0.6, 300),))
    assert ids(asked("clean and large", told)) == ["volume"]


def test_where_nothing_but_the_data_matters_no_more_than_the_first_two_are_asked() -> None:
    assert ids(asked("leaked evaluation")) == ["goal", "score"]


def test_a_dominant_label_makes_the_labels_that_must_not_be_missed_a_question() -> None:
    rows = [*questions(1, 380), *({**row, "label": "danger"} for row in questions(2, 20, 1)[20:])]
    found = assess(replace(Scenario("", rows, Context()).facts(), context=Context()), QUICK)
    assert ids(asked_of(found, Context(), POLICY))[:3] == ["goal", "score", "recall"]


def test_the_questions_are_the_same_for_the_same_seed() -> None:
    assert asked_of(evidence("polite tone"), Context(), POLICY, 4) == asked_of(
        evidence("polite tone"), Context(), POLICY, 4
    )


def test_a_first_look_tells_what_a_plain_classifier_gets() -> None:
    said = first_look(evidence("flipped labels"))
    assert said[0].startswith("A plain classifier gets 84 % right on rows held back, with 10 different answers")
    assert 2 <= len(said) <= 3


def test_a_first_look_tells_style_from_facts_and_never_praises_what_grows_old() -> None:
    assert first_look(evidence("polite tone"))[0].startswith("This reads like a matter of style")
    prices = " ".join(first_look(evidence("changing prices")))
    assert "what changes is better looked up" in prices
    assert "tuning teaches well" not in prices
    rows = [{"input": f"Who made thing{n}?", "output": f"Maker{n} Town{n} in Year{n} of House{n}"} for n in range(60)]
    facts = assess(Scenario("", rows, Context(), text_checks()).facts(), QUICK)
    assert first_look(facts)[0].startswith("This reads like a set of facts")


def test_a_first_look_at_numbers_and_sets_of_labels_speaks_of_no_classes() -> None:
    words = ("dull slow", "flat dull", "fair plain", "warm bright", "bright superb")
    numbers = [
        {"input": f"{words[n % 5]} film{n} seat{n % 9}", "label": f"{n % 5 + n % 7 / 10:.1f}"} for n in range(240)
    ]
    rng = np.random.default_rng(0)
    sets = [
        {
            "input": f"{WORDS[n % 6]} {WORDS[50 + n % 4]} {' '.join(rng.choice(WORDS[100:], 6))}",
            "label": f"a{n % 6}|b{n % 4}",
        }
        for n in range(240)
    ]
    for rows, told in ((numbers, "rank correlation"), (sets, "overlap with the right ones")):
        said = first_look(assess(Scenario("", rows, Context()).facts(), QUICK))
        assert told in said[0]
        assert not any("different answers" in sentence or "points" in sentence for sentence in said)


def test_a_first_look_without_rows_to_try_says_nothing() -> None:
    assert first_look([Evidence("learnability", "A pattern", "missing", message="too few rows")]) == ()


def test_random_labels_are_not_praised() -> None:
    rows = questions(4, 30)
    mixed = [{**row, "label": f"label {n * 7 % 4}"} for n, row in enumerate(rows)]
    said = " ".join(first_look(assess(Scenario("", mixed, Context()).facts(), QUICK)))
    assert "no better than always giving the commonest one" in said


@pytest.mark.parametrize(
    ("score", "target", "lift", "is_near"),
    [(0.86, 0.88, 0.05, True), (0.8, 0.88, 0.05, False), (0.9, 0.88, 0.05, False), (0.96, 0.98, None, False)],
)
def test_a_target_nearer_than_the_gain_worth_the_work_is_said(
    score: float, target: float, lift: float | None, is_near: bool
) -> None:
    said = near_target(Context(Task("accuracy", target, lift), arms=(Arm("few_shot", score, 400),)))
    assert bool(said) == is_near
    if is_near:
        assert "2 points above the best prompt (86 %)" in said
