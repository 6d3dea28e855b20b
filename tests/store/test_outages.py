"""A server that crashes in the middle of an import, of decisions and of a bulk act: a sentence, and nothing by half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.only_sqlite  # it starts a server of its own

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("outages.py")
KINDS = ("import", "decision", "bulk")
CRASHES = 2
"""A kind: one from which the server is back at once, and one from which it is back afterwards."""


def test_a_project_survives_a_server_that_crashes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(tmp_path), str(CRASHES), *KINDS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""  # nothing but the sentence
    for kind, found in json.loads(run.stdout).items():
        assert found["crashed"] == CRASHES, kind
        assert sum(found["ends"].values()) == CRASHES, kind
        assert found["read"], kind
        for sentence in found["read"]:
            assert sentence.startswith("postgres on HOST does not answer: the server is stopped"), sentence
            assert "What was acknowledged before is stored, the last step is not." in sentence
