"""`curation measure`: what it prints, its exit status, and what a project keeps of it."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from endpoint_server import EndpointServer, right, rows, status

from curation.cli.main import main
from curation.project import Project


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text(rows(40), encoding="utf-8")
    return path


def test_a_file_is_measured_and_the_project_keeps_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with EndpointServer() as server:
        command = ["measure", str(file), "--project", str(tmp_path / "p"), "--endpoint", server.url, "--model", "m"]
        assert main([*command, "--completions", "--rows", "20", "--max-calls", "60"]) == 0
        assert {path for path, _, _ in server.requests} == {"/v1/completions"}
    out = capsys.readouterr().out
    assert "zero_shot             1.000  0.881 to 1.000     20" in out
    assert "retrieved_few_shot against zero_shot" in out or "zero_shot against retrieved_few_shot" in out
    assert "60 calls" in out
    assert out.splitlines()[0].endswith("model")
    assert out.splitlines()[1].endswith("  m")
    project = Project.open(tmp_path / "p")
    assert len(project.measuring.with_measured(project.settings.context()).arms) == 3
    project.close()


def test_a_file_alone_is_measured_and_nothing_is_kept(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EndpointServer() as server:
        command = ["measure", str(file), "--endpoint", server.url, "--model", "m", "--arms", "zero_shot", "--rows", "9"]
        assert main([*command, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [arm["name"] for arm in body["arms"]] == ["zero_shot"]
    assert body["run"]["rows"] == 9


def test_an_endpoint_that_answers_nothing_is_a_failure_with_its_reason(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with EndpointServer(lambda number: status(401)) as server:
        assert main(["measure", str(file), "--endpoint", server.url, "--model", "m"]) == 3
    told = capsys.readouterr()
    assert "not measured" in told.out
    assert "refused the key (401)" in told.err
    assert "Traceback" not in told.err


def test_a_failed_run_does_not_show_what_an_earlier_one_found(
    labelled: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    with EndpointServer(lambda number: right() if number <= 20 else status(404)) as server:
        command = ["measure", "--project", str(labelled.folder), "--endpoint", server.url, "--arms", "zero_shot"]
        assert main([*command, "--rows", "20", "--model", "m"]) == 0
        capsys.readouterr()
        assert main([*command, "--rows", "20", "--model", "other"]) == 3
    out = capsys.readouterr().out
    assert "1.000" not in out
    assert "the earlier result of m on 20 rows is kept" in out
    kept = labelled.measuring.held_out.measurement()
    assert kept is not None
    assert [(arm.model, arm.n) for arm in kept.arms] == [("m", 20)]


def test_held_out_rows_leave_and_their_outputs_come_back(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = str(tmp_path / "p")
    held = tmp_path / "held.jsonl"
    assert main(["measure", str(file), "--project", project, "--held-out", str(held), "--rows", "30"]) == 0
    lines = [json.loads(line) for line in held.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 30
    assert "into the test split" in capsys.readouterr().out
    assert main(["export", "--project", project, "--out", str(tmp_path / "set"), "--quiet"]) == 0
    assert {row["id"] for row in lines} <= set(pq.read_table(tmp_path / "set" / "test.parquet")["id"].to_pylist())
    assert main(["measure", str(file), "--held-out", str(tmp_path / "other.jsonl"), "--rows", "30"]) == 0
    assert "Name --project DIR" in capsys.readouterr().out
    outputs = tmp_path / "outputs.jsonl"
    outputs.write_text("".join(json.dumps({"id": row["id"], "output": "refund"}) + "\n" for row in lines), "utf-8")
    assert main(["measure", "--project", project, "--import", str(outputs), "--arm", "lora"]) == 0
    assert "lora" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "Name --endpoint"),
        (["--endpoint", "nonsense", "--model", "m"], "must begin with http"),
        (["--endpoint", "http://127.0.0.1:1", "--model", "m", "--arms", "guess"], "arms are"),
        (["--endpoint", "http://127.0.0.1:1", "--model", "m", "--max-cost", "1"], "needs prices"),
        (["--import", "x.csv"], "--arm"),
        (["--endpoint", "http://127.0.0.1:1", "--model", "m", "--arms", "knowledge_base"], "--knowledge FILE"),
        (["--endpoint", "http://127.0.0.1:1", "--model", "m", "--max-calls", "0"], "limit of 0 calls"),
    ],
)
def test_wrong_use_is_told(flags: list[str], words: str, labelled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--project", str(labelled.folder), *flags]) == 2
    assert words in capsys.readouterr().err
