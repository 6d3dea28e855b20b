"""The classifier that is scored and the one that is taken away give the same answers."""

import io
import zipfile

import numpy as np
import pytest
from skops.io import loads

from curation.errors import NotChecked
from curation.label_model import linear_svm
from curation.label_model.linear_svm import MOST_FITTED, counted, learn, pipeline
from curation.label_model.saved import SPARSE, model_bytes, trusted_types


def texts(labels: int, each: int, seed: int = 0, more: int = 0) -> tuple[list[str], list[str]]:
    """Texts of a few of their label's words among shared ones, and `more` words that no other text has."""
    rng = np.random.default_rng(seed)
    rows = [
        (" ".join([*rng.choice([f"l{k}w{i}" for i in range(4)], 2), *rng.choice(["the", "of", "a", "for"], 3)]), k)
        for k in range(labels)
        for _ in range(each)
    ]
    own = [" ".join(f"x{n}y{i}" for i in range(more)) for n in range(len(rows))]
    return [f"{text} {extra}".strip() for (text, _), extra in zip(rows, own)], [f"{k:04}" for _, k in rows]


@pytest.mark.parametrize(("labels", "each", "more"), [(2, 20, 0), (12, 10, 1), (12, 10, 500), (MOST_FITTED + 5, 3, 1)])
def test_held_out_rows_get_the_answers_that_the_pipeline_learned_from_the_others_gives(
    labels: int, each: int, more: int
) -> None:
    asked, answers = texts(labels, each, more=more)
    asked += ["", "nothing of this was seen", "the of a"]
    answers += answers[:3]
    held = np.arange(len(asked)) % 4 == 3
    held[-3:] = True
    words, number = counted(asked), np.array([int(answer) for answer in answers])
    model = learn(words[~held], number[~held], 5, labels > MOST_FITTED)
    known, unknown = (np.array(asked)[mask].tolist() for mask in (~held, held))
    taken = pipeline(known, [answer for answer, out in zip(answers, held) if not out], 5)
    assert taken.predict(unknown).tolist() == [f"{n:04}" for n in model.predict_known(words[held])]
    assert len(taken[0].vocabulary_) <= linear_svm.MOST_TERMS


def test_many_labels_are_told_apart_by_the_nearest_mean_row() -> None:
    asked, answers = texts(MOST_FITTED + 5, 3)
    asked, answers = [*asked, "l7w0 again"], [*answers, "0007"]
    taken = pipeline(asked, answers, 0)
    assert float((taken.predict(asked) == np.array(answers)).mean()) > 0.9
    assert taken.predict(["nothing was seen"]).tolist() == ["0007"]  # the most frequent


@pytest.mark.parametrize(
    ("asked", "answers", "why"), [(["a b", "c d"], ["x", "x"], "same label"), (["!", "?"], ["x", "y"], "no words")]
)
def test_where_there_is_nothing_to_learn_it_says_so(asked: list[str], answers: list[str], why: str) -> None:
    with pytest.raises(NotChecked, match=why):
        pipeline(asked, answers, 0)


@pytest.mark.parametrize("labels", [4, MOST_FITTED + 5])
def test_a_saved_model_loads_without_trusting_anything_and_answers_the_same(labels: int) -> None:
    asked, answers = texts(labels, 4)
    taken = pipeline(asked, answers, 0)
    saved = model_bytes(taken)
    trusted = trusted_types(saved)
    assert set(trusted) == (SPARSE if labels > MOST_FITTED else set())
    assert loads(saved, trusted=trusted).predict(asked).tolist() == taken.predict(asked).tolist()


@pytest.mark.parametrize("labels", [4, MOST_FITTED + 5])
def test_the_same_model_gives_the_same_bytes_with_no_time_in_them(labels: int) -> None:
    asked, answers = texts(labels, 4)
    saved = [model_bytes(pipeline(asked, answers, 0)) for _ in range(2)]
    assert saved[0] == saved[1]
    with zipfile.ZipFile(io.BytesIO(saved[0])) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        inner = [archive.read(name) for name in archive.namelist() if name.endswith(".npz")]
    assert {e.date_time[0] for part in inner for e in zipfile.ZipFile(io.BytesIO(part)).infolist()} <= {1980}
