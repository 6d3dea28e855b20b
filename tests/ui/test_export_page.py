"""The Export page: personal data is asked about, an export is approved by name, and a broken approval is shown."""

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pages_ui import opened, shown
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from curation.errors import GateNotPassed
from curation.export import Layout, gate
from curation.project import Project
from curation.project.jobs import Export
from curation.records import Filter, StillOpen
from curation.records.progress import ignore
from curation.store import database, jobs
from curation.ui.export import sentences
from curation.wording import TREATMENTS

ENDS = ("never came", "is broken and I want my money back", "was left at the wrong door", "cost more than it said")
PRIVATE = ("please write to ann.lee@acme-corp.org about my refund", "nothing came to my address jo@acme-corp.org yet")
WHY = "A pilot: we measure the base model next week."


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a checked and exported project, two rows of which hold personal data."""
    home = tmp_path_factory.mktemp("export-page")
    tickets = home / "tickets.csv"
    plain = [f"my {thing} number {n} {end}" for n, thing in enumerate(("lamp", "chair", "phone")) for end in ENDS]
    rows = [f"{text},{('refund', 'delivery')[n % 2]}" for n, text in enumerate([*plain, *PRIVATE])]
    tickets.write_text("text,category\n" + "\n".join(rows) + "\n")
    project = Project.open(home / "projects" / "Tickets", create=True)
    project.examples.load(tickets)
    project.exports.write(home / "projects" / "Tickets" / "export", layout=Layout(treatment="mask"))
    project.close()
    return home


@pytest.fixture
def made(made_once: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made_once, tmp_path / "exported"))


@pytest.fixture
def page(made: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page, nobody having approved the export."""
    monkeypatch.setenv("CURATION_HOME", str(made))
    return opened("export", "Tickets")


def texts(test: AppTest) -> str:
    kinds = ("text", "caption", "markdown", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(test, kind))


def approve(test: AppTest, name: str, why: str) -> AppTest:
    next(box for box in test.text_input if box.label == "Your name").input(name)
    next(box for box in test.text_area if "does not allow training" in box.label).input(why)
    next(button for button in test.button if button.label == "Approve this export").click()
    return shown(test)


def folder(home: Path) -> Path:
    return home / "projects" / "Tickets" / "export"


def test_rows_with_personal_data_are_counted_and_their_fate_is_asked(page: AppTest) -> None:
    assert "2 rows of the clean set may hold personal data or keys" in texts(page)
    (choice,) = (radio for radio in page.radio if radio.label == "These rows are")
    assert choice.options == [word.title for word in TREATMENTS.values()]
    assert choice.value == "mask"
    assert "2 rows with personal data or keys: masked, such as [email]." in texts(page)


def test_the_choice_goes_with_the_export(page: AppTest, made: Path) -> None:
    next(radio for radio in page.radio if radio.label == "These rows are").set_value("leave_out")
    shown(page)
    next(button for button in page.button if button.label == "Write the export").click()
    shown(page)
    project = Project.open(made / "projects" / "Tickets")
    with database.read(project.place.engine) as connection:
        job = jobs.newest(connection, 1)[0]
    project.jobs.cancel(job.id)
    project.jobs.cancel(job.id)
    arguments = json.loads(job.arguments)
    assert (job.verb, arguments["layout"]["treatment"]) == ("export", "leave_out")
    Export(**arguments).run(project, ignore)
    project.close()
    manifest = json.loads((folder(made) / "manifest.json").read_text())
    assert manifest["shares"] == [0.8, 0.1, 0.1]
    assert manifest["personal"] == {"rows": 2, "treatment": "leave_out"}
    assert manifest["removed"]["personal data or a key"] == 2


