"""The two most similar texts of two sets, by exact Jaccard similarity of all their pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from curation.dedup.similarity.documents import documents, shingle_for
from curation.dedup.similarity.shingles import PACKED_32, distinct
from curation.dedup.similarity.text import Ints
from curation.progress import Progress, ignore
from curation.text.openings import unopened

MAX_CHARACTERS = 60_000_000
"""Of the texts of both sets; their shingles take about ten times as many bytes. Of more, rows are drawn."""
MAX_PRODUCTS = 2_000_000_000
"""Shared shingles counted, about ten seconds; beyond it fewer rows of the second set are compared."""
ROWS = 256


@dataclass(frozen=True)
class Closest:
    """The largest similarity (0..1), the positions of that pair, and how many texts of each set were compared."""

    similarity: float
    first: int
    second: int
    firsts: int
    seconds: int


def closest(
    first: Sequence[str], second: Sequence[str], seed: int = 0, workers: int = 1, progress: Progress = ignore
) -> Closest | None:
    """The most similar pair, one of `first` and one of `second`; one of them where several are.

    Every pair is compared while the sets are small enough, else texts are drawn by the seed, which the counts tell.
    None where one of them has no text.
    """
    chosen = [_drawn(texts, MAX_CHARACTERS // 2, seed) for texts in (first, second)]
    if not all(map(len, chosen)):
        return None
    texts = [*(first[n] for n in chosen[0]), *(second[n] for n in chosen[1])]
    docs = documents(pa.array(unopened(texts), pa.large_string()), workers)
    n = shingle_for(docs)
    sets = distinct(docs.texts, n, wide=n > PACKED_32 or not docs.plain.all())
    matrix = _matrix(sets.start, sets.keys)
    of_row = docs.of_row.astype(np.int64)
    ours, theirs = of_row[: len(chosen[0])], of_row[len(chosen[0]) :]
    theirs = theirs[: _affordable(matrix, ours, theirs)]
    similarity, i, j = _largest(matrix, ours, theirs, progress)
    return Closest(similarity, int(chosen[0][i]), int(chosen[1][j]), len(ours), len(theirs))


def _drawn(texts: Sequence[str], most: int, seed: int) -> Ints:
    """Positions of the texts that are not blank, in random order, as many as have so many characters."""
    filled = np.array([n for n, text in enumerate(texts) if text.strip()], np.int64)
    order = np.random.default_rng(seed).permutation(filled)
    sizes = np.cumsum([len(texts[n]) for n in order]) if len(order) else order
    return np.asarray(order[: max(1, int(np.searchsorted(sizes, most, side="right")))])


def _matrix(start: Ints, keys: npt.NDArray[np.int64]) -> csr_matrix:
    code = np.unique(keys, return_inverse=True)[1]
    return csr_matrix((np.ones(len(keys), np.int32), code, start), shape=(len(start) - 1, int(code.max(initial=0)) + 1))


def _affordable(matrix: csr_matrix, ours: Ints, theirs: Ints) -> int:
    """How many of `theirs` can be compared with all of `ours`, at least one."""
    frequency = np.asarray(matrix[ours].sum(axis=0)).ravel().astype(np.int64)
    products = np.cumsum(matrix[theirs] @ frequency)
    return max(1, int(np.searchsorted(products, MAX_PRODUCTS, side="right")))


def _largest(matrix: csr_matrix, ours: Ints, theirs: Ints, progress: Progress) -> tuple[float, int, int]:
    sizes = np.diff(matrix.indptr)
    across, size = matrix[ours].T.tocsr(), sizes[ours]
    best = (-1.0, 0, 0)
    for start in range(0, len(theirs), ROWS):
        block = theirs[start : start + ROWS]
        shared = (matrix[block] @ across).tocoo()
        similarity = shared.data / np.maximum(sizes[block][shared.row] + size[shared.col] - shared.data, 1)
        if len(similarity) and similarity.max() > best[0]:
            at = int(similarity.argmax())
            best = float(similarity[at]), int(shared.col[at]), start + int(shared.row[at])
        progress(min(start + ROWS, len(theirs)) / len(theirs), "comparing the splits")
    return max(best[0], 0.0), best[1], best[2]
