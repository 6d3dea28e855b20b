"""Memory that a process keeps though nothing is in it any more, given back for the processes beside it."""

import ctypes
import sys

import pyarrow as pa


def give_back() -> None:
    """Return to the system what Arrow and, on Linux, the C library keep for later (malloc_trim(3)): milliseconds, and
    tens of MB where many small things were made."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
        if trim is not None:
            trim(0)
