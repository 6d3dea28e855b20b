"""Arms that a model judged on all rows and people on some: the score and the difference are people's, with the range."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from curation.errors import NotChecked, UsageError
from curation.measure.holdout import Row
from curation.measure.judged import Marks, difference, marks_of, score
from curation.project import Project
from curation.readiness import load_policy
from curation.readiness.evidence import Known
from curation.readiness.evidence.base_model import base_model
from curation.readiness.evidence.headroom import headroom
from curation.records import OutputFile
from curation.records.context import Arm, Context
from curation.sampling.intervals import wilson


def marks(right: list[bool], said: list[bool], told: int) -> Marks:
    return Marks({str(n): one for n, one in enumerate(said)}, {str(n): right[n] for n in range(told)})


def test_a_biased_judge_does_not_move_the_score_only_its_range() -> None:
    right = [n % 5 != 0 for n in range(200)]  # 80 % are right
    kind = [one or n % 10 == 0 for n, one in enumerate(right)]  # calls half of the wrong ones right
    value, low, high = score(marks(right, kind, 100))
    assert value == pytest.approx(0.8) and low < 0.8 < high
    assert sum(kind) / 200 == 0.9 and high < 0.9  # what the judge alone would have said
    _, plain_low, plain_high = wilson(80, 100)
    assert high - low < plain_high - plain_low  # and 200 rows of its marks tell more than 100 of people's


def test_a_judge_who_knows_nothing_costs_nothing_in_truth() -> None:
    rng = np.random.default_rng(3)
    right = (rng.random(300) < 0.7).tolist()
    value, low, high = score(marks(right, (rng.random(300) < 0.5).tolist(), 100))
    _, plain_low, plain_high = wilson(sum(right[:100]), 100)
    assert value == pytest.approx(sum(right[:100]) / 100, abs=0.02)
    assert high - low == pytest.approx(plain_high - plain_low, rel=0.15)


def test_below_thirty_rows_of_people_nothing_is_scored() -> None:
    with pytest.raises(NotChecked, match="people have judged 29 of the 30 rows"):
        score(marks([True] * 100, [True] * 100, 29))
    assert score(marks([True] * 20, [True] * 20, 20))[0] == 1.0  # all there are


def test_two_arms_are_compared_row_by_row() -> None:
    first = [n % 10 != 0 for n in range(300)]  # 90 %
    second = [n % 10 not in (0, 1) for n in range(300)]  # 80 %, wrong wherever the first is
    found = difference(marks(first, first, 60), marks(second, second, 60))
    assert found is not None
    (value, low, high), rows = found
    assert rows == 300 and value == pytest.approx(0.1) and low < 0.1 < high
    single = [score(marks(one, one, 60)) for one in (first, second)]
    assert high - low < sum(one[2] - one[1] for one in single)
    back = difference(marks(second, second, 60), marks(first, first, 60))
    assert back is not None and back[0][0] == pytest.approx(-0.1)
    assert difference(marks(first, first, 60), Marks(marks(second, second, 0).model, {})) is None


def test_marks_are_read_once_a_family_and_what_belongs_nowhere_is_counted() -> None:
    rows = {name: Row(name, "in", "out") for name in "abcd"}
    lines = [("a", "right", ""), ("b", "Wrong", "right"), ("c", "right", ""), ("x", "right", ""), ("d", "", "right")]
    found, matched = marks_of(lines, rows, {"a": "1", "b": "1", "c": "2", "d": "3"}, {"c"})
    assert found == Marks({"b": False}, {"b": True})  # of two that say the same the one people judged
    assert (matched.unknown, matched.repeated, matched.seen) == (2, 1, 1)
    with pytest.raises(UsageError, match="A mark is right or wrong"):
        marks_of([("a", "maybe", "")], rows, {"a": "1"}, frozenset())


WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")
TEXTS = [f"{WORDS[n % 12]} {n} {WORDS[(5 * n + 1) % 12]} {n * 7}" for n in range(120)]


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    """120 questions with answers of their own, scored by whether people call an answer right."""
    lines = ["input,output", *(f"{text},it is {text[::-1]}" for text in TEXTS)]
    made = project_of({"rows.csv": "\n".join(lines)})
    (made.folder / "context.toml").write_text('[task]\nmetric = "judged"\ntarget = 0.95\n', encoding="utf-8")
    made.duplicates.find()
    return made


def brought(project: Project, tmp_path: Path, arm: str, wrong: int, told: int = 60, judge: str = "gemma-3-27b") -> None:
    """A table of marks: the model is right of all, people judged the first rows."""
    lines = ["input,reading,person"]
    for n, text in enumerate(TEXTS):
        said = "wrong" if n % 12 < wrong else "right"
        lines.append(f"{text},{said},{said if n < told else ''}")
    path = tmp_path / f"{arm}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    project.measuring.import_outputs(OutputFile(path, arm, model="google/Gemma-2b", judge=judge))


def test_a_judged_arm_is_measured_and_says_whose_marks_it_rests_on(project: Project, tmp_path: Path) -> None:
    brought(project, tmp_path, "zero_shot", 6)
    brought(project, tmp_path, "few_shot", 3)
    measured = project.measuring.held_out.measurement()
    assert measured is not None
    assert {arm.name: round(arm.score, 2) for arm in measured.arms} == {"few_shot": 0.75, "zero_shot": 0.5}
    (apart,) = measured.differences
    assert (apart.first, apart.second, apart.n) == ("few_shot", "zero_shot", 120)
    assert apart.value == pytest.approx(0.25) and 0.1 < apart.low < 0.25 < apart.high < 0.4
    context = project.measuring.context()
    assert set(context.judged) == {("zero_shot", "gemma-3-27b", 60), ("few_shot", "gemma-3-27b", 60)}
    made = base_model(Known({}, context, load_policy()))
    assert made.kind == "measured" and made.detail["judged_by_people"] == 60
    assert "gemma-3-27b judged its answers, and people 60 of them: the range holds the model's error." in made.message
    assert "Judge and arm are of one family, and judges prefer their own." in made.message
    assert "the range holds the model's error" in headroom(Known({}, context, load_policy())).message


def test_a_judged_arm_that_people_hardly_checked_is_not_measured(project: Project, tmp_path: Path) -> None:
    brought(project, tmp_path, "few_shot", 3, told=10)
    measured = project.measuring.held_out.measurement()
    assert measured is not None
    assert measured.arms[0].reason == (
        "people have judged 10 of the 30 rows that tell how far the model's marks may be believed"
    )
    assert project.measuring.context().arms == ()


def test_an_arm_that_nobody_judged_so_says_nothing_of_a_judge() -> None:
    context = Context(arms=(Arm("few_shot", 0.7, 100),), measured=frozenset({"few_shot"}))
    made = base_model(Known({}, context, load_policy()))
    assert "judge" not in made.detail and "judged" not in made.message
