"""The engine of one computer: new processes that work on one thing after the other.

They are started anew, not forked: a fork of a process with threads may hang. What passes between them is pickled, over
a line that nobody else can write to. One that dies is replaced and what it was at is given to another. No more lies in
memory than each process's arguments and the results.
"""

import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from curation.engine.memory import give_back
from curation.errors import CurationError
from curation.files.confined import of_child
from curation.records.progress import Progress, Run

POLL = 0.2
"""Seconds between two reports of progress: five a second keep a bar moving and a cancel prompt."""
LEAN = 180_000_000
"""Bytes of its own that a process may hold while it waits: one that judged shards of short texts has some 120 MB, most
of it libraries. One that holds more is ended and a new one started when there is work, which takes a second or two."""
PATIENCE = 10.0
"""Seconds that a process waits while others are at work and none is left to give out; their memory may be short."""
RETURNED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 20)}
"""Has glibc give every array of 1 MB and more back once it is gone. Otherwise it keeps those of up to 32 MB, most of
what sparse arrays leave behind: learning from 20,000 rows held 146 MB at most and 10 afterwards, without it 184 and 69
(M_MMAP_THRESHOLD in mallopt(3))."""
TRIES = 3
"""Times that a process may die at the same work: once may be chance or a lack of memory, three times is the work."""


@dataclass
class _Worker:
    """A process and the line to it; `at` is the place of what it works on, None where it waits, `since` a moment."""

    process: subprocess.Popen[bytes]
    line: Connection
    at: int | None = None
    since: float = 0.0


@dataclass
class _Board:
    """What is to be done, by place: still waiting, how often begun, how far it is (0..1), and what came of it."""

    waiting: deque[int]
    begun: list[int]
    within: dict[int, float] = field(default_factory=dict)
    results: dict[int, Any] = field(default_factory=dict)

    def done(self) -> float:
        """How much of all is done, 0..1."""
        return (len(self.results) + sum(self.within.values())) / len(self.begun)


@contextmanager
def processes(workers: int) -> Iterator[Run]:
    """An engine of so many processes, which are gone when the block ends, however it ends."""
    crew: list[_Worker] = []
    try:
        yield partial(_run, crew, workers)
    finally:
        for worker in crew:
            _dismiss(worker)


def _run(
    crew: list[_Worker],
    workers: int,
    function: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    progress: Progress,
) -> list[Any]:
    board = _Board(deque(range(len(arguments))), [0] * len(arguments))
    give_back()
    try:
        while len(board.results) < len(arguments):
            progress(board.done(), f"{len(board.results)} of {len(arguments)} parts done")
            while len(crew) < min(workers, len(arguments) - len(board.results)):
                crew.append(_started())
            for worker in crew:
                if worker.at is None and board.waiting:
                    _give(worker, function, arguments, board)
            busy = {worker.line: worker for worker in crew if worker.at is not None}
            for line in wait(list(busy), POLL):
                worker = next(each for known, each in busy.items() if known is line)
                if not _take(worker, board):
                    crew.remove(worker)
            _let_go(crew, board)
    finally:
        # one that is still at work that nobody waits for would answer the next question with it
        for worker in [each for each in crew if each.at is not None]:
            _dismiss(worker)
            crew.remove(worker)
    return [board.results[n] for n in range(len(arguments))]


def _give(worker: _Worker, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], board: _Board) -> None:
    """The next work to a process that waits for some."""
    worker.at = board.waiting.popleft()
    board.begun[worker.at] += 1
    # one that is dead is met when its answer is read
    with suppress(OSError):
        worker.line.send((function, arguments[worker.at]))


def _take(worker: _Worker, board: _Board) -> bool:
    """What a process answers; False where it died, and what it was at waits again."""
    at = worker.at
    assert at is not None
    try:
        is_done, found = worker.line.recv()
    except (EOFError, OSError):
        _dismiss(worker)
        board.within.pop(at, None)
        if board.begun[at] >= TRIES:
            raise CurationError(
                f"A worker process ended {TRIES} times at the same work, most likely for lack of memory: try again "
                "with fewer workers (--workers 1), or on a computer with more memory."
            ) from None
        board.waiting.appendleft(at)
        return False
    if is_done is None:
        board.within[at] = max(found, board.within.get(at, 0.0))
        return True
    worker.at, worker.since = None, time.monotonic()
    board.within.pop(at, None)
    if not is_done:
        raise found
    board.results[at] = found
    return True


def _let_go(crew: list[_Worker], board: _Board) -> None:
    """Ends the processes for which there is no work and that hold much, or have waited long."""
    for worker in [] if board.waiting else [each for each in crew if each.at is None]:
        if _held(worker.process.pid) > LEAN or time.monotonic() - worker.since > PATIENCE:
            _dismiss(worker)
            crew.remove(worker)


def _held(pid: int) -> int:
    """Bytes of memory that a process has for itself alone; 0 where the system does not say so."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _started() -> _Worker:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "curation.engine.worker", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**RETURNED, **os.environ, **of_child()},
        )
        return _Worker(process, Connection(ours.detach()))


def _dismiss(worker: _Worker) -> None:
    worker.line.close()
    worker.process.kill()
    worker.process.wait()
