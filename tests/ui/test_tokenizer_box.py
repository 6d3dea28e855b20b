"""The Load page says how tokens are counted, takes a tokenizer.json, and goes back to the estimate."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pages_ui import opened, shown
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.wording import ESTIMATED_BAND


@pytest.fixture
def page(tmp_path: Path, tickets: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of a project with a few rows."""
    monkeypatch.setenv("CURATION_HOME", str(tmp_path / "own"))
    with Project.open(tmp_path / "own" / "projects" / "Tickets", create=True) as project:
        project.examples.load(tickets)
    return opened("load", "Tickets")


def texts(test: AppTest) -> str:
    # a toast is Markdown, in which what is shown is escaped
    return "\n".join(str(element.value) for kind in ("text", "toast") for element in getattr(test, kind)).replace(
        "\\", ""
    )


def give(test: AppTest, file: Path) -> AppTest:
    (box,) = [box for box in test.file_uploader if box.label.startswith("tokenizer.json")]
    box.set_value([(file.name, file.read_bytes(), "application/json")])
    shown(test)
    next(button for button in test.button if button.label == "Count with it").click()
    return shown(test)


def test_the_estimate_states_its_band_and_a_tokenizer_takes_its_place_until_it_is_dropped(
    page: AppTest, tmp_path: Path, word_tokenizer: Path
) -> None:
    assert ESTIMATED_BAND in texts(page)
    with Project.open(tmp_path / "own" / "projects" / "Tickets") as project:
        project.settings.keep_tokenizer(word_tokenizer)
        assert "With the tokenizer.json you gave" in texts(shown(page))
        next(button for button in page.button if button.label == "Estimate them instead").click()
        assert ESTIMATED_BAND in texts(shown(page))
        assert project.settings.tokenizer() == ""


def test_what_is_no_tokenizer_is_refused_and_nothing_is_kept(
    page: AppTest, tmp_path: Path, tokenizer_file: Callable[..., Path]
) -> None:
    assert "is no tokenizer.json that can be read" in texts(give(page, tokenizer_file(model={"type": "none"})))
    assert "Tokens are counted with it" in texts(give(page, tokenizer_file()))
