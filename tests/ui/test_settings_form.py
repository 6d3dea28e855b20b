"""The settings of the checks on the Findings page: drawn from their metadata, kept with the project, taken back."""

import json
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.findings import Checks
from curation.records.settings import options

APP = Path(__file__).parents[2] / "app.py"
KINDS = ("checkbox", "selectbox", "text_input", "number_input")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The Findings page of a checked project called Prose."""
    lines = [{"prompt": f"Say {n} in words", "completion": f"In words it is {n}."} for n in range(30)]
    lines.append({"prompt": "Say hello to them", "completion": "Say hello to them"})
    (tmp_path / "prose.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with Project.open(tmp_path / "projects" / "Prose", create=True) as project:
        project.examples.load(tmp_path / "prose.jsonl")
        project.findings.check()
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    return opened("findings", "Prose")


def texts(test: AppTest) -> str:
    return "\n".join(str(element.value) for kind in ("text", "caption", "toast") for element in getattr(test, kind))


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception


def choose(test: AppTest, check: str) -> None:
    next(box for box in test.selectbox if box.label == "Settings of").set_value(check).run()
    assert not test.exception


def test_settings_of_a_check_are_saved_and_taken_back(page: AppTest, tmp_path: Path) -> None:
    project = Project.open(tmp_path / "projects" / "Prose")
    assert "All checks have their built-in settings." in texts(page)
    choose(page, "too_long")
    field = next(box for box in page.number_input if box.label == "Context length of the model, in tokens")
    assert (field.value, field.min, field.max) == (8192, 64, 2_000_000)
    field.set_value(4096)
    press(page, "Save")
    assert project.findings.settings()["too_long"].tokens == 4096
    assert "Changed in this project: Over-long rows." in texts(page)
    assert project.place.step("check").stale
    assert any(button.label == "Check with these settings" for button in page.button)
    press(page, "Use the built-in ones")
    assert project.findings.settings() == project.findings.built_in()
    assert not project.place.step("check").stale
    project.close()


def test_every_check_shows_its_settings_with_what_they_are_set_to(page: AppTest) -> None:
    for name, settings in Checks.built_in().items():
        choose(page, name)
        shown = {element.label: element.value for kind in KINDS for element in getattr(page, kind)}
        assert {option.help: option.default for option in options(settings)}.items() <= shown.items(), name


def test_the_effect_of_settings_is_shown_before_they_are_saved(page: AppTest, tmp_path: Path) -> None:
    project = Project.open(tmp_path / "projects" / "Prose")
    choose(page, "copy_of_input")
    next(box for box in page.number_input).set_value(1)
    press(page, "Show what it would flag")
    assert "Would flag 1 row, 0 now: 1 example." in texts(page)
    assert "Flagged with these settings only:" in texts(page)
    assert "Say hello to them: The output repeats the input." in texts(page)
    assert project.findings.settings() == project.findings.built_in()
    assert not project.place.step("check").stale
    press(page, "Save")
    assert "Would flag" not in texts(page)
    assert project.place.step("check").stale
    project.close()


def test_checks_that_found_nothing_stand_in_one_line(page: AppTest) -> None:
    assert "Found nothing likely: " in texts(page)
    assert "Not checked" not in texts(page)
