"""A function over many arguments, on the processor cores there are.

An engine is `progress.Run`: it knows no rows, no checks and no store, so that another one can take its place.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from curation.engine.local import processes
from curation.records.progress import Run, in_turn


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def engine_of(workers: int) -> Iterator[Run]:
    """So many processes of this computer, none beside this one where that is one."""
    if workers < 2:
        yield in_turn
        return
    with processes(workers) as run:
        yield run
