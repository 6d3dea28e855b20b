"""The Rows page: found, opened, decided, marked, acted on at once, linked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_ui import opened, shown
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.records import Filter
from curation.ui import state
from curation.ui.rows import view as views
from curation.ui.widgets import address


@pytest.fixture
def rows(home: Path, tickets: Path) -> Iterator[Project]:
    """The nine questions as a project the app knows, with a finding on each row that repeats a label."""
    made = Project.open(home / "projects" / "Nine", create=True)
    made.examples.load(tickets)
    yield made
    made.close()


def texts(test: AppTest) -> str:
    kinds = ("text", "caption", "markdown", "toast", "warning", "subheader", "header")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(test, kind))


def box(test: AppTest, label: str) -> object:
    kinds = ("selectbox", "text_input", "text_area", "number_input", "date_input", "checkbox")
    return next(element for kind in kinds for element in getattr(test, kind) if element.label == label)


def press(test: AppTest, label: str, number: int = 0) -> AppTest:
    [button for button in test.button if button.label == label][number].click().run()
    assert not test.exception
    return test


def inputs(test: AppTest) -> list[str]:
    return list(test.dataframe[0].value["Input"])


def test_rows_are_found_and_the_address_is_a_link_to_what_was_found(rows: Project) -> None:
    test = opened("rows", "Nine")
    assert len(inputs(test)) == 9
    assert "9 rows, 9 of them undecided" in texts(test)
    box(test, "Search").set_value("PLEASE my").run()  # type: ignore[attr-defined]
    assert inputs(test) == ["please send my money back"]
    assert test.query_params["text"] == ["PLEASE my"] or test.query_params["text"] == "PLEASE my"
    box(test, "How").set_value("regex").run()  # type: ignore[attr-defined]
    assert "No row is left" in texts(test)
    box(test, "Search").set_value("(").run()  # type: ignore[attr-defined]
    assert "cannot be read" in texts(test)
    box(test, "Search").set_value(r"\d+$").run()  # type: ignore[attr-defined]
    assert inputs(test) == ["how do i get a refund for order 12"]
    press(test, "Show all rows")
    box(test, "Label").set_value("account").run()  # type: ignore[attr-defined]
    box(test, "Order").set_value("shortest").run()  # type: ignore[attr-defined]
    assert inputs(test)[0] == "reset the password please"
    again = opened("rows", "Nine")
    for name, value in test.query_params.items():
        again.query_params[name] = value
    assert inputs(shown(again)) == inputs(test)


def test_rows_are_found_by_meaning_and_rows_like_one_are_acted_on_at_once(rows: Project) -> None:
    test = opened("rows", "Nine")
    box(test, "How").set_value("meaning").run()  # type: ignore[attr-defined]
    box(test, "Search").set_value("my package is lost").run()  # type: ignore[attr-defined]
    assert set(inputs(test)[:2]) == {"where is my parcel today", "when will the box arrive here"}
    assert not [one for one in test.selectbox if one.label == "Order"]
    again = opened("rows", "Nine")
    for name, value in test.query_params.items():
        again.query_params[name] = value
    assert inputs(shown(again)) == inputs(test)
    test.query_params.clear()
    test.query_params.update({"project": "Nine", "row": rows.rows.stored.ids(Filter())[0]})
    press(shown(test), "Rows like this one")
    assert inputs(test)[0] == "refund me for the broken lamp"
    assert "please send my money back" not in inputs(test)
    assert "The 8 rows nearest, 8 of them undecided" in texts(test)
    assert "Like: “please send my money back”" in texts(test)
    box(test, "Label").set_value("refund").run()  # type: ignore[attr-defined]
    press(test, "Yes, do it")
    assert rows.rows.stored.counts(Filter(status="accepted", label="refund"))[0] == 2
    assert "Accepted: like the row" in texts(test)
    press(test, "Undo all of it")
    next(one for one in test.button if one.label.startswith("Review them one by one")).click().run()
    assert not test.exception
    assert "like the row" in str([one.options for one in test.selectbox])


def test_a_row_is_opened_by_its_link_decided_marked_and_tells_its_story(rows: Project) -> None:
    id = rows.rows.stored.ids(Filter())[0]
    test = opened("rows", "Nine")
    test.query_params["row"] = id
    shown(test)
    assert "tickets\\.csv, row 1" in texts(test)
    assert "Imported from tickets.csv, row 1." in texts(test)
    press(test, "Accept")
    next(one for one in test.selectbox if one.label == "Label").set_value("account").run()
    press(test, "Edit")
    box(test, "Input").set_value("send my money back soon").run()  # type: ignore[attr-defined]
    box(test, "Why (may stay empty)").set_value("clearer").run()  # type: ignore[attr-defined]
    press(test, "Save the change")
    now = rows.examples.stored.get(id)
    assert now is not None
    assert (now.input, now.label, now.status) == ("send my money back soon", "account", "edited")
    for label, asks, text in (
        ("Leave a note", "Note", "asked the shop"), ("Tag it", "Tag", "urgent"), ("Send it to", "Name", "Bob"),
        ("Flag it", "What is wrong with it", "two questions in one"),
    ):  # fmt: skip
        box(test, asks).set_value(text).run()  # type: ignore[attr-defined]
        press(test, label)
    said = texts(test)
    for part in (
        "Relabel: “refund” → “account”.", "Why: clearer", "Note: asked the shop", "Tagged: urgent", "Sent to Bob.",
        "Why: two questions in one",
    ):  # fmt: skip
        assert part in said, part
    assert rows.rows.stored.ids(Filter(tag="urgent", assigned="Bob", status="flagged")) == [id]
    press(test, "Take my last decision back")
    assert "(taken back later)" in texts(test)
    press(test, "Back to the list")
    assert len(inputs(test)) == 9


def test_all_rows_of_a_filter_are_decided_at_once_and_taken_back_at_once(rows: Project) -> None:
    ids = rows.rows.stored.ids(Filter(label="refund"))
    rows.decisions.decide(ids[0], "accept", 0, reviewer="Ann")
    test = opened("rows", "Nine")
    test.query_params["label"] = "refund"
    shown(test)
    assert "Leaves out 2 rows. 1 row decided by people already stays." in texts(test)
    press(test, "Yes, do it", 1)
    assert rows.rows.stored.ids(Filter(status="rejected")) == ids[1:]
    assert "Left out: label “refund” (2 decisions)" in texts(test)
    press(test, "Undo all of it")
    assert rows.rows.stored.counts(Filter(status="rejected"))[0] == 0
    assert rows.rows.stored.ids(Filter(status="accepted")) == ids[:1]


def test_an_unknown_project_row_or_value_in_the_address_is_said(rows: Project) -> None:
    test = opened("rows", "Nine")
    test.query_params["row"] = "nowhere"
    shown(test)
    assert "There is no row nowhere in this project" in texts(test)
    other = opened("rows", "Nine")
    other.query_params.update({"cluster": "many", "project": "Ten"})
    shown(other)
    assert "There is no project “Ten”" in texts(other)
    assert "cluster=many, which is none" in texts(other)
    assert len(inputs(other)) == 9


def test_every_view_comes_back_from_its_address() -> None:
    filter = Filter(
        "label_noise", "a", "b c", "edited", 0.5, "x", "y", "regex", 3, "Ann", 0, 5, 9, "2026-01-01", "2026-02-01", "t",
        "Bob", True,
    )  # fmt: skip
    assert address.filter_of(address.params(filter)) == (filter, [])
    assert address.params(Filter()) == {}
    view = views.View(filter, "longest", ("Input", "File"), "id")
    assert views.view_of(view.params()) == (view, [])
    wrong = {
        "search": "psychic",
        "since": "yesterday",
        "sure": "nan",
        "source": "-1",
        "sort": "best",
        "columns": "x,Row",
        "label": "x" * 9_999,
    }
    found, said = views.view_of(wrong)
    assert found == views.View(columns=("Row",))
    assert len(said) == 6
    assert state.page_file("rows").exists()
