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


def table_bits(start: Any, other_start: Any, left: Any, right: Any) -> int:
    """How many bits the places of a table have that is at most half full of the longest list of these pairs."""
    longest = 1
    for pair in range(len(left)):
        longest = max(longest, start[left[pair] + 1] - start[left[pair]])
        longest = max(longest, other_start[right[pair] + 1] - other_start[right[pair]])
    bits = 1
    while (1 << bits) < 2 * longest:
        bits += 1
    return bits


def overlap(lists: Any, others: Any, pairs: Any, bits: int, out: Any) -> None:
    """The Jaccard similarity of the lists of each pair as sets: left among the first, right among the other lists.

    Lists are (start, keys), pairs (left, right), `bits` those of `table_bits`.
    Two open-addressed tables are filled anew without being cleared: a place counts only when it bears the number of the
    pair (for the left list that of the first pair in a row with it).
    """
    start, keys = lists
    other_start, other_keys = others
    left, right = pairs
    size, shift = 1 << bits, np.uint64(64 - bits)
    mine, filled = np.zeros(size, keys.dtype), np.full(size, -1, np.int64)
    theirs, seen = np.zeros(size, keys.dtype), np.full(size, -1, np.int64)
    owner, count = -1, 0
    for pair in range(len(left)):
        if pair == 0 or left[pair] != left[pair - 1]:
            owner, count = pair, 0
            for k in range(start[left[pair]], start[left[pair] + 1]):
                at = np.int64((np.uint64(keys[k]) * np.uint64(0x9E3779B97F4A7C15)) >> shift)
                while filled[at] == owner and mine[at] != keys[k]:
                    at = (at + 1) & (size - 1)
                if filled[at] != owner:
                    filled[at], mine[at] = owner, keys[k]
                    count += 1
        both, distinct = 0, 0
        for k in range(other_start[right[pair]], other_start[right[pair] + 1]):
            key = other_keys[k]
            first = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> shift)
            at = first
            while seen[at] == pair and theirs[at] != key:
                at = (at + 1) & (size - 1)
            if seen[at] != pair:
                seen[at], theirs[at] = pair, key
                distinct += 1
                while filled[first] == owner and mine[first] != key:
                    first = (first + 1) & (size - 1)
                both += filled[first] == owner
        out[pair] = both / (count + distinct - both)
