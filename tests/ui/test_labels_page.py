"""The Labels page: counted, described, renamed, merged, deleted over the whole set, and taken back at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.rows.labels import Variant, variants
from curation.records import Filter
from curation.records.context import Label
from curation.ui.widgets.steps import Next, next_step

TEXTS = ("refund", "Refund", "refund ", "delivery", "delivery", "Deli-very!", "account", "account", "card_lost")


@pytest.fixture
def set_(home: Path, tmp_path: Path) -> Iterator[Project]:
    """Nine questions with labels spelt in several ways."""
    path = tmp_path / "spelt.csv"
    path.write_text("text,category\n" + "".join(f'question number {n},"{t}"\n' for n, t in enumerate(TEXTS)))
    made = Project.open(home / "projects" / "Spelt", create=True)
    made.examples.load(path)
    yield made
    made.close()


def choose(test: AppTest, label: str) -> None:
    next(one for one in test.selectbox if one.label == "Change a label").set_value(label).run()
    assert not test.exception


def press(test: AppTest, label: str) -> None:
    next(one for one in test.button if one.label == label).click().run()
    assert not test.exception


def text(test: AppTest) -> str:
    return "\n".join(str(one.value) for kind in ("text", "toast", "caption") for one in getattr(test, kind))


def field(test: AppTest, label: str, value: str) -> None:
    next(one for one in test.text_input if one.label == label).set_value(value).run()


def test_a_label_is_described_renamed_merged_and_deleted_with_one_undo_each(set_: Project) -> None:
    ids = set_.rows.stored.ids(Filter())
    set_.decisions.decide(ids[6], "accept", 0, reviewer="Ann")
    set_.decisions.decide(ids[7], "reject", 0, reviewer="Ann")
    test = opened("labels", "Spelt")
    assert dict(zip(test.dataframe[0].value["Label"], test.dataframe[0].value["Rows"], strict=True))["account"] == 1
    few = "7 labels have fewer than 10 rows, the emptiest first: Deli-very! (1), Refund (1), account (1),"
    assert few in text(test)
    assert few in text(opened("overview", "Spelt"))
    choose(test, "account")
    field(test, "What it means", "about the login")
    field(test, "Key in review", "g")
    press(test, "Save")
    assert set_.settings.context().labels == (Label("account", "about the login", "g"),)
    field(test, "New name", "login")
    press(test, "Rename")
    renamed = [set_.examples.stored.get(id) for id in ids[6:8]]
    # what people said of the rows stands: only the name is another
    assert [(one.label, one.status) for one in renamed if one] == [("login", "accepted"), ("login", "rejected")]
    assert set_.settings.context().labels == (Label("login", "about the login", "g"),)
    assert set_.rows.stored.ids(Filter(reviewer="Ann")) == ids[6:8]
    assert [row.reviewer for row in set_.rows.stored.page(Filter(label="login"), "loaded", None, 9)] == ["Ann", "Ann"]
    assert "Label “account” renamed to “login” (2 decisions)" in text(test)
    press(test, "Undo all of it")
    assert set_.rows.stored.counts(Filter(label="account"))[0] == 2
    choose(test, "account")
    next(one for one in test.selectbox if one.label == "Label").set_value("delivery").run()
    [one for one in test.button if one.label == "Merge"][-1].click().run()
    assert set_.rows.stored.counts(Filter(label="delivery"))[0] == 4
    assert "account" not in dict(set_.examples.stored.label_counts())
    choose(test, "card_lost")
    press(test, "Delete")
    assert set_.rows.stored.ids(Filter(label="card_lost", status="rejected")) == ids[8:]
    press(test, "Undo all of it")
    assert set_.rows.stored.ids(Filter(label="card_lost", status="undecided")) == ids[8:]
    assert set_.place.verify().is_intact


def test_spellings_are_offered_and_a_label_can_be_added_before_a_row_has_it(set_: Project) -> None:
    test = opened("labels", "Spelt")
    assert "“Refund” (1 row) → “refund”" in text(test) or "“refund” (1 row) → “Refund”" in text(test)
    for _ in range(3):
        next(one for one in test.button if one.label == "Merge" and not one.disabled).click().run()
        assert not test.exception
    assert "look like spellings" not in text(test)
    counts = dict(set_.examples.stored.label_counts())
    assert sorted(counts.values()) == [1, 2, 3, 3]
    field(test, "Name of the new label", "complaint")
    press(test, "Add this label")
    assert "complaint" in list(test.dataframe[0].value["Label"])
    assert set_.examples.label_set()[-1] == "complaint"


def test_all_spellings_are_merged_by_one_press_and_taken_back_by_another(set_: Project) -> None:
    before = sorted(set_.examples.stored.label_counts())
    test = opened("labels", "Spelt")
    press(test, "Merge all 3 spellings")
    assert sorted(rows for _, rows in set_.examples.stored.label_counts()) == [1, 2, 3, 3]
    assert not set_.labels.variants()
    assert "3 spellings of labels merged (3 decisions)" in text(test)
    press(test, "Undo all of it")
    assert sorted(set_.examples.stored.label_counts()) == before
    assert set_.place.verify().is_intact


def test_spellings_come_before_the_other_suspects_until_they_are_merged_or_decided(set_: Project) -> None:
    set_.verdict.analyse()
    step = next_step(set_)
    assert step is not None
    assert (step.label, step.page) == ("Merge 3 spellings of labels", "labels")
    found = set_.labels.variants()
    changes = set_.labels.merged(found)
    made = set_.decisions.decide_all(changes, only_undecided=False)
    assert (step := next_step(set_)) is None or step.page != "labels"
    set_.decisions.undo_bulk(made.batch)
    assert next_step(set_) == Next("Merge 3 spellings of labels", "labels")
    waiting = set_.decisions.queue.page(Filter("label_spelling"), -1, 9)
    set_.decisions.decide_all([(example.id, "accept", "") for _, example in waiting])
    assert (step := next_step(set_)) is None or step.page != "labels"


def test_what_counts_as_a_spelling_of_another_label() -> None:
    counts = [
        ("refund", 9), ("cash", 5), ("Re fund", 4), ("refund.", 3), ("cash-back", 1), ("cash_back", 1), ("C", 1),
        ("c++", 1), ("2.5", 1), ("25", 1), ("+", 1), ("?", 1),
    ]  # fmt: skip
    assert variants(counts) == [
        Variant("refund", (("Re fund", 4), ("refund.", 3))),
        Variant("cash-back", (("cash_back", 1),)),
    ]