def test_an_export_is_approved_with_a_name_and_a_reason(page: AppTest, made: Path) -> None:
    assert "Nobody has approved this export for training yet." in texts(page)
    with pytest.raises(GateNotPassed):
        gate(folder(made))
    test = approve(page, "Ann Lee", WHY)
    approval = gate(folder(made))
    assert (approval.name, list(approval.waivers.values())) == ("Ann Lee", [WHY])
    assert "Ann Lee approved this export on" in texts(test)
    assert "Writing a new one ends this approval." in texts(test)
    assert f"Training is allowed anyway, because: {WHY}" in texts(test)
    assert not [button for button in test.button if button.label == "Approve this export"]


@pytest.mark.parametrize(("name", "why", "says"), [("", WHY, "name of the person"), ("Ann", " ", "gives no reason")])
def test_without_name_or_reason_nothing_is_approved(page: AppTest, made: Path, name: str, why: str, says: str) -> None:
    test = approve(page, name, why)
    assert says in texts(test)
    assert not (folder(made) / "approval.json").exists()


def test_a_decision_after_the_approval_makes_the_export_older_and_leaves_the_approval(
    page: AppTest, made: Path
) -> None:
    approve(page, "Ann Lee", WHY)
    project = Project.open(made / "projects" / "Tickets")
    shown_first = project.decisions.queue.page(Filter(), -1, 1)[0][1]
    project.decisions.decide(shown_first.id, "reject", shown_first.version, reviewer="Bo")
    test = shown(page)
    assert "The approval no longer holds" not in texts(test)
    assert "This export is older than the project: by 1 decision." in texts(test)
    project.decisions.undo("Bo")
    project.close()
    assert "This export is older than the project: by 2 decisions." in texts(shown(page))


def test_the_record_of_decisions_is_verified_on_request(page: AppTest) -> None:
    test = next(one for one in page.button if one.label == "Verify the decisions").click().run()
    assert "chain intact." in texts(test)


def test_a_changed_file_ends_the_approval(page: AppTest, made: Path) -> None:
    approve(page, "Ann Lee", WHY)
    report = folder(made) / "report.md"
    before = report.read_bytes()
    report.write_bytes(b"changed")
    test = shown(page)
    assert "The approval no longer holds" in texts(test)
    assert "report.md was changed after the export" in texts(test)
    report.write_bytes(before)


def test_what_is_still_open_is_said_before_an_export_is_written(page: AppTest, made: Path) -> None:
    with Project.open(made / "projects" / "Tickets") as project:
        first, second = project.rows.stored.ids(Filter())[:2]
        project.decisions.decide(first, "flag", 0)
        project.decisions.decide(second, "reject", 0)
    said = texts(shown(page))
    assert "1 flagged row." in said
    assert "because people left them out: 1 row." in said
    assert sentences.open_lines(StillOpen()) == []
    assert sentences.open_lines(StillOpen(12, 3, 40, 1, 2)) == [
        "Still open, and exported as they are: 12 suspects nobody has decided (3 of them contradict another row) and "
        "1 flagged row.",
        "Not written, because nobody has labelled them yet: 40 rows.",
        "Not written, because people left them out: 2 rows.",
    ]


def test_sentences_of_the_page() -> None:
    assert "1 row of" in sentences.personal_line(1)
    assert sentences.personal_fate({}) == ""
    assert sentences.personal_fate({"rows": 0, "treatment": "keep"}) == ""
    assert (
        sentences.personal_fate({"rows": 1200, "treatment": "leave_out"})
        == "1,200 rows with personal data or keys: left out."
    )
    assert sentences.marks_line({}) == ""
    assert "1,000 rows. Form or style to learn: 2 rows." in sentences.marks_line({"retrieval": 1000, "style": 2})


