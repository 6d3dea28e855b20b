"""Killed at any moment: what was acknowledged is stored, once; the rest is whole or absent; nothing is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.only_sqlite

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("kills.py")
KILLS = 10
KINDS = ("import", "decision", "bulk", "job", "migration", "restore")


def test_a_project_survives_every_kill(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), "forked", str(tmp_path), str(KILLS), *KINDS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    ends = json.loads(run.stdout)
    assert set(ends) == set(KINDS)
    for kind, found in ends.items():
        assert found.pop("died") >= KILLS * 0.9, kind
        assert sum(found.values()) == KILLS
        assert found.keys() - {"all"}, kind  # else every kill came too late to matter
