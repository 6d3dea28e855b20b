"""Duplicates and hand-written examples, driven as a person would: what is left out, kept, merged, added and undone."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.decisions import BulkDecision
from curation.records import ClusterFilter, Example, Member, Neighbour, Touched
from curation.ui import state
from curation.ui.duplicates import bulk, compare
from curation.ui.widgets import bulk_actions, near
from curation.wording import BULK_REASONS

APP = Path(__file__).parents[2] / "app.py"
ROWS = [
    ("How do I get a refund for my broken lamp, please?", "refund"),
    ("How do I get a refund for my broken lamp please", "refund"),
    ("how do i get a refund for my broken lamp please!", "refund"),
    ("Where is the parcel that I ordered last week?", "delivery"),
    ("Where is the parcel that I ordered last week", "delivery"),
    ("I was charged 20 euros twice for one single order", "billing"),
    ("I was charged 30 euros twice for one single order", "billing"),
    ("My package never arrived at the front door of my house", "delivery"),
    ("My package never arrived at the front door of my house!", "billing"),
    ("Please change the address on my account", "account"),
]
LEAVING = [[*two, one] for two in ([0, 1], [0, 2], [1, 2]) for one in (3, 4)]
"""The rows that may leave: two of the first three and one of the next two."""

Show = Callable[[str], AppTest]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten labelled questions: two groups that repeat, one pair that differs in a number, one in the label."""
    folder = tmp_path_factory.mktemp("questions")
    file = folder / "rows.csv"
    file.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS), encoding="utf-8")
    project = Project.open(folder / "project", create=True)
    project.examples.load(file)
    project.duplicates.find()
    project.close()
    return folder / "project"


def test_what_is_said_of_a_row_and_its_buttons_stand_below_its_own_text(project: Project, show: Show) -> None:
    test = show("duplicates")
    beside = [one for one in test.columns if any(button.label == "Keep this one instead" for button in one.button)]
    assert beside
    for column in beside:
        assert not any(caption.value.startswith("Kept") for caption in column.caption)
        assert sum("similarity" in text.value for text in column.text) == 1


@pytest.fixture
def project(made: Path, home: Path) -> Project:
    """A copy of it that a test may change."""
    return Project.open(Path(shutil.copytree(made, home / "projects" / "Questions")))


@pytest.fixture
def show(project: Project) -> Show:
    def page(name: str) -> AppTest:
        return opened(name, project.name)

    return page


def press(test: AppTest, label: str, number: int = 0) -> None:
    [button for button in test.button if button.label == label][number].click().run()
    assert not test.exception


def texts(test: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("text", "caption", "toast") for e in getattr(test, kind))


def ids(project: Project) -> list[str]:
    return list(project.examples.dataset().values("id"))


def statuses(project: Project) -> list[str]:
    return [found.status for id in ids(project) if (found := project.examples.stored.get(id))]


def removed(project: Project, out: Path) -> dict[str, dict[str, object]]:
    project.exports.write(out)
    return {row["id"]: row for row in pq.read_table(out / "removed.parquet").to_pylist()}


def exported(out: Path) -> list[str]:
    return [text for name in ("train", "validation", "test") for text in pq.read_table(out / f"{name}.parquet")["input"].to_pylist()]  # fmt: skip


def test_leaving_out_all_repeats_is_counted_done_in_one_stroke_and_undone(project: Project, show: Show) -> None:
    test = show("duplicates")
    press(test, "Leave out the duplicates")
    assert "This leaves out 3 rows in 2 clusters." in texts(test)
    assert "2 variants and contradictions stay" in texts(test)
    assert statuses(project).count("rejected") == 0
    press(test, "Leave out the duplicates: 3 rows")
    assert [n for n, status in enumerate(statuses(project)) if status == "rejected"] in LEAVING
    assert "Leave out the duplicates (3 decisions), just now." in texts(test)
    press(test, "Undo all of it")
    assert statuses(project) == ["undecided"] * len(ROWS)
    assert "(3 decisions)" not in texts(test)


def test_rows_like_one_of_a_cluster_are_found_on_the_rows_page(project: Project, show: Show) -> None:
    test = show("duplicates")
    press(test, "Rows like this one")
    like = test.query_params["like"]
    assert (like if isinstance(like, str) else like[0]) in ids(project)[:5]
    assert len(test.dataframe[0].value) == len(ROWS) - 1
    assert "The 9 rows nearest" in texts(test)


