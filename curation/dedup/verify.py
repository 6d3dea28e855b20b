"""Exact Jaccard similarity of pairs of documents: shared distinct shingles over all distinct shingles of the two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from curation.dedup import fast
from curation.dedup.documents import Documents
from curation.dedup.shingles import PACKED_32, Shingles, distinct, shingles32, shingles64
from curation.dedup.text import Ints, Texts, in_threads, spans
from curation.progress import Progress, ignore

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PAIRS = 8_192
"""Pairs compared at a time: the scipy copies of their rows take a few MB at usual lengths."""

BLOCK_BYTES = 100_000_000
"""Text whose shingles are held at a time, twice: about .4 GB of 32-bit keys. Where all texts are fewer they are kept
between calls; else the texts are cut into blocks, and each two blocks that have pairs are held against each other."""

_COLUMNS = {np.dtype(np.int32): 2**31 - 1, np.dtype(np.int64): 2**63 - 1}


@dataclass(frozen=True)
class _Sets:
    """Shingles of some documents, distinct ones where there is a matrix, and the place of each document among them.

    `place` begins with the document numbered `first` and is -1 for those that are left out.
    """

    first: int
    place: npt.NDArray[np.int32]
    shingles: Shingles
    matrix: Any

    def of(self, documents: Any) -> Any:
        return self.place[documents - self.first]


@dataclass
class Comparer:
    """Compares pairs of documents, keeping the shingles of those it has met while they are few.

    `among` is which documents may be asked for, None for all.
    """

    documents: Documents
    n: int
    workers: int = 1
    compiled: bool = True
    among: Mask | None = None
    _kept: dict[bool, _Sets] = field(default_factory=dict)

    def similarity(self, left: Any, right: Any, progress: Progress = ignore) -> Floats:
        """The similarity (0..1) of each pair of document numbers."""
        found, done = np.ones(len(left)), 0
        wide = ~(self.documents.plain[left] & self.documents.plain[right])
        if self.n > PACKED_32:
            wide[:] = True
        for flag in (False, True):
            rows = np.flatnonzero((wide == flag) & (left != right))
            for part, a, b in self._blocks(left, right, rows, flag):
                for where, similarity in self._compared(a, b, left[part], right[part]):
                    found[part[where]] = similarity
                    progress((done + where.stop) / len(left), "comparing texts")
                done += len(part)
        return found

    def _blocks(self, left: Any, right: Any, rows: Ints, wide: bool) -> Iterator[tuple[Ints, _Sets, _Sets]]:
        """(places of pairs, the sets of their left documents, those of their right ones)."""
        if not len(rows):
            return
        used = np.zeros(len(self.documents), bool)
        used[left[rows]] = used[right[rows]] = True
        cuts = np.cumsum(np.where(used, self.documents.size, 0), dtype=np.int64) // BLOCK_BYTES
        if cuts[-1] == 0:
            sets = self._all(used, wide)
            yield rows, sets, sets
            return
        block = cuts.astype(np.int32)
        x, y = block[left[rows]], block[right[rows]]
        low, high = np.minimum(x, y), np.maximum(x, y)
        key = low.astype(np.int64) * (int(block[-1]) + 1) + high
        by = np.argsort(key, kind="stable")
        held: dict[int, _Sets] = {}
        for part in np.split(by, np.flatnonzero(np.diff(key[by])) + 1):
            need = {int(low[part[0]]), int(high[part[0]])}
            held = {k: held[k] for k in held if k in need}
            for k in sorted(need - held.keys()):
                first, last = np.searchsorted(block, [k, k + 1])
                held[k] = self._made(np.flatnonzero(used[first:last]) + first, int(first), int(last), wide)
            swapped = x[part] > y[part]
            for some, one, other in ((part[~swapped], min(need), max(need)), (part[swapped], max(need), min(need))):
                if len(some):
                    yield rows[some], held[one], held[other]

    def _all(self, used: Mask, wide: bool) -> _Sets:
        """The sets of all documents used, from the last call or for the next ones."""
        kept = self._kept.get(wide)
        if kept is not None and (kept.place[used] >= 0).all():
            return kept
        # Which others will be asked for is not known; all of them, if they are few.
        likely = np.ones(len(used), bool) if self.n > PACKED_32 else self.documents.plain != wide
        likely = used | (likely if self.among is None else likely & self.among)
        if int(self.documents.size[likely].sum()) >= BLOCK_BYTES:
            likely = used
        self._kept.pop(wide, None)
        self._kept[wide] = self._made(np.flatnonzero(likely), 0, len(self.documents), wide)
        return self._kept[wide]

    def _made(self, chosen: Ints, first: int, last: int, wide: bool) -> _Sets:
        place = np.full(last - first, -1, np.int32)
        place[chosen - first] = np.arange(len(chosen), dtype=np.int32)
        compiled = self.compiled and fast.available()
        make = (shingles64 if wide else shingles32) if compiled else partial(distinct, wide=wide)
        sets = _all_of(make, self.documents.gather(chosen), self.n, self.workers)
        return _Sets(first, place, sets, None if compiled else _matrix(sets))

    def _compared(self, a: _Sets, b: _Sets, left: Any, right: Any) -> Iterator[tuple[slice, Floats]]:
        """(slice of the pairs, their similarity), batch by batch."""
        mine, theirs = np.diff(a.shingles.start), np.diff(b.shingles.start)

        def compare(first: int) -> tuple[slice, Floats]:
            where = slice(first, min(first + PAIRS, len(left)))
            i, j = a.of(left[where]), b.of(right[where])
            if a.matrix is None:
                found = np.empty(len(i))
                fast.kernel(fast.overlap)(
                    a.shingles.start, a.shingles.keys, b.shingles.start, b.shingles.keys, i, j, found
                )
                return where, found
            both = np.diff(a.matrix[i].multiply(b.matrix[j]).indptr)
            return where, both / (mine[i] + theirs[j] - both)

        return in_threads(compare, ((first,) for first in range(0, len(left), PAIRS)), self.workers)


def _all_of(make: Callable[[Texts, int], Shingles], texts: Texts, n: int, workers: int) -> Shingles:
    tasks = [(texts.slice(a, b - a), n) for a, b in spans(texts)]
    parts = list(in_threads(make, tasks, workers))
    start = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.concatenate([np.diff(part.start) for part in parts]), out=start[1:])
    keys = np.empty(int(start[-1]), parts[0].keys.dtype)
    at = 0
    for k in range(len(parts)):
        keys[at : at + len(parts[k].keys)] = parts[k].keys
        at += len(parts[k].keys)
        parts[k] = Shingles(start[:0], keys[:0])
    return Shingles(start, keys)


def _matrix(sets: Shingles) -> csr_matrix:
    """The sets as rows of ones; a row's columns are its shingles, ascending and without repeats."""
    shape = (len(sets.start) - 1, _COLUMNS[sets.keys.dtype])
    start = sets.start.astype(sets.keys.dtype) if len(sets.keys) < 2**31 else sets.start
    matrix = csr_matrix((np.ones(len(sets.keys), np.int8), sets.keys, start), shape=shape)
    matrix.has_canonical_format = True
    return matrix
