"""The command line: what it writes, what it says, and its exit status."""

import json
import shlex
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.cli.parser import COMMANDS, GROUPS, WIDTH, build_parser
from curation.records.context import Context, read_context

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"
REWRITES = SAMPLE.parent / "rewrites.jsonl"
EXPECTED = {
    "train.parquet", "validation.parquet", "test.parquet", "removed.parquet", "rejected.jsonl",
    "report.html", "report.md", "report.json", "manifest.json", "record.json", "README.md", "croissant.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    assert main(["run", str(SAMPLE), "--out", str(folder), "--quiet"]) == 0
    return folder


def test_run_writes_everything_and_the_counts_add_up(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == EXPECTED
    manifest = json.loads((out / "manifest.json").read_text())
    counts = manifest["counts"]
    assert counts["rows_in"] == len(SAMPLE.read_text(encoding="utf-8").splitlines()) - 1
    assert counts["rows_in"] == counts["kept"] + counts["removed"] + counts["rejected"]
    assert counts["kept"] == counts["train"] + counts["validation"] + counts["test"]


def test_outputs_load_with_pandas_polars_and_duckdb(out: Path) -> None:
    rows = json.loads((out / "manifest.json").read_text())["counts"]["train"]
    path = str(out / "train.parquet")
    assert len(pd.read_parquet(path)) == pl.read_parquet(path).height == rows
    # In a process of its own: at the end of one that also ran other bindings, duckdb prints what it has not freed.
    script = f"import duckdb; print(duckdb.sql(\"SELECT count(*) FROM '{path}'\").fetchall()[0][0])"
    assert int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout) == rows


def test_two_runs_give_identical_bytes(out: Path, tmp_path: Path) -> None:
    assert main(["run", str(SAMPLE), "--out", str(tmp_path / "again"), "--quiet"]) == 0
    for name in EXPECTED:
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_no_cluster_crosses_a_split(out: Path, tmp_path: Path) -> None:
    assert main(["dedup", str(SAMPLE), "--out", str(tmp_path / "clusters.parquet"), "--quiet"]) == 0
    clusters = pd.read_parquet(tmp_path / "clusters.parquet").set_index("id")["cluster"]
    splits = pd.concat([pd.read_parquet(out / f"{name}.parquet") for name in ("train", "validation", "test")])
    assert splits.assign(cluster=splits["id"].map(clusters)).groupby("cluster")["split"].nunique().max() == 1


def test_planted_duplicates_are_found_and_nothing_else_is_merged(tmp_path: Path) -> None:
    planted = json.loads((SAMPLE.parent / "expected.json").read_text())
    for path in (SAMPLE, REWRITES):
        assert main(["dedup", str(path), "--out", str(tmp_path / "c.parquet"), "--quiet"]) == 0
        table = pd.read_parquet(tmp_path / "c.parquet").set_index("row")
        assert list(pd.read_parquet(tmp_path / "c.parquet").columns) == [
            "row",
            "id",
            "cluster",
            "keeper",
            "kind",
            "similarity",
        ]
        faults = planted[path.name]
        pairs = [(p["row"], p["of"]) for key in ("exact_duplicates", "near_duplicates") for p in faults[key]]
        assert pairs
        for row, of in pairs:
            assert table["cluster"][row] == table["cluster"][of], (path.name, row, of)
        related = {row for pair in pairs for row in pair}
        related |= {row for p in faults.get("contradictions", []) for row in (p["row"], p["of"])}
        merged = table[table.groupby("cluster")["id"].transform("size") > 1].index
        assert set(merged) <= related


def test_check_writes_the_contract_columns(tmp_path: Path) -> None:
    assert main(["check", str(SAMPLE), "--out", str(tmp_path / "f.parquet"), "--quiet"]) == 0
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.column_names == ["row", "id", "check", "confidence", "message", "suggestion", "evidence"]
    assert {"label_noise", "contradictions", "empty"} <= set(table["check"].to_pylist())


def test_label_findings_are_precise(tmp_path: Path) -> None:
    from sklearn.metrics import average_precision_score

    assert main(["check", str(SAMPLE), "--only", "label_noise", "--out", str(tmp_path / "f.parquet"), "--quiet"]) == 0
    found = pd.read_parquet(tmp_path / "f.parquet").groupby("row")["confidence"].max()
    planted = {p["row"] for p in json.loads((SAMPLE.parent / "expected.json").read_text())[SAMPLE.name]["wrong_labels"]}
    rows = range(len(SAMPLE.read_text(encoding="utf-8").splitlines()) - 1)
    truth = [row in planted for row in rows]
    assert average_precision_score(truth, [found.get(row, 0.0) for row in rows]) >= 0.8


def test_verdict_json_has_the_contract_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdict", str(SAMPLE), "--json", "--quiet"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["provisional"] is True
    fields = {"outcome", "provisional", "headline", "reasons", "stability", "nearest_flip", "next_step", "evidence",
              "coverage", "policy", "dataset", "seed"}  # fmt: skip
    assert fields <= set(body)
    assert {e["id"]: e["status"] for e in body["evidence"]}["curve"] is not None


def test_a_project_is_loaded_judged_reported_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(tmp_path / "project")
    assert main(["load", str(SAMPLE), "--project", project]) == 0
    assert "0 rejected" in capsys.readouterr().err
    assert main(["verdict", "--project", project, "--quiet"]) == 0
    assert main(["report", "--project", project, "--out", str(tmp_path / "report.md")]) == 0
    said = capsys.readouterr().out
    assert "\nRows kept: " in said
    assert "have no label yet" in said.splitlines()[-1]
    assert "provisional" in (tmp_path / "report.md").read_text().lower()
    assert (
        main(["export", "--project", project, "--out", str(tmp_path / "out"), "--format", "jsonl_chat", "--quiet"]) == 0
    )
    said = capsys.readouterr().out
    assert "\nRows written: " in said
    assert "\nRows left out: " in said
    assert (tmp_path / "out" / "train.jsonl").exists() or list((tmp_path / "out").glob("train*.jsonl"))


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["run", "nowhere.csv", "--out", "OUT"], 2, "nowhere.csv"),
        (["run", "SAMPLE", "--input", "body", "--out", "OUT"], 2, "text"),
        (["run", "SAMPLE", "--out", "OUT", "--nonsense"], 2, "--nonsense"),
        (["check", "SAMPLE", "--only", "nonsense", "--out", "OUT"], 2, "label_noise"),
        (["run", "PDF", "--out", "OUT"], 3, "PDF"),
        (["run", "EMPTY", "--out", "OUT"], 3, "empty"),
        (["verdict"], 2, "--project"),
        (["verdict", "--project", "NOWHERE"], 2, "no project"),
        (["verdict", "SAMPLE", "--context", "BAD"], 2, "target"),
    ],
)
def test_wrong_usage_is_one_clear_line(
    arguments: list[str], status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paper.csv").write_bytes(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "bad.toml").write_text("[task]\ntagret = 0.9\n")
    names = {
        "OUT": tmp_path / "out", "SAMPLE": SAMPLE, "PDF": tmp_path / "paper.csv", "EMPTY": tmp_path / "empty.csv",
        "NOWHERE": tmp_path / "nowhere", "BAD": tmp_path / "bad.toml",
    }  # fmt: skip
    assert main([str(names.get(argument, argument)) for argument in arguments]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert len(captured.err.strip().splitlines()) <= 2
    assert not (tmp_path / "out").exists()


def test_an_empty_context_is_made_once_and_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "context.toml"
    assert main(["context", "--out", str(path)]) == 0
    assert read_context(path) == Context()
    path.write_text("[task]\ntarget = 0.9\n")
    assert main(["context", "--out", str(path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert read_context(path).task.target == 0.9
    assert main(["context"]) == 0
    assert "# target = " in capsys.readouterr().out


def test_help_groups_the_commands_in_the_order_of_the_journey_with_an_example_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    commands = ["run", "load", "dedup", "check", "verdict", "measure", "export", "report", "gate", "app"]
    commands += ["preflight", "classifier", "project", "completion"]
    positions = [text.index(f"\n  {command} ") for command in commands]
    assert positions == sorted(positions)
    titles = [text.index(f"\n{title}:\n") for title in GROUPS]
    assert titles == sorted(titles)
    assert all(f"\n{' ' * (WIDTH + 4)}{command.example}\n" in text for command in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_is_right_and_stands_in_its_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    example = COMMANDS[name].example.partition(" > ")[0]
    words = shlex.split(example)
    assert words[:2] == ["curation", name]
    assert build_parser([name]).parse_args(words[1:]).command == name
    with pytest.raises(SystemExit):
        main([name, "--help"])
    help = capsys.readouterr().out
    assert example in help.partition("example:")[2]


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"curation {version('curation')}\n"
    ran = subprocess.run([sys.executable, "-m", "curation", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"curation {version('curation')}\n"


def test_a_mistyped_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chekc"]) == 2
    said = capsys.readouterr().err
    assert said == "curation: There is no command 'chekc' (did you mean 'check'?). See `curation --help`.\n"


def test_a_mistyped_flag_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "clean", "--aprove", "Ada"]) == 2
    assert capsys.readouterr().err == (
        "curation: unrecognized arguments: --aprove Ada (did you mean --approve?). See `curation gate --help`.\n"
    )


def test_quiet_leaves_results_alone_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "context.toml").write_text("[task]\ntarget = 0.8\n", encoding="utf-8")
    words = [SAMPLE, "--context", tmp_path / "context.toml", "--against", SAMPLE, "--quiet"]
    command = [sys.executable, "-m", "curation", "verdict", *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[-1].startswith("Next: ")


def test_a_project_that_is_no_database_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "project.db").write_bytes(b"this is not a database, but a text of some length" * 40)
    assert main(["verdict", "--project", str(tmp_path)]) in (1, 2, 3)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 2
    assert "project.db" in lines[0]


def test_rows_of_the_evaluation_set_are_not_exported(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "eval.csv").write_text("\n".join([lines[0], *lines[3:6]]) + "\n", encoding="utf-8")
    arguments = ["run", str(SAMPLE), "--against", str(tmp_path / "eval.csv"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(arguments) == 0
    evaluation = set(pd.read_csv(tmp_path / "eval.csv")["text"])
    kept = pd.concat(
        [pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("train", "validation", "test")]
    )
    assert not evaluation & set(kept["input"])
    removed = pd.read_parquet(tmp_path / "out" / "removed.parquet")
    assert evaluation <= set(removed.loc[removed["reason"] == "stands in the evaluation set", "input"])
    body = json.loads((tmp_path / "out" / "report.json").read_text())
    statuses = {e["id"]: e["status"] for e in body["evidence"]}
    assert statuses["leakage"] == "fail"
    assert body["outcome"] == "fix_data"


def test_a_busy_port_and_a_missing_project_are_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        assert main(["app", "--port", str(busy.getsockname()[1])]) == 2
    assert "--port" in capsys.readouterr().err
    assert main(["app", "--project", str(tmp_path / "nowhere")]) == 2
    assert "There is no project" in capsys.readouterr().err


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.168.1.7", "fd00::2", "example.org", "localhost.example.org"]
)
def test_an_address_that_others_can_reach_is_refused(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "--host", host]) == 2
    said = capsys.readouterr().err
    assert f"--host {host} can be reached from other computers" in said
    assert "nobody signs in" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "::1"])
def test_addresses_of_this_computer_alone_pass(host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "--host", host, "--project", str(tmp_path / "nowhere")]) == 2
    assert "There is no project" in capsys.readouterr().err  # the address was taken, the project is asked for next
