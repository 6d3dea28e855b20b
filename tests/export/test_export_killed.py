"""Exports killed with SIGKILL: the final path always holds a whole export, the old one or the new one."""

import subprocess
import sys
from pathlib import Path

KILLS = 60
ROOT = Path(__file__).parents[2]


def test_a_killed_export_leaves_a_whole_one(tmp_path):
    script = Path(__file__).with_name("killed_exports.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(KILLS)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    killed, old, new = map(int, done.stdout.split())
    assert killed >= KILLS * 0.9
    assert old + new == KILLS
    assert min(old, new) > 0
