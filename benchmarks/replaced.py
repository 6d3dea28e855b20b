"""How long does a decision wait while what was found in a large set is replaced by what a new run found?

    python benchmarks/replaced.py [--rows 200000] [--store postgresql+psycopg://USER@HOST/DATABASE]

Clusters of all rows, a finding on every second one and a place in the queue for each of these are stored twice, while
another process decides without a pause. Prints the processor time that holds the others up (for PostgreSQL with that of
the server's process), the seconds of it, and the longest wait of a decision beside the median one.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pyarrow as pa

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from curation.project import Project  # noqa: E402
from curation.records import CLUSTERS_SCHEMA, FINDINGS_SCHEMA, CheckRun, Clusters, Findings, dataset  # noqa: E402
from curation.store import clusters, database, findings  # noqa: E402

FEW = 1_000
"""Rows that are decided meanwhile."""


def decide(folder: Path, ids: list[str], said: Connection) -> None:
    """Decide these over and over, and say how long each took."""
    waits = []
    with Project.open(folder) as project:
        said.send("ready")
        number = 0
        while not said.poll():
            id = ids[number % len(ids)]
            start = time.perf_counter()
            project.decisions.decide(id, "accept", number // len(ids), reviewer="ann")
            waits.append(time.perf_counter() - start)
            number += 1
    said.send(waits)


def found_in(ids: list[str]) -> tuple[Clusters, Findings]:
    half = ids[::2]
    columns = [ids, [n // 2 for n in range(len(ids))], [ids[n // 2 * 2] for n in range(len(ids))]]
    table = pa.table([*columns, [0.9] * len(ids), ["near"] * len(ids)], schema=CLUSTERS_SCHEMA)
    said = {"check": "empty", "id": None, "cluster": None, "confidence": 0.7, "message": "m" * 60,
            "evidence": "{}", "suggestion": "look"}  # fmt: skip
    names = FINDINGS_SCHEMA.names
    rows = {name: (half if name == "id" else [said[name]] * len(half)) for name in names}
    return Clusters(table, {}), Findings(pa.table(rows, schema=FINDINGS_SCHEMA), (CheckRun("empty", "done"),))


def of_server(connection: database.Connection) -> float:
    """Processor seconds of the server's process that works for a connection, 0 where there is none."""
    if connection.dialect.name != "postgresql":
        return 0.0
    times = psutil.Process(connection.connection.driver_connection.info.backend_pid).cpu_times()  # type: ignore[union-attr]
    return times.user + times.system


def replaced(engine: database.Engine, prepare: Callable[..., None], save: Callable[..., None]) -> tuple[float, float]:
    """(processor seconds, seconds) from when all is set aside to when it stands."""
    began: list[float] = []

    def before(connection: database.Connection) -> None:
        prepare(connection)
        began.extend((time.process_time() + of_server(connection), time.perf_counter()))

    with database.write(engine, before) as connection:
        save(connection)
        server = of_server(connection)
    return time.process_time() + server - began[0], time.perf_counter() - began[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--store", default="")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["CURATION_HOME"] = temporary
        folder = Path(temporary) / "project"
        with Project.open(folder, create=True, store=asked.store) as project:
            rows = [{"input": f"question {n}", "output": f"answer {n}"} for n in range(asked.rows)]
            project.examples.store(dataset(rows))
            ids = [str(id) for id in project.examples.dataset().values("id")]
            near, some = found_in(ids)
            snapshot = project.place.snapshot()
            here, there = multiprocessing.get_context("spawn").Pipe()
            other = multiprocessing.get_context("spawn").Process(target=decide, args=(folder, ids[:FEW], there))
            other.start()
            here.recv()
            order = [(id, 0.7) for id in ids[::2]]
            for run in ("first", "again"):
                for name, prepare, save in (
                    ("clusters", partial(clusters.prepare_clusters, found=near),
                     partial(clusters.save_clusters, found=near, snapshot=snapshot)),
                    ("findings", partial(findings.prepare_findings, found=some, order=order),
                     partial(findings.save_findings, found=some, snapshot=snapshot)),
                ):  # fmt: skip
                    used, took = replaced(project.place.engine, prepare, save)
                    print(f"{run}, {name} of {asked.rows:,} rows: {used:.2f} s of processor, {took:.2f} s", flush=True)
            here.send("enough")
            waits = here.recv()
            other.join()
    median = statistics.median(waits) * 1000
    print(
        f"load {os.getloadavg()[0]:.1f}: {len(waits):,} decisions; median {median:.0f} ms, longest {max(waits):.2f} s"
    )


if __name__ == "__main__":
    main()
