"""`curation model-review`: what it says before it sends, what it prints, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation.cli.main import main
from curation.project import Project
from curation.project.jobs import ImportReadings, ReadRows
from curation.records.progress import ignore
from tests.measure.endpoint_server import EndpointServer, status
from tests.model_review.conftest import reading, replies


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    """Finds the label refund right and any other wrong."""
    said = replies(lambda row: reading("right" if row["LABEL"] == "refund" else "wrong", kind="no_label_fits"))
    with EndpointServer(lambda number: said) as made:
        yield made


def test_a_project_is_read(project: Project, server: EndpointServer, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["model-review", "--project", str(project.folder), "--endpoint", server.url, "--model", "m"]
    assert main(asked) == 0
    out, notes = capsys.readouterr()
    assert "9 rows of 9 will be read" in notes
    assert "Their texts go to 127.0.0.1 (this machine or your own network)." in notes
    assert "No call of this model was timed yet" in notes
    assert "9 of 9 rows read by m: 6 wrong and 3 right." in out
    assert "is an estimate" in out
    assert main([*asked, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"] == {"right": 3, "wrong": 6}


def test_a_file_is_read_into_a_table(
    tickets: Path, server: EndpointServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "readings.parquet"
    asked = ["model-review", str(tickets), "--endpoint", server.url, "--model", "m", "--rows", "all"]
    assert main([*asked, "--out", str(out), "--quiet"]) == 0
    rows = pq.read_table(out).to_pylist()
    assert sorted(row["reading"] for row in rows if not row["again"]) == ["right"] * 3 + ["wrong"] * 6
    assert {row["kind"] for row in rows} == {"", "no_label_fits"}
    assert main([*asked, "--quiet"]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_forecast_sends_nothing(project: Project, server: EndpointServer, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["model-review", "--project", str(project.folder), "--forecast"]
    assert main(asked) == 0
    assert main([*asked, "--endpoint", server.url, "--model", "m", "--rows", "4", "--json"]) == 0
    assert '"rows": 4' in capsys.readouterr().out
    assert server.requests == []
    assert main([*asked, "--rows", "some"]) == 2
    assert "a number of rows, or all, not 'some'" in capsys.readouterr().err


def test_a_limit_ends_it_and_says_so(
    project: Project, server: EndpointServer, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["model-review", "--project", str(project.folder), "--endpoint", server.url, "--model", "m", "--quiet"]
    assert main([*asked, "--max-calls", "4"]) == 0
    assert "Ended early: the limit of 4 calls would be exceeded." in capsys.readouterr().out
    assert len(server.requests) == 4


def test_an_endpoint_that_refuses_is_a_failure(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with EndpointServer(lambda number: status(401)) as server:
        asked = ["model-review", "--project", str(project.folder), "--endpoint", server.url, "--model", "m"]
        assert main([*asked, "--quiet"]) == 3
    assert "No row was read: the endpoint refused the key (401)." in capsys.readouterr().err
    assert project.model_review.readings.last() is None


def test_a_rubric_is_shown_changed_and_kept(
    project: Project, server: EndpointServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["model-review", "--project", str(project.folder)]
    assert main([*asked, "--show-rubric"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text(capsys.readouterr().out.replace("version = 1", "version = 7"), encoding="utf-8")
    assert main([*asked, "--rubric", str(path), "--forecast"]) == 0
    assert "classification 7" in capsys.readouterr().out
    assert main([*asked, "--rubric", str(tmp_path / "none.toml"), "--forecast"]) == 2


def test_a_batch_and_a_table_by_command(
    project: Project, tmp_path: Path, tickets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["model-review", "--project", str(project.folder)]
    batch = tmp_path / "batch.jsonl"
    assert main([*asked, "--model", "m", "--batch-out", str(batch)]) == 0
    assert "about 9 rows" in capsys.readouterr().out
    assert main([*asked, "--batch-in", str(batch)]) == 3  # the requests are no results
    ids = project.examples.curated().dataset.values("id")
    table = tmp_path / "mine.csv"
    table.write_text("id,reading\n" + "".join(f"{id},right\n" for id in ids), encoding="utf-8")
    assert main([*asked, "--readings", str(table), "--model", "mine"]) == 0
    assert "It says the same of every row (right)" in capsys.readouterr().out
    assert main(["model-review", str(tickets), "--readings", str(table)]) == 2
    assert main([*asked, "--batch-out", str(batch)]) == 2


def test_the_jobs_say_what_came_of_it(project: Project, server: EndpointServer, tmp_path: Path) -> None:
    settings = {"rows": None, "timeout": 5.0}
    done = ReadRows(server.url, "m", settings, {"calls": 30}).run(project, ignore)
    assert (done["read"], done["wrong"], done["ended"]) == (9, 6, "")
    path = tmp_path / "mine.csv"
    ids = project.examples.curated().dataset.values("id")
    path.write_text(f"id,reading\n{ids[0]},unsure\n", encoding="utf-8")
    assert ImportReadings(str(path), "mine.csv", "other").run(project, ignore)["read"] == 1
    assert not path.exists()
    assert project.model_review.readings.models() == ["m", "other"]
