"""Which rows belong together: near-duplicates, and what the data names as one group (conversation, document, person).

The one rule for splits, rows held back, folds and resamples: two rows are bound when they share a near-duplicate
cluster (of any kind) or a non-empty `group`, directly or through other rows.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix

from curation.records import Clusters, Dataset
from curation.records.progress import Progress, ignore

STEP = 100_000
"""Rows between two reports of progress: a fifth of a second."""

Integers = npt.NDArray[np.int64]


def cluster_of(clusters: Clusters) -> dict[str, int]:
    """The number of each row's near-duplicate cluster, by id: rows that repeat one another, whatever their group."""
    return dict(zip(clusters.table["id"].to_pylist(), clusters.table["cluster"].to_pylist(), strict=True))


def cluster_numbers(dataset: Dataset, clusters: Clusters) -> pa.ChunkedArray:
    """The same in row order, null for a row that stands in no cluster: of a few rows of many it takes less memory."""
    return clusters.table["cluster"].take(pc.index_in(dataset.table["id"], clusters.table["id"]))


def bound_sets(dataset: Dataset, clusters: Clusters, progress: Progress = ignore) -> Integers:
    """Per row the number of the set of rows it is bound to, shape (rows,); numbers say nothing but same or other.

    A row that stands in no cluster is bound by its `group` alone.
    """
    from scipy.sparse.csgraph import connected_components

    names = dataset.values("id")
    n = len(names)
    numbers = cluster_of(clusters)
    hubs: dict[tuple[str, object], int] = {}
    rows, ends = [], []
    for position, (name, group) in enumerate(zip(names, dataset.values("group"), strict=True)):
        if position % STEP == 0:
            progress(position / n, "finding what belongs together")
        for kind, value in (("cluster", numbers.get(name)), ("group", group or None)):
            if value is not None:
                rows.append(position)
                ends.append(n + hubs.setdefault((kind, value), len(hubs)))
    size = n + len(hubs)
    edges = coo_matrix((np.ones(len(rows), np.int8), (rows, ends)), shape=(size, size))
    return np.asarray(connected_components(edges, directed=False)[1][:n], np.int64)


def bound_names(dataset: Dataset, clusters: Clusters) -> dict[str, str]:
    """For each id the smallest id of the set of rows it is bound to, in row order."""
    ids, numbers = dataset.values("id"), bound_sets(dataset, clusters).tolist()
    smallest: dict[int, str] = {}
    for id, number in zip(ids, numbers, strict=True):
        smallest[number] = min(id, smallest.get(number, id))
    return {id: smallest[number] for id, number in zip(ids, numbers, strict=True)}


def bound_to(ids: Collection[str], dataset: Dataset, clusters: Clusters) -> frozenset[str]:
    """The rows of the dataset that are in `ids` or bound to one of them.

    Of an id that is no longer in the dataset only the cluster is known: its near-duplicates are bound to it.
    """
    if not ids:
        return frozenset()
    names, bound, numbers = dataset.values("id"), bound_sets(dataset, clusters).tolist(), cluster_of(clusters)
    wanted = set(ids)
    gone = {numbers[id] for id in wanted.difference(names) if id in numbers}
    pairs = list(zip(names, bound, strict=True))
    touched = {number for id, number in pairs if id in wanted or numbers.get(id) in gone}
    return frozenset(id for id, number in pairs if number in touched)
