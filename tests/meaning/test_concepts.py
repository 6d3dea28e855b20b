"""A concept learns from a few answers, asks for the next, measures its first rows and becomes a tag."""

import json
from pathlib import Path

import numpy as np
import pytest

from curation.cli.main import main
from curation.errors import UsageError
from curation.meaning.concepts import LEARNED_FROM, Answers, ranked, scores, to_ask
from curation.project import Project
from curation.project.meaning.concepts import precision
from curation.records import Filter


def planted() -> tuple[np.ndarray, np.ndarray]:
    """300 unit vectors, 60 of them of a kind that has two forms, and which these are."""
    draw = np.random.default_rng(4)
    centres = np.repeat(np.eye(6, 24), (40, 20, 80, 80, 40, 40), axis=0)
    vectors = centres + draw.normal(scale=0.12, size=(300, 24))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.arange(300) < 60


def answered(vectors: np.ndarray, is_one: np.ndarray, count: int, first: int) -> Answers:
    answers = Answers(np.asarray([0, 45]), np.empty(0, np.int64))
    while len(answers.all) < count:
        rows, measures = to_ask(scores(vectors, answers, 0), answers, first, 0)
        assert not np.isin(rows, answers.all).any()
        assert measures == (len(answers.all) >= LEARNED_FROM)
        answers = answers.with_one(int(rows[0]), bool(is_one[rows[0]]), measures)
    return answers


def test_twenty_answers_find_the_kind_and_measure_how_many_of_the_first_rows_are_of_it() -> None:
    vectors, is_one = planted()
    vectors[299] = np.nan
    answers = answered(vectors, is_one, 20, 50)
    score = scores(vectors, answers, 0)
    first = ranked(score, answers, 50)
    rate = is_one[first].mean()
    assert rate > 0.9
    assert np.isnan(score[299])
    assert not np.isin(answers.no, first).any()
    found = precision(answers)
    assert found is not None
    assert found[1] <= rate <= found[2]
    assert len(answers.measured) == 10
    assert scores(vectors, answers, 0).tobytes() == score.tobytes()
    assert precision(answered(vectors, is_one, 8, 50)) is None


THINGS = {
    "garden": ("plant the tomato seeds", "water the rose bush", "prune the apple tree", "dig the vegetable bed"),
    "kitchen": ("bake the bread dough", "boil the pasta", "fry an egg", "season the soup with salt"),
    "money": ("pay the invoice", "send my refund back", "my bank card fee", "transfer to my account"),
}


@pytest.fixture
def rows(tmp_path: Path) -> Project:
    lines = [f"{text} on day {n},{label}" for n in range(10) for label, texts in THINGS.items() for text in texts]
    path = tmp_path / "things.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(tmp_path / "things", create=True)
    project.examples.load(path)
    return project


def test_a_project_keeps_the_answers_asks_measures_and_tags(rows: Project) -> None:
    concepts = rows.meaning.concepts
    start = rows.rows.stored.ids(Filter(label="garden"))[0]
    concepts.answer("  out  of doors ", [start], True)
    assert concepts.names() == ["out of doors"]
    assert "9 answers more" in concepts.find("out of doors").sentence
    for _ in range(16):
        (example,) = concepts.ask("out of doors", 1, 30)
        assert concepts.ask("out of doors", 1, 30)[0].id == example.id
        concepts.answer("out of doors", [example.id], example.label == "garden")
    found = concepts.find("out of doors", 30)
    assert (found.learned, found.measured) == (10, 7)
    labels = [example.label for example, _ in found.rows]
    assert labels.count("garden") >= 27
    assert found.precision is not None
    assert found.precision[0] >= 0.7
    assert found.sentence.endswith("by 7 answers on rows drawn among them.")
    assert concepts.tag("out of doors", "Ann", 30) == 30
    assert rows.rows.stored.counts(Filter(tag="out of doors"))[0] == 30

    # an answer given again replaces the one before; a row that is none is in no list
    concepts.answer("out of doors", [found.rows[0][0].id], False)
    assert found.rows[0][0].id not in {example.id for example, _ in concepts.find("out of doors", 60).rows}
    concepts.forget("out of doors")
    assert concepts.names() == []
    assert rows.rows.stored.counts(Filter(tag="out of doors"))[0] == 30
    with pytest.raises(UsageError, match="no concept"):
        concepts.find("out of doors")
    with pytest.raises(UsageError, match="no row 'nobody'"):
        concepts.answer("x", ["nobody"], True)
    concepts.answer("x", [start], False)
    with pytest.raises(UsageError, match="Name a row"):
        concepts.ask("x")


def test_the_command_takes_answers_and_says_what_comes_next(rows: Project, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(rows.folder)
    yes, no = (rows.rows.stored.ids(Filter(label=label))[0] for label in ("money", "kitchen"))
    arguments = ["concept", "--project", folder, "--quiet", "--json"]
    assert main([*arguments, "--yes", yes, "--no", no, "--", "paying"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["precision"], said["learned"], len(said["ask"])) == (None, 2, 5)
    assert main(["concept", "paying", "--project", folder, "--quiet", "--tag", "--first", "20", "--by", "Ann"]) == 0
    assert "Tagged “paying”: 20 rows." in capsys.readouterr().out
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out) == ["paying"]
    assert main(["concept", "paying", "--project", folder, "--forget"]) == 0
    assert rows.meaning.concepts.names() == []
