"""Exact Jaccard similarity of pairs of documents: shared distinct shingles over all distinct shingles of the two."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from curation.dedup import fast
from curation.dedup.documents import Documents
from curation.dedup.shingles import PACKED_32, Shingles, distinct
from curation.dedup.text import Ints, Texts, content, in_threads, offsets, spans
from curation.progress import Progress, ignore

Floats = npt.NDArray[np.float64]

PAIRS = 8_192
"""Pairs compared at a time: the scipy copies of their rows take a few MB at usual lengths."""

KEPT_BYTES = 400_000_000
"""Text whose shingles are kept between calls: about 1.6 GB of 32-bit keys; beyond, they are made again a batch."""

_COLUMNS = {np.dtype(np.int32): 2**31 - 1, np.dtype(np.int64): 2**63 - 1}


@dataclass
class Comparer:
    """Compares pairs of documents, keeping the shingles of those it has met."""

    documents: Documents
    n: int
    workers: int = 1
    compiled: bool = True
    _kept: dict[bool, tuple[Ints, Shingles]] = field(default_factory=dict)

    def similarity(self, left: Ints, right: Ints, progress: Progress = ignore) -> Floats:
        """The similarity (0..1) of each pair of document numbers."""
        found = np.ones(len(left))
        wide = np.maximum(left, right) >= self.documents.narrow
        if self.n > PACKED_32:
            wide[:] = True
        for flag in (False, True):
            rows = np.flatnonzero((wide == flag) & (left != right))
            for at in self._batches(left[rows], right[rows]):
                part = rows[at]
                place, sets = self._sets(np.concatenate([left[part], right[part]]), flag)
                for where, shared in self._shared(sets, place[left[part]], place[right[part]]):
                    found[part[where]] = shared
                progress(float(part[-1] + 1) / len(left), "comparing texts")
        return found

    def _batches(self, left: Ints, right: Ints) -> list[slice]:
        """All pairs at once when their texts are few, else runs of pairs with at most KEPT_BYTES of text."""
        if not len(left):
            return []
        size = np.diff(offsets(self.documents.texts))
        used = np.zeros(len(self.documents), bool)
        used[left] = used[right] = True
        if size[used].sum() <= KEPT_BYTES:
            return [slice(0, len(left))]
        share = np.cumsum(size[left] + size[right]) // (KEPT_BYTES // 4)
        cuts = np.concatenate([[0], np.flatnonzero(np.diff(share)) + 1, [len(left)]])
        return [slice(a, b) for a, b in pairwise(cuts)]

    def _sets(self, needed: Ints, wide: bool) -> tuple[Ints, Shingles]:
        """(place of each document among the sets, or -1; the sets), holding at least the documents needed."""
        place, sets = self._kept.get(wide, (np.empty(0, np.int64), None))
        if sets is not None and (place[needed] >= 0).all():
            return place, sets
        used = self._likely(wide)
        used[needed] = True
        if len(place) and int(np.diff(offsets(self.documents.texts))[used | (place >= 0)].sum()) <= KEPT_BYTES:
            used |= place >= 0
        chosen = np.flatnonzero(used)
        place = np.full(len(self.documents), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        self._kept.pop(wide, None)
        self._kept[wide] = place, _distinct(self.documents.texts, chosen, self.n, wide, self.workers)
        return self._kept[wide]

    def _likely(self, wide: bool) -> npt.NDArray[np.bool_]:
        """Documents that will be asked for sooner or later: all that fit, of the kind compared with such keys."""
        texts, narrow = self.documents.texts, self.documents.narrow
        used = np.zeros(len(texts), bool)
        if content(texts).nbytes <= KEPT_BYTES:
            used[slice(narrow if wide and self.n <= PACKED_32 else 0, None if wide else narrow)] = True
        return used

    def _shared(self, sets: Shingles, left: Ints, right: Ints) -> Any:
        """(slice of the pairs, their similarity), batch by batch."""
        sizes = np.diff(sets.start)
        rows = None
        if not (self.compiled and fast.available()):
            rows = _matrix(sets)

        def compare(first: int) -> tuple[slice, Floats]:
            where = slice(first, min(first + PAIRS, len(left)))
            i, j = left[where], right[where]
            if rows is None:
                both = np.empty(len(i), np.int64)
                fast.kernel(fast.shared)(sets.start, sets.keys, i, j, both)
            else:
                both = np.diff(rows[i].multiply(rows[j]).indptr)
            return where, both / (sizes[i] + sizes[j] - both)

        return in_threads(compare, ((first,) for first in range(0, len(left), PAIRS)), self.workers)


def _distinct(texts: Texts, chosen: Ints, n: int, wide: bool, workers: int) -> Shingles:
    some = texts if len(chosen) == len(texts) else texts.take(pa.array(chosen))
    tasks = ((some.slice(a, b - a), n, wide) for a, b in spans(some))
    parts = list(in_threads(distinct, tasks, workers))
    start = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(np.concatenate([np.diff(part.start) for part in parts]), out=start[1:])
    return Shingles(start, np.concatenate([part.keys for part in parts]))


def _matrix(sets: Shingles) -> csr_matrix:
    """The sets as rows of ones; a row's columns are its shingles, ascending and without repeats."""
    shape = (len(sets.start) - 1, _COLUMNS[sets.keys.dtype])
    start = sets.start.astype(sets.keys.dtype) if len(sets.keys) < 2**31 else sets.start
    matrix = csr_matrix((np.ones(len(sets.keys), np.int8), sets.keys, start), shape=shape)
    matrix.has_canonical_format = True
    return matrix
