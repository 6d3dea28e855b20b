"""Writers take turns: SQLite lets whoever asks at the right moment go first, so a busy writer keeps all others waiting.

Two locks beside the database. Who holds `turn` writes; who holds `next` gets it then, and only one can wait for it: a
writer that has just written and asks again comes behind everybody who was there. Both end with their process.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

FILES = ("turn", "next")
PAUSES = (0.0005, 0.002)
"""Seconds between two looks: of the next one, and of those behind it. A decision takes about five thousandths."""


@contextmanager
def turn(database: Path, seconds: float) -> Iterator[bool]:
    """The block runs once those who came before are done; False where that takes longer than this.

    Where there can be no locks, as on some network shares, nobody waits here: SQLite itself keeps writers apart.
    """
    until = time.monotonic() + seconds
    with ExitStack() as ours, ExitStack() as waiting:
        try:
            locks = [ours.enter_context(_open(database, "turn")), waiting.enter_context(_open(database, "next"))]
            is_ours = _got(locks[1], PAUSES[1], until) and _got(locks[0], PAUSES[0], until)
        except OSError:
            is_ours = True
        waiting.close()
        yield is_ours


def _open(database: Path, name: str) -> IO[bytes]:
    return database.with_name(f"{database.name}-{name}").open("ab")


def _got(lock: IO[bytes], pause: float, until: float) -> bool:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(pause)
        else:
            return True
