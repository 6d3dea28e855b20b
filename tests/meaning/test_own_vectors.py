"""Vectors of the user's own: search, topics and checks go by them alone, and what they do not know is said."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.errors import InputRejected, UsageError
from curation.meaning import topics
from curation.project import Project
from curation.records import Filter

GROUPS = ("alpha", "beta", "gamma")
EACH = 20


@pytest.fixture
def rows(tmp_path: Path) -> Project:
    """60 rows whose words say nothing of their three groups."""
    lines = [f"row number {n} of the list,{GROUPS[n % 2]}" for n in range(3 * EACH)]
    path = tmp_path / "rows.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(tmp_path / "project", create=True)
    project.examples.load(path)
    return project


def made(count: int = 3 * EACH) -> np.ndarray:
    draw = np.random.default_rng(2)
    return 5 * np.eye(3, 12)[np.arange(count) // EACH] + draw.normal(scale=0.1, size=(count, 12))


def written(folder: Path, ids: list[str], vectors: np.ndarray) -> Path:
    path = folder / "own.parquet"
    pq.write_table(pa.table({"id": ids, "vector": [row.tolist() for row in vectors]}), path)
    return path


def ids_of(project: Project) -> list[str]:
    return project.rows.stored.ids(Filter())


def test_likeness_topics_and_search_follow_the_vectors_given(
    rows: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "how_many", lambda rows: 3)
    ids = ids_of(rows)
    taken = rows.meaning.own.take(written(tmp_path, [*ids[:-5], "nobody"], made()[: len(ids) - 4]))
    assert (taken.rows, taken.without, taken.unknown) == (55, 5, 1)
    assert rows.meaning.unknown() == 5
    hits = rows.meaning.search(Filter(like=ids[0]), 19)
    assert {hit.example.id for hit in hits} == set(ids[1:EACH])
    with pytest.raises(UsageError, match="say nothing of a text"):
        rows.meaning.search(Filter(text="row number 7", search="meaning"))
    assert rows.meaning.search(Filter(text="row number 7", search="words"), 1)[0].example.id == ids[7]
    rows.meaning.find_topics()
    assert sorted(topic.rows for topic in rows.meaning.topics.all() if topic.within < 0) == [15, 20, 20]

    # a text changed since is in no topic and no search by meaning until vectors are given again
    rows.decisions.decide(ids[1], "edit", 0, '{"input": "another text"}', "Ann")
    assert rows.meaning.topics.is_stale()
    assert rows.meaning.unknown() == 6
    assert ids[1] not in {hit.example.id for hit in rows.meaning.search(Filter(like=ids[0]), 60)}
    rows.meaning.own.take(written(tmp_path, ids, made()))
    assert rows.meaning.unknown() == 0
    assert ids[1] in {hit.example.id for hit in rows.meaning.search(Filter(like=ids[0]), 19)}
    rows.meaning.find_topics()
    assert not rows.meaning.topics.is_stale()

    # gone from the folder is said, and the built-in ones are one call away
    for path in (rows.folder / "vectors").glob("own-*.f32"):
        path.unlink()
    with pytest.raises(UsageError, match="Give them again"):
        rows.meaning.search(Filter(like=ids[0]))
    rows.meaning.own.leave()
    assert rows.meaning.topics.is_stale()
    assert rows.meaning.unknown() == 0
    assert not list((rows.folder / "vectors").glob("own-*"))


def test_checks_read_them_and_the_command_says_what_is_there(
    rows: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "own.npy", made())
    assert main(["vectors", "--project", str(rows.folder), "--own", str(tmp_path / "own.npy"), "--quiet"]) == 0
    assert "60 rows with 12 numbers each" in capsys.readouterr().out
    rows.findings.check(["label_noise", "paraphrases"])
    runs = {run.check: run for run in rows.findings.stored.runs()}
    assert runs["paraphrases"].status == "done"
    found = rows.findings.stored.current()
    assert found is not None
    twins = [json.loads(text) for text in found.of("paraphrases").table["evidence"].to_pylist()]
    assert all(one["similarity"] > 0.99 for one in twins)
    assert main(["vectors", "--project", str(rows.folder), "--built-in", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["own"] is None


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("short.npy", np.ones((3, 4)), "3 rows and the project 60"),
        ("text.npy", np.asarray([["a"]]), "no table of numbers"),
        ("flat.npy", np.ones((60, 1)), "no vectors of 2 to"),
        ("pickle.npy", np.asarray([{"a": 1}], dtype=object), "cannot be read as vectors"),
    ],
)
def test_a_file_that_holds_no_vectors_is_refused_and_nothing_changes(
    rows: Project, tmp_path: Path, name: str, values: np.ndarray, words: str
) -> None:
    np.save(tmp_path / name, values, allow_pickle=True)
    with pytest.raises(InputRejected, match=words):
        rows.meaning.own.take(tmp_path / name)
    with pytest.raises(UsageError, match="Vectors are read from"):
        rows.meaning.own.take(tmp_path / "vectors.txt")
    bad = tmp_path / "bad.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "vector": [[1.0, 2.0], [1.0]]}), bad)
    with pytest.raises(InputRejected, match="differ in length"):
        rows.meaning.own.take(bad)
    with pytest.raises(UsageError, match="is one of this project's"):
        rows.meaning.own.take(written(tmp_path, ["nobody"], made(1)))
    assert rows.meaning.own.given() is None
