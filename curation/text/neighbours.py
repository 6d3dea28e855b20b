"""The most similar rows of each row by cosine: exact up to 20,000 rows, by cells of similar rows above."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from curation.records.progress import Progress
from curation.text.features import Floats, Ints

EXACT_UP_TO = 20_000
"""Rows up to which every pair is compared (2 s at 10,000 rows, and it grows with the square)."""
BLOCK = 1_000
AT_ONCE = 100
"""Queries whose neighbours are put in order at once, which takes twice the memory of their likenesses."""
LEARNED_FROM = 64
"""Rows a cell that its centre is learned from: faiss asks for 39 to 256 (its Clustering's defaults)."""
PROBED = 12
"""Cells searched around a row's own."""


def nearest(
    queries: Floats, pool: Floats, k: int, apart: tuple[Ints, Ints] | None, seed: int, progress: Progress
) -> tuple[Ints, Floats]:
    """The k rows of `pool` most similar to each query, by cosine: positions and similarities, each of shape (n, k).

    Both need unit rows. `apart` gives a group to each query and each pool row: rows of a query's own group are no
    neighbours. Where fewer than k are left the similarity is -2.
    """
    k = min(k, len(pool))
    index = np.zeros((len(queries), k), dtype=np.int64)
    similarity = np.full((len(queries), k), -2.0, dtype=np.float32)
    done = 0
    for rows, candidates in _blocks(queries, pool, seed):
        progress(done / len(queries), "comparing rows")
        scores = queries[rows] @ pool[candidates].T
        if apart is not None:
            scores[apart[0][rows][:, None] == apart[1][candidates][None, :]] = -2.0
        best = np.concatenate([_top(scores[start : start + AT_ONCE], k) for start in range(0, len(rows), AT_ONCE)])
        index[rows, : best.shape[1]] = candidates[best]
        similarity[rows, : best.shape[1]] = np.take_along_axis(scores, best, 1)
        done += len(rows)
    return index, similarity


def _top(scores: Floats, k: int) -> npt.NDArray[np.intp]:
    if scores.shape[1] <= k:
        return np.argsort(-scores, axis=1, kind="stable")
    best = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)


def _blocks(queries: Floats, pool: Floats, seed: int) -> Iterator[tuple[Ints, Ints]]:
    from sklearn.cluster import MiniBatchKMeans

    everything = np.arange(len(pool))
    if len(pool) <= EXACT_UP_TO:
        for start in range(0, len(queries), BLOCK):
            yield np.arange(start, min(start + BLOCK, len(queries))), everything
        return
    # as many cells as rows in a cell: the usual choice for an inverted file index
    cells = int(np.sqrt(len(pool)))
    model = MiniBatchKMeans(cells, random_state=seed, n_init=1, batch_size=4 * BLOCK, max_iter=10)
    some = np.random.default_rng(seed).permutation(len(pool))[: LEARNED_FROM * cells]
    home = model.fit(pool[np.sort(some)]).predict(pool)
    members = np.split(np.argsort(home, kind="stable"), np.cumsum(np.bincount(home, minlength=cells))[:-1])
    asked = home if queries is pool else model.predict(queries)
    centres = model.cluster_centers_
    around = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :PROBED]
    for cell in range(cells):
        candidates = np.sort(np.concatenate([members[other] for other in {cell, *around[cell].tolist()}]))
        rows = np.flatnonzero(asked == cell)
        for start in range(0, len(rows), BLOCK):
            yield rows[start : start + BLOCK], candidates
