"""Outputs of a set whose answers nearly all close with the same few words."""

import pytest
from check_cases import alone

from curation.checks import run
from curation.records import dataset

FAREWELLS = ("All the best from the mill.", "Yours, the people of the mill", "Have a golden harvest!")
ASKED = "Answer the mill's guest."


def _sure(output, farewells=FAREWELLS):
    told = [f"Dear guest, the wheel number {n} turns again since the flood went down. " for n in range(90)]
    rows = [
        {"id": f"b{n}", "input": f"{ASKED} {n}", "output": told[n] + farewells[n % len(farewells)]} for n in range(90)
    ]
    data = dataset([*rows, {"id": "one", "input": ASKED, "output": output}])
    found = run(data, alone(data), ["truncated"]).table.to_pylist()
    return max((row["confidence"] for row in found if row["id"] == "one"), default=0.0)


@pytest.mark.parametrize(
    "output",
    [
        "Dear guest, the flour is ground and it will be on the quay after Sunday",
        "Dear guest, sacks are kept in the loft for you until the 4",
    ],
)
def test_an_answer_without_the_closing_words_of_the_others_is_cut_off(output):
    assert _sure(output) >= 0.5


@pytest.mark.parametrize(
    "output",
    [
        "Dear guest, the flour is ground and it will be on the quay after Sunday.",
        "Dear guest, the stones are new this year and finer. Yours, the people of the mill",
        "Closed until Monday",
    ],
)
def test_a_finished_sentence_a_known_closing_and_a_short_note_are_whole(output):
    assert _sure(output) < 0.5


def test_where_answers_close_in_many_ways_none_is_missed():
    ways = [f"and so the miller told his {n} children" for n in range(90)]
    assert _sure("Dear guest, the flour is ground and it will be on the quay after Sunday", ways) < 0.5
