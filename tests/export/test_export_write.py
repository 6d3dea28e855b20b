"""An export folder: complete, the same twice, readable by what people use, and honest about its contents."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import orjson
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import Cancelled, CurationError, UsageError
from curation.export import Options, Provenance, Record, Rows, export, read, read_record, verify
from curation.export.card import text
from curation.export.counts import check_trains, count_lines
from curation.export.formats import export_format
from curation.export.table import EXPORT_SCHEMA
from curation.records import CLUSTERS_SCHEMA, REJECTED_SCHEMA, Clusters, dataset, verdict_json
from curation.records.progress import ignore
from curation.text.turns.fields import from_fields
from curation.wording.visible import FORMULA
from tests.judged import verdict

REMOVED = pa.table({"id": ["gone"], "input": ["x"], "reason": ["exact duplicate"], "keeper": ["id0"]})
REJECTED = pa.table(
    {
        "file": ["a.csv"],
        "row": [7],
        "offset": [99],
        "reason": ["ragged"],
        "message": ["3 cells, 4 wanted"],
        "raw": ["a,b\u2028"],
    },
    schema=REJECTED_SCHEMA,
)
VERDICT = verdict(outcome="lora", stability={"lora": 0.5, "prompt": 0.5})
CHAT = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Help"},
    {"role": "assistant", "content": "Sure"},
]
PAIRED = tuple(name for name, plugin in export_format.all().items() if getattr(plugin.settings, "needs", ""))
ALL = tuple(name for name in export_format.all() if name not in PAIRED)
"""Formats for rows of every kind, and those for rows with a rejected answer."""


def tickets(n=40, **extra):
    rows = [
        {"id": f"id{k}", "input": f"question {k} é\n", "label": f"l{k % 2}", "source": "a.csv", **extra}
        for k in range(n)
    ]
    return dataset(rows)


def alone(data):
    ids = data.values("id")
    columns = [ids, list(range(len(ids))), ids, [1.0] * len(ids), ["unique"] * len(ids)]
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


NOTHING = Provenance()
JUDGED = Provenance(VERDICT)


def write(out, data=None, provenance=NOTHING, progress=ignore, **options):
    return export(rows(tickets() if data is None else data), Options(out, **options), provenance, progress)


def rows(data, removed=REMOVED, **more):
    return Rows(data, removed, REJECTED, alone(data), **more)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_row_is_accounted_for_and_every_file_hashed(tmp_path):
    out = tmp_path / "set"
    manifest = write(out, provenance=Provenance(VERDICT, decisions={"accept": 3}, reports={"report.html": "<p>ü"}))
    assert manifest.counts["rows_in"] == 42 == 40 + manifest.counts["removed"] + manifest.counts["rejected"]
    assert [manifest.counts[name] for name in ("train", "validation", "test")] == [32, 4, 4]
    assert manifest == read(out)
    assert (manifest.verdict["outcome"], manifest.decisions, manifest.removed) == (
        "lora",
        {"accept": 3},
        {"exact duplicate": 1},
    )
    apart = {"manifest.json", "record.json", "report.html"}
    assert set(manifest.files) | apart == {path.name for path in out.iterdir()}
    assert not set(manifest.files) & apart
    for name, written in manifest.files.items():
        assert written["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()
    assert verify(out) == []
    assert (out / "report.html").read_text("utf-8") == "<p>ü"


def test_the_same_input_gives_the_same_bytes_and_names_no_place_or_time(tmp_path):
    write(tmp_path / "one", formats=ALL, provenance=JUDGED, seed=4)
    write(tmp_path / "two", formats=ALL, provenance=JUDGED, seed=4)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert all(str(tmp_path).encode() not in value for value in contents(tmp_path / "one").values())


def test_a_shuffled_set_has_the_same_rows_in_each_split(tmp_path):
    data = tickets()
    write(tmp_path / "one", data)
    write(tmp_path / "two", data.take(list(range(39, -1, -1))))
    for name in ("train", "validation", "test"):
        one, two = (pq.read_table(tmp_path / out / f"{name}.parquet")["id"].to_pylist() for out in ("one", "two"))
        assert sorted(one) == sorted(two)
    assert read(tmp_path / "one").dataset == read(tmp_path / "two").dataset


def test_parquet_opens_in_pandas_polars_duckdb_and_pyarrow(tmp_path):
    write(tmp_path / "set", provenance=JUDGED)
    file = tmp_path / "set" / "train.parquet"
    table = pq.read_table(file)
    assert table.schema.remove_metadata() == EXPORT_SCHEMA
    assert list(pd.read_parquet(file).columns) == EXPORT_SCHEMA.names
    frame = pl.read_parquet(file)
    assert frame["input"][0] == "question 0 é\n"
    assert frame["messages"].null_count() == 32
    query = f"SELECT count(*), sum(weight), count(DISTINCT split), count(messages[1].role) FROM '{file}'"
    # In a process of its own: at the end of one that also ran other bindings, duckdb prints what it has not freed.
    command = [sys.executable, "-c", f"import duckdb; print(duckdb.sql({query!r}).fetchall())"]
    assert subprocess.check_output(command, text=True).strip() == "[(32, 32.0, 1, 0)]"
    assert json.loads(table.schema.metadata[b"curation.verdict"]) == verdict_json(VERDICT)
    inside = json.loads(table.schema.metadata[b"curation.manifest"])
    assert inside["counts"]["train"] == 32
    assert inside["files"] == {}


def test_a_chat_goes_out_with_all_its_turns(tmp_path):
    data = tickets(20, meta=json.dumps({"messages": CHAT}))
    write(tmp_path / "set", data, formats=("parquet", "jsonl_chat"))
    row = pq.read_table(tmp_path / "set" / "train.parquet").slice(0, 1).to_pylist()[0]
    assert [from_fields(turn) for turn in row["messages"]] == CHAT
    assert (row["input"], row["output"], row["meta"]) == (None, None, "{}")
    line = (tmp_path / "set" / "train.chat.jsonl").read_bytes().split(b"\n")[0]
    assert orjson.loads(line) == {"messages": CHAT}


def test_the_rendering_of_a_chat_is_written_where_it_is_asked_for(tmp_path):
    from curation.export.formats.parquet import Settings

    data = tickets(4, meta=json.dumps({"messages": CHAT}))
    write(tmp_path / "set", data, format_settings={"parquet": Settings(with_rendering=True)})
    row = pq.read_table(tmp_path / "set" / "train.parquet").slice(0, 1).to_pylist()[0]
    assert row["input"].startswith("question")
    assert len(row["messages"]) == 4


@pytest.mark.parametrize("meta", ['{"messages": 3}', '{"messages": [1]}', '{"messages": [{"role": 1}]}', '["messages"'])
def test_turns_that_are_no_turns_stay_in_meta_and_go_out_as_input_and_output(tmp_path, meta):
    write(tmp_path / "set", tickets(4, meta=meta), formats=("parquet", "jsonl_chat"))
    row = pq.read_table(tmp_path / "set" / "train.parquet").slice(0, 1).to_pylist()[0]
    assert (row["messages"], row["meta"]) == (None, meta)
    line = (tmp_path / "set" / "train.chat.jsonl").read_bytes().split(b"\n")[0]
    assert [turn["role"] for turn in orjson.loads(line)["messages"]] == ["user", "assistant"]


def test_a_system_turn_is_put_before_conversations_without_one(tmp_path):
    from curation.export.formats.jsonl_chat import Settings

    chosen = {"jsonl_chat": Settings(system="Be kind")}
    manifest = write(tmp_path / "set", formats=("jsonl_chat",), format_settings=chosen)
    line = (tmp_path / "set" / "test.chat.jsonl").read_bytes().split(b"\n")[0]
    assert orjson.loads(line)["messages"][0] == {"role": "system", "content": "Be kind"}
    assert manifest.formats["jsonl_chat"]["notes"]["train"] == {"system_turns_added": 32}


def test_plain_pairs_and_alpaca_hold_the_texts_unchanged(tmp_path):
    write(tmp_path / "set", formats=("jsonl_prompt_completion", "alpaca"))
    lines = (tmp_path / "set" / "train.prompt_completion.jsonl").read_bytes().splitlines()
    assert orjson.loads(lines[0]) == {"prompt": "question 0 é\n", "completion": "l0"}
    array = json.loads((tmp_path / "set" / "train.alpaca.json").read_text("utf-8"))
    assert array[0] == {"instruction": "question 0 é\n", "input": "", "output": "l0"}
    assert len(lines) == len(array) == 32


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u00a0=1", " \t =x"])
def test_csv_disarms_formulas_and_parquet_leaves_them(tmp_path, cell):
    data = dataset([{"id": f"i{k}", "input": cell, "output": f"{k} is fine"} for k in range(10)])
    manifest = write(tmp_path / "set", data, formats=("csv", "parquet"))
    with (tmp_path / "set" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert {row["input"] for row in rows} == {f"'{cell}"}
    assert rows[0]["output"].endswith("is fine")
    assert manifest.formats["csv"]["notes"]["train"] == {"cells_prefixed": 8}
    assert set(pq.read_table(tmp_path / "set" / "train.parquet")["input"].to_pylist()) == {cell}


@given(st.text(max_size=6))
def test_a_cell_behind_a_quote_mark_is_never_a_formula(cell):
    safe = f"'{cell}" if FORMULA.match(cell) else cell
    assert safe.lstrip()[:1] not in {"=", "+", "-", "@"} or safe.lstrip()[:1] == ""
    assert safe[:1] not in {"\t", "\r", "\n"} or safe == ""


@pytest.mark.parametrize("name", list(export_format.all()))
def test_every_format_takes_empty_splits_and_reports_progress(tmp_path, name):
    seen = []
    manifest = write(tmp_path / "one", tickets(1, meta='{"rejected": "No."}'), formats=(name,))
    data = tickets(meta='{"rejected": "No."}')
    write(tmp_path / "some", data, formats=(name,), progress=lambda done, message: seen.append(done))
    assert (manifest.counts["train"], manifest.counts["validation"], manifest.counts["test"]) == (1, 0, 0)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert export_format.all()[name].help


def test_an_export_without_a_row_to_train_on_is_refused_with_what_to_do(tmp_path):
    gone = {"not labelled yet": 300, "exact duplicate": 2}
    with pytest.raises(UsageError) as refused:
        check_trains([], gone, 1)
    assert str(refused.value) == (
        "No row is left to train on: all 303 rows would be left out (300 have no label yet, 2 repeat another row word "
        "for word, 1 could not be read from the file). Nothing was written. Label rows in the app (curation app, page "
        "Review), or name the column of the labels where the file is loaded, then export again."
    )
    with pytest.raises(UsageError, match=r"the 2 rows kept went to test and validation\."):
        check_trains(["test", "validation"], {}, 0)
    with pytest.raises(UsageError, match="No row is left to train on"):
        write(tmp_path / "none", dataset([]))
    assert not (tmp_path / "none").exists()
    manifest = write(tmp_path / "some", tickets(10))
    assert count_lines(manifest)[0] == "Rows written: 8 in train, 1 in validation and 1 in test."


def test_weights_come_from_the_column_the_user_names(tmp_path):
    write(tmp_path / "set", tickets(10, meta='{"importance": "2.5"}'), weight="importance")
    assert set(pq.read_table(tmp_path / "set" / "train.parquet")["weight"].to_pylist()) == {2.5}
    with pytest.raises(UsageError, match=r"row 0 of a\.csv"):
        write(tmp_path / "bad", tickets(10, meta='{"importance": "NaN"}'), weight="importance")
    assert not (tmp_path / "bad").exists()


def test_rejected_rows_are_one_object_a_line(tmp_path):
    write(tmp_path / "set")
    lines = (tmp_path / "set" / "rejected.jsonl").read_bytes().split(b"\n")
    assert orjson.loads(lines[0]) == REJECTED.to_pylist()[0]
    assert lines[1:] == [b""]


def test_the_card_shows_data_as_text_and_points_at_the_splits(tmp_path):
    data = dataset(
        [{"id": f"i{k}", "input": "x", "label": "![a](http://b)\n---\n# <b>", "source": "`x`|y.csv"} for k in range(3)]
    )
    write(tmp_path / "set", data)
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    front = card.split("---\n")[1]
    hub = "task_categories:\n- text-classification\nsize_categories:\n- n<1K\n"
    files = "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: train.parquet\n"
    assert front == hub + files
    assert r"| \!\[a\]\(http\:\/\/b\) \-\-\- \# \<b\> | 3 |" in card
    assert r"- \`x\`\|y\.csv" in card


@given(st.text(max_size=200))
def test_text_in_the_card_is_one_line_without_live_markup(value):
    shown = text(value)
    assert "\n" not in shown
    assert not any(c in shown.replace("\\" + c, "") for c in "`<>[]()!|#*_")


def test_verify_names_what_was_changed_added_or_lost(tmp_path):
    out = tmp_path / "set"
    write(out)
    (out / "train.parquet").write_bytes(b"other")
    (out / "test.parquet").unlink()
    (out / "more.txt").write_text("x")
    assert verify(out) == [
        "more.txt is not part of the export.",
        "test.parquet is missing.",
        "train.parquet was changed after the export.",
    ]
    assert "not an export" in verify(tmp_path)[0]


@pytest.mark.parametrize("manifest", ["{", "[]", '{"kind": "curation export", "format": 1}', '{"kind": "other"}'])
def test_a_broken_manifest_is_said_to_be_one(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    (problem,) = verify(tmp_path)
    assert "Export again" in problem


def test_a_manifest_cannot_point_outside_its_folder(tmp_path):
    write(tmp_path / "set")
    path = tmp_path / "set" / "manifest.json"
    values = json.loads(path.read_text())
    values["files"]["../x"] = {"sha256": "", "bytes": 0}
    path.write_text(json.dumps(values))
    assert "outside its folder" in verify(tmp_path / "set")[0]


def test_an_earlier_export_is_replaced_whole(tmp_path):
    out = tmp_path / "set"
    write(out, formats=("csv",), provenance=Provenance(reports={"report.md": "old"}))
    write(out)
    assert not (out / "train.csv").exists()
    assert not (out / "report.md").exists()
    assert verify(out) == []
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_an_empty_folder_may_be_the_target_and_missing_parents_are_made(tmp_path):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty")
    write(tmp_path / "a" / "b")
    assert verify(tmp_path / "empty") == verify(tmp_path / "a" / "b") == []


def test_other_peoples_files_are_never_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not empty and not an earlier export"):
        write(tmp_path)
    out = tmp_path / "set"
    write(out)
    (out / "notes.txt").write_text("keep me")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        write(out)
    assert (out / "notes.txt").read_text() == "keep me"
    with pytest.raises(UsageError, match="is a file"):
        write(tmp_path / "mine.txt")


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "train.parquet", "README.md", "a\nb", "C:x"])
def test_extra_files_cannot_leave_the_folder_or_hide_another(tmp_path, name):
    with pytest.raises(UsageError):
        write(tmp_path / "set", provenance=Provenance(reports={name: "x"}))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=", ".join(sorted(export_format.all()))):
        write(tmp_path / "set", formats=("exel",))


def test_a_row_both_kept_and_removed_is_refused(tmp_path):
    data = tickets(3)
    with pytest.raises(ValueError, match="kept"):
        export(rows(data, REMOVED.set_column(0, "id", [["id1"]])), Options(tmp_path / "set"))


@pytest.mark.parametrize("stop", [0.1, 0.5, 0.95])
def test_a_cancelled_export_leaves_what_was_there(tmp_path, stop):
    out = tmp_path / "set"
    write(out, seed=1)
    before = contents(out)

    def progress(done, message):
        if done >= stop:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(out, seed=2, progress=progress)
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_disk_that_refuses_is_reported_and_nothing_changes(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CurationError, match="What was there is unchanged"):
        write(Path("/proc/nowhere/set"))


def test_an_export_set_aside_by_a_killed_one_comes_back(tmp_path):
    out = tmp_path / "set"
    write(out, seed=1)
    out.rename(tmp_path / ".set.curation-aside")
    with pytest.raises(Cancelled):
        write(out, progress=_cancel_when_writing)
    assert read(out).seed == 1
    assert verify(out) == []


def _cancel_when_writing(done, message):
    if done > 0.4:
        raise Cancelled


def test_removed_rows_are_csv_too_where_csv_was_chosen(tmp_path):
    removed = pa.table(
        {"id": ["a", "b"], "input": ["=1+1", "two,\nlines"], "reason": ["x", "y"], "similarity": [0.5, None]}
    )
    data = tickets()
    export(rows(data, removed), Options(tmp_path / "set", ("csv", "parquet")))
    with (tmp_path / "set" / "removed.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found == [
        {"id": "a", "input": "'=1+1", "reason": "x", "similarity": "0.5"},
        {"id": "b", "input": "two,\nlines", "reason": "y", "similarity": ""},
    ]
    assert pq.read_table(tmp_path / "set" / "removed.parquet")["input"].to_pylist() == ["=1+1", "two,\nlines"]
    assert "(`removed.csv`, `removed.parquet`)" in (tmp_path / "set" / "README.md").read_text("utf-8")
    write(tmp_path / "plain")
    assert not (tmp_path / "plain" / "removed.csv").exists()
    assert not verify(tmp_path / "set")


def test_masked_rows_are_masked_in_the_csv_of_removed_rows_too(tmp_path):
    data = tickets()
    removed = pa.table({"id": ["a"], "input": ["mail jo@acme.org"], "reason": ["x"]})
    options = Options(
        tmp_path / "set", ("csv",), treatment="mask", mask=lambda text: text.replace("jo@acme.org", "[email]")
    )
    export(rows(data, removed, personal={"a"}), options)
    assert "jo@acme.org" not in (tmp_path / "set" / "removed.csv").read_text("utf-8")


def test_labels_that_only_rows_kept_for_measuring_have_are_told(tmp_path):
    data = dataset([{"id": f"id{k}", "input": f"text {k}", "label": "ab"[k > 3]} for k in range(40)])
    manifest = export(rows(data, held={f"id{k}" for k in range(4)}), Options(tmp_path / "set"))
    assert manifest.held == {"rows": 4, "scored": 0, "labels": 1}
    assert "That leaves 1 label without a training row" in (tmp_path / "set" / "README.md").read_text("utf-8")


def test_hidden_characters_stand_marked_in_the_card():
    assert text("re\u200bfund\nnow") == r"re⟨U\+200B⟩fund now"


def test_when_and_by_whom_stand_in_the_record_alone(tmp_path):
    first, later = Record("2026-11-28", "Ann"), Record("2026-11-29", "Bo", "head")
    for name, record in (("one", first), ("two", later)):
        write(tmp_path / name, provenance=Provenance(VERDICT, reports={"report.html": record.date}, record=record))
    same = {path.name for path in (tmp_path / "one").iterdir()} - {"record.json", "report.html"}
    for name in same:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    kept = read_record(tmp_path / "two")
    assert (kept.date, kept.who, kept.head) == ("2026-11-29", "Bo", "head")
    assert set(kept.files) == {"manifest.json", "report.html"}
    assert verify(tmp_path / "two") == []


@pytest.mark.parametrize("name", ["report.html", "record.json"])
def test_a_changed_report_or_record_is_found(tmp_path, name):
    write(tmp_path / "set", provenance=Provenance(VERDICT, reports={"report.html": "<p>"}, record=Record("", "Ann")))
    (tmp_path / "set" / name).write_text("{}")
    assert verify(tmp_path / "set")
    (tmp_path / "set" / name).unlink()
    assert verify(tmp_path / "set")
