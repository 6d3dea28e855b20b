"""The same arithmetic compiled by numba when it is installed (extra `fast`): identical results, only sooner."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

try:
    import numba
except ImportError:
    numba = None

Function = Callable[..., Any]


def available() -> bool:
    """Whether the compiled kernels can be used."""
    return numba is not None


@cache
def kernel(function: Function) -> Function:
    """`function` compiled; the machine code is kept on disk where a directory for it can be written."""
    try:
        compiled: Function = numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # numba finds no writable place for its cache
        compiled = numba.njit(function, nogil=True)
    return compiled


def sign(start: Any, keys: Any, a: Any, b: Any, out: Any) -> None:
    """MinHash signatures, row by row: the smallest a * fmix(key) + b of each text for every permutation."""
    size = len(a)
    for doc in range(len(start) - 1):
        low = np.full(size, np.uint32(0xFFFFFFFF), np.uint32)
        for at in range(start[doc], start[doc + 1]):
            key = keys[at]
            key = np.uint32((key ^ (key >> np.uint32(16))) * np.uint32(0x85EBCA6B))
            key = np.uint32((key ^ (key >> np.uint32(13))) * np.uint32(0xC2B2AE35))
            key = np.uint32(key ^ (key >> np.uint32(16)))
            for k in range(size):
                low[k] = min(low[k], np.uint32(a[k] * key + b[k]))
        out[doc] = low


def shared(start: Any, keys: Any, other_start: Any, other_keys: Any, left: Any, right: Any, out: Any) -> None:
    """How many keys the two ascending lists of each pair share, `left` among the first and `right` the other lists."""
    for pair in range(len(left)):
        i, i_end = start[left[pair]], start[left[pair] + 1]
        j, j_end = other_start[right[pair]], other_start[right[pair] + 1]
        count = 0
        while i < i_end and j < j_end:
            x, y = keys[i], other_keys[j]
            count += x == y
            i += x <= y
            j += y <= x
        out[pair] = count
