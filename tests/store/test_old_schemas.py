"""A project of every earlier version opens, on several processes at once, with all that was decided in it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from old_projects import DUMPS

from curation.store.database.schema import SCHEMA_VERSION

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("opened_at_once.py")
PROCESSES = 8
DECISIONS = {1: 3, 4: 6}
"""By version how many were made in it; five from version 2 on."""


def opened_at_once(folder: Path) -> dict[str, list[list[object]]]:
    """What each process saw, by version."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(folder), str(PROCESSES)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    answers: dict[str, list[list[object]]] = json.loads(run.stdout)
    return answers


@pytest.mark.only_sqlite
def test_every_earlier_version_opens_in_eight_processes_at_once(tmp_path: Path) -> None:
    versions = range(1, SCHEMA_VERSION)
    assert {path.name for path in DUMPS.iterdir()} == {f"version_{version}.sql" for version in versions}
    for version, answers in opened_at_once(tmp_path).items():
        expected = [7 if version == "4" else 5, DECISIONS.get(int(version), 5), ""]
        assert answers == [expected] * PROCESSES, version
        with closing(sqlite3.connect(tmp_path / version / f"project.v{version}.db")) as kept:
            assert kept.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone() == (version,)


@pytest.mark.only_sqlite
def test_a_project_on_a_server_is_brought_up_to_date_by_one_of_eight_processes(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # servers hold projects of the present version alone: the step to it is made up
    monkeypatch.setenv("CURATION_STORE", server)
    assert opened_at_once(tmp_path) == {str(SCHEMA_VERSION - 1): [[5, 3, ""]] * PROCESSES}
