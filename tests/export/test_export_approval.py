"""An export may be trained on only while a person's approval of exactly these files stands."""

import json

import pyarrow as pa
import pytest

from curation.errors import GateNotPassed, UsageError
from curation.export import Options, Provenance, Rows, approve, export, gate, problems, read, read_approval, verify
from curation.records import CLUSTERS_SCHEMA, REJECTED_SCHEMA, Clusters, dataset
from tests.judged import verdict

AT = "2026-11-22T10:00:00+00:00"
WHY = {"clean": "The labels were checked by hand"}


def written(out, outcome="lora", rows=12, seed=0):
    data = dataset([{"id": f"id{n}", "input": f"question {n}", "output": f"answer {n}"} for n in range(rows)])
    ids = data.values("id")
    clusters = Clusters(
        pa.table([ids, list(range(rows)), ids, [1.0] * rows, ["unique"] * rows], schema=CLUSTERS_SCHEMA)
    )
    removed = pa.table({"id": pa.array([], pa.string()), "reason": pa.array([], pa.string())})
    rows = Rows(data, removed, REJECTED_SCHEMA.empty_table(), clusters)
    export(rows, Options(out, seed=seed), Provenance(verdict(outcome=outcome) if outcome else None))
    return out


@pytest.fixture
def out(tmp_path):
    return written(tmp_path / "set")


@pytest.mark.parametrize("outcome", ["lora", "full_fine_tune", "retrieve_and_lora"])
def test_an_approved_export_whose_verdict_allows_training_passes(tmp_path, outcome):
    out = written(tmp_path / "set", outcome)
    made = approve(out, " Ann Lee ", {}, AT)
    assert (made.name, made.at, made.outcome) == ("Ann Lee", AT, outcome)
    assert gate(out) == made == read_approval(out)
    assert verify(out) == []


def test_an_export_nobody_approved_does_not_pass_and_says_how_to(out):
    with pytest.raises(GateNotPassed, match="nobody approved this export") as refusal:
        gate(out)
    assert "--approve" in str(refusal.value)
    assert refusal.value.exit_status == 4


@pytest.mark.parametrize("outcome", ["clean", "prompt", "need_unproven"])
def test_another_verdict_needs_a_waiver_that_names_it_and_says_why(tmp_path, outcome):
    out = written(tmp_path / "set", outcome)
    with pytest.raises(GateNotPassed, match=f"its verdict is {outcome}, which does not allow training"):
        approve(out, "Ann", {}, AT)
    assert read_approval(out) is None
    with pytest.raises(UsageError, match="gives no reason"):
        approve(out, "Ann", {outcome: "  "}, AT)
    with pytest.raises(UsageError, match=f"the verdict of this export is {outcome}"):
        approve(out, "Ann", {"collect": "why not"}, AT)
    approve(out, "Ann", {outcome: "a pilot, on purpose"}, AT)
    assert gate(out).waivers == {outcome: "a pilot, on purpose"}


def test_a_verdict_that_allows_training_takes_no_waiver_and_none_at_all_cannot_be_waived(out, tmp_path):
    with pytest.raises(UsageError, match="needs no waiver"):
        approve(out, "Ann", {"lora": "because"}, AT)
    bare = written(tmp_path / "bare", outcome="")
    with pytest.raises(GateNotPassed, match="carries no verdict"):
        approve(bare, "Ann", {}, AT)


@pytest.mark.parametrize("name", ["", "   "])
def test_an_approval_needs_a_name(out, name):
    with pytest.raises(UsageError, match="name of the person"):
        approve(out, name, {}, AT)


def changed(out):
    (out / "train.parquet").write_bytes(b"poison")
    return "train.parquet was changed"


def lost(out):
    (out / "removed.parquet").unlink()
    return "removed.parquet is missing"


def added(out):
    (out / "more.parquet").write_bytes(b"x")
    return "more.parquet is not part of the export"


def covered_up(out):
    """The file and its hash in the manifest are changed together."""
    (out / "rejected.jsonl").write_bytes(b"{}\n")
    import hashlib

    values = json.loads((out / "manifest.json").read_text())
    values["files"]["rejected.jsonl"] = {"sha256": hashlib.sha256(b"{}\n").hexdigest(), "bytes": 3}
    (out / "manifest.json").write_text(json.dumps(values))
    return "written again after Ann approved it"


def promoted(out):
    values = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(values | {"verdict": {"outcome": "full_fine_tune"}}))
    return "written again after Ann approved it"


def redated(out):
    values = json.loads((out / "record.json").read_text())
    (out / "record.json").write_text(json.dumps(values | {"who": "Bo"}))
    return "record was written again after Ann approved it"