def test_the_report_is_to_be_had_beside_the_zip(page: AppTest, made: Path) -> None:
    assert [button.proto.label for button in page.get("download_button")][:3] == [
        "Download all as ZIP",
        "Download the report",
        "Download the rows left out (CSV)",
    ]
    project = Project.open(made / "projects" / "Tickets")
    assert project.exports.report_html() == (folder(made) / "report.html").read_bytes()
    removed = pq.read_table(folder(made) / "removed.parquet").to_pylist()
    written = list(csv.DictReader(io.StringIO(project.exports.removed_csv().decode())))
    assert [(row["id"], row["reason"]) for row in written] == [(row["id"], row["reason"]) for row in removed]
    project.close()


def test_rows_handed_out_after_the_export_are_told(page: AppTest, made: Path) -> None:
    assert "models are measured on" not in texts(page)
    project = Project.open(made / "projects" / "Tickets")
    trained = project.measuring.held_out.trained()
    project.measuring.held_out.hold(sorted(trained)[:3])
    test = shown(page)
    assert "used to measure models are in the training split" in texts(test)
    project.exports.write(folder(made), layout=Layout(treatment="mask"))
    assert "rows are in test, never in train or validation" in texts(shown(page))
    assert "in the train part of this export" not in texts(page)
    project.measuring.held_out.release_held(())
    project.exports.write(folder(made), layout=Layout(treatment="mask"))
    project.close()


def test_shares_weights_and_settings_of_formats_are_chosen_on_the_page(page: AppTest, made: Path) -> None:
    fields = {field.label: field for kind in ("number_input", "text_input") for field in getattr(page, kind)}
    assert (fields["Train, % of the rows"].value, fields["Validation, %"].value) == (80, 10)
    assert fields["Compression level of zstd"].value == 3
    assert not write_button(page).disabled
    fields["Train, % of the rows"].set_value(95)
    assert "together" not in texts(page)
    shown(page)
    assert "Train and validation are 105 % together. Lower one of them." in texts(page)
    assert write_button(page).disabled


def test_recipes_and_fewer_rows_of_large_labels_are_chosen_on_the_page(page: AppTest, made: Path) -> None:
    (recipes,) = (box for box in page.multiselect if box.label.startswith("Recipes"))
    assert recipes.options == ["axolotl", "LLaMA-Factory", "torchtune", "TRL", *recipes.options[4:]]
    recipes.select("trl")
    test = shown(page)
    model = next(box for box in test.text_input if box.key == "recipe-trl-model")
    model.input("a-model")
    next(box for box in test.number_input if box.key == "label-cap").set_value(3)
    next(box for box in test.checkbox if box.key == "label-balance").check()
    shown(test)
    write_button(test).click()
    shown(test)
    with Project.open(made / "projects" / "Tickets") as project:
        with database.read(project.place.engine) as connection:
            job = jobs.newest(connection, 1)[0]
        project.jobs.cancel(job.id)
        project.jobs.cancel(job.id)
        Export(**json.loads(job.arguments)).run(project, ignore)
        manifest = project.exports.last()
    assert manifest is not None
    assert manifest.settings["subset"] == {"cap_per_label": 3, "balance": True}
    assert manifest.settings["recipes"]["trl"]["model"] == "a-model"
    assert manifest.counts["kept"] == 6
    assert {"trl_sft.yaml", "train.prompt_completion.jsonl"} <= set(manifest.files)
    assert any("--trainer trl" in block.value for block in shown(test).code)


def write_button(page: AppTest) -> Button:
    return next(button for button in page.button if button.label == "Write the export")


def test_the_job_writes_what_was_chosen(made: Path) -> None:
    layout = {"shares": [0.5, 0.0, 0.5], "settings": {"parquet": {"level": 9}}, "treatment": "leave_out"}
    with Project.open(made / "projects" / "Tickets") as project:
        Export(["parquet"], layout).run(project, ignore)
        manifest = project.exports.last()
    assert manifest is not None
    assert list(manifest.shares) == [0.5, 0.0, 0.5]
    assert manifest.formats["parquet"]["settings"] == {"with_rendering": False, "row_group": 50_000, "level": 9}
    assert manifest.personal["treatment"] == "leave_out"
