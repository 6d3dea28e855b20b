"""Looking for rows by meaning in a project: found without shared words, in any script, and following what changes."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import curation
from curation.cli.main import main
from curation.errors import UsageError
from curation.project import Project
from curation.project.meaning.topics import FOLDER
from curation.records import Filter
from curation.text import features
from curation.text.vectors import VectorFile, vectors_of

TEXTS = (
    "the doctor gave my daughter antibiotics,health",
    "our flight to Lisbon was cancelled,travel",
    "the guitar needs new strings,music",
    "which physician treats children with fever,health",
    "the violinist tuned her instrument,music",
    "أين يمكنني شراء تذكرة القطار,travel",
    "我想买一张火车票,travel",
    "the plane took off two hours late,travel",
    "... !!!,music",
)
PHYSICIAN = 3


@pytest.fixture
def rows(project_of: Callable[..., Project]) -> Project:
    return project_of({"mixed.csv": "text,category\n" + "\n".join(TEXTS) + "\n"})


def found(project: Project, n: int = 2, **filter: object) -> list[int]:
    """The places in the file (from 0) of the rows a search finds, best first."""
    return [hit.example.row for hit in project.meaning.search(Filter(**filter), n)]  # type: ignore[arg-type]


def test_a_near_meaning_is_found_without_a_shared_word(rows: Project) -> None:
    assert set(found(rows, text="medicine for a sick kid", search="meaning")) == {0, PHYSICIAN}
    assert set(found(rows, text="airline delay", search="meaning")) == {1, 7}
    assert found(rows, text="airline delay", search="words") == []
    assert set(found(rows, text="airline delay", search="both")) == {1, 7}
    assert found(rows, 1, text="火车票", search="meaning") == [6]
    assert found(rows, 1, text="تذكرة القطار", search="both") == [5]
    assert set(found(rows, 1, like=rows.rows.stored.ids(Filter())[0])) == {PHYSICIAN}


def test_a_meaning_is_a_filter_like_any_other(rows: Project) -> None:
    asked = Filter(text="medicine for a sick kid", search="meaning", label="travel")
    with pytest.raises(UsageError, match=r"project\.meaning"):
        rows.rows.stored.counts(asked)
    placed = rows.meaning.placed(asked)
    assert rows.rows.stored.counts(placed) == (4, 4)
    assert rows.meaning.placed(placed) == placed
    listed = [row.example.seq for row in rows.rows.stored.page(placed, "nearest", None, 9)]
    assert tuple(listed) == placed.among
    rest = rows.rows.stored.page(placed, "nearest", (1, listed[1]), 9)
    assert [row.example.seq for row in rest] == listed[2:]
    assert rows.meaning.placed(Filter(text="kid", search="words")) == Filter(text="kid", search="words")
    nobody = rows.meaning.placed(Filter(label="none", text="kid", search="meaning"))
    assert rows.rows.stored.counts(nobody) == (0, 0)


def test_edited_taken_back_added_and_left_out_rows_follow(rows: Project, tmp_path: Path) -> None:
    ids = rows.rows.stored.ids(Filter())
    asked = {"text": "a boat on the sea", "search": "meaning"}
    rows.meaning.make()
    rows.decisions.decide(ids[2], "edit", 0, json.dumps({"input": "we sailed the yacht across the ocean"}), "Ann")
    assert found(rows, 1, **asked) == [2]
    assert 2 in found(rows, 1, text="yachts ocean", search="words")
    rows.decisions.undo_on(ids[2], "Ann")
    assert found(rows, 1, **asked) != [2]
    assert found(rows, 1, text="yacht", search="words") == []
    more = tmp_path / "more.csv"
    more.write_text("text,category\nthe ferry crosses the bay every hour,travel\n", encoding="utf-8")
    source = rows.examples.load(more)
    assert rows.meaning.waiting() == 1
    (hit,) = rows.meaning.search(Filter(**asked), 1)  # type: ignore[arg-type]
    assert (hit.example.source, rows.meaning.waiting()) == ("more.csv", 0)
    assert source.stored == 1
    rows.examples.set_source(2, False)
    assert [hit.example.source for hit in rows.meaning.search(Filter(**asked), 1)] == ["mixed.csv"]  # type: ignore[arg-type]


def test_the_file_is_never_the_truth(rows: Project) -> None:
    asked = {"text": "airline delay", "search": "meaning"}
    before = found(rows, **asked)
    whole = (rows.folder / FOLDER / "input.f32").read_bytes()
    for damaged in ("input.f32", "input.i64", "input.json"):
        (rows.folder / FOLDER / damaged).write_bytes(b"torn")
        assert found(rows, **asked) == before
        assert (rows.folder / FOLDER / "input.f32").read_bytes() == whole
    about = json.loads((rows.folder / FOLDER / "input.json").read_text())
    (rows.folder / FOLDER / "input.json").write_text(json.dumps(about | {"id": "another"}))
    assert rows.meaning.waiting() == len(TEXTS)
    assert found(rows, **asked) == before
    numbers, vectors = VectorFile(rows.folder / FOLDER, "input").read()
    assert vectors.dtype == np.float32
    assert np.allclose(vectors[:-1], vectors_of([text.split(",")[0] for text in TEXTS[:-1]]))
    assert len(numbers) == len(TEXTS)


def test_an_empty_text_has_no_vector() -> None:
    there, empty, blank = vectors_of(["a red apple", "", " \n"])
    assert np.isclose(np.linalg.norm(there), 1.0)
    assert np.isnan(empty).all()
    assert np.isnan(blank).all()


def test_without_the_package_words_still_work_and_what_is_missing_is_said(
    rows: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(features, "find_spec", lambda name: None if name == "wordllama" else find(name))
    assert "wordllama" in rows.meaning.missing()
    assert found(rows, text="guitars strings", search="words") == [2]
    for asked in (Filter(text="guitar", search="meaning"), Filter(text="guitar", search="both"), Filter(like="x")):
        with pytest.raises(UsageError, match="curation\\[embeddings\\]"):
            rows.meaning.search(asked)


def test_what_cannot_be_asked_is_said(rows: Project) -> None:
    with pytest.raises(UsageError, match="what to look for"):
        rows.meaning.search(Filter(search="meaning"))
    with pytest.raises(UsageError, match="no row 'nowhere'"):
        rows.meaning.search(Filter(like="nowhere"))


def test_the_command_and_the_python_function_find_the_same(
    rows: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["search", "airline delay", "--project", str(rows.folder), "-n", "2", "--quiet"]
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["row"] for row in found} == {2, 8}
    assert all(0 < row["similarity"] <= 1 and row["label"] == "travel" for row in found)
    assert main(asked) == 0
    assert "our flight to Lisbon was cancelled  [travel]" in capsys.readouterr().out
    (tmp_path / "mixed.csv").write_text("text,category\n" + "\n".join(TEXTS) + "\n", encoding="utf-8")
    pairs = curation.read(tmp_path / "mixed.csv")
    assert curation.search(pairs, "airline delay", n=2).values("id") == [row["id"] for row in found]
    assert curation.search(pairs, like=found[0]["id"], n=1).values("id") == [found[1]["id"]]
    assert main(["search", "nothingness", "--by", "words", "--project", str(rows.folder), "--quiet"]) == 0
    assert "No row was found" in capsys.readouterr().out
    for wrong in (["search"], ["search", "a", "--like", "b"], ["search", "a", "-n", "0"]):
        assert main([*wrong, "--project", str(rows.folder)]) == 2
