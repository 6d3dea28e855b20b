"""The key reaches the endpoint and nothing else: not the store, a log, a report, an error or the screen."""

import subprocess
import sys
from pathlib import Path

import pytest
from endpoint_server import EndpointServer, right, status

from curation.project import Project
from curation.records import EndpointRun, MeasureSettings

CANARY = "sk-canary-9f8e7d6c5b4a"


@pytest.mark.parametrize("name", ["CURATION_API_KEY", "OPENAI_API_KEY"])
def test_the_key_is_found_nowhere_in_the_project(
    name: str, labelled: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, CANARY)
    echo = f'{{"error": {{"message": "bad key {CANARY}"}}}}'.encode()
    with EndpointServer(lambda number: status(400, body=echo) if number % 9 == 0 else right()) as server:
        body = labelled.measuring.measure(
            EndpointRun(server.url, "m", MeasureSettings(arms=("zero_shot",), rows=20)), sleep=lambda seconds: None
        )
        assert all(headers["Authorization"] == f"Bearer {CANARY}" for _, headers, _ in server.requests)
    labelled.findings.check()
    labelled.verdict.judge()
    written = (
        labelled.verdict.report("json") + labelled.verdict.report("html") + labelled.verdict.report("md") + repr(body)
    )
    out, err = capfd.readouterr()
    assert "canary" not in written + out + err
    labelled.close()
    files = [path for path in labelled.folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert b"canary" not in path.read_bytes(), path


def test_the_key_stays_out_of_a_crash(labelled: Project, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from curation.project import Project\n"
        "from curation.endpoint import client\n"
        "client.parsed_reply = lambda *a: 1 / 0\n"
        "from curation.records import EndpointRun\n"
        "Project.open(Path(sys.argv[1])).measuring.measure(EndpointRun(sys.argv[2], 'm'))\n"
    )
    with EndpointServer() as server:
        run = subprocess.run(
            [sys.executable, "-c", code, str(labelled.folder), server.url],
            env={"CURATION_API_KEY": CANARY, "PATH": "/usr/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert "ZeroDivisionError" in run.stderr
    assert "canary" not in run.stderr + run.stdout