def test_a_removed_repeat_names_its_keeper_and_similarity_in_the_export(
    project: Project, show: Show, tmp_path: Path
) -> None:
    test = show("duplicates")
    press(test, "Leave out the duplicates")
    press(test, "Leave out the duplicates: 3 rows")
    gone = removed(project, tmp_path / "out")
    left_out = [row for row in gone.values() if str(row["reason"]).startswith("rejected in review")]
    assert len(left_out) == 3
    for row in left_out:
        assert row["keeper"] in ids(project)
        assert row["keeper"] not in gone
        assert 0.7 <= float(str(row["similarity"])) <= 1
        assert row["reason"] == "rejected in review: repeats a kept example"


def test_leaving_one_row_out_names_its_keeper_too(project: Project, show: Show, tmp_path: Path) -> None:
    test = show("duplicates")
    press(test, "Leave out")
    assert statuses(project).count("rejected") == 1
    assert "Left out by a person, for the kept example beside it, similarity" in texts(test)
    row = next(r for r in removed(project, tmp_path / "out").values() if r["reason"] == "rejected in review")
    assert row["keeper"] in ids(project)


def test_keeping_all_rows_brings_the_repeats_into_the_export(project: Project, show: Show, tmp_path: Path) -> None:
    assert len(removed(project, tmp_path / "before")) == 3
    test = show("duplicates")
    press(test, "Keep all")
    press(test, "Keep all: 3 rows")
    assert "Keep all (3 decisions), just now." in texts(test)
    assert removed(project, tmp_path / "after") == {}
    assert len(exported(tmp_path / "after")) == len(ROWS)


def test_accepting_the_clusters_of_one_kind_touches_no_other(project: Project, show: Show) -> None:
    test = show("duplicates")
    test.button_group(key="cluster-kind").set_value("variant").run()
    press(test, "Accept as they are")
    assert "This accepts 2 rows in 1 cluster as they are." in texts(test)
    press(test, "Accept as they are: 2 rows")
    accepted = [ROWS[n][0] for n, status in enumerate(statuses(project)) if status == "accepted"]
    assert accepted == [ROWS[5][0], ROWS[6][0]]


def test_what_people_decided_is_counted_and_left_alone(project: Project, show: Show) -> None:
    mine = ids(project)[:3]
    for id in mine:
        project.decisions.decide(id, "accept", 0, reviewer="ana")
    test = show("duplicates")
    press(test, "Leave out the duplicates")
    assert "This leaves out 1 row in 1 cluster." in texts(test)
    assert "3 rows that people decided stay as decided." in texts(test)
    press(test, "Leave out the duplicates: 1 row")
    assert statuses(project)[:3] == ["accepted"] * 3


def test_a_change_of_the_filter_closes_the_question(project: Project, show: Show) -> None:
    test = show("duplicates")
    press(test, "Leave out the duplicates")
    test.text_input(key="cluster-text").set_value("parcel").run()
    assert not [button for button in test.button if button.label == "Leave out the duplicates: 3 rows"]
    press(test, "Leave out the duplicates")
    assert "This leaves out 1 row in 1 cluster." in texts(test)
    press(test, "Cancel")
    assert "This leaves out" not in texts(test)
    assert statuses(project).count("rejected") == 0


def test_much_goes_to_a_background_job(project: Project, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 2)
    test = show("duplicates")
    press(test, "Leave out the duplicates")
    press(test, "Leave out the duplicates: 3 rows")
    job = project.jobs.newest()
    assert job is not None
    assert job.verb == "decide_all"
    project.jobs.cancel(job.id)
    project.jobs.cancel(job.id)


def test_either_row_of_a_contradiction_is_given_the_label_of_the_other(project: Project, show: Show) -> None:
    test = show("duplicates")
    test.button_group(key="cluster-kind").set_value("contradiction").run()
    (one,) = [button.label for button in test.button if button.label.startswith("This one is")]
    kept = one.removeprefix("This one is ")
    press(test, one)
    now = [example for id in ids(project)[7:9] if (example := project.examples.stored.get(id))]
    assert sorted(example.status for example in now) == ["labelled", "undecided"]
    assert {f"“{example.label}”" for example in now} == {kept}
    assert not [button for button in test.button if button.label.startswith("This one is")]


