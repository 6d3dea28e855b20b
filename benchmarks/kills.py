"""Kill processes at work in a project with SIGKILL, more often than the tests do, and say what was lost.

    python benchmarks/kills.py [--forked 30] [--real 5] [--store postgresql+psycopg://USER@HOST/DATABASE]

By kind (making a project, import, decision, bulk, decisions carried over from an excerpt, job, topics, migration,
restore, export): forked children killed at a call drawn by chance, and processes of their own killed at a moment drawn
by chance after they have begun. After each kill everything that `tests/store/kills.py` asserts is held against the
project: what was acknowledged is stored, once; the rest is whole or absent; no job runs for ever; no file and no schema
is left over. Ends with an error at the first that does not hold.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.store.kills import BEGIN, KINDS, Kind, small_parts  # noqa: E402

SCRIPT = ROOT / "tests/store/kills.py"
EXPORTS = ROOT / "tests/export/killed_exports.py"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def printed(*command: str) -> str:
    return subprocess.run(
        [sys.executable, *command], check=True, stdout=subprocess.PIPE, text=True, env=environment()
    ).stdout


def started(name: str, folder: Path, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), "act", str(folder), name, str(number)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    while process.stdout.readline().strip() != BEGIN:
        pass
    return process


def kill_real(name: str, kind: Kind, folder: Path, kills: int) -> Counter[str]:
    """How acts of processes of their own ended that were killed at a moment drawn by chance."""
    generator, ends = random.Random(7), Counter[str]()
    kind.prepare(folder, 0)
    process, begun = started(name, folder, 0), time.monotonic()
    process.communicate()
    lasts = time.monotonic() - begun
    assert kind.held(folder, 0, []) == "all"
    for number in range(1, kills + 1):
        kind.prepare(folder, number)
        process = started(name, folder, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(generator.uniform(0, lasts * 0.8))
        process.kill()
        assert process.stdout is not None
        acknowledged = process.stdout.read().splitlines()
        ends["died"] += process.wait() < 0
        ends[kind.held(folder, number, acknowledged)] += 1
    return ends


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--forked", type=int, default=30, help="kills a kind in forked children")
    arguments.add_argument("--real", type=int, default=5, help="kills a kind in processes of their own")
    arguments.add_argument("--only", nargs="*", choices=list(KINDS), default=list(KINDS))
    arguments.add_argument("--store", help="left out, what CURATION_STORE says, else a file of SQLite")
    asked = arguments.parse_args()
    if asked.store:
        os.environ["CURATION_STORE"] = asked.store
    small_parts()
    died = 0
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as home:
        os.environ["CURATION_HOME"] = home
        for name in asked.only:
            kind = KINDS[name]
            folder = Path(temporary) / name
            forked = json.loads(printed(str(SCRIPT), "forked", temporary, str(asked.forked), name))[name]
            folder.rename(folder.with_name(f"{name} forked"))
            folder.mkdir()
            real = kill_real(name, kind, folder, asked.real)
            died += forked["died"] + real["died"]
            print(f"{name}: forked {forked}, processes of their own {dict(real)}", flush=True)
        exports = Path(temporary) / "export"
        exports.mkdir()
        killed, old, new = map(int, printed(str(EXPORTS), str(exports), str(asked.forked)).split())
        print(f"export: forked {killed} died, {old} left the old one, {new} the new one")
    print(f"{died + killed} killed: 0 acknowledged lost, 0 doubled, 0 torn, 0 stuck jobs, 0 files left")


if __name__ == "__main__":
    main()
