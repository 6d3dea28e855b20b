"""The same clusters, findings, verdict and files whatever works on a set, and whatever is killed meanwhile.

    python benchmarks/killed_runs.py --file FILE            1 worker, 2 workers, Dask with 2; then kills
    python benchmarks/killed_runs.py --rows 20000           a labelled set made up here, with wrong labels planted

Kills are SIGKILL at moments drawn by chance among those at which there is something to kill: three times a worker of
the local engine, three times one of Dask's, and once the driver, whose work is then gone on with by the same command.
Ends with an error where anything differs.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from planted import conflicts, flips
from scale import DAY, _digest
from speed import labelled, words

WORKERS = ("curation.engine.worker", "multiprocessing-fork")
"""What the command of a worker names: of ours, and of Dask's."""
Told = dict[str, str]


def written(path: Path, rows: int) -> Path:
    """A set of 150 labels, a twentieth of them wrong, a hundredth of the rows twice with two labels."""
    made = [*labelled(random.Random(1), words("tickets"), rows, labels=150)]
    rng = np.random.default_rng(1)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in conflicts(flips(made, rng, 0.05), rng, 0.01)), "utf-8")
    return path


def travel(path: Path, out: Path, kind: str, workers: int, work: Path) -> None:
    """The journey of one file in this process: prints a digest of each thing found."""
    from curation.engine import Engine
    from curation.project import Project
    from curation.project.large.work import work_folder
    from curation.records import verdict_json

    with work_folder("run", work) as folder, Project.temporary([str(path)]) as project:
        project.findings.works = Engine(workers, kind, folder=folder)  # type: ignore[arg-type]
        project.examples.load(path)
        verdict = project.verdict.analyse()
        project.exports.write(out, date=DAY)
        clusters, findings = project.duplicates.stored.current(), project.findings.stored.current()
        told = {
            "clusters": repr(clusters.table.to_pydict()),
            "findings": repr((findings.table.to_pydict(), findings.runs)),
            "verdict": json.dumps(verdict_json(verdict), sort_keys=True),
        }
    digests = {name: hashlib.sha256(said.encode()).hexdigest()[:12] for name, said in told.items()}
    print(json.dumps(digests | {"files": _digest(out), "rows found": str(len(findings.table))}))


def ended(command: list[str], kill: str, moment: float) -> tuple[Told | None, int]:
    """What a journey prints, None where it was killed, and how many processes were; `moment` is in seconds after the
    first worker began."""
    killed = 0
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        begun = None
        while child.poll() is None and not killed:
            at_work = _workers(child)
            begun = begun or (time.monotonic() if at_work else None)
            if kill and begun and at_work and time.monotonic() - begun >= moment:
                (child if kill == "driver" else random.Random(moment).choice(at_work)).kill()
                killed += 1
            time.sleep(0.05)
        said = child.stdout.read()
    if child.returncode and kill != "driver":
        raise SystemExit(f"the journey ended with {child.returncode}")
    return (json.loads(said.splitlines()[-1]) if said.strip() else None), killed


def _workers(child: psutil.Process) -> list[psutil.Process]:
    try:
        return [
            one for one in child.children(recursive=True) if any(name in " ".join(one.cmdline()) for name in WORKERS)
        ]
    except psutil.Error:
        return []


def compared(path: Path, folder: Path, kills: int, dask: bool, seed: int) -> None:
    """Prints a line a journey; ends with an error at the first that tells otherwise."""
    draw, number, first = random.Random(seed), 0, None

    def one(what: str, kind: str, workers: int, kill: str = "", moment: float = 0.0) -> float:
        nonlocal number, first
        number += 1
        command = [sys.executable, __file__, "--file", str(path), "--workers", str(workers), "--travel", kind]
        command += ["--out", str(folder / f"out{number}"), "--work", str(folder / f"work{number}")]
        start = time.monotonic()
        told, killed = ended(command, kill, moment)
        if told is None:
            told, _ = ended(command, "", 0.0)
        seconds = time.monotonic() - start
        first = first or told
        print(f"{what}: {seconds:.0f} s, {killed} killed, {told}", flush=True)
        if told != first:
            raise SystemExit(f"{what} tells otherwise")
        return seconds

    engines = ["local", "dask"] if dask else ["local"]
    one("1 worker", "local", 1)
    for kind in engines:
        took = one(f"{kind}, 2 workers", kind, 2)
        for _ in range(kills):
            moment = draw.uniform(0.0, 0.6 * took)
            one(f"{kind}, 2 workers, one killed after {moment:.1f} s", kind, 2, "worker", moment)
    moment = draw.uniform(0.2 * took, 0.6 * took)
    one(f"driver killed after {moment:.1f} s and gone on with", "local", 2, "driver", moment)


def main() -> None:
    """Reads the flags."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--file", type=Path)
    flags.add_argument("--rows", type=int, default=20_000)
    flags.add_argument("--kills", type=int, default=3)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--no-dask", action="store_true")
    for hidden in ("--travel", "--out", "--work"):
        flags.add_argument(hidden, help=argparse.SUPPRESS)
    flags.add_argument("--workers", type=int, default=2, help=argparse.SUPPRESS)
    asked = flags.parse_args()
    if asked.travel:
        travel(asked.file, Path(asked.out), asked.travel, asked.workers, Path(asked.work))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = asked.file or written(Path(folder) / "made.jsonl", asked.rows)
        compared(path, Path(folder), asked.kills, not asked.no_dask, asked.seed)


if __name__ == "__main__":
    main()
