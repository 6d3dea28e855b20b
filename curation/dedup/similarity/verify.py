"""Exact Jaccard similarity of pairs of documents: shared distinct shingles over all distinct shingles of the two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from curation.dedup.similarity import fast
from curation.dedup.similarity.documents import Documents
from curation.dedup.similarity.shingles import (
    PACKED_32,
    Shingles,
    distinct,
    shingles32,
    shingles64,
)
from curation.dedup.similarity.text import (
    Ints,
    Texts,
    in_threads,
    spans,
)
from curation.records.progress import Progress, ignore

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PAIRS = 8_192
"""Pairs compared at a time: the scipy copies of their rows take a few MB at usual lengths."""

BLOCK_BYTES = 80_000_000
"""Text whose shingles are held at a time, twice: about .3 GB of 32-bit keys. Where all texts are fewer they are kept
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

    def holds(self, used: Mask) -> bool:
        """Whether all the documents of a mask are among them."""
        last = self.first + len(self.place)
        outside = used[: self.first].any() or used[last:].any()
        return not outside and bool((self.place[used[self.first : last]] >= 0).all())


@dataclass(frozen=True)
class _Block:
    """Pairs at `rows` of those asked for: documents `left` in `lower` and `right` in `upper`."""

    rows: Ints
    lower: _Sets
    upper: _Sets
    left: Any
    right: Any


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
            for block in self._blocks(left, right, rows, flag):
                for where, similarity in self._compared(block):
                    found[block.rows[where]] = similarity
                    progress((done + where.stop) / len(left), "comparing texts")
                done += len(block.rows)
        return found

    def _blocks(self, left: Any, right: Any, rows: Ints, wide: bool) -> Iterator[_Block]:
        """The pairs at `rows` with the sets of their documents, as many at a time as fit."""
        if not len(rows):
            return
        a, b = left[rows], right[rows]
        used = np.zeros(len(self.documents), bool)
        used[a] = used[b] = True
        cuts = np.cumsum(np.where(used, self.documents.size, 0), dtype=np.int64) // BLOCK_BYTES
        if cuts[-1] == 0:
            sets = self._all(used, wide)
            yield _Block(rows, sets, sets, a, b)
            return
        block = cuts.astype(np.int32)
        swap = block[a] > block[b]
        a[swap], b[swap] = b[swap], a[swap]
        key = block[a].astype(np.int64) * (int(block[-1]) + 1) + block[b]
        by = np.argsort(key, kind="stable")
        lower = None
        for part in np.split(by, np.flatnonzero(np.diff(key[by])) + 1):
            one, other = int(block[a[part[0]]]), int(block[b[part[0]]])
            if lower is None or block[lower.first] != one:
                lower = None  # given back before the next one is made
                first, last = np.searchsorted(block, [one, one + 1])
                lower = self._made(np.flatnonzero(used[first:last]) + first, wide)
            upper = lower if one == other else self._made(_each_once(b[part]), wide)
            yield _Block(rows[part], lower, upper, a[part], b[part])

    def _all(self, used: Mask, wide: bool) -> _Sets:
        """The sets of all documents used, from the last call or for the next ones."""
        kept = self._kept.get(wide)
        if kept is not None and kept.holds(used):
            return kept
        # Which others will be asked for is not known; all of them, if they are few.
        likely = np.ones(len(used), bool) if self.n > PACKED_32 else self.documents.plain != wide
        likely = used | (likely if self.among is None else likely & self.among)
        if int(self.documents.size[likely].sum()) >= BLOCK_BYTES:
            likely = used
        self._kept.pop(wide, None)
        self._kept[wide] = self._made(np.flatnonzero(likely), wide)
        return self._kept[wide]

    def _made(self, chosen: Ints, wide: bool) -> _Sets:
        first = int(chosen[0])
        place = np.full(int(chosen[-1]) - first + 1, -1, np.int32)
        place[chosen - first] = np.arange(len(chosen), dtype=np.int32)
        compiled = self.compiled and fast.available()
        make = (shingles64 if wide else shingles32) if compiled else partial(distinct, wide=wide)
        sets = _all_of(make, self.documents.gather(chosen), self.n, self.workers)
        return _Sets(first, place, sets, None if compiled else _matrix(sets))

    def _compared(self, block: _Block) -> Iterator[tuple[slice, Floats]]:
        """(slice of the pairs, their similarity), batch by batch."""
        a, b = block.lower, block.upper
        mine, theirs = np.diff(a.shingles.start), np.diff(b.shingles.start)

        def compare(first: int) -> tuple[slice, Floats]:
            where = slice(first, min(first + PAIRS, len(block.rows)))
            i, j = a.of(block.left[where]), b.of(block.right[where])
            if a.matrix is None:
                found = np.empty(len(i))
                lists, others = (a.shingles.start, a.shingles.keys), (b.shingles.start, b.shingles.keys)
                bits = fast.kernel(fast.table_bits)(lists[0], others[0], i, j)
                fast.kernel(fast.overlap)(lists, others, (i, j), bits, found)
                return where, found
            both = np.diff(a.matrix[i].multiply(b.matrix[j]).indptr)
            return where, both / (mine[i] + theirs[j] - both)

        return in_threads(compare, ((first,) for first in range(0, len(block.rows), PAIRS)), self.workers)


def _each_once(documents: Any) -> Ints:
    """The different ones among these documents, ascending (a sort would take longer than looking through a range)."""
    first = int(documents.min())
    found = np.zeros(int(documents.max()) - first + 1, bool)
    found[documents - first] = True
    return np.flatnonzero(found) + first


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
