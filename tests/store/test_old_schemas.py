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

pytestmark = pytest.mark.only_sqlite

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("opened_at_once.py")
PROCESSES = 8
DECISIONS = {1: 3, 4: 6}
"""By version how many were made in it; five from version 2 on."""


def test_every_earlier_version_opens_in_eight_processes_at_once(tmp_path: Path) -> None:
    versions = range(1, SCHEMA_VERSION)
    assert {path.name for path in DUMPS.iterdir()} == {f"version_{version}.sql" for version in versions}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(tmp_path), str(PROCESSES)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    for version, answers in json.loads(run.stdout).items():
        expected = [7 if version == "4" else 5, DECISIONS.get(int(version), 5), ""]
        assert answers == [expected] * PROCESSES, version
        with closing(sqlite3.connect(tmp_path / version / f"project.v{version}.db")) as kept:
            assert kept.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone() == (version,)
