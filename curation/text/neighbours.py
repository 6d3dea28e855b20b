"""The most similar rows of each row by cosine: exact up to 20,000 rows, by cells of similar rows above."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
ASSIGNED_AT_ONCE = 20 * 256
"""Rows assigned to cells at once: scikit-learn takes 256 at a time, so each comes to the cell it would in one go."""


@dataclass(frozen=True)
class Pool:
    """Unit rows among which neighbours are looked up, as often as needed: what that takes is made once.

    Rows and queries may be of half precision to take half the memory; they are compared in single precision.
    """

    rows: Floats
    seed: int

    @cached_property
    def cells(self) -> "_Cells":
        """The rows by cells of similar ones."""
        from sklearn.cluster import MiniBatchKMeans

        # as many cells as rows in a cell: the usual choice for an inverted file index
        count = int(np.sqrt(len(self.rows)))
        model = MiniBatchKMeans(count, random_state=self.seed, n_init=1, batch_size=4 * BLOCK, max_iter=10)
        some = np.random.default_rng(self.seed).permutation(len(self.rows))[: LEARNED_FROM * count]
        model.fit(single(self.rows[np.sort(some)]))
        home = _assigned(model, self.rows)
        members = np.split(np.argsort(home, kind="stable"), np.cumsum(np.bincount(home, minlength=count))[:-1])
        centres = model.cluster_centers_
        around = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :PROBED]
        return _Cells(model, home, members, around)


@dataclass(frozen=True)
class _Cells:
    """What tells the cell of a row, that of each row of the pool, the rows of each cell and the cells around it."""

    model: Any
    home: Ints
    members: list[Ints]
    around: Ints


def single(rows: npt.NDArray[Any]) -> Floats:
    """These rows in single precision; not a copy where they are."""
    return rows.astype(np.float32, copy=False)


def _assigned(model: Any, rows: Floats) -> Ints:
    """The cell of each row."""
    starts = range(0, len(rows), ASSIGNED_AT_ONCE)
    found: Ints = np.concatenate([model.predict(single(rows[start : start + ASSIGNED_AT_ONCE])) for start in starts])
    return found


def nearest(
    queries: Floats, pool: Pool, k: int, apart: tuple[Ints, Ints] | None, progress: Progress
) -> tuple[Ints, Floats]:
    """The k rows of the pool most similar to each query, by cosine: positions and similarities, each of shape (n, k).

    Queries are unit rows too. `apart` gives a group to each query and each pool row: rows of a query's own group are no
    neighbours. Where fewer than k are left the similarity is -2.
    """
    k = min(k, len(pool.rows))
    index = np.zeros((len(queries), k), dtype=np.int64)
    similarity = np.full((len(queries), k), -2.0, dtype=np.float32)
    done = 0
    for rows, candidates in _blocks(queries, pool):
        progress(done / len(queries), "comparing rows")
        scores = single(queries[rows]) @ single(pool.rows[candidates]).T
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


def _blocks(queries: Floats, pool: Pool) -> Iterator[tuple[Ints, Ints]]:
    everything = np.arange(len(pool.rows))
    if len(everything) <= EXACT_UP_TO:
        for start in range(0, len(queries), BLOCK):
            yield np.arange(start, min(start + BLOCK, len(queries))), everything
        return
    cells = pool.cells
    asked = cells.home if queries is pool.rows else _assigned(cells.model, queries)
    for cell, around in enumerate(cells.around.tolist()):
        candidates = np.sort(np.concatenate([cells.members[other] for other in {cell, *around}]))
        rows = np.flatnonzero(asked == cell)
        for start in range(0, len(rows), BLOCK):
            yield rows[start : start + BLOCK], candidates
