"""The plain classifier's scores are those of scikit-learn, and their intervals hold what they should."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from curation.label_model.holdouts import HeldOut, Plan, Rows, held_out
from curation.label_model.scores import scores
from curation.records.progress import ignore
from curation.sampling.grouped import balanced_accuracy, macro_f1, share

PLAN = Plan(5, [0.5, 1.0], 10_000, 0.9, 0)


def asked(labels: int = 4, each: int = 30, copies: int = 1, most: int = 10_000) -> HeldOut:
    """Rows whose words point to their label four times in five; `copies` of each belong to one group."""
    rng = np.random.default_rng(1)
    answers = np.repeat(np.arange(labels), each)
    said = np.where(rng.random(len(answers)) < 0.8, answers, rng.integers(0, labels, len(answers)))
    texts = [f"l{k}w{rng.integers(2)} and {n}" for n, k in enumerate(said)]
    rows = Rows(
        [text for text in texts for _ in range(copies)],
        np.repeat(answers, copies),
        [f"label {k}" for k in range(labels)],
        [f"g{n}" for n in range(len(texts)) for _ in range(copies)],
    )
    return held_out(rows, Plan(5, [0.5, 1.0], most, 0.9, 0), np.random.default_rng(0), ignore)


def test_values_are_those_of_scikit_learn() -> None:
    found = asked()
    made, truth, guess = scores(found), found.answers, found.predicted
    assert made.accuracy[0] == pytest.approx(accuracy_score(truth, guess))
    assert made.balanced_accuracy[0] == pytest.approx(balanced_accuracy_score(truth, guess))
    assert made.macro_f1[0] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert made.recalls["label 2"][0] == pytest.approx(float((guess[truth == 2] == 2).mean()))
    assert made.rows_of == {f"label {k}": 30 for k in range(4)}
    assert (made.rows, made.majority) == (120, 0.25)
    for value, low, high in (made.accuracy, made.balanced_accuracy, made.macro_f1, *made.recalls.values()):
        assert low < value < high


def test_copies_in_one_group_make_nothing_surer() -> None:
    once, often = scores(asked()), scores(asked(copies=5))
    for name in ("accuracy", "balanced_accuracy", "macro_f1"):
        one, many = getattr(once, name), getattr(often, name)
        assert many[2] - many[1] > 0.9 * (one[2] - one[1])
    assert often.rows == 600


def test_at_most_so_many_rows_are_asked_each_label_in_proportion() -> None:
    found = asked(each=100, most=100)
    assert (len(found.hit), found.known) == (100, 100)
    assert set(scores(found).rows_of.values()) == {25}


def test_all_right_is_not_surely_all_right() -> None:
    groups = np.arange(40)
    assert share(np.ones(40), groups)[1:] == pytest.approx((0.937, 1.0), abs=0.002)
    answers = groups % 4
    assert balanced_accuracy(answers, np.ones(40), groups)[1] == pytest.approx(0.937, abs=0.002)
    assert macro_f1(answers, answers, groups)[1] == pytest.approx(0.937, abs=0.002)
    assert share(np.ones(40), np.zeros(40, dtype=np.int64))[1] < 0.3


@pytest.mark.parametrize("size", [1, 4])
def test_nine_in_ten_intervals_hold_the_truth(size: int) -> None:
    rng, labels, rows = np.random.default_rng(3), 6, 360
    right_of = np.linspace(0.6, 0.95, labels)
    groups = np.arange(rows) // size
    answers = (groups % labels).astype(np.int64)
    matrix = np.diag(right_of) + (1 - right_of)[:, None] * (1 - np.eye(labels)) / (labels - 1)
    truth = (right_of.mean(), float((2 * right_of / (1 + matrix.sum(axis=0))).mean()))
    held = np.zeros(2)
    for _ in range(400):
        luck = np.where(rng.random(rows) < 0.5, rng.random(rows), rng.random(groups.max() + 1)[groups])
        guess = (luck[:, None] > matrix.cumsum(axis=1)[answers]).sum(axis=1).clip(0, labels - 1)
        ends = (balanced_accuracy(answers, (guess == answers).astype(float), groups), macro_f1(answers, guess, groups))
        held += [low <= value <= high for value, (_, low, high) in zip(truth, ends)]
    assert np.all(held / 400 >= 0.86)
    assert np.all(held / 400 <= 0.96)
