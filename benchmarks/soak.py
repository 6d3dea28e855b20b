"""Import, decide, check and export over and over in one process, as a server does for weeks: does anything grow?

    python benchmarks/soak.py [--minutes 10]

Every half minute: memory, open files, threads, size of the write-ahead log, files in the project's folder and in the
folder of temporary files. Rows are imported into a project that is made anew every 20 rounds, so that the work stays
the same. Ends with an error where the last third is not flat beside the middle one.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from curation.files import TEMPORARY  # noqa: E402
from curation.project import Project  # noqa: E402
from curation.project.place import folders  # noqa: E402
from curation.project.place.stores import DATABASE  # noqa: E402
from curation.records import dataset  # noqa: E402

ROUNDS = 20
EVERY = 30.0
"""Seconds between two readings."""
GROWTH = {"megabytes": 1.1, "descriptors": 1.0, "threads": 1.0, "wal": 1.5, "temporary": 1.0}
"""What the last third may be of the middle one: memory is taken from the system in pieces."""


@dataclass(frozen=True)
class Reading:
    """What the process holds at a moment."""

    megabytes: float
    descriptors: int
    threads: int
    wal: int
    temporary: int


def reading(folder: Path) -> Reading:
    own = psutil.Process()
    wal = folder / f"{DATABASE}-wal"
    temporary = [*Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"), *folder.glob(".*"), *folder.glob("*.part")]
    size = wal.stat().st_size if wal.exists() else 0
    return Reading(own.memory_info().rss / 2**20, own.num_fds(), own.num_threads(), size, len(temporary))


def one_round(project: Project, number: int) -> None:
    """A file in, some decisions, the checks, an export."""
    rows = [{"input": f"file {number}, question {n}", "output": f"answer {n % 7}"} for n in range(200)]
    project.examples.store(dataset(rows))
    ids = list(project.examples.dataset().values("id"))
    for id in ids[-20:]:
        project.decisions.decide(id, "accept", 0, reviewer="ann")
    made = project.decisions.decide_all([(id, "accept", "") for id in ids[-100:]], "ann", "all")
    project.decisions.undo_bulk(made.batch, "ann")
    project.rows.index()
    project.findings.check(["empty", "copy_of_input"])
    project.exports.write(project.folder / "export", ("parquet",))


def soak(folder: Path, seconds: float) -> list[Reading]:
    """Readings while rounds are made for so long."""
    readings, number, until = [], 0, time.monotonic() + seconds
    following = time.monotonic()
    while time.monotonic() < until:
        with Project.open(folder, create=True) as project:
            for _ in range(ROUNDS):
                one_round(project, number)
                number += 1
                if time.monotonic() > following and number % ROUNDS == ROUNDS - 1:  # with the same rows each time
                    following = time.monotonic() + EVERY
                    readings.append(reading(folder))
                    print(f"{until - time.monotonic():5.0f} s left, round {number}: {readings[-1]}", flush=True)
            folders.delete(project.place)
    return readings


def grown(readings: list[Reading]) -> dict[str, tuple[float, float]]:
    """What grew: its median in the middle third of the readings and in the last."""
    third = max(len(readings) // 3, 1)
    found = {}
    for name, factor in GROWTH.items():
        middle = statistics.median(getattr(one, name) for one in readings[third : 2 * third])
        last = statistics.median(getattr(one, name) for one in readings[2 * third :])
        if last > middle * factor:
            found[name] = (middle, last)
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--minutes", type=float, default=10.0)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["CURATION_HOME"] = temporary
        readings = soak(Path(temporary) / "project", asked.minutes * 60)
    if found := grown(readings):
        raise SystemExit(f"not flat: {found}")
    print("flat: memory, descriptors, threads, write-ahead log, temporary files")


if __name__ == "__main__":
    main()
