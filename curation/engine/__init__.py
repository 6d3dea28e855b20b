"""A function over many arguments, on the processor cores there are or on a cluster.

An engine is `progress.Run`: it knows no rows, no checks and no store, so that another one can take its place.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from curation.engine.kept import kept
from curation.engine.local import processes
from curation.records.progress import Run, in_turn

Kind = Literal["local", "dask"]


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Engine:
    """What works: `workers` processes of this computer, started by ourselves ("local") or by Dask.

    `scheduler` is the address of a Dask cluster that runs, instead. `folder`, where given, is one that all of them see
    and nobody else may write to: what the pieces of work gave lies there, so that the same work goes on where it ended.
    """

    workers: int = field(default_factory=cores)
    kind: Kind = "local"
    scheduler: str = ""
    folder: Path | None = None

    @property
    def is_alone(self) -> bool:
        """Whether all is done in this process."""
        return self.kind == "local" and self.workers < 2


@contextmanager
def at_work(engine: Engine) -> Iterator[Run]:
    """The engine, ready to work; its processes are gone when the block ends, however it ends.

    Raises UsageError where Dask is asked for and missing, or no cluster answers at the address.
    """
    if engine.is_alone:
        yield in_turn if engine.folder is None else kept(in_turn, engine.folder)
        return
    if engine.kind == "dask":
        from curation.engine.dask import cluster

        made = cluster(engine.workers, engine.scheduler)
    else:
        made = processes(engine.workers)
    with made as run:
        yield run if engine.folder is None else kept(run, engine.folder)
