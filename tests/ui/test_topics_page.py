"""The Topics page: none yet, found, opened on Rows, out of date."""

from pathlib import Path

from pages_ui import opened, shown

from curation.project import Project
from curation.records import Filter


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
