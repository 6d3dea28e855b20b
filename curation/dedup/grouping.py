"""Families of documents, and in each family keepers that every other document is at least `threshold` similar to.

A family is a connected component over verified pairs. Its keeper is chosen; what is unlike the keeper is cut loose and
gets a keeper among itself, and so on. A chain A~B~C with A unlike C is one family, but C never stands behind A.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from curation.dedup.keepers import Rows, best
from curation.dedup.settings import Keeper
from curation.dedup.similarity.candidates import Pairs
from curation.dedup.similarity.text import Ints
from curation.dedup.similarity.verify import Floats
from curation.records.progress import Progress, ignore

Labels = npt.NDArray[np.int32]
Numbered = npt.NDArray[np.integer[Any]]
Similarity = Callable[[Any, Any], Floats]

ROUNDS = 16
"""Rounds in which a whole component is held against its keeper; what is still loose then takes its verified
neighbours only, which keeps long chains of thousands of texts linear."""

FORESTS = 2
"""Spanning forests compared before all open pairs are. In a million rows 86 % of the pairs of the first held, 13 % of
those of the second and fewer of each later one, which costs a sort all the same."""

SLICE = 10_000_000
"""Pairs looked at and compared at once, some .5 GB while they are."""

_UNKNOWN, _ALIKE, _UNLIKE = 0, 1, -1


FOREST_PAIRS = 5_000_000
"""Pairs among which a forest is sought, the most alike first: 400 MB while it is."""


@dataclass
class Edges:
    """Candidate pairs and what is known about them so far."""

    pairs: Pairs
    state: npt.NDArray[np.int8]

    def where(self, mask: npt.NDArray[np.bool_]) -> "Edges":
        """The edges where `mask` is true."""
        return Edges(self.pairs.where(mask), self.state[mask])

    def within(self, family: Any, place: Any) -> "Edges":
        """The edges inside a family, by the places (0 or more) of their documents."""
        pairs = self.pairs
        parts = [family[pairs.left[where]] == family[pairs.right[where]] for where in self.slices()]
        kept = np.concatenate([np.empty(0, bool), *parts])
        kept[kept] = place[pairs.left[kept]] >= 0
        inside = self.where(kept)
        pairs = Pairs(place[inside.pairs.left], place[inside.pairs.right], inside.pairs.estimate)
        return Edges(pairs, inside.state)

    def slices(self) -> Iterator[slice]:
        """Consecutive ranges of SLICE edges."""
        return (slice(first, first + SLICE) for first in range(0, len(self.pairs), SLICE))

    def waiting(self, where: slice, labels: Labels, least: float = -np.inf) -> Ints:
        """The places of those edges of a slice that are open, between two labels, and estimated at `least`."""
        left, right = labels[self.pairs.left[where]], labels[self.pairs.right[where]]
        waits = (self.state[where] == _UNKNOWN) & (left != right) & (self.pairs.estimate[where] >= least)
        found: Ints = where.start + np.flatnonzero(waits)
        return found


@dataclass(frozen=True)
class Alike:
    """When two documents are alike: their exact similarity (0..1, pairwise over two lists) and the least of it."""

    similarity: Similarity
    threshold: float


@dataclass(frozen=True)
class Waiting:
    """Rows without a keeper: their places, and the component number of each document that has such rows, -1 else."""

    rows: Ints
    labels: Numbered


@dataclass(frozen=True)
class Groups:
    """For each row given: the place in `rows` of its keeper, the exact similarity of the two, its family's number."""

    keeper: Ints
    similarity: Floats
    family: Ints


def edges(pairs: Pairs, sure: float) -> Edges:
    """The edges of these pairs; those estimated at `sure` or above join documents without being compared."""
    return Edges(pairs, np.where(pairs.estimate >= sure, np.int8(_ALIKE), np.int8(_UNKNOWN)))


def groups(
    rows: Rows, families: Numbered, known: Edges, alike: Alike, rule: Keeper, progress: Progress = ignore
) -> Groups:
    """The groups of `rows`; `families` is the component of each of their documents 0, 1, ..., all present, and `known`
    the edges between them. Similarity to a keeper is always exact."""
    found = Groups(np.arange(len(rows)), np.ones(len(rows)), families[rows.document].astype(np.int64))
    waiting = Waiting(np.arange(len(rows)), families)
    for turn in range(ROUNDS):
        if not len(waiting.rows):
            return found
        progress(min(turn / 4, 0.9), "choosing keepers")
        loose = _round(rows, waiting, alike, rule, found)
        known = known.where(loose[known.pairs.left] & loose[known.pairs.right])
        labels = np.where(loose, _of_loose(known, loose, alike), -1)
        waiting = Waiting(waiting.rows[loose[rows.document[waiting.rows]]], labels)
    if len(waiting.rows):
        _neighbours_only(rows, waiting, known, alike, rule, found)
    return found


def _of_loose(known: Edges, loose: Any, alike: Alike) -> Labels:
    """The components of the loose documents, numbered from 0; those of the others mean nothing."""
    labels = connected(known, len(loose), alike)
    used = np.zeros(len(loose), np.int32)
    used[labels[loose]] = 1
    found: Labels = (np.cumsum(used, dtype=np.int32) - 1)[labels]
    return found


