"""Pairs of documents worth comparing: equal runs of sorted band keys, then an estimate from the signatures."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.dedup import fast
from curation.dedup.shingles import WideKeys
from curation.dedup.sketches import BandKeys
from curation.dedup.text import Ints, in_threads
from curation.progress import Progress, ignore

Estimates = npt.NDArray[np.float32]
Low = npt.NDArray[np.uint8]
Order = Callable[[Ints], Ints]
"""Ranks of the documents given, the same whatever order the rows stood in."""

FULL_RUN = 24
"""Largest band bucket of which all pairs are taken (276 pairs); larger ones give a star and a chain, 2 a member."""

_PAIRS = 4_096


STANDARD_ERRORS = 4.5
"""How far from the threshold an estimate settles a pair without comparing it: a chance of 7 in a million."""


def margin(num_perm: int) -> float:
    """That distance: the standard error is at most .5 / sqrt(num_perm), so .2 at 128 permutations."""
    return STANDARD_ERRORS * 0.5 / math.sqrt(num_perm)


@dataclass(frozen=True)
class Pairs:
    """Pairs of documents, left < right, each once, in ascending order, with the estimate of their similarity."""

    left: Ints
    right: Ints
    estimate: Estimates

    def __len__(self) -> int:
        return len(self.left)

    def where(self, mask: npt.NDArray[np.bool_]) -> "Pairs":
        """The pairs where `mask` is true."""
        return Pairs(self.left[mask], self.right[mask], self.estimate[mask])


def candidates(keys: BandKeys, order: Order, workers: int = 1, progress: Progress = ignore) -> tuple[Ints, Ints]:
    """(left, right) documents that share a band, each pair once."""
    found: list[WideKeys] = []
    large: list[Ints] = []
    for n, (pairs, buckets) in enumerate(in_threads(_band, ((keys.band(k),) for k in range(keys.bands)), workers)):
        found.append(pairs)
        large.extend(buckets)
        progress((n + 1) / keys.bands, "grouping bands")
    found.append(_stars(large, order))
    packed = once(np.concatenate(found))
    return (packed >> np.uint64(32)).astype(np.int64), (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)


def once(values: WideKeys) -> WideKeys:
    """The distinct values in ascending order (numpy's unique takes seventy times as long on 2 million)."""
    values.sort()
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return values[new]


def runs(keys: WideKeys) -> tuple[Ints, Ints, Ints]:
    """(documents sorted by key, start of each run of equal keys, its length), runs of one left out.

    The document number takes the low bits of the key: at 2**24 documents 40 bits of hash are left, and a chance
    collision costs one comparison.
    """
    bits = np.uint64(max(len(keys) - 1, 1).bit_length())
    packed = (keys >> bits << bits) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    tops = packed >> bits
    edge = np.ones(len(keys) + 1, bool)
    edge[1:-1] = tops[1:] != tops[:-1]
    cuts = np.flatnonzero(edge)
    length = np.diff(cuts)
    many = length > 1
    docs = (packed & np.uint64((1 << int(bits)) - 1)).astype(np.int64)
    return docs, cuts[:-1][many], length[many]


def _band(keys: WideKeys) -> tuple[WideKeys, list[Ints]]:
    docs, start, length = runs(keys)
    found = [np.empty(0, np.uint64)]
    for size in range(2, FULL_RUN + 1):
        first = start[length == size]
        if len(first):
            members = docs[first[:, None] + np.arange(size)]
            i, j = np.triu_indices(size, 1)
            found.append(pack(members[:, i].ravel(), members[:, j].ravel()))
    large = [docs[a : a + n] for a, n in zip(start[length > FULL_RUN], length[length > FULL_RUN], strict=True)]
    return np.concatenate(found), large


def pack(left: Ints, right: Ints) -> WideKeys:
    """Pairs as single numbers, the smaller document first."""
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    return (low << np.uint64(32)) | high


def _stars(buckets: list[Ints], order: Order) -> WideKeys:
    """Every member of a large bucket with the bucket's first and with its neighbour, in an order of content."""
    if not buckets:
        return np.empty(0, np.uint64)
    members = np.concatenate(buckets)
    bucket = np.repeat(np.arange(len(buckets)), [len(b) for b in buckets])
    used = np.zeros(int(members.max()) + 1, bool)
    used[members] = True
    docs = np.flatnonzero(used)
    rank = np.zeros(len(used), np.int64)
    rank[docs] = order(docs)
    by = np.argsort(bucket * np.int64(len(used)) + rank[members])
    members, bucket = members[by], bucket[by]
    heads = members[np.searchsorted(bucket, bucket)]
    same = bucket[1:] == bucket[:-1]
    star = heads != members
    return np.concatenate([pack(heads[star], members[star]), pack(members[:-1][same], members[1:][same])])


def estimated(
    low: Low, left: Ints, right: Ints, workers: int = 1, compiled: bool = True, progress: Progress = ignore
) -> Pairs:
    """The pairs with the share of values in which their sketches agree, an estimate of their similarity."""
    found = np.empty(len(left), np.float32)
    for where, share in _agreement(low, left, right, workers, compiled):
        found[where] = share
        progress(where.stop / len(left), "estimating similarity")
    return Pairs(left, right, found)


def _agreement(low: Low, left: Ints, right: Ints, workers: int, compiled: bool) -> Iterator[tuple[slice, Estimates]]:
    width = np.float32(low.shape[1])

    def compare(first: int) -> tuple[slice, Estimates]:
        where = slice(first, min(first + _PAIRS, len(left)))
        i, j = left[where], right[where]
        if compiled and fast.available():
            same = np.empty(len(i), np.int64)
            fast.kernel(fast.agree)(low, i, j, same)
        else:
            same = np.count_nonzero(low[i] == low[j], axis=1)
        return where, (same / width).astype(np.float32)

    return in_threads(compare, ((first,) for first in range(0, len(left), _PAIRS)), workers)
