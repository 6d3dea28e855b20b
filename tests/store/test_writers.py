"""Twenty processes decide at once while a check runs: nothing is lost, doubled or refused without being said."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROCESSES = 20


def test_of_all_decisions_made_at_once_none_is_lost_doubled_or_fails(store: str) -> None:
    # of what benchmarks/writers.py makes a tenth, and a third of that on a server, which shares the cores with them
    decisions = 60 if store else 200
    shared = decisions // 10
    command = [sys.executable, str(ROOT / "benchmarks/writers.py"), "--json"]
    command += ["--processes", str(PROCESSES), "--decisions", str(decisions)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, timeout=900, env=environment)
    assert run.returncode == 0, run.stderr
    measured = json.loads(run.stdout)
    assert (measured["lost"], measured["doubled"], measured["failed"], measured["fault"]) == (0, 0, [], "")
    assert measured["waits"] == PROCESSES * decisions
    assert measured["stored"] == PROCESSES * (decisions - shared) + shared
    assert measured["conflicts"] == measured["expected_conflicts"] == (PROCESSES - 1) * shared
