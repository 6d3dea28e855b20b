"""A set too large to look through: an excerpt of it in a project, and what people decide there done to the whole."""

import os
import random
from pathlib import Path

import pytest
from sqlalchemy import event

from curation.cli.main import main
from curation.errors import UsageError
from curation.project import Project
from curation.project.large import CarriedOver, carry_over, show
from curation.project.large.work import KEPT_DAYS, work_folder
from curation.records import Columns
from curation.review import excerpt

WORDS = [
    "order",
    "parcel",
    "courier",
    "garden",
    "window",
    "invoice",
    "number",
    "letter",
    "street",
    "winter",
    "bottle",
    "pencil",
    "carpet",
    "mirror",
    "engine",
    "doctor",
    "river",
    "bridge",
    "candle",
    "ticket",
    "season",
    "market",
    "button",
    "drawer",
    "pillow",
    "guitar",
    "planet",
    "monkey",
    "silver",
    "yellow",
]
DRAW = random.Random(2)
ROWS = [f"{' '.join(DRAW.sample(WORDS, 8))},{'abc'[n % 3]}" for n in range(60)]
ROWS += ["please mail it to ada@kant.org instead,a", "when does the shop open on sunday,b"]
ROWS += ["when does the shop open on sunday,c"]


SAID = {row.partition(",")[0] for row in ROWS[-3:]}


def written(path: Path, rows: list[str]) -> Path:
    path.write_text("text,category\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def loaded(place: Path, rows: list[str], columns: Columns | None = None) -> Project:
    project = Project.open(place, create=True)
    project.examples.load(written(place / "rows.csv", rows), columns)
    return project


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "RANDOM", 4)
    monkeypatch.setattr(excerpt, "ALIKE", 4)


@pytest.fixture
def whole(tmp_path: Path, few: None) -> Project:
    project = loaded(tmp_path / "whole", ROWS)
    project.findings.check(["pii", "contradictions"])
    return project


@pytest.fixture
def review(tmp_path: Path) -> Project:
    return Project.open(tmp_path / "review", create=True)


def ids(project: Project) -> dict[str, str]:
    rows = project.examples.dataset()
    return dict(zip(rows.values("id"), rows.values("input"), strict=True))


def test_an_excerpt_holds_what_was_found_and_some_rows_at_random(whole: Project, review: Project) -> None:
    shown = show(whole, review)
    there = ids(review)
    assert there.items() <= ids(whole).items()
    assert shown.rows == shown.new == len(there)
    assert 6 <= len(there) <= 20
    found, ours = review.findings.stored.current(), whole.findings.stored.current()
    assert found is not None and ours is not None
    assert found.table.sort_by("id").to_pylist() == ours.table.sort_by("id").to_pylist()
    assert found.runs == ours.runs
    assert {"please mail it to ada@kant.org instead", "when does the shop open on sunday"} <= set(there.values())
    assert review.place.step("check").ran


def test_nothing_is_shown_before_the_checks_ran(tmp_path: Path, review: Project) -> None:
    with pytest.raises(UsageError, match="run the checks"):
        show(loaded(tmp_path / "other", ROWS), review)


def test_what_people_decide_is_done_to_the_whole_also_where_rows_were_put_in(
    tmp_path: Path, whole: Project, review: Project
) -> None:
    show(whole, review)
    before = dict(zip(*(whole.examples.dataset().values(column) for column in ("id", "label")), strict=True))
    by_text = {text: id for id, text in ids(review).items()}
    mail = by_text["please mail it to ada@kant.org instead"]
    first, second = (id for id, text in ids(review).items() if text.startswith("when does"))
    other = next(id for id, text in ids(review).items() if text not in SAID)
    review.decisions.decide(mail, "reject", 0, reviewer="ada", reason="private")
    review.decisions.decide(first, "label", 0, "a", reviewer="bob")
    review.decisions.decide(second, "reject", 0, reviewer="bob")
    review.decisions.undo("bob")
    review.decisions.decide(other, "accept", 0)
    gone = ids(review)[other]
    later = loaded(tmp_path / "later", ["a row before all others,a", *(r for r in ROWS if r.split(",")[0] != gone)])
    assert carry_over(review, later) == CarriedOver(decided=2, gone=1, changed=0)
    curated = later.examples.curated()
    labels = dict(zip(curated.dataset.values("id"), curated.dataset.values("label"), strict=True))
    assert mail not in labels
    assert labels[first] == "a"
    assert labels[second] == before[second]
    (made,) = later.decisions.of(mail)
    assert (made.reviewer, made.reason) == ("ada", "private")
    later.findings.check(["pii", "contradictions"])
    again = show(later, review)
    assert again.new <= 5
    assert {mail, first, second} <= set(ids(review))
    assert len(review.decisions.of(mail)) == 1


