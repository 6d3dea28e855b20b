"""Near neighbours while people write: the same answers as the full index, in batches, after every kind of change."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.dedup import Settings, neighbours
from curation.errors import NotChecked
from curation.project import Project, duplicates
from curation.project.duplicates import Neighbours
from curation.store import clusters

WORDS = [
    "where",
    "is",
    "my",
    "parcel",
    "refund",
    "card",
    "order",
    "login",
    "account",
    "bank",
    "letter",
    "invoice",
    "phone",
    "screen",
    "cable",
    "shop",
    "street",
]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with 59 questions, twenty of them near-duplicates of others."""
    folder = tmp_path_factory.mktemp("neighbours")
    lines = [" ".join(WORDS[(n * k) % len(WORDS)] for k in (1, 2, 3, 5, 7, 11, 13)) for n in range(1, 40)]
    lines += [f"{line} please" for line in lines[:20]]
    (folder / "rows.csv").write_text("question,answer\n" + "".join(f"{line},yes\n" for line in lines), encoding="utf-8")
    project = Project.open(folder / "project", create=True)
    project.examples.load(folder / "rows.csv")
    project.close()
    return project.folder


@pytest.fixture
def project(made_once: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it that a test may change."""
    project = Project.open(Path(shutil.copytree(made_once, tmp_path / "project")))
    yield project
    project.close()


@pytest.mark.parametrize("batch", [7, 10_000])
def test_the_answers_are_those_of_the_full_index(project: Project, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "AT_ONCE", batch)
    dataset, settings = project.examples.dataset(), project.duplicates.settings()
    made, full = Neighbours(project.examples, settings).build(), neighbours(dataset, settings)
    answers = [made.near(text, limit=10) for text in dataset.values("input")]
    assert answers == [full.near(text, 10) for text in dataset.values("input")]
    assert max(map(len, answers)) > 1


def test_added_edited_left_out_and_restored_examples_are_followed(project: Project) -> None:
    made = Neighbours(project.examples, project.duplicates.settings()).build()
    first, text = project.examples.dataset().values("id")[0], "a wholly new text about umbrellas in the rain"
    assert made.near(text) == []
    added = project.examples.add(text, "yes", None, False, "ana")
    assert made.catch_up()
    assert [(n.id, n.similarity) for n in made.near(text)] == [(added, 1.0)]
    project.decisions.decide(first, "edit", 0, '{"input": "a wholly new text about umbrellas in rain"}')
    assert made.catch_up()
    assert [n.id for n in made.near(text)] == [added, first]
    project.decisions.decide(added, "reject", 0)
    assert made.catch_up()
    assert [n.id for n in made.near(text)] == [first]
    project.decisions.undo()
    assert made.catch_up()
    assert [n.id for n in made.near(text)] == [added, first]
    assert made.near(text, but=first)[0].id == added


def test_a_source_taken_out_or_many_changes_ask_for_a_new_index(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, text = (
        Neighbours(project.examples, project.duplicates.settings()).build(),
        project.examples.dataset().values("input")[0],
    )
    assert made.near(text) != []
    project.examples.set_source(project.examples.stored.sources()[0].id, False)
    assert not made.catch_up()
    assert Neighbours(project.examples, project.duplicates.settings()).build().near(text) == []
    project.examples.set_source(project.examples.stored.sources()[0].id, True)
    monkeypatch.setattr(duplicates, "FEW", 5)
    project.decisions.decide_all([(id, "accept", "") for id in project.examples.dataset().values("id")[:6]])
    assert not made.catch_up()


def test_pairs_are_compared_with_their_outputs_where_the_settings_say_so(project: Project) -> None:
    made = Neighbours(project.examples, Settings(on="pair")).build()
    text = project.examples.dataset().values("input")[0]
    assert made.near(text, "yes")[0].similarity == 1.0
    assert made.near(text, "quite another answer, long enough to tell it apart from the other one") == []


def test_a_set_too_large_says_why_there_are_no_neighbours(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "LARGEST", 10)
    with pytest.raises(NotChecked, match="sets of up to 10 examples; this one has 59"):
        Neighbours(project.examples, project.duplicates.settings()).build()


def test_an_empty_project_has_no_neighbours_until_one_is_added(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "empty", create=True)
    made = Neighbours(project.examples, project.duplicates.settings()).build()
    assert made.near("hello") == []
    project.examples.add("hello there", "", "a", True)
    assert made.catch_up()
    assert len(made.near("hello there")) == 1
    assert made.near("   ") == []


def test_a_system_prompt_makes_no_neighbours(project: Project, tmp_path: Path) -> None:
    prompt = "You are a patient agent of a shop. Answer the customer politely and in one sentence: "
    (tmp_path / "prompted.csv").write_text(
        "question,answer\n" + "".join(f"{prompt}{text},\n" for text in project.examples.dataset().values("input")[:40]),
        encoding="utf-8",
    )
    prompted = Project.open(tmp_path / "prompted", create=True)
    prompted.examples.load(tmp_path / "prompted.csv")
    made = Neighbours(prompted.examples, prompted.duplicates.settings()).build()
    assert made.near(f"{prompt}a wholly new text about umbrellas in the rain") == []
    known = prompted.examples.dataset().values("input")[0]
    assert made.near(known)[0].similarity == 1.0
    prompted.close()
