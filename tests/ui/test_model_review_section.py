"""Findings: the section in which a model reads rows. It is not there until asked for, says what it takes, and starts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.records import Caps, ReviewRun, ReviewSettings
from tests.ended import ended
from tests.measure.endpoint_server import EndpointServer, rows
from tests.model_review.conftest import reading, replies


@pytest.fixture(scope="module")
def checked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of 40 texts in four classes that the checks have seen."""
    folder = tmp_path_factory.mktemp("read")
    (folder / "labelled.csv").write_text(rows(10), encoding="utf-8")
    with Project.open(folder / "Read", create=True) as project:
        project.examples.load(folder / "labelled.csv")
        project.findings.check(only=["empty"])
    return folder / "Read"


@pytest.fixture
def project(checked_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A copy of it in a home of the test's own."""
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    for name in ("CURATION_API_KEY", "OPENAI_API_KEY", "CURATION_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(checked_once, tmp_path / "projects" / "Read")
    with Project.open(tmp_path / "projects" / "Read") as opened_project:
        yield opened_project


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    said = replies(lambda row: reading("wrong" if row["LABEL"] == "refund" else "right", kind="no_label_fits"))
    with EndpointServer(lambda number: said) as made:
        yield made


def text_of(test: AppTest) -> str:
    return "\n".join(str(element.value) for kind in ("text", "caption", "header") for element in getattr(test, kind))


def press(test: AppTest, key: str) -> AppTest:
    test.button(key=key).click().run()
    assert not test.exception
    return test


def test_nothing_of_it_is_there_until_asked_for(project: Project) -> None:
    test = opened("findings", "Read")
    assert "model" not in text_of(test)
    assert [field.key for field in test.text_input if field.key and field.key.startswith("reading")] == []
    press(test, "reading-open")
    assert "What a model reads" in text_of(test)
    assert test.button(key="reading-start").disabled


def test_it_is_started_once_it_was_said_what_it_takes(project: Project, server: EndpointServer) -> None:
    test = press(opened("findings", "Read"), "reading-open")
    test.text_input(key="reading-endpoint").set_value(server.url)
    test.text_input(key="reading-model").set_value("m").run()
    press(test, "reading-plan")
    assert "40 rows of 40 will be read" in text_of(test)
    assert "Their texts go to 127.0.0.1" in text_of(test)
    assert server.requests == []
    test.number_input(key="reading-rows").set_value(20).run()
    assert test.button(key="reading-start").disabled
    assert "work out again" in text_of(test)
    press(test, "reading-plan")
    press(test, "reading-start")
    job = ended(project)
    assert (job.state, job.result["read"]) == ("done", 20)
    test = opened("findings", "Read")
    assert "20 of 20 rows read by m" in text_of(test)
    assert "is an estimate" in text_of(test)
    press(test, "reading-show")
    assert len(test.dataframe[0].value) == job.result["wrong"] > 0


def test_a_rubric_is_kept_and_taken_back(project: Project) -> None:
    test = press(opened("findings", "Read"), "reading-open")
    area = next(area for area in test.text_area if "classification" in str(area.value))
    area.set_value(str(area.value).replace("version = 1", "version = 3")).run()
    press(test, "rubric-keep")
    assert project.model_review.rubric().version == 3
    press(test, "rubric-reset")
    assert project.model_review.rubric().version == 1


def test_what_a_model_said_is_shown_as_text(project: Project, server: EndpointServer) -> None:
    server.behave = lambda number: replies(
        lambda row: reading("wrong", kind="no_label_fits", reason="\u202e![x](http://h) <b>")
    )
    project.model_review.read(ReviewRun(server.url, "m\u200b", ReviewSettings(rows=None), Caps()))
    test = opened("findings", "Read")
    assert "m⟨U+200B⟩" in text_of(test)
    press(test, "reading-show")
    assert not any("![x]" in str(one.value) for one in test.markdown)


@pytest.mark.parametrize("page", ["findings", "review", "audit", "team", "measure"])
def test_without_an_endpoint_no_page_is_longer_for_it(project: Project, page: str) -> None:
    test = opened(page, "Read")
    assert not test.exception
    words = ("The model that read the rows", "What a model reads", "What the model says", "Right or wrong?")
    assert not any(word in text_of(test) for word in words)
    fields = [
        one.key or "" for kind in ("text_input", "number_input", "checkbox", "selectbox") for one in getattr(test, kind)
    ]
    assert not [key for key in fields if key.startswith(("reading-", "judge-", "mark-", "suggestions-"))]
    buttons = [one.key for one in test.button if (one.key or "").startswith(("reading-", "judge-", "mark-", "rubric-"))]
    assert buttons == (["reading-open"] if page == "findings" else [])  # the one door to all of it