def _round(rows: Rows, waiting: Waiting, alike: Alike, rule: Keeper, found: Groups) -> npt.NDArray[np.bool_]:
    """Give every component a keeper and the documents like it; returns which documents are cut loose."""
    active, labels = waiting.rows, waiting.labels
    mine = rows if len(active) == len(rows) else rows.where(active)
    group: Ints = labels[mine.document].astype(np.int64, copy=False)
    by, first = best(mine, group, rule)
    keeper = np.zeros(int(group.max()) + 1, np.int64)
    keeper[group[by[first]]] = active[by[first]]
    del by, first
    docs = np.flatnonzero(labels >= 0)
    same = alike.similarity(docs, rows.document[keeper[labels[docs]]])
    score = np.zeros(len(labels))
    score[docs] = same
    loose = (labels >= 0) & (score < alike.threshold)
    settled = ~loose[mine.document]
    found.keeper[active[settled]] = keeper[group[settled]]
    found.similarity[active[settled]] = score[mine.document[settled]]
    return loose


def connected(known: Edges, count: int, alike: Alike) -> Labels:
    """The component number of documents 0..count-1 over all pairs at the threshold, comparing no more than is needed.

    Only pairs between components are compared: the likeliest along a spanning forest of the most similar, what is open
    after FORESTS of them in their order.
    """
    labels = np.arange(count, dtype=np.int32)
    for where in known.slices():
        labels = _joined(labels, known, where.start + np.flatnonzero(known.state[where] == _ALIKE))
    for _ in range(FORESTS):
        likely = _likeliest(known, labels, alike.threshold)
        if not len(likely):
            break
        a, b = labels[known.pairs.left[likely]], labels[known.pairs.right[likely]]
        chosen = np.sort(likely[_forest(a, b, known.pairs.estimate[likely])])
        labels = _joined(labels, known, _compare(known, chosen, alike))
    for where in known.slices():
        waiting = known.waiting(where, labels)
        if len(waiting):
            labels = _joined(labels, known, _compare(known, waiting, alike))
    return labels


def _likeliest(known: Edges, labels: Labels, threshold: float) -> Ints:
    """The open edges, or where they are too many for a forest those estimated highest, at the threshold at least."""
    if sum(len(known.waiting(where, labels)) for where in known.slices()) <= FOREST_PAIRS:
        threshold = -np.inf
    parts = [known.waiting(where, labels, threshold) for where in known.slices()]
    likely = np.concatenate([np.empty(0, np.int64), *parts])
    if len(likely) > FOREST_PAIRS:
        likely = likely[np.argpartition(known.pairs.estimate[likely], -FOREST_PAIRS)[-FOREST_PAIRS:]]
    return likely


def _compare(known: Edges, chosen: Ints, alike: Alike) -> Ints:
    """Settle the chosen edges; returns those that hold."""
    holds = alike.similarity(known.pairs.left[chosen], known.pairs.right[chosen]) >= alike.threshold
    known.state[chosen] = np.where(holds, _ALIKE, _UNLIKE)
    return chosen[holds]


def _joined(labels: Labels, known: Edges, alike: Ints) -> Labels:
    """The labels with those at the two ends of each of these edges made one."""
    from scipy.sparse.csgraph import connected_components

    if not len(alike):
        return labels
    a, b, count = labels[known.pairs.left[alike]], labels[known.pairs.right[alike]], int(labels.max()) + 1
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    joined: Labels = connected_components(graph, directed=False)[1].astype(np.int32)[labels]
    return joined


def _forest(a: Labels, b: Labels, estimate: npt.NDArray[np.float32]) -> Ints:
    """Which of the edges a-b make a spanning forest of the highest estimates."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    count = int(high.max()) + 1
    pair = low * count + high
    by = np.lexsort((-estimate, pair))
    first = np.concatenate([[True], pair[by][1:] != pair[by][:-1]])
    kept = by[first]
    weight = 2.0 - estimate[kept].astype(np.float64)
    graph = csr_matrix((weight, (low[kept], high[kept])), shape=(count, count))
    tree = minimum_spanning_tree(graph).tocoo()
    inside = np.searchsorted(pair[kept], tree.row.astype(np.int64) * count + tree.col)
    chosen: Ints = kept[inside]
    return chosen


def _neighbours_only(rows: Rows, waiting: Waiting, known: Edges, alike: Alike, rule: Keeper, found: Groups) -> None:
    """In the order of the rule, each document not yet taken becomes a keeper and takes its verified neighbours."""
    active, labels = waiting.rows, waiting.labels
    scores = alike.similarity(known.pairs.left, known.pairs.right)
    near = scores >= alike.threshold
    left, right, scores = known.pairs.left[near], known.pairs.right[near], scores[near]
    count = len(labels)
    graph = csr_matrix(
        (np.tile(scores, 2), (np.concatenate([left, right]), np.concatenate([right, left]))), shape=(count, count)
    )
    mine = rows.where(active)
    by, _ = best(mine, labels[mine.document].astype(np.int64, copy=False), rule)
    keeper, score = np.full(count, -1, np.int64), np.ones(count)
    for place, doc in zip(active[by].tolist(), mine.document[by].tolist(), strict=True):
        if keeper[doc] < 0:
            span = slice(graph.indptr[doc], graph.indptr[doc + 1])
            others = graph.indices[span]
            free = keeper[others] < 0
            keeper[others[free]], score[others[free]] = place, graph.data[span][free]
            keeper[doc], score[doc] = place, 1.0
    found.keeper[active] = keeper[mine.document]
    found.similarity[active] = score[mine.document]
