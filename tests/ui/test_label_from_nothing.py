"""Labelling a file without labels: named on Load or not, what people label counts, is exported, is never empty."""

import csv
import io
from pathlib import Path

import pytest
from pages_ui import opened, shown

from curation.project import Project
from curation.records import Filter
from curation.records.context import Label
from curation.ui.load import own_labels
from curation.ui.state import SAMPLE
from tests.ended import ended
from tests.unlabelled import bare_file

LABELLED = 100


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def label_a_hundred_and_export(project: Project, out: Path) -> None:
    for id in project.rows.stored.ids(Filter())[:LABELLED]:
        example = project.examples.stored.get(id)
        assert example is not None
        label = "billing" if "money" in example.input or "card" in example.input else "post"
        project.decisions.decide(id, "label", example.version, label, "Ann")
    project.verdict.analyse()
    assert project.findings.stored.counts(0.0).get("empty", 0) == 0
    manifest = project.exports.write(out, ["csv"])
    rows = [row for name in ("train", "validation", "test") for row in table(out / f"{name}.csv")]
    near = [row for row in table(out / "removed.csv") if "duplicate" in row["reason"]]
    assert manifest.counts["kept"] == LABELLED - len(near)
    assert {row["label"] for row in rows} == {row["output"] for row in rows} == {"billing", "post"}


@pytest.mark.parametrize(
    ("header", "end"), [("text", ""), ("text,label", ",")], ids=["no label column", "an empty one"]
)
def test_a_hundred_labels_given_to_a_bare_file_are_exported(tmp_path: Path, header: str, end: str) -> None:
    with Project.open(tmp_path / "project", create=True) as project:
        project.examples.load(bare_file(tmp_path, header, end))
        label_a_hundred_and_export(project, tmp_path / "out")


def test_labels_named_on_load_are_there_in_review_and_what_is_given_is_exported(home: Path, tmp_path: Path) -> None:
    made = Project.open(home / "projects" / "Bare", create=True)
    test = opened("load", "Bare")
    file = bare_file(tmp_path, "text")
    test.file_uploader[0].set_value([(file.name, file.read_bytes(), "text/csv")])
    shown(test)
    assert not any("Nothing is loaded yet" in one.value for one in test.text)
    assert any("an input alone" in one.value for one in test.caption)
    (button,) = [one for one in test.button if one.label == "Load this file"]
    assert button.disabled  # no label is named yet
    area = next(one for one in test.text_area if one.label.startswith("Labels"))
    area.set_value("billing: about money\npost").run()
    next(one for one in test.button if one.label == "Load this file").click().run()
    assert not test.exception
    ended(made)
    assert "bare.csv: 130 rows stored." in [one.value for one in shown(test).text]
    assert made.settings.context().labels == (Label("billing", "about money"), Label("post"))
    assert made.examples.is_classification()
    assert made.rows.stored.unindexed() == 0
    loaded = {one.label: one for one in opened("load", "Bare").button}
    assert loaded["Start labelling"].proto.type == "primary"
    assert loaded["Run the checks"].proto.type == "secondary"
    review = opened("review", "Bare")
    assert next(box for box in review.selectbox if box.label == "Queue").value == "unlabelled"
    assert {"billing", "post"} <= {one.label for one in review.button}
    label_a_hundred_and_export(made, tmp_path / "out")
    assert made.rows.suggestions.learn() == 30
    review = opened("review", "Bare")  # the plain buttons suggest as the card does
    assert any(one.value.startswith("Likeliest, by the labels given so far (") for one in review.text)
    assert any(one.label.startswith("Suggested: ") for one in review.button)
    made.close()


def test_a_file_dropped_on_the_sample_becomes_a_project_of_its_own_and_no_column_is_a_label_against_ones_will(
    home: Path, tmp_path: Path
) -> None:
    with Project.open(home / "projects" / SAMPLE, create=True) as sample:
        sample.examples.load(bare_file(tmp_path, "text"))
    test = opened("load", SAMPLE)
    rows = "".join(f"where is parcel number {n},{('open', 'closed')[n % 2]}\n" for n in range(30))
    test.file_uploader[0].set_value([("May tickets.csv", f"message,state\n{rows}".encode(), "text/csv")])
    shown(test)
    label = next(box for box in test.selectbox if box.label == "Label")
    assert label.value == "state"
    label.set_value("(none)").run()
    assert any(one.value == "It becomes a project of its own, called May tickets." for one in test.text)
    next(one for one in test.text_area if one.label.startswith("Labels")).set_value("late").run()
    next(one for one in test.button if one.label == "Load this file").click().run()
    assert test.sidebar.selectbox[0].value == "May tickets"
    with Project.open(home / "projects" / "May tickets") as made:
        ended(made)
        assert made.examples.stored.totals()["unlabelled"] == 30
        assert made.examples.label_set() == ["late"]
    with Project.open(home / "projects" / SAMPLE) as sample:
        assert len(sample.examples.stored.sources()) == 1


def test_the_lines_of_the_form_are_labels_or_say_what_is_wrong() -> None:
    known = (Label("a", "", "x"),)
    assert own_labels.read("a: one\n\n b \ncard:lost", known) == (
        [Label("a", "one", "x"), Label("b"), Label("card:lost")], "",
    )  # fmt: skip
    assert "no name" in own_labels.read(": what")[1]
    assert "twice" in own_labels.read("a\na: b")[1]
    assert own_labels.line(Label("a", "b")) == "a: b"
