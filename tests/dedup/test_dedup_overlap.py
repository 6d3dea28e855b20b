"""Overlap with an evaluation set, and the live index."""

import random
from typing import Any

import pytest

from curation.dedup import OVERLAP_SCHEMA, Settings, decontaminate, dedup, neighbours
from curation.errors import Cancelled
from curation.records import dataset

QUESTION = "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many?"
ANSWER = "Natalia sold half of forty eight clips in May which makes twenty four and seventy two in both months."


def overlap(rows: list[dict[str, Any]], against: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    switches = {key: options.pop(key) for key in ("on_input", "on_output") if key in options}
    table = decontaminate(dataset(rows), dataset(against), Settings(**options), **switches)
    assert table.schema == OVERLAP_SCHEMA
    return table.to_pylist()


@pytest.mark.parametrize("below", [0, 5000])
def test_copies_and_near_copies_are_found_with_their_evaluation_row(below: int) -> None:
    rows = [{"input": "nothing like it"}, {"input": QUESTION.upper()}, {"input": QUESTION.replace("clips", "pins")}]
    found = overlap(rows, [{"input": "unrelated"}, {"input": QUESTION}], exact_below=below, shingle=5)
    ids = dataset(rows).values("id")
    assert [(row["id"], row["evaluation_row"], row["method"], row["field"]) for row in found] == [
        (ids[1], 1, "minhash", "input"),
        (ids[2], 1, "minhash", "input"),
    ]
    assert found[0]["similarity"] == 1.0
    assert 0.7 <= found[1]["similarity"] < 1.0
    assert found[0]["evaluation_id"] == dataset([{"input": "unrelated"}, {"input": QUESTION}]).values("id")[1]


def test_a_shared_run_of_thirteen_words_is_enough() -> None:
    words = [f"word{chr(97 + n)}" for n in range(26)]
    filler = "The quick brown fox jumps over the lazy dog while the cat watches from the warm window sill all day. "
    for shared, hits in ((13, 1), (12, 0)):
        row = filler + " ".join(words[:shared]) + ". " + filler[::-1]
        found = overlap([{"input": row}], [{"input": "Before it " + " ".join(words[:shared]) + " after"}])
        assert [line["method"] for line in found] == ["ngram13"] * hits
        assert all(line["similarity"] < 0.7 for line in found)


def test_input_and_output_are_switched_separately() -> None:
    rows, against = [{"input": "a", "output": ANSWER}], [{"input": QUESTION, "output": ANSWER}]
    assert overlap(rows, against) == []
    assert [row["field"] for row in overlap(rows, against, on_output=True)] == ["output"]
    assert overlap(rows, against, on_input=False, on_output=False) == []
    both = overlap([{"input": QUESTION, "output": ANSWER}], against, on_output=True)
    assert [row["field"] for row in both] == ["input", "output"]


def test_short_answers_and_empty_texts_are_no_overlap() -> None:
    rows, against = [{"input": "", "label": "yes"}], [{"input": "", "label": "yes"}]
    assert overlap(rows, against, on_output=True) == []


def test_empty_sets() -> None:
    assert overlap([], [{"input": QUESTION}]) == []
    assert overlap([{"input": QUESTION}], []) == []


def test_many_rows_against_a_bucket_of_copies() -> None:
    text = "the parcel with number {} is late again and nobody at the counter can tell me where it is"
    rows = [{"input": text.format(n)} for n in range(300)]
    against = [{"input": text.format(n)} for n in range(250, 400)]
    for below in (0, 5000):
        found = overlap(rows, against, exact_below=below)
        assert len(found) == 300
        assert [row["similarity"] for row in found[250:]] == [1.0] * 50
        assert [row["evaluation_row"] for row in found[250:]] == list(range(50))
        assert min(row["similarity"] for row in found) >= 0.7


def test_overlap_does_not_depend_on_workers() -> None:
    rng = random.Random(2)
    words = ["".join(rng.choices("abcdefgh", k=5)) for _ in range(300)]
    rows = [{"input": " ".join(rng.choices(words, k=20))} for _ in range(400)]
    against = [{"input": row["input"] + " more"} for row in rows[::5]]
    one, two = (overlap(rows, against, workers=workers, exact_below=0) for workers in (1, 2))
    assert one == two
    assert len(one) == 80


def test_overlap_can_be_cancelled() -> None:
    def cancel(done: float, message: str) -> None:
        raise Cancelled

    data = dataset([{"input": QUESTION}])
    with pytest.raises(Cancelled):
        decontaminate(data, data, progress=cancel)


LONG = "How do I reset the password of my online account when I no longer have the phone"


def test_the_live_index_follows_additions_edits_and_removals() -> None:
    data = dataset([{"input": LONG}, {"input": LONG + " please"}, {"input": "Where is my parcel"}])
    ids = data.values("id")
    index = neighbours(data, Settings(shingle=5))
    assert len(index) == 3
    first = index.near(LONG.upper())[0]
    assert (first.id, first.similarity) == (ids[0], 1.0)
    assert [one.id for one in index.near(LONG)] == ids[:2]
    assert [one.id for one in index.near(LONG, but=ids[0])] == [ids[1]]
    assert [one.id for one in index.near(LONG, limit=1)] == [ids[0]]
    index.add("new", LONG.replace("online", "onlne"))
    assert {one.id for one in index.near(LONG)} == {ids[0], "new", ids[1]}
    index.add("new", "Something else")
    assert [one.id for one in index.near(LONG)] == ids[:2]
    assert [one.id for one in index.near("something, else")] == ["new"]
    index.remove("new")
    index.remove("never there")
    assert index.near("something else") == []
    assert len(index) == 3


def test_live_similarities_are_those_of_the_batch_run() -> None:
    texts = [
        LONG,
        LONG.replace("phone", "telephone"),
        "Ich möchte mein Konto schließen",
        "ich möchte mein konto schliessen",
    ]
    data = dataset([{"input": text} for text in texts])
    found = dedup(data, Settings(shingle=3)).table.to_pylist()
    index = neighbours(data, Settings(shingle=3))
    inputs = dict(zip(data.values("id"), data.values("input"), strict=True))
    members = [row for row in found if row["id"] != row["keeper"]]
    assert len(members) == 2
    for row in members:
        near = {one.id: one.similarity for one in index.near(inputs[row["id"]])}
        assert near[row["keeper"]] == row["similarity"]


def test_an_index_of_nothing_answers_nothing() -> None:
    index = neighbours(dataset([]))
    assert index.near("anything") == []
    index.add("a", "anything")
    assert [one.id for one in index.near("Anything!")] == ["a"]
