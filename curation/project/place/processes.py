"""Background jobs: a process of their own, with progress, cancel and an ending that is always told.

Knows no domain, no UI and no store: how a job is doing is written through a function it is given.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from curation.errors import Cancelled, CurationError
from curation.records import Process
from curation.records.progress import Progress

WRITE_EVERY = 0.25  # seconds between progress writes: four a second look live and cost nothing
NICE = 10  # jobs give way to the pages: a niced process leaves a key press at 8-11 ms instead of 238

_children: list[subprocess.Popen[bytes]] = []
_started_here: set[int] = set()


@dataclass(frozen=True)
class Ending:
    """How a job ended: state is done, cancelled or failed; `error` is for a person, `trace` for us."""

    state: str
    result: Any = None
    error: str = ""
    trace: str = ""


def spawn(command: Sequence[str], log: Path) -> tuple[int, float]:
    """(pid, start time) of a new process in a session of its own, its output in `log`."""
    _reap()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _children.append(process)
    _started_here.add(process.pid)
    return process.pid, started_at(process.pid)


def _reap() -> None:
    # Ended children stay zombies until somebody asks how they ended.
    _children[:] = [child for child in _children if child.poll() is None]


def started_at(pid: int) -> float:
    """When a process started, 0.0 when there is none: with the pid it names one process for good."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def was_started_here(pid: int | None) -> bool:
    """Whether this process started it, so that it knows when it has ended."""
    return pid in _started_here


def is_alive(pid: int | None, started: float | None) -> bool:
    """Whether that very process is still running (a pid alone may have been given to another one)."""
    _reap()
    if not pid:
        return False
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - (started or 0.0)) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


_doing: set[str] = set()
"""What threads of this process are at, where others may ask whether somebody still is."""


def this() -> Process:
    """The process that we are."""
    return Process(os.getpid(), started_at(os.getpid()))


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Others hear from `is_doing` that this process is at it until the block ends."""
    _doing.add(what)
    try:
        yield
    finally:
        _doing.discard(what)


def is_doing(process: Process, what: str) -> bool:
    """Whether that process is still at it; another one is while it runs."""
    return what in _doing if process.pid == os.getpid() else is_alive(process.pid, process.started)


def stop(pid: int) -> None:
    """End a job's process and everything it started, at once."""
    try:
        family = [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]
    except psutil.Error:
        return
    for process in family:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.Error:
            continue


def run(work: Callable[[Progress], Any], report: Callable[[float, str], bool]) -> Ending:
    """Do the work to its end, whatever happens.

    `report(done, message)` writes progress, at most four times a second, and returns whether a person asked to stop.
    """
    os.nice(NICE)
    written = 0.0

    def progress(done: float, message: str) -> None:
        nonlocal written
        now = time.monotonic()
        if now - written < WRITE_EVERY:
            return
        written = now
        if report(min(max(done, 0.0), 1.0), message):
            raise Cancelled

    try:
        return Ending("done", work(progress))
    except Cancelled:
        return Ending("cancelled")
    except CurationError as error:
        return Ending("failed", error=str(error), trace=traceback.format_exc())
    except Exception as error:  # noqa: BLE001  the one place that may: a job always tells how it ended
        kind = type(error).__name__
        return Ending(
            "failed",
            error=f"The job stopped on a bug in curation ({kind}). Run it again; if it fails again, report it.",
            trace=traceback.format_exc(),
        )


def python(*arguments: str) -> list[str]:
    """The command that runs this same Python on a module with arguments."""
    return [sys.executable, "-m", *arguments]
