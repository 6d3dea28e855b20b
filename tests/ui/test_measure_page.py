"""The Measure page: what it will cost before it starts, and what came of it."""

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.jobs import Judge
from curation.records import ArmResult, AskedRun, EndpointRun, Measurement, MeasureSettings, OutputFile
from curation.ui.measure import sentences
from tests.ended import ended

sys.path.append(str(Path(__file__).parents[1] / "measure"))
from endpoint_server import EndpointServer, asked_input, label_of, rows, says

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of 160 texts in four classes."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "labelled.csv").write_text(rows(40), encoding="utf-8")
    project = Project.open(folder / "Asked", create=True)
    project.examples.load(folder / "labelled.csv")
    project.duplicates.find()
    project.close()
    return project.folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a copy of it."""
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    for name in ("CURATION_API_KEY", "OPENAI_API_KEY", "CURATION_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(made_once, tmp_path / "projects" / "Asked")
    return tmp_path


@pytest.fixture
def asked(home: Path) -> Iterator[Project]:
    """That project, open."""
    project = Project.open(home / "projects" / "Asked")
    yield project
    project.close()


def shown() -> AppTest:
    return opened("measure", "Asked")


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
        asked.measuring.measure(
            EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot", "knowledge_base"), rows=20))
        )
    test = shown()
    assert list(test.dataframe[0].value["Score"]) == ["100.0 %", "Not measured"]
    assert "Prompt with retrieved documents: not measured, no knowledge texts" in text_of(test)


def test_imported_outputs_are_told(asked: Project, tmp_path: Path) -> None:
    data = asked.examples.dataset()
    path = tmp_path / "outputs.csv"
    lines = [f"{id},{label}" for id, label in zip(data.values("id"), data.values("label"))]
    path.write_text("\n".join(["id,output", *lines[:30]]), encoding="utf-8")
    asked.measuring.import_outputs(OutputFile(path, "lora", hosted=True))
    test = shown()
    assert "30 outputs of outputs.csv" in text_of(test)
    assert list(test.dataframe[0].value["Arm"]) == ["LoRA-tuned model"]


def test_texts_of_an_endpoint_are_shown_as_text() -> None:
    reason = "the endpoint refused the question (400): \u202e![x](http://h)"
    arm = ArmResult("zero_shot", "m\u200b", "accuracy", "now", 0.0, 0.0, 1.0, failed=1, reason=reason)
    measurement = Measurement((arm,), (), AskedRun(metric="accuracy", rows=1))
    assert "⟨U+202E⟩" in sentences.arm_lines(measurement)[0]
    assert sentences.arms_frame(measurement)["Model"][0] == "m⟨U+200B⟩"


def test_the_way_chosen_and_what_was_typed_stay_while_a_job_starts_and_ends(asked: Project, tmp_path: Path) -> None:
    test = shown()
    test.text_input(key="measure-model").set_value("mine")
    test.number_input(key="measure-rows").set_value(50)
    test.radio(key="measure-way").set_value("Outputs from elsewhere").run()
    test.selectbox(key="measure-arm").set_value("lora").run()
    assert not test.exception
    asked.jobs.start(Judge())
    test.run()
    ended(asked)
    test.run()
    assert test.radio(key="measure-way").value == "Outputs from elsewhere"
    assert test.selectbox(key="measure-arm").value == "lora"
    test.radio(key="measure-way").set_value("Ask an endpoint").run()
    assert (test.text_input(key="measure-model").value, test.number_input(key="measure-rows").value) == ("mine", 50)
    assert not test.warning


def test_what_outputs_may_be_is_said_where_they_are_dropped(asked: Project) -> None:
    test = shown()
    test.radio(key="measure-way").set_value("Outputs from elsewhere").run()
    assert "Exports keep the rows you download here in the test split" in text_of(test)
    (box,) = (one for one in test.get("file_uploader") if one.proto.label.startswith("Outputs"))
    assert box.proto.label == "Outputs: CSV, TSV, JSON, JSONL, Parquet or XLSX"


def test_held_back_rows_come_for_spreadsheets_and_for_scripts(asked: Project) -> None:
    test = shown()
    test.radio(key="measure-way").set_value("Outputs from elsewhere").run()
    buttons = [button.proto.label for button in test.get("download_button")]
    assert buttons == ["Download them as CSV", "Download them as JSONL"]
    rows = asked.measuring.held_back(MeasureSettings(rows=5))
    table = list(csv.DictReader(sentences.held_csv(rows).decode("utf-8-sig").splitlines()))
    assert [(row["id"], row["row"], row["output"]) for row in table] == [(r["id"], str(r["row"]), "") for r in rows]
    armed = [{"id": "a", "source": "f.csv", "row": 1, "input": "=HYPERLINK(1)"}]
    assert "'=HYPERLINK(1)" in sentences.held_csv(armed).decode("utf-8-sig")
    assert [json.loads(line) for line in sentences.held_jsonl(rows).decode().splitlines()] == rows


def test_rows_handed_out_can_be_taken_back_until_they_are_scored(asked: Project, tmp_path: Path) -> None:
    ids = [row["id"] for row in asked.measuring.held_back(MeasureSettings(rows=40))]
    path = tmp_path / "outputs.csv"
    path.write_text("\n".join(["id,output", *(f"{id},refund" for id in ids[:10])]), encoding="utf-8")
    asked.measuring.import_outputs(OutputFile(path, "zero_shot"))
    test = shown()
    test.radio(key="measure-way").set_value("Outputs from elsewhere").run()
    assert "30 rows are held back, and no model has been scored on them yet." in text_of(test)
    test.button(key="measure-take-back").click().run()
    assert not test.exception
    assert asked.measuring.held_out.held().ids == set(ids[:10])
    assert "scored on them yet" not in text_of(test)
    assert sentences.waiting_line(1).startswith("1 row is held back")


def test_each_label_and_the_model_are_told(asked: Project) -> None:
    def half(body: object) -> str:
        text = asked_input(body)  # type: ignore[arg-type]
        return label_of(text) if "refund" not in text else "I think it is a refund"

    with EndpointServer(lambda number: says(half)) as server:
        settings = MeasureSettings(arms=("zero_shot",), rows=40, every_row=True)
        asked.measuring.measure(EndpointRun(server.url, "m", settings, parameters=8e9))
    test = shown()
    arms = test.dataframe[0].value
    assert (arms["Wrong form"][0], arms["Size"][0]) == ("25.0 %", "8 billion parameters")
    assert arms["Runs"][0] == "On your own machines"
    labels = test.dataframe[1].value
    assert list(labels.columns) == ["Label", "Rows", "Right", "Given", "Recall", "90 % interval"]
    assert (labels["Label"][0], labels["Recall"][0]) == ("refund", "0.0 %")
    assert list(labels["Recall"][1:]) == ["100.0 %"] * 3


def test_the_scored_rows_are_judged_on_the_page_and_what_is_wrong_is_corrected(asked: Project) -> None:
    with EndpointServer() as server:
        asked.measuring.measure(EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot",), rows=25)))
    test = shown()
    assert "Models are scored against these rows. Judge 20 of them" in text_of(test)
    test.button(key="holdout-start").click().run()
    for n in range(20):
        assert not test.exception
        label = "Wrong" if n == 0 else "Right"
        next(button for button in test.button if button.label == label).click().run()
    assert "20 of the 25 scored rows were judged, 1 of them wrong: 5 %" in text_of(test)
    test.button(key="holdout-settle").click().run()
    assert not test.exception
    assert "stored replies are used, so nothing is paid twice" in text_of(test)
    result = asked.rounds.holdout_result()
    assert result is not None and len(result.wrong) == 1 and result.unsettled == 0


def test_outputs_from_elsewhere_say_where_their_model_runs(asked: Project) -> None:
    test = shown()
    test.radio(key="measure-way").set_value("Outputs from elsewhere").run()
    place = test.selectbox(key="measure-place")
    assert (place.value, place.options) == (
        "unknown", ["Nobody said where it runs", "On your own machines", "Hosted outside your machines"]
    )  # fmt: skip
    assert not test.exception
