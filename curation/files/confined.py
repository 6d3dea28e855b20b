"""Child processes that read what others made: no secrets in their environment, limited memory and computing time."""

import contextlib
import ctypes
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""Environment the child gets; keys and tokens of the server are not among it."""
HAS_LIMITS = find_spec("resource") is not None
"""Whether this system can limit what a process takes: Linux and macOS can, Windows cannot."""
GRACE = 5
"""Seconds between the signal that the limit on computing time sends and the kill that follows."""


PR_SET_PDEATHSIG = 1
"""The number of that request to Linux (linux/prctl.h)."""
STARTED_BY = "CURATION_STARTED_BY"
"""The number of the process that starts the child, for the child."""


def of_child() -> dict[str, str]:
    """What every child's environment says: where the product and its libraries are, and which process it ends with."""
    paths = os.pathsep.join(entry for entry in sys.path if Path(entry).is_absolute())
    return {"PYTHONPATH": paths, STARTED_BY: str(os.getpid())}


def environment() -> dict[str, str]:
    """The environment of a child that reads what strangers send: none of the server's secrets."""
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    return {
        **kept,
        **of_child(),
        "PYTHONUTF8": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def end_with_parent() -> None:
    """Have the system end this process with the one that started it, however that ends: an orphan would go on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1 and os.environ.get(STARTED_BY) != "1":
            os._exit(1)  # it ended before the line above


def limit(memory: int, seconds: int = 0) -> None:
    """Caps this process's memory (bytes) and computing time (0: no cap), and ends it with its parent; systems without a
    cap on memory go on."""
    end_with_parent()
    import resource  # not on Windows

    if seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + GRACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