@pytest.mark.parametrize("tamper", [changed, lost, added, covered_up, promoted, redated], ids=lambda f: f.__name__)
def test_any_change_after_the_approval_stops_the_gate(out, tamper):
    approve(out, "Ann", {}, AT)
    says = tamper(out)
    with pytest.raises(GateNotPassed, match=says):
        gate(out)


def test_changed_files_cannot_be_approved(out):
    changed(out)
    with pytest.raises(GateNotPassed, match=r"train\.parquet was changed"):
        approve(out, "Ann", {}, AT)


def test_a_waiver_taken_out_or_emptied_stops_the_gate(tmp_path):
    out = written(tmp_path / "set", "clean")
    approve(out, "Ann", WHY, AT)
    values = json.loads((out / "approval.json").read_text())
    for waivers in ({}, {"clean": " "}, {"lora": "x"}):
        (out / "approval.json").write_text(json.dumps(values | {"waivers": waivers}))
        with pytest.raises(GateNotPassed, match="does not allow training"):
            gate(out)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "Ann"}', '{"kind": 1}', "null"])
def test_an_approval_that_cannot_be_read_is_none(out, text):
    (out / "approval.json").write_text(text)
    with pytest.raises(GateNotPassed, match="approve it again"):
        gate(out)


@pytest.mark.parametrize("field", [{"waivers": []}, {"waivers": {"a": 1}}, {"name": 3}, {"kind": "other"}])
def test_an_approval_of_another_shape_is_none(out, field):
    approve(out, "Ann", {}, AT)
    values = json.loads((out / "approval.json").read_text())
    (out / "approval.json").write_text(json.dumps(values | field))
    with pytest.raises(GateNotPassed, match="is no approval"):
        gate(out)


def test_exporting_again_takes_the_approval_away_and_the_same_again_needs_a_new_one(out):
    approve(out, "Ann", {}, AT)
    written(out)
    assert read_approval(out) is None
    with pytest.raises(GateNotPassed, match="nobody approved"):
        gate(out)


def test_an_approval_given_to_another_export_is_worth_nothing(out, tmp_path):
    approve(out, "Ann", {}, AT)
    other = written(tmp_path / "other", seed=7)
    (other / "approval.json").write_bytes((out / "approval.json").read_bytes())
    with pytest.raises(GateNotPassed, match="written again after Ann approved it"):
        gate(other)


def test_what_a_killed_approval_leaves_behind_changes_nothing(out):
    (out / ".approval.json.4711.tmp").write_text('{"half')
    assert verify(out) == []
    approve(out, "Ann", {}, AT)
    assert gate(out).name == "Ann"
    written(out)
    assert verify(out) == []


def test_a_folder_that_is_no_export_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="not an export"):
        gate(tmp_path)


def test_several_reasons_are_told_in_one_line(tmp_path):
    out = written(tmp_path / "set", "clean")
    approve(out, "Ann", WHY, AT)
    changed(out)
    lost(out)
    with pytest.raises(GateNotPassed, match=r"1 more") as refusal:
        gate(out)
    assert "\n" not in str(refusal.value)


def test_a_classifier_verdict_lets_a_classifier_be_trained_and_no_language_model(tmp_path):
    out = written(tmp_path / "set", "classifier")
    with pytest.raises(GateNotPassed, match=r"which does not allow training a language model; .* --for classifier"):
        approve(out, "Ann", {}, AT)
    made = approve(out, "Ann", {}, AT, "classifier")
    assert (made.purpose, made.waivers) == ("classifier", {})
    assert gate(out, "classifier") == made == read_approval(out)
    with pytest.raises(GateNotPassed, match="--waive classifier="):
        gate(out)
    assert problems(out, read(out), made) == []
    with pytest.raises(UsageError, match="needs no waiver"):
        approve(out, "Ann", {"classifier": "because"}, AT, "classifier")
    approve(out, "Ann", {"classifier": "a language model all the same"}, AT)
    assert gate(out).outcome == "classifier"


def test_a_language_model_verdict_lets_no_classifier_be_trained(out):
    approve(out, "Ann", {}, AT)
    with pytest.raises(GateNotPassed, match="its verdict is lora, which does not allow training a classifier"):
        gate(out, "classifier")


def test_approvals_from_before_there_were_classifiers_are_for_a_language_model(out):
    approve(out, "Ann", {}, AT)
    values = json.loads((out / "approval.json").read_text())
    del values["purpose"]
    (out / "approval.json").write_text(json.dumps(values))
    assert gate(out).purpose == "llm"
