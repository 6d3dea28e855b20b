"""The opening that nearly all texts share is left out wherever texts are compared."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.checks import run
from curation.dedup import Settings, decontaminate, dedup, removable
from curation.records import Dataset, dataset
from curation.text.openings import LEAST, opening, unopened

SYSTEM = "system: You are a patient tutor. Read the question, think step by step, and answer it.\nuser: "
LONG = SYSTEM + "Never give the answer away at once. " * 40
NOUNS = [
    "lamp",
    "jacket",
    "parcel",
    "invoice",
    "refund",
    "voucher",
    "bicycle",
    "teapot",
    "ladder",
    "violin",
    "carpet",
    "mirror",
    "garden",
    "kettle",
]
VERBS = [
    "lost",
    "broke",
    "sold",
    "washed",
    "painted",
    "carried",
    "opened",
    "folded",
    "repaired",
    "borrowed",
    "measured",
    "ordered",
]


def rows(count: int, before: str = "", seed: int = 0) -> Dataset:
    rng = random.Random(seed)
    found = []
    for n in range(count):
        words = [rng.choice(NOUNS), rng.choice(VERBS), rng.choice(NOUNS), rng.choice(VERBS), rng.choice(NOUNS)]
        text = f"{words[0].title()} {words[1]}: why was it before the {words[2]} that nobody {words[3]} near the {words[4]}?"
        answer = f"The {words[0]} was {words[1]} first because of the {words[2]}, which is never {words[3]}."
        found.append({"id": str(n), "input": before + text, "output": answer})
    return dataset(found)


def test_the_opening_is_what_nearly_all_share_in_whole_sentences() -> None:
    texts = [SYSTEM + word for word in NOUNS]
    assert opening(texts) == SYSTEM
    assert opening([*texts, "written by hand"]) == SYSTEM
    assert unopened([*texts, "written by hand"]) == [*NOUNS, "written by hand"]
    assert opening(texts[:7]) == ""
    assert opening([f"Question: {word}" for word in NOUNS]) == ""
    assert opening([*texts, *NOUNS]) == ""
    assert opening([SYSTEM] * 20) == SYSTEM


@given(st.lists(st.text(max_size=60), max_size=40), st.randoms(use_true_random=False))
def test_the_order_changes_nothing_and_every_text_keeps_its_end(texts: list[str], rng: random.Random) -> None:
    shared = opening(texts)
    assert shared == "" or len(shared) >= LEAST
    shuffled = texts[:]
    rng.shuffle(shuffled)
    assert opening(shuffled) == shared
    assert all(text in (rest, shared + rest) for text, rest in zip(texts, unopened(texts), strict=True))


@pytest.mark.parametrize("exact_below", [0, 10_000])
def test_a_system_prompt_makes_no_repeats(exact_below: int) -> None:
    settings = Settings(exact_below=exact_below)
    bare, whole = dedup(rows(300), settings), dedup(rows(300, SYSTEM), settings)
    assert whole.table["keeper"].to_pylist() == bare.table["keeper"].to_pylist()
    assert sum(removable(whole).to_pylist()) == sum(removable(bare).to_pylist())
    mixed = dataset([*rows(300, SYSTEM).table.to_pylist(), {"id": "x", "input": "By hand.", "output": "Yes."}])
    assert dedup(mixed, settings).table["keeper"].to_pylist()[:300] == bare.table["keeper"].to_pylist()


def test_a_long_system_prompt_does_not_make_answers_misfits() -> None:
    bare, whole = rows(300), rows(300, LONG)
    for data in (bare, whole):
        found = run(data, dedup(data), ["mismatch"])
        assert found.run("mismatch").status == "done"
        assert sum(row["confidence"] >= 0.5 for row in found.table.to_pylist()) <= 6


def test_a_system_prompt_in_both_sets_is_no_leak() -> None:
    train, held = rows(300, SYSTEM), rows(100, SYSTEM, seed=1)
    bare = decontaminate(rows(300), rows(100, seed=1))
    assert decontaminate(train, held)["id"].to_pylist() == bare["id"].to_pylist()
    copied = replace(held, table=train.table.slice(0, 20))
    assert set(decontaminate(train, copied)["id"].to_pylist()) >= {str(n) for n in range(20)}


def test_wrong_labels_are_found_behind_a_long_instruction() -> None:
    found = [_flagged(before) for before in ("", LONG)]
    assert found[0] == found[1]
    assert len(found[0] & {str(n) for n in range(0, 400, 20)}) >= 15


def _flagged(before: str) -> set[str]:
    rng = random.Random(3)
    made = []
    for n in range(400):
        label = rng.choice(["parcel", "login"])
        words = rng.sample(NOUNS[:7] if label == "parcel" else NOUNS[7:], 4)
        wrong = n % 20 == 0
        said = {"parcel": "login", "login": "parcel"}[label] if wrong else label
        made.append({"id": str(n), "input": before + " ".join(words) + f" {n}", "output": said, "label": said})
    data = dataset(made)
    found = run(data, dedup(data), ["label_noise"])
    assert found.run("label_noise").status == "done"
    return {row["id"] for row in found.table.to_pylist() if row["confidence"] >= 0.5}


@pytest.mark.parametrize("exact_below", [0, 10_000])
def test_texts_that_differ_only_in_their_last_word_stay_alike(exact_below: int) -> None:
    texts = [f"Please tell me where the parcel is that I ordered under the number {n}" for n in range(1000, 1300)]
    assert opening(texts) == ""
    made = dataset({"id": str(n), "input": text, "output": "Soon."} for n, text in enumerate(texts))
    found = dedup(made, Settings(exact_below=exact_below))
    assert len(set(found.table["cluster"].to_pylist())) == 1
