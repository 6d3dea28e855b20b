"""Pairs of documents worth comparing: equal runs of sorted band keys, as far as their sketches look alike."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.dedup.similarity.shingles import WideKeys
from curation.dedup.similarity.sketches import Sketches
from curation.dedup.similarity.text import Ints, in_threads
from curation.records.progress import Progress, ignore

Estimates = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

FULL_RUN = 24
"""Largest band bucket of which all pairs are taken (276 pairs); larger ones give a star and a chain, 2 a member."""

PAIRS = 1 << 16
"""Pairs estimated at a time: 8 MB of sketches."""

STANDARD_ERRORS = 4.5
"""How far above the threshold an estimate joins a pair without comparing it: a chance of 3 in a million."""

MISSED_ERRORS = 3.0
"""How far below it an estimate drops a pair: 1 in 2,000 of the pairs exactly at .7, of which the bands have missed 80
before, and fewer of all more similar ones."""


def margin(num_perm: int, errors: float = STANDARD_ERRORS) -> float:
    """That distance: the standard error is at most .53 / sqrt(num_perm) of half bytes, so .21 at 128 permutations."""
    return errors * 0.53 / math.sqrt(num_perm)


@dataclass(frozen=True)
class Pairs:
    """Pairs of documents with an estimate of their similarity."""

    left: Any
    right: Any
    estimate: Estimates

    def __len__(self) -> int:
        return len(self.left)

    def where(self, mask: Any) -> "Pairs":
        """The pairs where `mask` is true."""
        return Pairs(self.left[mask], self.right[mask], self.estimate[mask])


def candidates(made: Sketches, mark: WideKeys, least: float, workers: int = 1, progress: Progress = ignore) -> Pairs:
    """The pairs that share a band and are estimated at `least` or above, each once, in ascending order.

    `mark` is a number of each text's content, so that the order of the documents changes nothing.
    """
    found, merged = [np.empty(0, np.uint64)], 0
    tasks = ((made, k, mark, least) for k in range(made.keys.bands))
    for done, some in enumerate(in_threads(_band, tasks, workers), 1):
        found.append(some)
        # Merging only when half as much again has come keeps both the sorting and the memory in proportion.
        if sum(map(len, found)) > 1.5 * merged:
            found = [_merged(found)]
            merged = len(found[0])
        progress(done / made.keys.bands, "grouping bands")
    left, right = unpacked(_merged(found))
    return Pairs(left, right, _estimated(made, left, right))


def _merged(parts: list[WideKeys]) -> WideKeys:
    """Each value of the parts once, ascending; the parts are given back before the sorting."""
    whole = np.concatenate(parts)
    parts.clear()
    return once(whole)


def _estimated(made: Sketches, left: Any, right: Any) -> Estimates:
    found = np.empty(len(left), np.float32)
    for first in range(0, len(left), PAIRS):
        where = slice(first, first + PAIRS)
        found[where] = made.estimate(left[where], right[where])
    return found


def once(values: WideKeys) -> WideKeys:
    """The distinct values in ascending order (numpy's unique takes seventy times as long on 2 million)."""
    values.sort()
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    found: WideKeys = values[new]
    return found


def pack(left: Any, right: Any) -> WideKeys:
    """Pairs as single numbers, the smaller document first."""
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    packed: WideKeys = (low << np.uint64(32)) | high
    return packed


def unpacked(pairs: WideKeys) -> tuple[Places, Places]:
    """(left, right) of packed pairs."""
    return (pairs >> np.uint64(32)).astype(np.int32), pairs.astype(np.uint32).astype(np.int32)


def runs(keys: WideKeys) -> tuple[Ints, Ints, Ints]:
    """(documents sorted by key, start of each run of equal keys, its length), runs of one left out.

    The document number takes the low bits of the key: at 2**24 documents 40 bits of hash are left, and a chance
    collision costs one comparison.
    """
    bits = np.uint64(max(len(keys) - 1, 1).bit_length())
    packed = (keys >> bits << bits) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    tops = packed >> bits
    same = np.zeros(len(keys) + 1, bool)
    same[1:-1] = tops[1:] == tops[:-1]
    del tops
    packed = packed[same[1:] | same[:-1]]
    docs = (packed & np.uint64((1 << int(bits)) - 1)).astype(np.int64)
    packed >>= bits
    edge = np.ones(len(docs) + 1, bool)
    edge[1:-1] = packed[1:] != packed[:-1]
    cuts = np.flatnonzero(edge)
    return docs, cuts[:-1], np.diff(cuts)


def _band(made: Sketches, band: int, mark: WideKeys, least: float) -> WideKeys:
    """The pairs of one band that look alike, packed."""
    docs, start, length = runs(made.keys.band(band))
    found = [np.empty(0, np.uint64)]
    for size in range(2, FULL_RUN + 1):
        first = start[length == size]
        i, j = np.triu_indices(size, 1)
        step = max(PAIRS // len(i), 1)
        for at in range(0, len(first), step):
            members = docs[first[at : at + step, None] + np.arange(size)]
            found.append(_alike(made, members[:, i].ravel(), members[:, j].ravel(), least))
    large = length > FULL_RUN
    if large.any():
        left, right = _stars(docs, start[large], length[large], mark)
        for at in range(0, len(left), PAIRS):
            found.append(_alike(made, left[at : at + PAIRS], right[at : at + PAIRS], least))
    return np.concatenate(found)


def _alike(made: Sketches, left: Ints, right: Ints, least: float) -> WideKeys:
    near = made.estimate(left, right) >= least
    return pack(left[near], right[near])


def _stars(docs: Ints, start: Ints, length: Ints, mark: WideKeys) -> tuple[Ints, Ints]:
    """Every member of a large bucket with the bucket's first and with its neighbour, in an order of content."""
    ends = np.cumsum(length)
    bucket = np.repeat(np.arange(len(start)), length)
    members = docs[np.arange(ends[-1]) + np.repeat(start - (ends - length), length)]
    by = np.lexsort((mark[members], bucket))
    members = members[by]
    heads = members[np.repeat(ends - length, length)]
    star, same = heads != members, bucket[1:] == bucket[:-1]
    return np.concatenate([heads[star], members[:-1][same]]), np.concatenate([members[star], members[1:][same]])
