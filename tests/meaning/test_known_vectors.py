"""Checks read the vectors that a project keeps: the same findings as without, and no text is read twice."""

import json
from pathlib import Path

import numpy as np
import pytest

from curation import checks
from curation.project import Project
from curation.records import Filter
from curation.text.features import static_embeddings
from curation.text.vectors.known import KnownVectors, stored

READING = ["label_noise", "paraphrases", "thin_topic"]
HOWS = ("new", "lost", "broken", "second", "old", "stolen", "missing", "late")
SUBJECTS = ("card", "parcel", "password", "refund")


@pytest.fixture
def rows(tmp_path: Path) -> Project:
    lines = [
        line for subject in SUBJECTS for how in HOWS
             for line in (f"my {how} {subject} was not there,{subject}", f"was my {subject} not {how} there,{subject}")]  # fmt: skip
    path = tmp_path / "rows.csv"
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(tmp_path / "project", create=True)
    project.examples.load(path)
    return project


def test_known_vectors_are_those_made_of_the_texts_and_others_are_made(tmp_path: Path) -> None:
    texts = ["a red apple", "the violin", "", "a red apple"]
    made = static_embeddings(texts)
    (tmp_path / "v.f32").write_bytes(made.tobytes())
    places = np.arange(3)
    known = KnownVectors((stored(str(tmp_path / "v.f32"), 4, places, texts[:3]),))
    asked = ["the violin", "a green pear", "a red apple", ""]
    assert np.array_equal(known(asked), static_embeddings(asked))
    assert np.array_equal(KnownVectors()(asked), static_embeddings(asked))
    (tmp_path / "v.f32").write_bytes((made * 2).tobytes())
    assert np.array_equal(known(asked)[[0, 2]], 2 * static_embeddings(asked)[[0, 2]])


def test_checks_of_a_project_read_its_file_and_find_what_they_find_without(rows: Project) -> None:
    own = rows.findings.check(READING)
    file = rows.folder / "vectors" / "input.f32"
    assert file.stat().st_size == 64 * 256 * 4
    basis, clusters = rows.place.as_of(
        lambda of: (rows.findings.reader.basis(of), rows.findings.reader.clusters_of(of))
    )
    assert clusters is not None
    alone = checks.run(basis.curated.dataset, clusters, READING)
    assert own.table.equals(alone.table)
    assert [own.run(name).status for name in READING[:2]] == ["done", "done"]
    assert own.of("paraphrases").table.num_rows > 0

    # what stands in the file is what they read
    vectors = np.fromfile(file, "<f4").reshape(64, 256)
    vectors[:] = np.eye(256, dtype=np.float32)[:64]
    file.write_bytes(vectors.tobytes())
    assert rows.findings.check(["paraphrases"]).table.num_rows == 0

    # a text that people changed is in no file: it is read as it stands now
    first, second = rows.rows.stored.ids(Filter())[:2]
    for id, text in (
        (first, "somebody has to repair the old kayak of mine"),
        (second, "kayak repair: mine is old, has to be done by somebody"),
    ):
        rows.decisions.decide(id, "edit", 0, json.dumps({"input": text}), "Ann")
    found = rows.findings.check(["paraphrases"]).table.to_pylist()
    assert [json.loads(one["evidence"])["twin"] for one in found] == [min(first, second, key=[first, second].index)]
