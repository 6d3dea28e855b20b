"""The Python API: what people have their rows in, the verbs, what results show, what is refused."""

import gc
import json
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import curation
from curation.cli.main import main

ROWS = [
    {"text": "please send my money back", "category": "refund"},
    {"text": "please send my money back!", "category": "refund"},
    {"text": "where is my parcel today", "category": "delivery"},
    {"text": "i cannot log into my account", "category": "account"},
]
SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


def columns_of(pairs: curation.Dataset) -> list[list[Any]]:
    return [pairs.values(name) for name in ("id", "input", "output", "label", "row")]


@cache
def _read_of_a_file() -> curation.Dataset:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
        return curation.read(path)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        iter(ROWS),
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
        pa.Table.from_pylist(ROWS),
        {"text": [row["text"] for row in ROWS], "category": [row["category"] for row in ROWS]},
    ],
    ids=["dicts", "iterator", "pandas", "polars", "arrow", "columns"],
)
def test_rows_in_memory_are_read_as_a_file_of_them_is(rows: Any) -> None:
    in_memory = curation.read(rows)
    assert columns_of(in_memory) == columns_of(_read_of_a_file())
    assert in_memory.labels == {"refund": 2, "account": 1, "delivery": 1}


@settings(max_examples=5)  # each starts the process that parses
@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5))
def test_texts_come_back_as_they_were_given(texts: list[tuple[str, str]]) -> None:
    kept = [(asked, answer) for asked, answer in texts if asked.strip()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows without an input are rejected, which is said aloud
        try:
            pairs = curation.read(
                [{"prompt": a, "completion": b} for a, b in texts], input="prompt", output="completion"
            )
        except curation.InputRejected:
            return
    lost = pairs.rejected.num_rows
    assert len(pairs) + lost == len(texts)
    assert set(zip(pairs.values("input"), pairs.values("output"), strict=True)) <= set(texts)
    assert len(pairs) >= len([pair for pair in kept if pair[0].isascii()]) - lost


def test_a_path_is_text_or_path_a_folder_or_a_pattern(tmp_path: Path) -> None:
    for n, row in enumerate(ROWS[:2]):
        (tmp_path / f"part-{n}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    folder = curation.read(tmp_path, input="text", label="category")
    assert len(folder) == 2
    assert columns_of(folder) == columns_of(curation.read(f"{tmp_path}/*.jsonl", input="text", label="category"))


def test_class_numbers_of_a_hugging_face_table_are_read_as_names() -> None:
    features = {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["no", "yes"], "_type": "ClassLabel"}}
    table = pa.table({"text": ["is it so", "was it so", "it is"], "label": [1, 0, 1]})
    about = json.dumps({"info": {"features": features}})
    pairs = curation.read(table.replace_schema_metadata({"huggingface": about}))
    assert pairs.values("label") == ["yes", "no", "yes"]


class HubRows:
    """What a `datasets.Dataset` hands out: a selection of its rows is applied only where rows are asked for."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def with_format(self, kind: str) -> "HubRows":
        assert kind == "arrow"
        return self

    def __getitem__(self, which: slice) -> pa.Table:
        return pa.Table.from_pylist(self.rows[which])


def test_hugging_face_rows_are_read_by_split() -> None:
    both: dict[str, Any] = {"train": HubRows(ROWS[:3]), "test": HubRows(ROWS[3:])}
    pairs = curation.read(both, name="hub", input="text", label="category")
    assert pairs.sources == ("hub/train", "hub/test")
    assert [json.loads(meta)["split"] for meta in pairs.values("meta")] == ["train"] * 3 + ["test"]
    assert columns_of(curation.read(both, split="train"))[1:] == columns_of(curation.read(both["train"]))[1:]
    with pytest.raises(curation.UsageError, match="its splits are train, test"):
        curation.read(both, split="dev")


def test_columns_are_chosen_by_keyword() -> None:
    frame = pd.DataFrame({"a": ["one", "two"], "b": ["three", "four"], "c": ["x", "y"], "d": ["p", "q"]})
    pairs = curation.read(frame, input=["a", "b"], output="c", group="d", name="mine")
    assert pairs.values("input") == ["one\nthree", "two\nfour"]
    assert pairs.values("output") == ["x", "y"]
    assert pairs.values("group") == ["p", "q"]
    assert pairs.sources == ("mine",)


def test_numbers_json_does_not_know_are_read() -> None:
    rows = [{"question": "how much", "answer": "a lot", "n": float("nan"), "big": 10**30}]
    pairs = curation.read(rows)
    assert json.loads(pairs.values("meta")[0])["big"] == 10**30


def test_rejected_rows_are_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([*map(json.dumps, ROWS), "{broken"]), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"rows.jsonl: 1 row rejected"):
        pairs = curation.read(path)
    assert pairs.rejected["row"].to_pylist() == [4]
    manifest = curation.write(pairs, tmp_path / "out")
    assert manifest.counts["rejected"] == 1
    assert "{broken" in (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8")


def test_clusters_answer_what_is_kept_and_removed() -> None:
    clusters = curation.deduplicate(ROWS)
    assert clusters.kept.values("input") == [ROWS[n]["text"] for n in (0, 2, 3)]
    assert clusters.removed.values("input") == [ROWS[1]["text"]]
    assert clusters.counts == {"unique": 2, "exact": 2}
    assert len(clusters) == 1
    frame = clusters.to_pandas()
    assert list(frame[frame.kind == "exact"].input) == [ROWS[0]["text"], ROWS[1]["text"]]
    assert curation.deduplicate(ROWS, threshold=0.9).settings["threshold"] == 0.9


def test_kept_and_removed_are_what_an_export_keeps_of_the_sample(tmp_path: Path) -> None:
    pairs = curation.read(SAMPLE).take(range(200))
    removed = pq.read_table(_written(pairs, tmp_path) / "removed.parquet")
    repeats = [row["id"] for row in removed.to_pylist() if "duplicate" in row["reason"]]
    assert sorted(curation.deduplicate(pairs).removed.values("id")) == sorted(repeats)


def _written(pairs: curation.Dataset, folder: Path) -> Path:
    manifest = curation.write(
        pairs, folder / "clean", formats=["parquet", "jsonl_chat"], recipes="trl", date="2026-01-02"
    )
    assert manifest.counts["kept"] == sum(manifest.counts[name] for name in ("train", "validation", "test"))
    assert {"train.parquet", "trl_sft.yaml"} <= set(manifest.files)
    assert "2026-01-02" in (folder / "clean" / "report.json").read_text(encoding="utf-8")
    return folder / "clean"


def _exported(folder: Path) -> list[str]:
    return [
        id
        for name in ("train", "validation", "test")
        for id in pq.read_table(folder / f"{name}.parquet")["id"].to_pylist()
    ]


def test_findings_answer_for_themselves() -> None:
    answers = [{"prompt": row["text"], "completion": "it is on its way to you"} for row in ROWS]
    answers.append({"prompt": "hello there", "completion": "  "})
    findings = curation.check(answers, only=["empty", "leakage", "class_imbalance"])
    assert findings.counts == {"empty": 1}
    assert set(findings.not_checked) == {"leakage", "class_imbalance"}
    assert list(findings.likely.to_pandas().input) == ["hello there"]
    assert curation.check(ROWS, only="empty").counts == {"empty": 0}


def test_settings_of_checks_and_an_evaluation_set_reach_them() -> None:
    leaks = curation.check(ROWS, only="leakage", against=[{"text": ROWS[2]["text"], "category": "delivery"}])
    assert list(leaks.to_pandas().input) == [ROWS[2]["text"]]
    strict = curation.check(ROWS, only="length_outliers", settings={"length_outliers": {}})
    assert strict.counts.keys() | strict.not_checked.keys() == {"length_outliers"}
    with pytest.raises(curation.UsageError, match="no check named 'emty' with settings"):
        curation.check(ROWS, settings={"emty": {"x": 1}})


def test_the_verdict_is_that_of_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    context = tmp_path / "context.toml"
    context.write_text('format = 2\n[task]\nmetric = "accuracy"\ntarget = 0.9\n', encoding="utf-8")
    rows = tmp_path / "rows.csv"
    pd.DataFrame(ROWS).to_csv(rows, index=False)
    assert main(["verdict", str(rows), "--context", str(context), "--json", "--quiet"]) == 0
    printed = json.loads(capsys.readouterr().out)
    verdict = curation.judge(rows, context=context)
    assert json.loads(json.dumps(verdict.to_dict())) == printed
    assert curation.judge(str(rows), context={"task": {"metric": "accuracy", "target": 0.9}}) == verdict
    lines = str(verdict).splitlines()
    assert lines[0] == f"{verdict.outcome} (provisional): {verdict.headline}"
    assert lines[-1] == f"Next: {verdict.next_step}"
    assert list(verdict.to_pandas()["id"]) == [item.id for item in verdict.evidence]


def test_a_context_of_an_earlier_version_is_said_to_be_one(tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    old.write_text("[task]\nminimum_lift = 0.05\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="names no format"):
        curation.judge(ROWS, context=str(old))


def test_writing_after_judging_gives_the_same_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    context = {"task": {"target": 0.9, "labels": ["refund", "delivery", "account"]}}
    pairs = curation.read(ROWS)
    verdict = curation.judge(pairs, context=context)
    manifest = curation.write(pairs, tmp_path / "after", context=context)
    alone = curation.write(curation.read(ROWS), tmp_path / "alone", context=context)
    assert manifest == alone
    assert manifest.verdict["dataset"] == verdict.dataset
    assert curation.judge(pairs).to_dict() == curation.judge(curation.read(ROWS)).to_dict()
    assert context["task"]["labels"] == ["refund", "delivery", "account"]
    del pairs
    gc.collect()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_rows_taken_out_in_python_are_written_as_they_stand(tmp_path: Path) -> None:
    pairs = curation.read(ROWS)
    some = pairs.where([label != "refund" for label in pairs.values("label")])
    manifest = curation.write(some, tmp_path / "out")
    assert manifest.counts["rows_in"] == 2
    assert pairs.where([True] * len(pairs)) is pairs  # not a copy, which takes as much memory again
    assert sorted(some.values("id")) == sorted(_exported(tmp_path / "out"))


def test_results_show_themselves_as_text_that_is_escaped() -> None:
    hostile = [{"text": f"<script>alert({n})</script> tell me more", "category": "<b>x</b>"} for n in range(3)]
    pairs = curation.read(hostile)
    clusters, findings = curation.deduplicate(pairs), curation.check(pairs, only=["class_imbalance", "empty"])
    for shown in (pairs, clusters, findings, curation.judge(pairs)):
        html = shown._repr_html_()
        assert "<script>" not in html
        assert "<b>" not in html
        assert html.startswith("<div>")
    assert "&lt;script&gt;alert(0)" in pairs._repr_html_()
    assert repr(pairs) == "Dataset(3 pairs from memory, 1 label)"
    assert repr(clusters) == f"Clusters(3 rows: {len(clusters.kept)} kept, {len(clusters.removed)} removed)"


def test_the_manifest_and_the_project_say_what_they_hold(tmp_path: Path) -> None:
    manifest = curation.write(ROWS, tmp_path / "out")
    assert repr(manifest).startswith("Manifest(3 rows kept: ")
    assert "train.parquet" in manifest._repr_html_()
    with curation.Project(str(tmp_path / "p"), create=True) as project:
        project.examples.load(str(SAMPLE))
        assert repr(project).startswith("Project('p': ")
    with curation.Project(tmp_path / "p") as again:
        assert again.examples.stored.totals()["stored"] > 100


def test_what_goes_out_is_said(tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "mail me at ada.lovelace@bletchley.co.uk please"},
        {"role": "assistant", "content": "I did."},
    ]
    chats = [{"messages": [*turns[:1], {**turns[1], "weight": 0}]}, {"messages": turns}]
    handled = {"data": {"personal_data_handled": True}}
    with pytest.warns(UserWarning) as told:
        manifest = curation.write(chats, tmp_path / "out", formats=["alpaca"], context=handled)
    said = " ".join(str(each.message) for each in told)
    assert "with personal data or keys unchanged" in said
    assert "turn weights (1 row)" in said
    waiver = f"{manifest.outcome}=a trial"
    assert main(["gate", str(tmp_path / "out"), "--approve", "Ada", "--waive", waiver, "--quiet"]) == 0
    with pytest.warns(UserWarning, match="approved by Ada"):
        curation.write(chats, tmp_path / "out", treatment="mask")


REFUSED = {
    "a number": (lambda: curation.read(3), "not int"),  # type: ignore[arg-type]
    "rows of no names": (lambda: curation.read([1, 2]), "a row that is int"),  # type: ignore[list-item]
    "no such keyword": (lambda: curation.read(ROWS, labels="x"), "did you mean 'label'"),
    "no such column": (lambda: curation.read(ROWS, label="x"), "no column 'x'"),
    "no such file": (lambda: curation.read("nowhere.csv"), "no such file"),
    "columns twice": (lambda: curation.read(curation.read(ROWS), label="category"), "read already"),
    "no such check": (lambda: curation.check(ROWS, only="x"), "no check named 'x'"),
    "no such setting": (lambda: curation.deduplicate(ROWS, treshold=1), "did you mean 'threshold'"),
    "no such section": (lambda: curation.judge(ROWS, context={"tasks": {}}), "did you mean 'task'"),
    "no such format": (lambda: curation.write(ROWS, "x", formats="y"), "no export format 'y'"),
    "no such layout": (lambda: curation.write(ROWS, "x", share=1), "did you mean 'shares'"),
    "no such project": (lambda: curation.Project("nowhere"), "create=True"),
    "rows twice": (lambda: curation.check(curation.read(ROWS).take([0, 0])), "same id"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_what_to_do(name: str) -> None:
    call, said = REFUSED[name]
    with pytest.raises(curation.UsageError, match=said):
        call()


def test_clusters_of_a_store_say_that_they_know_no_rows(project: curation.Project) -> None:
    project.duplicates.find()
    stored = project.duplicates.stored.current()
    assert stored is not None
    assert "rows" in stored._repr_html_()
    with pytest.raises(curation.UsageError, match="come from a store"):
        _ = stored.kept


def test_every_name_is_there_and_nothing_heavy_is_imported_for_them() -> None:
    assert set(curation.__all__) <= set(dir(curation))
    assert all(getattr(curation, name) is not None for name in curation.__all__)
    code = "import sys, curation; dir(curation); curation.__doc__; print(*{'pyarrow', 'numpy', 'pandas', 'sklearn'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_a_project_opens_without_what_only_some_commands_need() -> None:
    """Half of the time of a short command was the loading of these: they are imported in the functions that use them."""
    some = "{'pandas', 'sklearn', 'scipy.stats', 'datasketch', 'cleanlab', 'streamlit', 'httpx', 'anyio'}"
    code = f"import sys, curation.project, curation.cli.main; print(*{some} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_the_warnings_of_a_script_are_still_shown() -> None:
    code = "import curation, warnings; curation.read; warnings.warn('heard')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "heard" in ran.stderr
