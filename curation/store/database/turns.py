"""Writers take turns: SQLite lets whoever asks at the right moment go first, so a busy writer keeps all others waiting.

Everybody who wants to write locks one byte of a file beside the database, at the time of asking, and writes when no
earlier byte is locked. A lock ends with its process, so that nobody waits for the dead. Of 20 writers on 2 busy cores
one waited 14 s without it, half a second with it (benchmarks/writers.py).
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FLOCK = "hhqqi4x"
"""struct flock of 64-bit Linux: type, whence, start, length, process."""
NEXT = 0.0003
"""Seconds between two looks of the next one; a decision takes some 4 thousandths."""
BEHIND = 0.002
"""Seconds that each one before the next is given before one looks again."""
COUNTED = 10
"""Up to how many before oneself are counted."""


@contextmanager
def turn(database: Path, seconds: float) -> Iterator[bool]:
    """The block runs once those who came before are done; False where that takes longer than this.

    Where there are no such locks (other systems, some network shares) nobody waits here: SQLite keeps writers apart.
    """
    try:
        file = database.with_name(f"{database.name}-turns").open("ab")
    except OSError:  # the database itself says what is wrong with the folder
        yield True
        return
    with file:
        yield _waited(file, time.monotonic() + seconds)


def _waited(file: IO[bytes], until: float) -> bool:
    if not hasattr(fcntl, "F_OFD_SETLK"):
        return True
    try:
        own = _locked(file)
        while ahead := _ahead(file, own):
            if time.monotonic() > until:
                return False
            time.sleep(NEXT if ahead == 1 else BEHIND * (ahead - 1))
    except OSError:
        return True
    return True


def _locked(file: IO[bytes]) -> int:
    """The byte that is now locked: the time, which all processes of a computer share."""
    while True:
        own = time.monotonic_ns()
        try:
            _ask(file, fcntl.F_OFD_SETLK, own, 1)
        except BlockingIOError:  # two at the same billionth of a second
            continue
        return own


def _ahead(file: IO[bytes], own: int) -> int:
    """How many locked a byte before this one, COUNTED at most."""
    start, ahead = 0, 0
    while ahead < COUNTED and start < own:
        kind, _, locked, _, _ = _ask(file, fcntl.F_OFD_GETLK, start, own - start)
        if kind == fcntl.F_UNLCK:
            break
        start, ahead = locked + 1, ahead + 1
    return ahead


def _ask(file: IO[bytes], what: int, start: int, length: int) -> tuple[int, ...]:
    asked = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    return struct.unpack(FLOCK, fcntl.fcntl(file, what, asked))
