"""Rows held against indexes of evaluation sets: copies are found, no text can be read from an index."""

import pytest

import curation
from curation.checks import run
from curation.checks.benchmark_overlap import Settings
from curation.records import dataset

QUESTION = "A ferry takes nine carts at a time and forty carts wait on the quay; how many trips does it have to make?"
SHORT = "How many legs have seven spiders together?"
EVALUATION = [{"input": QUESTION, "output": "Five trips."}, {"input": SHORT, "output": "56"}]


def outcome(alone, folder, *rows):
    data = dataset([{"id": f"r{n}", "input": asked, "output": said} for n, (asked, said) in enumerate(rows)])
    return run(data, alone(data), ["benchmark_overlap"], {"benchmark_overlap": Settings(folder=str(folder))})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("indexes")
    path = curation.index_benchmark(EVALUATION, folder, "ferries")
    assert path.name == "ferries.ngrams.parquet"
    return folder


def test_copies_are_found_whatever_their_case_and_marks(alone, folder):
    found = outcome(
        alone,
        folder,
        (QUESTION.upper(), "5"),
        (SHORT.rstrip("?"), "fifty-six"),
        (f"Here is one of my own making, told by my aunt. {'She likes boats. ' * 30}{QUESTION}", "5"),
        ("Explain this.", f"It asks: {QUESTION}"),
        ("A ferry takes nine carts at a time. How many trips for eighteen?", "2"),
        ("Five trips.", "56"),
    )
    rows = {row["id"]: (row["confidence"], row["suggestion"]) for row in found.table.to_pylist()}
    assert rows == {"r0": (0.95, "drop"), "r1": (0.95, "drop"), "r2": (0.6, "look"), "r3": (0.95, "drop")}
    assert "the evaluation set “ferries”" in found.table["message"][0].as_py()


def test_an_index_holds_no_words(folder):
    data = (folder / "ferries.ngrams.parquet").read_bytes()
    assert not any(word.encode() in data for word in ("ferry", "quay", "spiders"))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: "", "no folder with indexes"),
        (lambda path: path, "holds no index"),
        (lambda path: path / "absent", "holds no index"),
        (
            lambda path: (path / "broken.ngrams.parquet").write_bytes(b"PAR1") and path,
            "broken.ngrams.parquet is no index",
        ),
    ],
)
def test_without_a_readable_index_it_says_what_to_do(alone, tmp_path, make, why):
    (ran,) = outcome(alone, make(tmp_path), (QUESTION, "5")).runs
    assert ran.status == "not_checked"
    assert why in ran.reason


def test_a_name_that_leads_elsewhere_is_refused(tmp_path):
    with pytest.raises(curation.UsageError, match="cannot be the name"):
        curation.index_benchmark(EVALUATION, tmp_path, "../elsewhere")
