"""Rows whose only answer is marked bad: kept through the whole journey, counted nowhere as an answer, out in KTO."""

import json
from pathlib import Path

import pytest

import curation
from curation.cli.main import main
from curation.text.turns import kept
from curation.ui.review.rows import drawn
from curation.ui.widgets import formatting

PLACES = ("Lisbon", "Oslo", "Quito", "Hanoi", "Perth", "Dakar", "Turin", "Kyoto", "Malmö", "Sofia", "Accra", "Delhi")
TITLE = "A bad answer, kept for preference training"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Twelve questions with a good answer and a bad one each; one question has two bad ones, one bad one twice."""
    rows = []
    for n, place in enumerate(PLACES):
        asked = f"How long does a parcel to {place} take at the moment?"
        rows.append({"prompt": asked, "completion": f"It takes {n + 2} days to {place}, by train.", "label": True})
        rows.append({"prompt": asked, "completion": f"{place}? Look at the map yourself.", "label": False})
    rows.append({**rows[1], "completion": "No idea at all."})
    rows.append(dict(rows[3]))
    path = tmp_path / "marked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_only_the_same_bad_answer_is_a_repeat(file):
    pairs = curation.read(file)
    clusters = curation.deduplicate(pairs)
    (gone,) = clusters.removed.values("meta")
    assert kept(gone)["rejected"] == "Oslo? Look at the map yourself."
    assert len(clusters.kept) == len(pairs) - 1


def test_a_good_and_a_bad_answer_of_one_text_are_no_repeats():
    rows = [{"input": "Where is my parcel?", "output": "In the depot."}]
    rows.append({"input": "Where is my parcel?", "output": "", "meta": '{"rejected":"In the depot."}'})
    assert curation.deduplicate(curation.read(rows)).removed.table.num_rows == 0


def test_no_check_calls_it_empty_and_no_figure_counts_it(file):
    pairs = curation.read(file)
    findings = curation.check(pairs, only=["empty", "contradictions"])
    assert findings.table.num_rows == 0
    verdict = curation.judge(pairs)
    size, integrity = verdict.item("effective_size"), verdict.item("integrity")
    assert size.detail["rows"] == 12
    assert "14 more rows have a bad answer alone" in size.message
    assert integrity.value == 0.0
    assert size.detail["waiting"]["rows"] == 0


def test_kto_and_parquet_have_it_and_no_other_file_does(file, tmp_path, capsys):
    out = tmp_path / "out"
    formats = [part for name in ("parquet", "kto", "jsonl_chat", "csv") for part in ("--format", name)]
    assert main(["run", str(file), "--out", str(out), *formats, "--recipe", "trl"]) == 0
    said = capsys.readouterr().err
    assert "13 rows have a bad answer alone" in said
    lines = {name: (out / f"train.{name}").read_text("utf-8").splitlines() for name in ("kto.jsonl", "chat.jsonl")}
    marks = [json.loads(line)["label"] for line in lines["kto.jsonl"]]
    assert (marks.count(True), marks.count(False)) == (12, 13)
    assert len(lines["chat.jsonl"]) == 12
    assert all("map yourself" not in line for line in lines["chat.jsonl"])
    assert "map yourself" not in (out / "train.csv").read_text("utf-8")
    assert (out / "trl_kto.yaml").exists()
    bad = [row for row in curation.read(out / "train.parquet").table.to_pylist() if not row["output"]]
    assert sorted(texts["content"] for row in bad for texts in kept(row["meta"])["rejected"])[-1].startswith("Turin?")
    assert len(bad) == 13


def test_the_app_shows_it_as_what_it_is(file, tmp_path):
    with curation.Project(tmp_path / "project", create=True) as project:
        project.examples.load(file)
        examples = project.examples.stored.get_all(curation.read(file).values("id")[:2])
    good, bad = sorted(examples, key=lambda example: not example.output)
    assert formatting.output(good) == "It takes 2 days to Lisbon, by train."
    assert formatting.output(bad) == f"{TITLE}: Lisbon? Look at the map yourself."
    card = drawn(bad, [], {})
    assert card["bad"] == TITLE
    assert card["output"][0]["blocks"][0]["runs"] == (("", "Lisbon? Look at the map yourself."),)
    assert drawn(good, [], {})["bad"] == ""