BY_ID = Columns(("text",), None, "category", None, None, None, "id")


def load_by_id(project: Project, text: str) -> None:
    """Load a file, or load it again, whose first row says this."""
    path = project.folder / "rows.csv"
    path.write_text(f"id,text,category\n1,{text},a\n2,mail ada@kant.org,b\n", encoding="utf-8")
    project.examples.load(path, BY_ID)


def by_id(place: Path, text: str) -> Project:
    project = Project.open(place, create=True)
    load_by_id(project, text)
    return project


def test_a_file_loaded_again_while_decisions_are_carried_over_is_what_they_are_held_against(tmp_path: Path) -> None:
    before, later = (by_id(tmp_path / place, "old") for place in ("x", "y"))
    for id in ids(before):
        before.decisions.decide(id, "reject", 0)
    has_read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        has_read.extend([statement] if "FROM examples" in statement and len(has_read) < 1 else [])

    def load_again(_: object) -> None:
        if len(has_read) == 1:
            has_read.append("")
            load_by_id(later, "new")

    event.listen(later.place.engine, "before_cursor_execute", note)
    event.listen(later.place.engine, "commit", load_again)
    assert carry_over(before, later) == CarriedOver(decided=1, gone=1, changed=0)
    assert later.examples.curated().dataset.values("input") == ["new"]


def test_a_decision_is_not_done_to_a_row_that_says_something_else_by_now(tmp_path: Path, few: None) -> None:
    before, later = (by_id(tmp_path / place, text) for place, text in (("x", "old"), ("y", "new")))
    for id in ids(before):
        before.decisions.decide(id, "reject", 0)
    assert carry_over(before, later) == CarriedOver(decided=1, gone=0, changed=1)
    assert list(ids(later).values()) == ["new", "mail ada@kant.org"]
    assert later.examples.curated().dataset.values("input") == ["new"]


def test_the_command_line_puts_people_between_two_runs(
    tmp_path: Path, few: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "rows.csv", ROWS)
    run = ["run", str(path), "--out", str(tmp_path / "out"), "--review", str(tmp_path / "people")]
    assert main(run) == 0
    assert "to look at" in capsys.readouterr().err
    with Project.open(tmp_path / "people") as people:
        id = next(id for id, text in ids(people).items() if "ada@kant.org" in text)
        people.decisions.decide(id, "reject", 0)
    assert main(run) == 0
    assert "1 row decided there and here" in capsys.readouterr().err
    assert "ada@kant.org" not in (tmp_path / "out" / "train.parquet").read_bytes().decode("latin-1")
    assert not list((tmp_path / "home" / "work").glob("*"))


def test_work_that_ends_by_an_error_leaves_its_folder_and_no_two_share_one(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), work_folder("a", tmp_path) as folder:
        (folder / "piece").touch()
        with pytest.raises(UsageError, match="Another process"), work_folder("a", tmp_path):
            pass
        raise ZeroDivisionError
    with work_folder("a", tmp_path) as folder:
        assert (folder / "piece").exists()
    assert not folder.exists()


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "curation-work-a").mkdir()
    (tmp_path / "curation-work-a").chmod(0o777)
    with pytest.raises(UsageError, match="cannot be trusted"), work_folder("a", tmp_path):
        pass


def test_old_work_is_removed(tmp_path: Path) -> None:
    for name, days in (("old", KEPT_DAYS + 1), ("young", KEPT_DAYS - 1)):
        (tmp_path / f"curation-work-{name}").mkdir()
        then = (tmp_path / f"curation-work-{name}").stat().st_mtime - days * 86_400
        os.utime(tmp_path / f"curation-work-{name}", (then, then))
    with work_folder("a", tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == {"curation-work-a", "curation-work-young"}
