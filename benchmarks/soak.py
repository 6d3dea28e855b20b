"""Load, decide, check and export over and over in one process, as a server does for weeks: does anything grow?

    python benchmarks/soak.py [--minutes 10] [--store postgresql+psycopg://USER@HOST/DATABASE]

Printed at the start and over time: memory, open files, threads, size of the write-ahead log, temporary files (those of
the project's folder too), and on a server its connections of ours. Every few rounds the project is deleted and made
anew, so that the work stays the same, and a reading is taken before.

The verdict: a straight line is put through the second half of the readings. A measure is flat unless that line rises
over this half by more than twice the spread of the readings around it, and by more than SHARE of their middle. The
write-ahead log of a server is its own affair, and bounded by its setting max_wal_size: it is held against that. Ends
with an error where anything is not flat, and where there were too few readings to say.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from curation.project import Project  # noqa: E402
from curation.project.place import folders  # noqa: E402
from curation.project.place.stores import DATABASE, STORE_VARIABLE  # noqa: E402

ROUNDS = 2
"""Of one project: then it is deleted."""
READINGS = 30
"""Over the whole time, at most."""
FEWEST = 4
"""Readings of the second half, at least: a line through fewer says nothing."""
SHARE = 0.05
"""Memory is taken from the system in pieces of some megabytes, of 200."""
WAL_SHARE = 1.1
"""max_wal_size may be passed a little while a checkpoint runs (postgresql.org/docs/current/wal-configuration.html)."""


@dataclass(frozen=True)
class Reading:
    """What the process holds, `seconds` after the start, and what the store keeps of it."""

    seconds: float
    megabytes: float
    descriptors: int
    threads: int
    wal: float
    temporary: int
    connections: int

    def __str__(self) -> str:
        return " ".join(f"{name} {value:,.1f}".removesuffix(".0") for name, value in asdict(self).items())


def server_says(store: str, query: str) -> float:
    """One number of the server, 0 of a file of SQLite."""
    if not store:
        return 0.0
    import psycopg  # an extra

    with psycopg.connect(store.replace("+psycopg", ""), application_name="soak") as connection:
        (number,) = connection.execute(query).fetchone() or (0,)
    return float(number)


WAL = "SELECT sum(size) / 1048576.0 FROM pg_ls_waldir()"
MAX_WAL = "SELECT setting::float FROM pg_settings WHERE name = 'max_wal_size'"
OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'curation'"


def reading(folder: Path, store: str, start: float) -> Reading:
    own, wal = psutil.Process(), folder / f"{DATABASE}-wal"
    temporary = [*Path(tempfile.gettempdir()).iterdir(), *folder.glob(".*"), *folder.glob("*.part")]
    size = server_says(store, WAL) if store else wal.stat().st_size / 2**20 if wal.exists() else 0.0
    held = own.memory_info().rss / 2**20, own.num_fds(), own.num_threads()
    return Reading(time.monotonic() - start, *held, size, len(temporary), int(server_says(store, OURS)))


def one_round(project: Project, number: int, files: Path) -> None:
    """A file in, some decisions, the checks, an export."""
    path = files / "rows.csv"
    lines = (f"{number}-{n},file {number} and question {n},answer {n % 7}" for n in range(200))
    path.write_text("\n".join(["key,question,answer", *lines]), encoding="utf-8")
    project.examples.load(path)
    ids = list(project.examples.dataset().values("id"))
    for id in ids[-20:]:
        project.decisions.decide(id, "accept", 0, reviewer="ann")
    made = project.decisions.decide_all([(id, "accept", "") for id in ids[-100:]], "ann", "all")
    project.decisions.undo_bulk(made.batch, "ann")
    project.rows.index()
    project.findings.check(["empty", "copy_of_input"])
    project.exports.write(project.folder / "export", ("parquet",))


def soak(home: Path, seconds: float, store: str) -> list[Reading]:
    """Readings while rounds are made for so long; the first is of before."""
    start, number = time.monotonic(), 0
    folder = home / "project"
    readings = [reading(folder, store, start)]
    print(f"at the start: {readings[0]}", flush=True)
    while time.monotonic() < start + seconds:
        with Project.open(folder, create=True) as project:
            for _ in range(ROUNDS):
                one_round(project, number, home)
                number += 1
            if time.monotonic() - start - readings[-1].seconds > seconds / READINGS:
                readings.append(reading(folder, store, start))
                print(f"after {number} rounds: {readings[-1]}", flush=True)
            folders.delete(project.place)
    return readings


def rise(times: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """By how much the line through these values rises from the first to the last, and their spread around it."""
    slope, begin = statistics.linear_regression(times, values)
    around = [value - (begin + slope * at) for at, value in zip(times, values, strict=True)]
    return slope * (times[-1] - times[0]), statistics.pstdev(around)


def judged(readings: Sequence[Reading], most_wal: float) -> tuple[list[str], bool]:
    """(a line for each measure, whether all are flat) by the rule above."""
    half = readings[1:][len(readings[1:]) // 2 :]
    if len(half) < FEWEST:
        return [f"{len(half)} readings in the second half, and {FEWEST} are needed: run it for longer"], False
    lines, is_flat = [], True
    names = [name for name in asdict(half[0]) if name != "seconds" and not (most_wal and name == "wal")]
    if most_wal:
        largest, bound = max(one.wal for one in readings), most_wal * WAL_SHARE
        is_flat = largest <= bound
        lines.append(f"wal: {largest:.0f} MB at most, bounded by {bound:.0f}: {'flat' if is_flat else 'NOT FLAT'}")
    for name in names:
        values = [float(getattr(one, name)) for one in half]
        up, spread = rise([one.seconds for one in half], values)
        middle = statistics.median(values)
        grows = up > 2 * spread and up > SHARE * middle
        is_flat = is_flat and not grows
        said = f"{name}: {middle:,.1f}, the line rises by {up:+,.2f}, spread {spread:,.2f}"
        lines.append(f"{said}: {'NOT FLAT' if grows else 'flat'}")
    return lines, is_flat


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--store", default="", help="left out, a file of SQLite")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        own = Path(home) / "tmp"
        own.mkdir()
        os.environ |= {"CURATION_HOME": home, STORE_VARIABLE: asked.store, "TMPDIR": str(own)}
        tempfile.tempdir = str(own)  # so that nobody else's files are counted
        readings = soak(Path(home), asked.minutes * 60, asked.store)
        lines, is_flat = judged(readings, server_says(asked.store, MAX_WAL))
    print("\n".join(lines))
    if not is_flat:
        raise SystemExit("not flat")
    print("flat")


if __name__ == "__main__":
    main()
