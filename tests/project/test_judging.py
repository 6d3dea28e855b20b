"""Arms that are asked, judged by a model on all rows and by people on some, and scored: by the service and the page."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from curation.cli.main import main
from curation.errors import NotChecked, UsageError
from curation.project import Project
from curation.project.judging.sentences import standing_lines
from curation.project.measuring import family_of, remarks
from curation.records import Caps, EndpointRun, MeasureSettings, ReviewRun, ReviewSettings
from tests.measure.endpoint_server import EndpointServer, says
from tests.model_review.conftest import reading, replies

WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")
ROWS = 160


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of 160 questions and answers whose metric is judged."""
    folder = tmp_path_factory.mktemp("judged")
    lines = [
        f"What of {WORDS[n % 12]} {n} and {WORDS[(5 * n + 1) % 12]} {n * 7}?,"
        f"It is {WORDS[(7 * n + 3) % 12]} {n * 13} by the {WORDS[(3 * n + 2) % 12]} for {n * 37}."
        for n in range(ROWS)
    ]
    (folder / "rows.csv").write_text("question,answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with Project.open(folder / "texts", create=True) as made:
        made.examples.load(folder / "rows.csv")
        made.duplicates.find()
        (made.folder / "context.toml").write_text('[task]\nmetric = "judged"\n', encoding="utf-8")
    return folder / "texts"


@pytest.fixture
def project(texts: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it of the test's own."""
    shutil.copytree(texts, tmp_path / "texts")
    with Project.open(tmp_path / "texts") as made:
        yield made


def is_good(answer: str) -> bool:
    return answer.startswith("good")


def judges(row: Mapping[str, str]) -> str:
    return reading("right" if is_good(row["ANSWER"]) else "wrong", kind="other")


def ask_arms(project: Project, rows: int = 60) -> None:
    """Zero-shot answers are good for two rows in three, those with examples for all."""
    counted = iter(range(10_000))
    said: Mapping[str, Callable[[Any], str]] = {
        "zero_shot": lambda body: "good answer" if next(counted) % 3 else "bad answer",
        "few_shot": lambda body: "good as well",
    }
    for arm, answer in said.items():
        with EndpointServer(lambda number, answer=answer: says(answer)) as server:  # type: ignore[misc]
            settings = MeasureSettings((arm,), rows, timeout=5.0)
            made = project.measuring.measure(EndpointRun(server.url, "qwen2.5", settings, Caps(500)))
            assert "wait to be marked" in made.run.reasons[arm]


def judge(project: Project, model: str = "Qwen/Qwen3-8B") -> EndpointServer:
    with EndpointServer(lambda number: replies(judges)) as server:
        project.judging.ask(ReviewRun(server.url, model, ReviewSettings(timeout=5.0), Caps(500)), sleep=lambda s: None)
    return server


def test_arms_are_asked_judged_marked_and_compared(project: Project) -> None:
    with pytest.raises(NotChecked, match="No arm was asked yet"):
        judge(project)
    ask_arms(project)
    before = project.judging.standing()
    assert [(one.outputs, one.judge, one.wanted) for one in before] == [(60, "", 0), (60, "", 0)]
    server = judge(project)
    asked = server.prompts()
    assert len(asked) == len(set(asked))  # two arms that say the same of a row are one question
    assert all("zero_shot" not in one and "few_shot" not in one for one in asked)  # the judge does not know whose it is
    arms = project.judging.standing()
    assert [(one.marked, one.people, one.wanted) for one in arms] == [(60, 0, 40), (60, 0, 40)]
    assert "60 answers kept, 60 marked by Qwen/Qwen3-8B, 0 of 40 marked by people." in standing_lines(arms)[0]
    with pytest.raises(NotChecked):
        project.judging.score()
    seen = []
    while (one := project.judging.next()) is not None:
        assert one.done == len(seen) < one.whole == 80
        seen.append((one.example.id, one.arm))
        project.judging.mark(one.arm, one.example.id, "Ann", "right" if is_good(one.output) else "wrong")
    rows = [id for id, _ in seen]
    assert all(rows.count(id) == 2 for id in rows)  # people mark the same rows of both
    assert {arm for _, arm in seen[::2]} == {"zero_shot", "few_shot"}  # in an order that tells nothing
    made = project.judging.score()
    scores = {arm.name: arm for arm in made.arms}
    assert scores["few_shot"].score == 1.0
    assert scores["zero_shot"].low < 40 / 60 < scores["zero_shot"].high
    (apart,) = made.differences
    assert apart.low < 20 / 60 * (1 if apart.first == "few_shot" else -1) < apart.high
    said = remarks(scores["zero_shot"])
    assert "judged by Qwen/Qwen3-8B, and by people on 40 of the rows: the range holds the model's error" in said
    assert "judge and model are of one family, and models tend to like their own answers" in said
    assert {name: (by, rows) for name, by, rows in project.measuring.context().judged} == dict.fromkeys(
        ("zero_shot", "few_shot"), ("Qwen/Qwen3-8B", 40)
    )


def test_a_kept_answer_that_waits_for_nobody_takes_no_mark(project: Project) -> None:
    with pytest.raises(UsageError, match="does not wait for a mark"):
        project.judging.mark("zero_shot", "x", "Ann", "right")


def test_families_are_told_by_the_first_letters_of_a_name() -> None:
    assert family_of("Qwen/Qwen2.5-7B") == family_of("qwen3") == "qwen"
    assert family_of("gpt-4.1") != family_of("gemma-3")


def test_the_command_asks_the_judge_and_says_what_is_next(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    ask_arms(project)
    with EndpointServer(lambda number: replies(judges)) as server:
        main(["measure", "--project", str(project.folder), "--judge", "j", "--judge-endpoint", server.url, "--quiet"])
    said = capsys.readouterr().out
    assert "60 marked by j, 0 of 40 marked by people." in said
    assert "Now people mark a part of them blind" in said
