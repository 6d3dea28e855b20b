"""The most similar texts of two sets, by exact Jaccard similarity of the pairs that share their rarest shingles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from curation.dedup.similarity.documents import documents, shingle_for
from curation.dedup.similarity.shingles import PACKED_32, Shingles, distinct
from curation.dedup.similarity.text import Ints
from curation.dedup.similarity.verify import Comparer
from curation.records.progress import Progress, ignore
from curation.text.openings import unopened

MAX_CHARACTERS = 10_000_000
"""Of the texts of the first set, whose shingles take some seconds and half a gigabyte; of more, texts are drawn."""
MAX_SECONDS = 2_000
"""Texts of the second set; of more, as many are drawn: what none of them resembles, hardly any of the others does."""
RAREST = 24
"""Shingles of a text of the second set that are looked for in the first. A pair with similarity t shares one of them
for certain where the text has fewer than 24 / (1 - t) shingles (prefix filtering, see `all_pairs`), so texts of under
80 characters at .7, and all but surely elsewhere: of longer texts it shares more than half."""
MAX_PRODUCTS = 30_000_000
"""Shared shingles counted, some seconds; beyond it fewer texts of the second set are compared."""
MAX_PAIRS = 500_000
"""Pairs up to which all that share a rare shingle are compared; of more, each text's KEPT that share most of them."""
KEPT = 4
ROWS = 512
BUCKETS = 1 << 22
"""Shingles are counted by their key modulo this; two that collide only add pairs to compare."""


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
    """The most similar pair found, one of `first` and one of `second`; one of them where several are.

    All texts take part while the sets are small enough, else some are drawn by the seed, which the counts tell. None
    where one of the sets has no text.
    """
    chosen = [_drawn(texts, MAX_CHARACTERS, seed) for texts in (first, second)]
    chosen[1] = chosen[1][:MAX_SECONDS]
    if not all(map(len, chosen)):
        return None
    texts = [*(first[n] for n in chosen[0]), *(second[n] for n in chosen[1])]
    docs = documents(pa.array(unopened(texts), pa.large_string()), workers)
    of_row = docs.of_row.astype(np.int64)
    ours, theirs = of_row[: len(chosen[0])], of_row[len(chosen[0]) :]
    n = shingle_for(docs)
    sets = distinct(docs.texts, n, wide=n > PACKED_32 or not docs.plain.all())
    left, right, theirs = _candidates(sets, ours, theirs, progress)
    del sets
    similarity = Comparer(docs, n, workers).similarity(ours[left], theirs[right])
    at = int(similarity.argmax()) if len(left) else -1
    if at < 0:
        return Closest(0.0, int(chosen[0][0]), int(chosen[1][0]), len(ours), len(theirs))
    pair = int(chosen[0][left[at]]), int(chosen[1][right[at]])
    return Closest(float(similarity[at]), *pair, len(ours), len(theirs))


def _drawn(texts: Sequence[str], most: int, seed: int) -> Ints:
    """Positions of the texts that are not blank, in random order, as many as have so many characters."""
    filled = np.array([n for n, text in enumerate(texts) if text.strip()], np.int64)
    order = np.random.default_rng(seed).permutation(filled)
    sizes = np.cumsum([len(texts[n]) for n in order]) if len(order) else order
    return np.asarray(order[: max(1, int(np.searchsorted(sizes, most, side="right")))])


def _candidates(sets: Shingles, ours: Ints, theirs: Ints, progress: Progress) -> tuple[Ints, Ints, Ints]:
    """Places among `ours` and among `theirs` of pairs that share rare shingles, and those of `theirs` looked at."""
    codes = (sets.keys % BUCKETS).astype(np.int32)
    matrix = csr_matrix((np.ones(len(codes), np.int32), codes, sets.start), shape=(len(sets.start) - 1, BUCKETS))
    known = matrix[ours]
    frequency = np.bincount(known.indices, minlength=BUCKETS)
    wanted, products = _rarest(matrix[theirs], frequency)
    affordable = max(1, int(np.searchsorted(np.cumsum(products), MAX_PRODUCTS, side="right")))
    wanted, theirs = wanted[:affordable], theirs[:affordable]
    across = known.T.tocsr()
    few = int(products[:affordable].sum()) <= MAX_PAIRS
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(theirs), ROWS):
        block = (wanted[start : start + ROWS] @ across).tocoo()
        i, j, shared = block.row.astype(np.int64) + start, block.col.astype(np.int64), block.data
        kept = slice(None) if few else _most(i, shared)
        left.append(j[kept])
        right.append(i[kept])
        progress(min(start + ROWS, len(theirs)) / len(theirs), "comparing the splits")
    return np.concatenate(left), np.concatenate(right), theirs


def _rarest(matrix: csr_matrix, frequency: Ints) -> tuple[csr_matrix, Ints]:
    """The rarest shingles of each text that the other set has, and how many texts of it have them in all."""
    doc = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    often = frequency[matrix.indices]
    there = often > 0
    doc, code, often = doc[there], matrix.indices[there], often[there]
    by = np.lexsort((code, often, doc))
    doc, code, often = doc[by], code[by], often[by]
    first = np.searchsorted(doc, doc, side="left")
    kept = np.arange(len(doc)) - first < RAREST
    doc, code, often = doc[kept], code[kept], often[kept]
    products = np.bincount(doc, weights=often, minlength=matrix.shape[0]).astype(np.int64)
    return csr_matrix((np.ones(len(doc), np.int32), (doc, code)), shape=matrix.shape), products


def _most(text: Ints, shared: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which pairs are among the KEPT of their text that share most."""
    by = np.lexsort((-shared, text))
    place = np.empty(len(text), np.int64)
    place[by] = np.arange(len(text)) - np.searchsorted(text[by], text[by], side="left")
    return np.asarray(place < KEPT)
