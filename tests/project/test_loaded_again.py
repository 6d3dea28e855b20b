"""A mended file brings its rows up to date where a column tells them apart; decisions wait for a person."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.cli.main import main
from curation.project import Project
from curation.records import Columns, Filter

COLUMNS = Columns(("question",), "answer", None, id="nr")
FIRST = {
    "1": ("Where is my parcel?", "On its way."),
    "2": ("Do you ship abroad?", "Yes."),
    "3": ("Lost my key", "Call us"),
}
MENDED = {"1": FIRST["1"], "2": ("Do you ship abroad?", "Yes, to all of Europe."), "4": ("Is it waterproof?", "It is.")}


def written(folder: Path, rows: dict[str, tuple[str, str]], name: str = "faq.csv", extra: str = "x") -> Path:
    path = folder / name
    lines = ["nr,question,answer,editor", *(f'{nr},"{q}","{a}",{extra}' for nr, (q, a) in rows.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project.open(tmp_path / "project", create=True)
    project.examples.load(written(tmp_path, FIRST), COLUMNS)
    return project


def rows_of(project: Project) -> dict[str, str]:
    dataset = project.examples.dataset()
    return dict(zip(dataset.values("input"), dataset.values("output"), strict=True))


def id_of(project: Project, input: str) -> str:
    dataset = project.examples.dataset()
    return str(dataset.values("id")[dataset.values("input").index(input)])


def test_a_mended_file_brings_new_and_changed_rows_and_says_what_it_lacks(project: Project, tmp_path: Path) -> None:
    loaded = project.examples.load(written(tmp_path, MENDED), COLUMNS)
    assert loaded.again is not None
    assert (loaded.again.new, loaded.again.changed, loaded.again.same, loaded.again.absent) == (1, 1, 1, 1)
    assert rows_of(project) == dict(MENDED.values()) | dict([FIRST["3"]])
    assert any("1 row of before not in this file" in said for said in loaded.imported.warnings)
    totals = project.examples.stored.totals()
    assert totals["stored"] == 4 == len(project.examples.dataset())
    assert [source.stored for source in project.examples.stored.sources()] == [2, 2]


def test_decisions_hold_on_rows_that_stayed_and_wait_on_those_that_changed(project: Project, tmp_path: Path) -> None:
    same, changed = id_of(project, FIRST["1"][0]), id_of(project, FIRST["2"][0])
    project.decisions.decide(same, "reject", 0, reviewer="Ann")
    project.decisions.decide(changed, "reject", 0, reviewer="Ann")
    project.examples.load(written(tmp_path, MENDED), COLUMNS)
    kept = project.examples.curated().dataset.values("input")
    assert FIRST["1"][0] not in kept
    assert FIRST["2"][0] in kept
    assert id_of(project, FIRST["1"][0]) == same
    assert [status for _, status, _ in project.decisions.changed()] == ["rejected"]
    waiting = project.decisions.queue.page(Filter("changed"), -1, 9)
    assert [example.output for _, example in waiting] == ["Yes, to all of Europe."]
    assert project.decisions.queue.total(Filter("changed")) == 1
    made = project.decisions.confirm_changed("Ann")
    assert (made.decided, made.passed_over, project.decisions.changed()) == (1, 0, [])
    assert FIRST["2"][0] not in project.examples.curated().dataset.values("input")
    project.decisions.undo_bulk(made.batch, "Ann")
    assert len(project.decisions.changed()) == 1
    assert project.place.verify().is_intact


def test_an_edit_is_not_carried_over_to_another_text(project: Project, tmp_path: Path) -> None:
    changed = id_of(project, FIRST["2"][0])
    project.decisions.decide(changed, "edit", 0, '{"output": "Yes, we do."}', "Ann")
    project.examples.load(written(tmp_path, MENDED), COLUMNS)
    made = project.decisions.confirm_changed("Ann")
    assert (made.decided, made.passed_over) == (0, 1)
    assert rows_of(project)[FIRST["2"][0]] == "Yes, to all of Europe."


def test_leaving_the_newer_file_out_brings_the_older_text_back(project: Project, tmp_path: Path) -> None:
    project.examples.load(written(tmp_path, MENDED), COLUMNS)
    third = {"2": ("Do you ship abroad?", "No longer.")}
    project.examples.load(written(tmp_path, third), COLUMNS)
    assert rows_of(project)[FIRST["2"][0]] == "No longer."
    first, second, newest = (source.id for source in project.examples.stored.sources())
    project.examples.set_source(newest, False)
    assert rows_of(project)[FIRST["2"][0]] == "Yes, to all of Europe."
    project.examples.set_source(second, False)
    assert rows_of(project) == dict(FIRST.values())
    project.examples.set_source(newest, True)
    project.examples.set_source(second, True)
    assert rows_of(project)[FIRST["2"][0]] == "No longer."
    project.examples.set_source(first, False)
    assert rows_of(project) == {FIRST["2"][0]: "No longer.", MENDED["4"][0]: MENDED["4"][1]}


def test_another_column_that_changed_is_said_and_changes_no_row(project: Project, tmp_path: Path) -> None:
    loaded = project.examples.load(written(tmp_path, FIRST, extra="y"), COLUMNS)
    assert loaded.again is not None
    assert (loaded.again.same, loaded.again.unread, loaded.stored) == (3, 3, 0)


def test_rows_without_an_id_or_with_one_twice_are_rejected_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("nr,question,answer\n7,a cat,a dog\n,no number,left out\n7,again,left out\n8,a bird,a fish\n")
    with Project.open(tmp_path / "project", create=True) as project:
        loaded = project.examples.load(path, COLUMNS)
        assert (loaded.stored, loaded.reasons) == (2, {"no_id": 1, "repeated_id": 1})


def test_a_file_loaded_before_without_the_id_is_named(tmp_path: Path) -> None:
    with Project.open(tmp_path / "project", create=True) as project:
        project.examples.load(written(tmp_path, FIRST), Columns(("question",), "answer"))
        loaded = project.examples.load(written(tmp_path, MENDED), COLUMNS)
    assert any("loaded before without 'nr'" in warning for warning in loaded.imported.warnings)


def test_the_command_line_says_what_was_new_changed_and_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--project", str(tmp_path / "project"), "--id", "nr", "--input", "question", "--output", "answer"]
    main(["load", str(written(tmp_path, FIRST)), *place])
    capsys.readouterr()
    main(["load", str(written(tmp_path, MENDED)), *place])
    assert "3 rows = 1 new + 1 changed + 1 the same + 0 rejected" in capsys.readouterr().err
    main(["project", "confirm", str(tmp_path / "project")])
    assert "0 changed rows decided as before the change, 0 left" in capsys.readouterr().out


VERSIONS = st.lists(
    st.dictionaries(st.sampled_from("1234"), st.sampled_from("abc"), min_size=1), min_size=1, max_size=3
)


@settings(max_examples=5, deadline=None)
@given(files=VERSIONS, left_out=st.sets(st.integers(0, 3)))
def test_the_newest_file_in_the_set_says_what_a_row_is(
    tmp_path_factory: pytest.TempPathFactory, files: list[dict[str, str]], left_out: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("again")
    with Project.open(folder / "project", create=True) as project:
        for n, rows in enumerate(files):
            texts = {nr: (f"question {nr}", text) for nr, text in rows.items()}
            path = written(folder, texts, extra=str(n))
            project.examples.load(path, COLUMNS)
        sources = [source.id for source in project.examples.stored.sources()]
        for n in left_out & set(range(len(sources))):
            project.examples.set_source(sources[n], False)
        for n in left_out & set(range(len(sources))):
            project.examples.set_source(sources[n], True)
        newest: dict[str, str] = {}
        for rows in files:
            newest |= rows
        assert rows_of(project) == {f"question {nr}": text for nr, text in newest.items()}
        assert project.examples.stored.totals()["stored"] == len(newest)
