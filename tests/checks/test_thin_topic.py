"""Topics that the evaluation set asks of and the training rows hardly have are named, with how many rows are wanted."""

import random

import pytest

from curation.checks import run
from curation.checks.thin_topic import Settings
from curation.dedup import dedup
from curation.records import Findings, dataset

SUBJECTS = {
    "garden": "tomato rose apple tree hedge lawn seed compost soil spade flower weed",
    "kitchen": "bread pasta egg soup oven pan butter salt flour knife recipe dough",
    "money": "invoice refund payment bank card fee transfer cheque balance loan tax interest",
    "travel": "train flight ticket hotel luggage passport border station seat platform visa cruise",
    "music": "guitar violin song concert drum piano melody singer choir album rhythm stage",
    "health": "doctor fever tablet headache hospital nurse vaccine cough bandage pharmacy pulse allergy",
}


def texts(sizes: dict[str, int], seed: int) -> list[dict[str, str]]:
    """Different questions, so many of each subject."""
    draw = random.Random(seed)
    made = []
    for subject, size in sizes.items():
        words = SUBJECTS[subject].split()
        made += [{"input": f"about the {' '.join(draw.sample(words, 4))}", "label": "x"} for _ in range(size)]
    return made


def thin(train: dict[str, int], evaluation: dict[str, int]) -> Findings:
    rows = dataset(texts(train, 1))
    asked = dataset(texts(evaluation, 2))
    return run(rows, dedup(rows), ["thin_topic"], {"thin_topic": Settings(evaluation=asked)})


def test_a_thinned_subject_is_named_with_the_rows_it_wants_and_no_other() -> None:
    train = dict.fromkeys(SUBJECTS, 60) | {"music": 3}
    found = thin(train, dict.fromkeys(SUBJECTS, 20))
    (message,) = found.table["message"].to_pylist()
    said = message.partition("“")[2].partition("”")[0]
    assert set(said.removeprefix("about the ").split()) <= set(SUBJECTS["music"].split())
    summary = found.run("thin_topic").summary
    assert summary["thin_topics"] == 1
    assert 30 <= summary["rows_wanted"] <= 60
    assert found.table["suggestion"].to_pylist() == ["collect"]


def test_sets_drawn_alike_have_no_thin_topic() -> None:
    assert thin(dict.fromkeys(SUBJECTS, 60), dict.fromkeys(SUBJECTS, 20)).table.num_rows == 0


@pytest.mark.parametrize(
    ("size", "reason"), [(0, "no evaluation set"), (3, "18 different evaluation rows are too few")]
)
def test_without_enough_evaluation_rows_it_is_not_checked(size: int, reason: str) -> None:
    rows = dataset(texts(dict.fromkeys(SUBJECTS, 10), 1))
    asked = dataset(texts(dict.fromkeys(SUBJECTS, size), 2)) if size else None
    found = run(rows, dedup(rows), ["thin_topic"], {"thin_topic": Settings(evaluation=asked)})
    assert reason in found.run("thin_topic").reason
