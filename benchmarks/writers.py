"""Many processes decide at once in one project while its checks run: what was lost, doubled or refused, how fast.

    python benchmarks/writers.py [--processes 20] [--decisions 2000] [--store postgresql+psycopg://USER@HOST/DATABASE]

Every process decides rows of its own and, each tenth time, one that all share: of those one is stored and the others
hear that somebody was first. All of it is then held against what the project says. A tenth of it runs in the tests.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from curation.errors import CurationError, StaleDecision  # noqa: E402
from curation.project import Project  # noqa: E402
from curation.project.place.processes import NICE  # noqa: E402
from curation.records import dataset  # noqa: E402
from curation.store import database, decisions  # noqa: E402

SHARED = 10
"""Every how many decisions one is of a row that all processes decide."""


CHECKS = ("empty", "copy_of_input")


@dataclass(frozen=True)
class Outcome:
    """What one process did: (row, number) of what was acknowledged, how often it heard of a conflict, what failed, and
    the seconds each call took."""

    stored: list[tuple[str, int]]
    conflicts: int
    failed: list[str]
    waits: list[float]


@dataclass(frozen=True)
class Measured:
    """What all processes did together; `lost`, `doubled` and `wrong` are counted in the project afterwards."""

    stored: int
    conflicts: int
    expected_conflicts: int
    failed: list[str]
    lost: int
    doubled: int
    fault: str
    seconds: float
    waits: list[float]

    def __str__(self) -> str:
        waits = sorted(self.waits)
        at = {share: waits[min(int(len(waits) * share), len(waits) - 1)] * 1000 for share in (0.5, 0.95, 0.99)}
        return (
            f"{self.stored:,} stored, {len(self.failed)} failed, {self.conflicts:,} conflicts "
            f"({self.expected_conflicts:,} expected), {self.lost} lost, {self.doubled} doubled; "
            f"{len(waits) / self.seconds:.0f} a second; ms: p50 {at[0.5]:.0f}, p95 {at[0.95]:.0f}, p99 {at[0.99]:.0f}, "
            f"longest {waits[-1] * 1000:.0f}; {self.fault or 'chain intact'}"
            + "".join(f"; {said}" for said in sorted(set(self.failed)))
        )


def decide(folder: Path, who: int, ids: list[str], said: Connection) -> None:
    """Decide these rows in this process, and say what became of it."""
    stored, conflicts, failed, waits = [], 0, [], []
    with Project.open(folder) as project:
        said.send("ready")
        said.recv()
        for id in ids:
            start = time.perf_counter()
            try:
                stored.append((id, project.decisions.decide(id, "accept", 0, reviewer=f"person {who}")))
            except StaleDecision:
                conflicts += 1
            except CurationError as error:
                failed.append(str(error))
            waits.append(time.perf_counter() - start)
    said.send(Outcome(stored, conflicts, failed, waits))


def check(folder: Path, said: Connection) -> None:
    """Run the checks over and over until everybody is done, as low in turn as a job of the app."""
    os.nice(NICE)
    with Project.open(folder) as project:
        said.send("ready")
        said.recv()
        while not said.poll():
            project.findings.check(CHECKS)
    said.send("done")


def write_at_once(folder: Path, processes: int, each: int) -> Measured:
    """Let so many processes make so many decisions each in a new project, with a check running, and count."""
    own = each - each // SHARED
    with Project.open(folder, create=True) as project:
        rows = processes * own + each // SHARED
        project.examples.store(dataset([{"input": f"question {n}", "output": f"answer {n}"} for n in range(rows)]))
        ids = list(project.examples.dataset().values("id"))
    shared, rest = ids[: each // SHARED], ids[each // SHARED :]
    context = multiprocessing.get_context("fork")
    mine: list[tuple[Callable[..., None], tuple[object, ...]]] = [(check, ())]
    for who in range(processes):
        order = rest[who * own : (who + 1) * own]
        for n, id in enumerate(shared):
            order.insert(n * SHARED, id)
        mine.append((decide, (who, order)))
    pipes, running = [], []
    for work, arguments in mine:
        here, there = context.Pipe()
        running.append(context.Process(target=work, args=(folder, *arguments, there)))
        running[-1].start()
        pipes.append(here)
    for pipe in pipes:
        pipe.recv()
    start = time.perf_counter()
    for pipe in pipes:
        pipe.send("go")
    outcomes = [pipe.recv() for pipe in pipes[1:]]
    seconds = time.perf_counter() - start
    pipes[0].send("stop")
    for process in running:
        process.join()
    return counted(folder, outcomes, (processes - 1) * len(shared), seconds)


def counted(folder: Path, outcomes: list[Outcome], expected: int, seconds: float) -> Measured:
    """What the project holds, against what the processes heard."""
    told = [pair for outcome in outcomes for pair in outcome.stored]
    with Project.open(folder) as project:
        with database.read(project.place.engine) as connection:
            held = {(one.example, one.seq) for one in decisions.all_decisions(connection)}
        per_row = Counter(id for id, _ in held)
        fault = project.place.verify().fault
    return Measured(
        stored=len(told),
        conflicts=sum(outcome.conflicts for outcome in outcomes),
        expected_conflicts=expected,
        failed=[error for outcome in outcomes for error in outcome.failed],
        lost=len(set(told) - held),
        doubled=sum(n - 1 for n in per_row.values()) + len(held) - len(told),
        fault=fault,
        seconds=seconds,
        waits=[wait for outcome in outcomes for wait in outcome.waits],
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--processes", type=int, default=20)
    arguments.add_argument("--decisions", type=int, default=2_000, help="of each process")
    arguments.add_argument("--store", help="left out, what CURATION_STORE says, else a file of SQLite")
    arguments.add_argument("--json", action="store_true", help="print counts and the longest wait as JSON")
    asked = arguments.parse_args()
    if asked.store:
        os.environ["CURATION_STORE"] = asked.store
    with tempfile.TemporaryDirectory() as temporary:
        measured = write_at_once(Path(temporary) / "project", asked.processes, asked.decisions)
    if asked.json:
        print(json.dumps({**vars(measured), "waits": len(measured.waits), "longest": max(measured.waits)}))
    else:
        print(f"load {os.getloadavg()[0]:.1f}: {measured}")


if __name__ == "__main__":
    main()
