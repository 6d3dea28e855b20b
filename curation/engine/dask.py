"""The engine of many computers: the same functions as futures of a Dask cluster (extra `cluster`).

Dask carries the names of files and small results; rows lie in files that all its workers see. A worker that dies is
made up for by Dask itself: what it was at is given to another, and results it held are made anew.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from curation.engine.local import POLL
from curation.errors import CurationError, UsageError
from curation.records.progress import Progress, Run

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWERS = 20
"""Seconds to wait for a scheduler's answer: a cluster that is there answers in one."""


@contextmanager
def cluster(workers: int, scheduler: str = "") -> Iterator[Run]:
    """The cluster whose scheduler has this address, or so many processes here, which are gone when the block ends.

    Raises UsageError where the packages are missing or nothing answers at the address.
    """
    try:
        from dask import config
        from distributed import Client, LocalCluster
    except ImportError:
        raise UsageError('--engine dask needs packages that are not here: pip install "curation[cluster]"') from None
    if scheduler:
        with _connected(Client, scheduler) as client:
            yield partial(_run, client)
        return
    # With certificates of its own: else any user of this computer could have it run what they like. Without its pages,
    # which would tell them of the work, on a port that may be taken. Without a limit of memory, which counts what is
    # only mapped; what is too much for the computer ends a worker, as anywhere.
    silent: dict[str, list[str]] = {f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")}
    with (
        config.set(silent),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            security=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
        ) as own,
        Client(own) as client,
    ):
        yield partial(_run, client)


def _connected(client: "type[Client]", scheduler: str) -> "Client":
    try:
        return client(scheduler, timeout=ANSWERS)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {scheduler} ({str(error)[:100]}): start it (dask scheduler), or leave "
            "--scheduler out for a cluster of this computer."
        ) from None


def _run(
    client: "Client", function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], progress: Progress
) -> list[Any]:
    from distributed import wait

    with warnings.catch_warnings():
        # that arguments of more than 10 MB would better lie in files: most do, and the rest is sent once
        warnings.filterwarnings("ignore", "Sending large graph")
        futures = [client.submit(function, *each, pure=False) for each in arguments]
    at: dict[Future[Any], int] = {future: n for n, future in enumerate(futures)}
    results: dict[int, Any] = {}
    try:
        while at:
            progress(len(results) / len(arguments), f"{len(results)} of {len(arguments)} parts done")
            with suppress(TimeoutError):
                for future in wait(list(at), POLL, "FIRST_COMPLETED").done:
                    results[at.pop(future)] = _result(future)
    finally:
        client.cancel(list(at))
    return [results[n] for n in range(len(arguments))]


def _result(future: "Future[Any]") -> Any:
    from distributed.scheduler import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        raise CurationError(
            "Workers of the cluster ended again and again at the same work, most likely for lack of memory: try again "
            "with fewer workers on a computer, or with more memory."
        ) from None
    except FileNotFoundError as error:
        raise UsageError(
            f"A worker of the cluster does not see {error.filename}. Name a folder that all of them see: with --work "
            "for curation run, in TMPDIR for other commands."
        ) from None
