"""Killed at any moment: what was acknowledged is stored, once; the rest is whole or absent; nothing is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("kills.py")
KILLS = {"sqlite": 10, "postgresql": 3}
"""A kind: what differs on a server is the store alone."""
KINDS = ("making", "import", "decision", "bulk", "carried", "job", "migration", "restore")


def test_a_project_survives_every_kill(tmp_path: Path, store: str) -> None:
    kills = KILLS["postgresql" if store else "sqlite"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), "forked", str(tmp_path), str(kills), *KINDS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    ends = json.loads(run.stdout)
    assert set(ends) == set(KINDS)
    for kind, found in ends.items():
        assert found.pop("died") >= kills * 0.9, kind
        assert sum(found.values()) == kills
        # else every kill came too late to matter
        assert found.keys() - {"all"} or kills < KILLS["sqlite"], kind
    assert {end for found in ends.values() for end in found} - {"all"}
