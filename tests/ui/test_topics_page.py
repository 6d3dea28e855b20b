"""The Topics page: none yet, found, opened on Rows, out of date."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pages_ui import opened, shown

from curation.project import Project
from curation.project.meaning.map import Places
from curation.records import Filter
from curation.text import features
from curation.ui.topics import picture


def test_topics_are_listed_with_their_facts_and_open_their_rows(home: Path, tickets: Path) -> None:
    project = Project.open(home / "projects" / "Nine", create=True)
    project.examples.load(tickets)
    test = opened("topics", "Nine")
    assert [button.label for button in test.button if button.key == "topics-start"] == ["Find the topics"]
    project.meaning.find_topics()
    shown(test)
    frame = test.dataframe[0].value
    assert list(frame["Rows"]) == [9]
    assert list(frame["Undecided"]) == [9]
    assert "account 3" in frame["Labels"][0]
    assert not [button for button in test.button if button.key == "topics-start"]
    rows = opened("rows", "Nine")
    rows.query_params["topic"] = "0"
    shown(rows)
    assert len(rows.dataframe[0].value) == 9
    assert any(text.value.startswith("Topic: ") for text in rows.text)
    rows.query_params["topic"] = "7"
    shown(rows)
    assert any("no topic 7" in warning.value for warning in rows.warning)
    project.decisions.decide(project.rows.stored.ids(Filter())[0], "edit", 0, '{"input": "where is my coat"}', "Ann")
    shown(test)
    assert [button.label for button in test.button if button.key == "topics-start"] == ["Find them again"]
    project.close()


def test_a_topic_is_renamed_and_filters_every_list(home: Path, tickets: Path) -> None:
    project = Project.open(home / "projects" / "Named", create=True)
    project.examples.load(tickets)
    project.verdict.analyse()
    project.meaning.find_topics()
    project.meaning.topics.rename(0, "Everything asked")
    test = opened("topics", "Named")
    assert list(test.dataframe[0].value["Topic"]) == ["Everything asked"]
    for page in ("rows", "findings", "duplicates"):
        test = opened(page, "Named")
        lists = [box for box in test.selectbox if box.label == "Topic"]
        assert all("Everything asked" in box.options for box in lists), page
        if lists:
            lists[0].set_value("Everything asked")
            shown(test)
    project.close()


def test_the_map_colours_the_commonest_values_and_reads_the_box_drawn() -> None:
    points = pd.DataFrame(
        {"x": 0.0, "y": 0.0, "Row": "a", "Label": [f"label {n % 10}" for n in range(100)] + ["label 3"]}
    )
    coloured = picture.coloured(points, "Label")
    assert set(coloured["Value"]) == {f"label {n}" for n in range(10)}
    assert coloured["Group"].nunique() == len(picture.HUES) + 1
    assert (coloured["Group"] == picture.OTHER).sum() == 30
    places = Places(np.arange(4), np.asarray([[-1, -1], [-1, -1], [0.99, 0.99], [1, 1]], np.float32))
    cells = picture.shading(places)
    assert sorted(cells["Rows"]) == [2, 2]
    chart = picture.scatter(coloured, cells, "Label", is_dark=True).to_dict()
    assert any(param["name"] == "box" for param in chart["params"])
    few = picture.scatter(
        picture.coloured(points[points["Label"] == "label 3"], "Label"), None, "Label", False
    ).to_dict()
    assert few["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["label 3"]
    assert "stroke" not in picture.SHAPES  # filled, a line is nothing
    assert picture.area_of({"x": [0.5, -0.25], "y": [0.0, 1.0]}) == "-0.2500,0.5000,0.0000,1.0000"
    assert picture.area_of({}) is None


def test_a_concept_is_begun_on_a_row_answered_and_tagged(home: Path, tickets: Path) -> None:
    project = Project.open(home / "projects" / "Kinds", create=True)
    project.examples.load(tickets)
    id = project.rows.stored.ids(Filter(label="refund"))[0]
    rows = opened("rows", "Kinds")
    rows.query_params["row"] = id
    shown(rows)
    next(box for box in rows.text_input if box.label == "Name of the concept").set_value("money back").run()
    next(button for button in rows.button if button.label == "It is of a concept").click().run()
    assert not rows.exception
    assert project.meaning.concepts.names() == ["money back"]
    test = opened("topics", "Kinds")
    assert any("9 answers more, and it is." in text.value for text in test.text)
    next(button for button in test.button if button.label == "It is not").click().run()
    assert not test.exception
    assert any("8 answers more, and it is." in text.value for text in test.text)
    next(button for button in test.button if button.label == "Tag the first 100").click().run()
    assert not test.exception
    assert project.rows.stored.counts(Filter(tag="money back"))[0] == 8
    next(button for button in test.button if button.label == "Forget it").click().run()
    assert project.meaning.concepts.names() == []
    project.close()


def test_without_the_package_for_vectors_pages_say_so_and_everything_else_works(
    home: Path, tickets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(features, "find_spec", lambda name: None if name == "wordllama" else find(name))
    project = Project.open(home / "projects" / "Bare", create=True)
    project.examples.load(tickets)
    project.verdict.analyse()
    assert {run.check: run.status for run in project.findings.stored.runs()}["paraphrases"] == "not_checked"
    assert not (project.folder / "vectors").exists()
    test = opened("topics", "Bare")
    assert any("needs the package wordllama" in warning.value for warning in test.warning)
    assert next(button for button in test.button if button.key == "topics-start").disabled
    rows = opened("rows", "Bare")
    rows.query_params |= {"text": "refund", "search": "meaning"}
    shown(rows)
    assert any("needs the package wordllama" in warning.value for warning in rows.warning)
    rows.query_params["search"] = "words"
    shown(rows)
    assert not rows.warning
    assert len(rows.dataframe[0].value) > 0
    for page in ("review", "findings", "duplicates", "readiness", "export"):
        opened(page, "Bare")
    project.close()