def test_two_examples_become_one_and_the_merged_text_is_exported(project: Project, show: Show, tmp_path: Path) -> None:
    test = show("duplicates")
    test.text_input(key="cluster-text").set_value("parcel").run()
    press(test, "Merge the two")
    area = next(area for area in test.text_area if area.label == "Input")
    area.set_value("Where is the parcel I ordered?").run()
    next(box for box in test.selectbox if box.label == "Label").set_value("billing").run()
    press(test, "Merge into one")
    assert "Merged two examples, just now." in texts(test)
    changed = {s: n for n, s in enumerate(statuses(project)) if s != "undecided"}
    assert set(changed) == {"edited", "rejected"}
    kept = project.examples.stored.get(ids(project)[changed["edited"]])
    assert kept is not None
    assert (kept.input, kept.label) == ("Where is the parcel I ordered?", "billing")
    gone = removed(project, tmp_path / "out")
    merged = gone[ids(project)[changed["rejected"]]]
    assert merged["reason"] == f"rejected in review: merged into {kept.id}"
    assert merged["keeper"] == kept.id
    assert "Where is the parcel I ordered?" in exported(tmp_path / "out")
    assert ROWS[3][0] not in exported(tmp_path / "out")


def test_a_merge_is_undone_in_one_press(project: Project, show: Show) -> None:
    test = show("duplicates")
    press(test, "Merge the two")
    press(test, "Merge into one")
    assert statuses(project).count("rejected") == 1
    press(test, "Undo all of it")
    assert statuses(project) == ["undecided"] * len(ROWS)
    assert [e.input for id in ids(project) if (e := project.examples.stored.get(id))] == [text for text, _ in ROWS]


def test_a_merge_of_something_decided_meanwhile_changes_nothing(project: Project, show: Show) -> None:
    test = show("duplicates")
    press(test, "Merge the two")
    for id in ids(project):
        project.decisions.decide(id, "accept", 0, reviewer="somebody else")
    press(test, "Merge into one")
    assert statuses(project) == ["accepted"] * len(ROWS)
    assert "Nothing was changed" in texts(test)


def test_clusters_are_filtered_by_size_and_ordered(project: Project, show: Show) -> None:
    test = show("duplicates")
    test.number_input(key="cluster-size").set_value(3).run()
    assert list(test.dataframe[0].value["Rows"]) == [3]
    test.number_input(key="cluster-size").set_value(2).run()
    test.selectbox(key="cluster-order").set_value("loosest").run()
    similar = list(test.dataframe[0].value["Least similar"])
    assert len(similar) == 4
    assert similar == sorted(similar)
    test.text_input(key="cluster-text").set_value("nothing reads like this").run()
    assert "Nothing found." in texts(test)


def test_an_example_added_by_hand_is_stored_with_its_author_and_exported(
    project: Project, show: Show, tmp_path: Path
) -> None:
    test = show("load")
    test.toggle(key="add-by-hand").set_value(True).run()
    test.text_area(key="add-Questions-0-input").set_value("Please change the address of my account").run()
    frame = next(f.value for f in test.dataframe if "Note" in f.value)
    assert list(frame["Text"]) == [ROWS[9][0]]
    test.selectbox(key="add-Questions-0-label").set_value("billing").run()
    frame = next(f.value for f in test.dataframe if "Note" in f.value)
    assert list(frame["Note"]) == ["Another label: a contradiction"]
    test.selectbox(key="add-Questions-0-label").set_value("account").run()
    frame = next(f.value for f in test.dataframe if "Note" in f.value)
    assert list(frame["Note"]) == ["Same label: a repeat"]
    test.text_area(key="add-Questions-0-input").set_value("Can I pay by bank transfer?").run()
    press(test, "Add it to the set")
    added = project.examples.stored.get(ids(project)[-1])
    assert added is not None
    assert (added.input, added.label, added.source) == ("Can I pay by bank transfer?", "account", "Added by hand")
    assert json.loads(added.meta)["added_by"] == state.reviewer()
    removed(project, tmp_path / "out")
    assert "Can I pay by bank transfer?" in exported(tmp_path / "out")


