"""What counts as one thing: rewordings, signed ones, filled-in templates; and what does not."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from generated import NAMES, WORDS, filled, reworded, sentence, signed

from curation.dedup import dedup
from curation.readiness import Study, load_policy
from curation.readiness.evidence.effective_size import effective_size
from curation.readiness.texts.skeletons import skeleton, unsigned
from curation.records import FINDINGS_SCHEMA, Evidence, Facts, Findings, dataset
from curation.records.context import Context

POLICY = load_policy()
TEMPLATES = (
    "Where is my order {number}? It was sent to {name} last week.",
    "I am {name} and want to cancel contract {number} today.",
    "Please change the address of {name} in our books to box {number}.",
    "How much do we still owe {name} on invoice {number}?",
    "The parcel {number} for {name} never arrived at the depot.",
    "Was the payment of {number} dollars from {name} received by you?",
)


def study(rows: Sequence[Mapping[str, Any]]) -> Study:
    data = dataset(rows)
    return Study(Facts(data, dedup(data), Findings(pa.table([[]] * 7, FINDINGS_SCHEMA)), Context()), POLICY)


def size(rows: Sequence[Mapping[str, Any]]) -> Evidence:
    return effective_size(study(rows), lambda done, message: None)


def originals(count: int, seed: int = 0, length: int = 9) -> tuple[list[str], np.random.Generator]:
    rng = np.random.default_rng(seed)
    return [sentence(rng, length) for _ in range(count)], rng


def test_sixty_texts_in_twenty_light_rewordings_count_as_about_sixty() -> None:
    texts, rng = originals(60)
    rows = [
        {"input": reworded(text, rng), "label": f"label {n % 6}"} for n, text in enumerate(texts) for _ in range(20)
    ]
    found = size(rows)
    assert 55 <= (found.value or 0) <= 75
    assert found.detail["reworded"]
    assert found.detail["distinct"] > 200
    assert "families of texts" in found.message


def test_they_do_so_too_when_each_is_signed_with_another_name() -> None:
    texts, rng = originals(60)
    rows = [
        {"input": signed(reworded(text, rng), rng), "output": signed(f"We answer: {text}", rng)}
        for text in texts
        for _ in range(20)
    ]
    assert 55 <= (size(rows).value or 0) <= 80


def test_answers_reworded_as_well_are_one_and_different_answers_are_not() -> None:
    texts, rng = originals(40, length=14)
    both = [{"input": reworded(text, rng), "output": reworded(text[::-1], rng)} for text in texts for _ in range(10)]
    assert (size(both).value or 0) <= 60
    other = [{"input": reworded(text, rng), "output": sentence(rng, 12)} for text in texts for _ in range(10)]
    assert (size(other).value or 0) >= 0.97 * len(other)


def test_templates_filled_with_names_and_numbers_are_as_many_patterns() -> None:
    rng = np.random.default_rng(1)
    rows = [{"input": filled(TEMPLATES[n % 6], rng), "label": f"label {n % 6}"} for n in range(600)]
    found = size(rows)
    assert found.value == 6
    assert found.detail["skeletons"] == 6


def test_answers_that_repeat_what_was_filled_in_are_one_pattern() -> None:
    rng = np.random.default_rng(1)
    rows = []
    for n in range(300):
        name, number = rng.choice(NAMES), int(rng.integers(10, 99_999))
        asked = TEMPLATES[n % 6].format(name=name, number=number)
        rows.append({"input": asked, "output": f"Thank you, {name}. We look into {number} and write to you on Monday."})
    assert size(rows).value == 6


def test_sums_are_different_patterns_for_their_answers_cannot_be_put_in() -> None:
    rng = np.random.default_rng(2)
    pairs = rng.integers(10, 999, (400, 2)).tolist()
    short = [{"input": f"What is {a} + {b}?", "output": str(a + b)} for a, b in pairs]
    long = [
        {
            "input": f"Tom has {a} apples and buys {b} more. How many has he?",
            "output": f"He has {a} + {b} = {a + b} apples.",
        }
        for a, b in pairs
    ]
    assert (size(short).value or 0) >= 390
    assert (size(long).value or 0) >= 390


def test_what_is_filled_in_counts_where_it_decides_the_label() -> None:
    rng = np.random.default_rng(3)
    rows = [
        {"input": f"age {age}, income {income} a year", "label": "yes" if income > 700 * age else "no"}
        for age, income in zip(rng.integers(18, 90, 300).tolist(), rng.integers(10_000, 99_000, 300).tolist())
    ]
    assert (size(rows).value or 0) > 200


def test_different_texts_keep_their_number() -> None:
    rng = np.random.default_rng(4)
    rows = [{"input": sentence(rng, 8), "label": f"label {n % 5}"} for n in range(1000)]
    assert (size(rows).value or 0) >= 990


def test_questions_on_one_passage_are_different_patterns() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(30):
        passage = sentence(rng, 60)
        answers = passage.rstrip(".").split()
        for n in range(8):
            asked = f"{passage} Which word comes after {answers[4 * n]}?"
            rows.append({"input": asked, "output": answers[4 * n + 1]})
    assert (size(rows).value or 0) >= 0.95 * len(rows)


def test_copies_of_two_texts_do_not_make_them_one() -> None:
    rows = [
        {"input": f"{WORDS[3 * n]} {WORDS[3 * n + 1]} {WORDS[3 * n + 2]} {WORDS[400 + n % 2]}", "label": "a"}
        for n in range(30)
    ]
    assert size(rows * 8).value == 30


def test_the_order_of_the_rows_does_not_matter() -> None:
    texts, rng = originals(30)
    rows = [{"input": reworded(text, rng), "label": "x"} for text in texts for _ in range(8)]
    other = [rows[n] for n in rng.permutation(len(rows))]
    first, second = study(rows), study(other)
    assert {first.rows.ids[n] for n in first.effective} == {second.rows.ids[n] for n in second.effective}


def test_rows_with_a_losing_answer_are_counted() -> None:
    rng = np.random.default_rng(6)
    rows = [
        {"input": sentence(rng), "output": sentence(rng), "meta": '{"rejected": "no"}' if n < 12 else "{}"}
        for n in range(40)
    ]
    assert size(rows).detail["preference_pairs"] == 12


def test_greetings_and_signatures_are_left_out_and_questions_are_not() -> None:
    assert unsigned("Hi Anna,\nwhere is my parcel? Best regards, Tom Smith") == "where is my parcel?"
    assert unsigned("Where is my parcel?\n- Tom") == "Where is my parcel?"
    assert unsigned("Which card is best") == "Which card is best"
    assert unsigned("Thanks!") == "Thanks!"


def test_names_numbers_and_codes_are_masked_and_acronyms_are_words() -> None:
    assert skeleton("Does Anna Smith pay 1,200.50 for flight LH441?").words == (
        "does",
        "@",
        "pay",
        "#",
        "for",
        "flight",
        "#",
    )
    assert skeleton("Where is my PIN?").words == ("where", "is", "my", "pin")
    assert skeleton("WHERE IS ANNA NOW").words == ("where", "is", "anna", "now")
