"""Rows before and after: of as many fates as there are, the same for the same seed, as short texts."""

import pyarrow as pa
import pytest

from curation.export import by_reason
from curation.records import dataset
from curation.review.before_after import Chosen, as_text, change, chosen, corrected, texts
from curation.review.curate import removed_rows
from curation.review.state import State

ROWS = [{"id": f"r{n}", "input": f"text {n}", "label": "a"} for n in range(20)]
DATA = dataset(ROWS)
KEPT = DATA.where([n < 10 for n in range(20)])
GONE = DATA.where([n >= 10 for n in range(20)]).table
REASONS = ["near-duplicate"] * 6 + ["rejected in review: wrong"] * 3 + ["empty input"]
REMOVED = removed_rows(GONE, REASONS, ["r1"] * 6 + [None] * 4, [0.8] * 6 + [None] * 4)
CORRECTED = {"r3": State(status="labelled", label="b"), "r4": State(status="accepted")}


def test_three_rows_of_three_fates_corrections_first() -> None:
    found = chosen(KEPT, REMOVED, CORRECTED, seed=0)
    assert [one.fate.partition(":")[0] for one in found] == ["corrected", "near-duplicate", "rejected in review"]
    assert found[0].id == "r3"
    assert (found[1].keeper, found[1].similarity) == ("r1", 0.8)


def test_the_draw_depends_on_the_seed_alone_and_not_on_the_order_of_rows() -> None:
    turned = REMOVED.take(pa.array(range(REMOVED.num_rows - 1, -1, -1)))
    assert chosen(KEPT, turned, CORRECTED, 5) == chosen(KEPT, REMOVED, CORRECTED, 5)
    assert len({chosen(KEPT, REMOVED, {}, seed)[0].id for seed in range(20)}) > 1


def test_one_fate_alone_gives_three_rows_and_none_gives_none() -> None:
    only = REMOVED.slice(0, 6)
    assert [one.fate for one in chosen(KEPT, only, {}, 0)] == ["near-duplicate"] * 3
    assert chosen(KEPT, REMOVED.slice(0, 0), {}, 0) == ()


def test_rows_waiting_for_a_label_come_last() -> None:
    waiting = removed_rows(GONE, ["not labelled yet"] * 9 + ["empty input"])
    assert [one.fate for one in chosen(KEPT, waiting, {}, 0)] == ["empty input", "not labelled yet", "not labelled yet"]


def test_removed_rows_are_counted_up_to_the_colon() -> None:
    assert by_reason(REMOVED) == {"near-duplicate": 6, "rejected in review": 3, "empty input": 1}


def test_what_people_changed_is_counted_on_rows_that_are_kept_alone() -> None:
    text = State(status="edited", input="other words")
    label_too = State(status="edited", output="new answer", label="b")
    in_place = State(status="labelled", output="b", label="b")  # a label is the answer of its row
    states = CORRECTED | {"r5": text, "r6": label_too, "r7": in_place, "r15": State(status="labelled", label="b")}
    assert corrected(KEPT, states) == {"labels": 3, "texts": 2}


def test_what_was_done_is_said_with_the_text_that_stays() -> None:
    now = texts(["r3", "r12", "r1", "r19"], REMOVED, KEPT.table)
    assert change(Chosen("r3", "corrected"), "before", now) == change(Chosen("r3", "corrected"), "before", now)
    corrected = change(Chosen("r3", "corrected"), "text 3\n→ z", now)
    assert (corrected.what, corrected.before, corrected.after) == (
        "Corrected by a person", "text 3\n→ z", "text 3\n→ a",
    )  # fmt: skip
    repeated = change(Chosen("r12", "near-duplicate", "r1", 0.8), "", now)
    assert repeated.what == "Left out: near-duplicate, nearly the same text"
    assert repeated.after == "This row stays in its place:\ntext 1\n→ a"
    assert change(Chosen("r19", "empty input"), "", now).after == "Not in the training set."


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (("in", "out", None), "in\n→ out"),
        (("in", "label", "label"), "in\n→ label"),
        (("in", "", "label"), "in\n→ label"),
        (("in", "out", "label"), "in\n→ out (label)"),
        (("in\n\n  put", "", None), "in put\n→ (nothing)"),
    ],
)
def test_a_row_as_text(row: tuple[str, str, str | None], shown: str) -> None:
    assert as_text(*row) == shown


def test_long_texts_are_cut() -> None:
    assert all(len(line) <= 182 for line in as_text("a" * 5000, "b" * 5000, None).splitlines())