def test_hand_written_examples_share_a_source_and_exact_repeats_are_kept(project: Project) -> None:
    first = project.examples.add("Hello", "", "account", True, "ana")
    second = project.examples.add("Hello", "", "account", True, "bo")
    assert second == f"{first}-1"
    assert [(source.name, source.stored) for source in project.examples.stored.sources()][1:] == [("Added by hand", 2)]
    assert project.examples.is_classification()
    assert len(project.examples.dataset()) == len(ROWS) + 2


def test_an_empty_input_is_refused_and_nothing_is_stored(project: Project, show: Show) -> None:
    test = show("load")
    test.toggle(key="add-by-hand").set_value(True).run()
    press(test, "Add it to the set")
    assert "Write an input first" in texts(test)
    assert len(project.examples.dataset()) == len(ROWS)


def test_editing_shows_neighbours_of_the_new_text_and_follows_later_changes(project: Project, show: Show) -> None:
    project.findings.check(["empty"])
    test = show("review")
    next(box for box in test.selectbox if box.label == "Queue").set_value("all").run()
    press(test, "Edit")
    frame = next(f.value for f in test.dataframe if "Note" in f.value)
    assert sorted(frame["Text"]) == sorted(text for text, _ in ROWS[1:3])
    assert "when you leave the field (Tab or Ctrl+Enter)" in texts(test)
    area = next(area for area in test.text_area if area.label == "Input")
    area.set_value("Please change the address on my account!").run()
    frame = next(f.value for f in test.dataframe if "Note" in f.value)
    assert list(frame["Text"]) == [ROWS[9][0]]
    project.decisions.decide(ids(project)[9], "reject", 0, reviewer="bo")
    test.run()
    assert not [f for f in test.dataframe if "Note" in f.value]


def test_the_index_of_a_large_set_is_made_in_the_background(
    project: Project, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "AT_ONCE", 3)
    live = near.Live(project)
    live.made.result(30)
    made = live.current()
    assert made is not None
    assert made.near(ROWS[4][0], but=ids(project)[4]) == [Neighbour(ids(project)[3], 1.0)]
    project.examples.add("Where is the parcel I ordered last week", "", "delivery", True)
    assert live.current() is made
    assert len(made.near(ROWS[4][0])) == 3


def member(kind: str, status: str = "undecided", pinned: str = "") -> Member:
    example = Example(1, "b", "f.csv", 0, "in", "out", "x", "in", "out", "x", None, "{}", 0, status, pinned)
    return Member(kind, 0.934, "a", example)


def test_what_becomes_of_a_row_is_one_sentence_with_its_similarity() -> None:
    assert compare.fate(member("near")).startswith("Not exported: it repeats")
    assert compare.fate(member("variant")) == "Exported unless you leave it out, similarity 0.93."
    assert compare.fate(member("near", pinned="keep")) == "Exported: kept on request, similarity 0.93."
    assert compare.fate(member("exact", status="rejected")).startswith("Left out by a person, ")


@pytest.mark.parametrize(
    ("at", "words"),
    [("12:00:30", "just now"), ("11:59:00", "1 minute ago"), ("09:00:00", "3 hours ago"), ("11:00:00", "1 hour ago")],
)
def test_a_stroke_says_what_it_was_and_when(at: str, words: str) -> None:
    now = datetime.fromisoformat("2026-01-02T12:00:40+00:00")
    stroke = BulkDecision("b", 3412, 0, BULK_REASONS["leave_out"])
    line = bulk_actions.undo_line(stroke, f"2026-01-02T{at}+00:00", now)
    assert line == f"Leave out the duplicates (3,412 decisions), {words}."


def test_large_counts_are_readable() -> None:
    line = bulk.touched_lines(Touched(3412, 1240, 0, 0), "leave_out")[0]
    assert line.startswith("This leaves out 3,412 rows in 1,240 clusters.")
    assert ClusterFilter() == ClusterFilter("", 2, "", "largest")


def test_the_box_for_files_belongs_to_one_project(project: Project, show: Show, home: Path) -> None:
    first = show("load").get("file_uploader")[0].proto.id
    other = Project.open(home / "projects" / "Other", create=True)
    test = opened("load", other.name)
    assert test.get("file_uploader")[0].proto.id != first
    other.close()


def test_leaving_out_says_that_repeats_count_once_already() -> None:
    line = bulk.touched_lines(Touched(3, 2, 0, 0), "leave_out")[0]
    assert "They count once already; this makes it a decision that shows in review" in line
