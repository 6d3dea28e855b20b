"""The Measure page: what it will cost before it starts, and what came of it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.measure.plan import Settings
from curation.project import Project
from curation.ui import measure_views, state
from tests.ended import ended

sys.path.append(str(Path(__file__).parents[1] / "measure"))
from endpoint_server import EndpointServer, rows

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one project of 160 texts in four classes."""
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    for name in ("CURATION_API_KEY", "OPENAI_API_KEY", "CURATION_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "labelled.csv"
    path.write_text(rows(40), encoding="utf-8")
    project = Project.open(tmp_path / "projects" / "Asked", create=True)
    project.load(path)
    project.dedup()
    project.close()
    return tmp_path


@pytest.fixture
def asked(home: Path) -> Iterator[Project]:
    """That project, open."""
    project = Project.open(home / "projects" / "Asked")
    yield project
    project.close()


def shown() -> AppTest:
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params["project"] = "Asked"
    test.run()
    test.switch_page(str((state.PAGES / "measure.py").relative_to(APP.parent)))
    test.run()
    assert not test.exception
    return test


def text_of(test: AppTest) -> str:
    return "\n".join(str(element.value) for kind in ("text", "caption", "toast") for element in getattr(test, kind))


def test_it_says_what_it_will_cost_before_it_starts(asked: Project) -> None:
    test = shown()
    assert "At most 240 calls" in text_of(test)
    assert next(button for button in test.button if button.label == "Measure").disabled
    next(box for box in test.multiselect if box.label == "What to try").set_value(["zero_shot", "lora"]).run()
    assert not test.exception
    assert "run of its own" in text_of(test)


def test_a_measurement_started_on_the_page_is_shown_there(asked: Project) -> None:
    with EndpointServer() as server:
        test = shown()
        test.text_input(key="measure-endpoint").set_value(server.url)
        test.text_input(key="measure-model").set_value("m")
        test.number_input(key="measure-rows").set_value(20)
        test.run()
        next(button for button in test.button if button.label == "Measure").click().run()
        assert not test.exception
        job = ended(asked)
        assert (job.state, job.error) == ("done", "")
        assert len(server.requests) == 60
    test = shown()
    frame = test.dataframe[0].value
    assert list(frame["Score"]) == ["100.0 %"] * 3
    assert "60 of 1,000" in [metric.value for metric in test.metric]
    assert len(test.dataframe[1].value) == 3


def test_what_was_not_measured_says_why(asked: Project) -> None:
    with EndpointServer() as server:
        asked.measure(server.url, "m", Settings(arms=("zero_shot", "knowledge_base"), rows=20))
    test = shown()
    assert list(test.dataframe[0].value["Score"]) == ["100.0 %", "Not measured"]
    assert "Looked-up passages: not measured, no texts" in text_of(test)


def test_imported_outputs_are_told(asked: Project, tmp_path: Path) -> None:
    data = asked.dataset()
    path = tmp_path / "outputs.csv"
    lines = [f"{id},{label}" for id, label in zip(data.values("id"), data.values("label"))]
    path.write_text("\n".join(["id,output", *lines[:30]]), encoding="utf-8")
    asked.import_outputs(path, "lora", hosted=True)
    test = shown()
    assert "30 outputs of outputs.csv" in text_of(test)
    assert list(test.dataframe[0].value["Arm"]) == ["LoRA-tuned model"]


def test_texts_of_an_endpoint_are_shown_as_text() -> None:
    arm = {
        "name": "zero_shot", "reason": "the endpoint refused the question (400): \u202e![x](http://h)", "score": 0.0,
        "cost": None, "failed": 1, "latency_ms": None, "prompt_tokens": None, "output_tokens": None, "model": "m\u200b",
    }  # fmt: skip
    body = {"arms": [arm], "run": {}}
    assert "⟨U+202E⟩" in measure_views.arm_lines(body)[0]
    assert measure_views.arms_frame(body)["Model"][0] == "m⟨U+200B⟩"
