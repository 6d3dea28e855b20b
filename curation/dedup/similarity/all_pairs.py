"""Every pair of documents that may reach the threshold, found without chance: prefix filtering.

Two sets with Jaccard similarity >= t share at least ceil(t * size) elements of each, so their rarest
size - ceil(t * size) + k elements, in one order for all, have k in common (k = 1: Chaudhuri et al. 2006, Bayardo et
al. 2007; k > 1: Wang et al. 2012). Pairs that do, found by a sparse product in row blocks, are all that need comparing.
"""

import numpy as np
from scipy.sparse import csr_matrix

from curation.dedup.similarity.candidates import Pairs
from curation.dedup.similarity.documents import Documents
from curation.dedup.similarity.shingles import PACKED_32, Shingles, distinct
from curation.dedup.similarity.text import Ints
from curation.records.progress import Progress, ignore

MAX_BYTES = 64_000_000
MAX_PRODUCTS = 1_000_000_000
"""Work the sparse product may take, about 5 seconds; sets of long or very similar texts beyond it go to MinHash."""

MAX_PAIRS = 3_000_000
"""Pairs that may be left. A set with more is so dense (600 neighbours a text at 5,000) that MinHash, which finds nine
in ten pairs at the threshold itself, joins the same families in an eighth of the time."""

_COMMON = 4
"""k: on 5,000 short questions 4 leaves a sixth of the pairs that 1 leaves, for a slightly larger product."""

_ROWS = 512


def all_pairs(documents: Documents, n: int, threshold: float, progress: Progress = ignore) -> Pairs | None:
    """Pairs that contain every pair at or above the threshold; None when that would take too long.

    Their estimate, the share of common rare shingles less 1, only orders them: every pair is still to be compared.
    """
    if documents.size.sum(dtype=np.int64) > MAX_BYTES:
        return None
    sets = distinct(documents.texts, n, wide=n > PACKED_32 or not documents.plain.all())
    sizes = np.diff(sets.start)
    prefixes, products = _prefixes(sets, sizes, threshold)
    if products > MAX_PRODUCTS:
        return None
    left, right, share = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    across = prefixes.T.tocsr()
    for first in range(0, len(sizes), _ROWS):
        block = (prefixes[first : first + _ROWS] @ across).tocoo()
        i, j = block.row.astype(np.int64) + first, block.col.astype(np.int64)
        small, large = np.minimum(sizes[i], sizes[j]), np.maximum(sizes[i], sizes[j])
        near = (i < j) & (small >= threshold * large - 1e-9)
        near &= block.data >= np.minimum(_COMMON, _least(large, threshold))
        i, j = i[near], j[near]
        left.append(i)
        right.append(j)
        share.append((block.data[near] / sizes[i] - 1.0).astype(np.float32))
        if sum(map(len, left)) > MAX_PAIRS:
            return None
        progress(min(first + _ROWS, len(sizes)) / len(sizes), "comparing all pairs")
    return Pairs(np.concatenate(left), np.concatenate(right), np.concatenate(share))


def _least(sizes: Ints, threshold: float) -> Ints:
    """How many elements two sets must share when the larger has so many."""
    least: Ints = np.ceil(threshold * sizes - 1e-9).astype(np.int64)
    return least


def _prefixes(sets: Shingles, sizes: Ints, threshold: float) -> tuple[csr_matrix, int]:
    """The rarest shingles of each document as a matrix of ones, and how many products its square takes."""
    by = np.argsort(sets.keys, kind="stable")
    ordered = sets.keys[by]
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    code = np.cumsum(new) - 1
    frequency = np.diff(np.append(np.flatnonzero(new), len(ordered)))
    rank = np.empty(len(frequency), np.int64)
    rank[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
    ranks = np.empty(len(ordered), np.int64)
    ranks[by] = rank[code]
    doc = np.repeat(np.arange(len(sizes)), sizes)
    packed = np.sort((doc << 40) | ranks)
    ranks, place = packed & ((1 << 40) - 1), np.arange(len(packed)) - sets.start[doc]
    length = sizes - _least(sizes, threshold) + _COMMON
    by_rank = np.empty(len(frequency), np.int64)
    by_rank[rank] = frequency
    kept = (place < length[doc]) & (by_rank[ranks] > 1)
    ranks, doc = ranks[kept], doc[kept]
    used = np.bincount(ranks, minlength=len(frequency)).astype(np.int64)
    shape = (len(sizes), len(frequency))
    return csr_matrix((np.ones(len(ranks), np.int32), (doc, ranks)), shape=shape), int((used**2).sum())
