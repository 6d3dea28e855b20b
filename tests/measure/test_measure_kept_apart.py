"""Rows that models are measured on are never trained on: exports put them into test, tuned models are not graded on
rows they have seen."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from endpoint_server import EndpointServer, rows, status

from curation.errors import UsageError
from curation.project import Project
from curation.project.measuring import EARLIER, TRAINED
from curation.records import EndpointRun, MeasureSettings, OutputFile

SIXTY = MeasureSettings(rows=60)


def parts(folder: Path) -> dict[str, set[str]]:
    """The ids of each part of an export."""
    names = ("train", "validation", "test")
    return {name: set(pq.read_table(folder / f"{name}.parquet")["id"].to_pylist()) for name in names}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def outputs(path: Path, ids: list[str]) -> Path:
    path.write_text("".join(json.dumps({"id": id, "output": "refund"}) + "\n" for id in ids), encoding="utf-8")
    return path


def with_repeats(labelled: Project, tmp_path: Path) -> None:
    """Every text once more in a slightly other form: 160 clusters of two."""
    lines = rows(40).splitlines()
    again = [lines[0], *(line.replace(",", " thanks,", 1) for line in lines[1:])]
    path = tmp_path / "again.csv"
    path.write_text("\n".join(again) + "\n", encoding="utf-8")
    labelled.examples.load(path)
    labelled.duplicates.find()


def test_rows_handed_out_go_to_test_and_the_rest_is_shared_out(labelled: Project, tmp_path: Path) -> None:
    before = labelled.exports.release(tmp_path / "before", {}, ["parquet"])
    handed = {row["id"] for row in labelled.measuring.held_back(SIXTY)}
    assert len(handed) == 60
    assert handed & parts(tmp_path / "before")["train"]
    manifest = labelled.exports.release(tmp_path / "after", {}, ["parquet"])
    after = parts(tmp_path / "after")
    assert handed <= after["test"]
    assert [len(after[name]) for name in ("train", "validation", "test")] == [86, 11, 63]  # 97 left, shared 8 to 1
    assert (before.held, manifest.held) == (
        {},
        {"rows": 63, "scored": 0, "labels": 0},
    )  # 3 of one cluster with a handed row
    card = (tmp_path / "after" / "README.md").read_text("utf-8")
    assert "63 rows are in test, never in train or validation" in card
    assert "larger than usual: 39 % of the rows instead of 10 %" in card
    labelled.exports.release(tmp_path / "again", {}, ["parquet"])
    assert contents(tmp_path / "after") == contents(tmp_path / "again")


def test_without_a_measurement_nothing_is_kept_apart(labelled: Project, tmp_path: Path) -> None:
    labelled.exports.release(tmp_path / "out", {}, ["parquet"])
    found = parts(tmp_path / "out")
    assert [len(found[name]) for name in ("train", "validation", "test")] == [128, 16, 16]
    assert "stand in test" not in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_near_duplicates_of_a_handed_row_are_not_trained_on_either(labelled: Project, tmp_path: Path) -> None:
    with_repeats(labelled, tmp_path)
    handed = {row["id"] for row in labelled.measuring.held_back(SIXTY)}
    for id in sorted(handed)[:30]:  # what was handed out leaves the set; its like may come back in its place
        labelled.decisions.decide(id, "reject", 0)
    clusters = labelled.duplicates.stored.current()
    assert clusters is not None
    of = dict(zip(clusters.table["id"].to_pylist(), clusters.table["cluster"].to_pylist(), strict=True))
    manifest = labelled.exports.release(tmp_path / "out", {}, ["parquet"])
    found = parts(tmp_path / "out")
    trained = {of[id] for id in found["train"] | found["validation"]}
    assert not trained & {of[id] for id in handed}
    assert manifest.held["rows"] >= 30


def test_rows_asked_at_an_endpoint_go_to_test(labelled: Project, tmp_path: Path) -> None:
    with EndpointServer() as server:
        body = labelled.measuring.measure(
            EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot",), rows=30, every_row=True))
        )
    labelled.exports.release(tmp_path / "out", {}, ["parquet"])
    assert set(body.arms[0].scores) <= parts(tmp_path / "out")["test"]
    assert len(body.arms[0].scores) == 30


def test_a_measurement_that_got_no_answer_keeps_nothing_apart(labelled: Project) -> None:
    with EndpointServer(lambda number: status(404)) as server:
        labelled.measuring.measure(EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot",), rows=30)))
    assert labelled.measuring.held_out.held().ids == frozenset()


def test_rows_scored_from_a_file_go_to_test_unless_they_are_most_of_the_set(labelled: Project, tmp_path: Path) -> None:
    ids = labelled.examples.dataset().values("id")
    labelled.measuring.import_outputs(OutputFile(outputs(tmp_path / "some.jsonl", ids[:40]), "zero_shot"))
    labelled.exports.release(tmp_path / "some", {}, ["parquet"])
    assert set(ids[:40]) <= parts(tmp_path / "some")["test"]
    labelled.measuring.import_outputs(OutputFile(outputs(tmp_path / "all.jsonl", ids), "zero_shot"))
    handed = {row["id"] for row in labelled.measuring.held_back(SIXTY)}
    manifest = labelled.exports.release(tmp_path / "all", {}, ["parquet"])
    assert manifest.held["rows"] + manifest.held["scored"] == 160
    assert 60 <= manifest.held["rows"] <= 70
    assert handed <= parts(tmp_path / "all")["test"]
    assert f"{manifest.held['scored']} more rows were scored with outputs from elsewhere" in (
        tmp_path / "all" / "README.md"
    ).read_text("utf-8")


def test_the_same_rows_are_handed_out_after_examples_have_changed(labelled: Project) -> None:
    first = [row["id"] for row in labelled.measuring.held_back(SIXTY)]
    others = [id for id in labelled.examples.dataset().values("id") if id not in first]
    for id in [*others[:5], first[0]]:
        labelled.decisions.decide(id, "reject", 0)
    again = {row["id"] for row in labelled.measuring.held_back(SIXTY)}
    assert set(first[1:]) <= again
    assert len(again) == 60


def test_handed_rows_are_those_measured_and_those_an_export_did_not_train_on(labelled: Project, tmp_path: Path) -> None:
    labelled.exports.release(tmp_path / "out", {}, ["parquet"])
    found = parts(tmp_path / "out")
    handed = {row["id"] for row in labelled.measuring.held_back(MeasureSettings(rows=32))}
    assert handed == found["test"] | found["validation"]


@pytest.mark.parametrize("known", [TRAINED, EARLIER])
def test_a_tuned_model_is_not_graded_on_rows_it_was_trained_on(labelled: Project, tmp_path: Path, known: str) -> None:
    labelled.exports.release(labelled.folder / "export", {}, ["parquet"])
    if known == EARLIER:
        (labelled.folder / TRAINED).unlink()
    found = parts(labelled.folder / "export")
    mixed = outputs(tmp_path / "mixed.jsonl", [*sorted(found["train"])[:20], *sorted(found["test"])])
    body = labelled.measuring.import_outputs(OutputFile(mixed, "lora"))
    assert set(body.arms[0].scores) == found["test"]
    assert body.run.seen == 20
    seen = outputs(tmp_path / "seen.jsonl", sorted(found["train"])[:20])
    with pytest.raises(
        UsageError, match="20 rows that have an output here are in the training split of the last export"
    ):
        labelled.measuring.import_outputs(OutputFile(seen, "full"))
    # a model with a prompt has not seen them
    assert labelled.measuring.import_outputs(OutputFile(seen, "zero_shot")).run.rows == 20


def test_a_tuned_model_has_seen_the_near_duplicates_of_trained_rows_that_left_the_set(
    labelled: Project, tmp_path: Path
) -> None:
    with_repeats(labelled, tmp_path)
    clusters = labelled.duplicates.stored.current()
    assert clusters is not None
    of = dict(zip(clusters.table["id"].to_pylist(), clusters.table["cluster"].to_pylist(), strict=True))
    trained = next(iter(of))
    mates = [id for id, number in of.items() if number == of[trained] and id != trained]
    assert mates
    labelled.measuring.held_out.note_trained([trained])
    labelled.decisions.decide(trained, "reject", 0)
    with pytest.raises(UsageError, match="are in the training split of the last export"):
        labelled.measuring.import_outputs(OutputFile(outputs(tmp_path / "mates.jsonl", mates), "lora"))


def test_a_tuned_endpoint_is_asked_only_what_it_was_not_trained_on(labelled: Project, tmp_path: Path) -> None:
    labelled.measuring.held_back(MeasureSettings(rows=40))
    labelled.exports.release(tmp_path / "first", {}, ["parquet"])
    tuned = MeasureSettings(arms=("lora",), rows=60)
    with EndpointServer() as server:
        body = labelled.measuring.measure(EndpointRun(server.url, "mine", tuned))
    found = parts(tmp_path / "first")
    scored = set(body.arms[0].scores)
    assert len(scored) > 40
    assert scored <= found["test"] | found["validation"]
    assert body.run.seen == 60 - len(scored) > 0


def test_a_tuned_model_that_has_seen_all_is_refused_in_plain_words(labelled: Project) -> None:
    handed = [row["id"] for row in labelled.measuring.held_back(SIXTY)]
    labelled.measuring.held_out.note_trained(handed)
    with pytest.raises(UsageError, match=r"All 60 rows held back are in the training split.*Export again"):
        labelled.measuring.measure(
            EndpointRun("http://127.0.0.1:1/v1", "mine", MeasureSettings(arms=("lora",), rows=60))
        )
    assert labelled.exports.handed_in_train() == 60
