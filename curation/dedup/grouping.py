"""Families of documents, and in each family keepers that every other document is at least `threshold` similar to.

A family is a connected component over verified pairs. Its keeper is chosen; what is unlike the keeper is cut loose and
gets a keeper among itself, and so on. A chain A~B~C with A unlike C is one family, but C never stands behind A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from curation.dedup.candidates import Pairs
from curation.dedup.keepers import Rows, best
from curation.dedup.settings import Keeper
from curation.dedup.text import Ints
from curation.dedup.verify import Floats
from curation.progress import Progress, ignore

Similarity = Callable[[Any, Any], Floats]

ROUNDS = 16
"""Rounds in which a whole component is held against its keeper; what is still loose then takes its verified
neighbours only, which keeps long chains of thousands of texts linear."""

FORESTS = 4
"""Spanning forests compared before all open pairs are: a forest settles most, each further one costs a sort."""

SLICE = 16_000_000
"""Open pairs compared at once, .7 GB while they are."""

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

    def numbered(self, place: Any) -> "Edges":
        """The edges between documents that have a place of 0 or more, by those places."""
        kept = (place[self.pairs.left] >= 0) & (place[self.pairs.right] >= 0)
        pairs = self.pairs.where(kept)
        return Edges(Pairs(place[pairs.left], place[pairs.right], pairs.estimate), self.state[kept])


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
    rows: Rows,
    families: Ints,
    known: Edges,
    threshold: float,
    rule: Keeper,
    similarity: Similarity,
    progress: Progress = ignore,
) -> Groups:
    """The groups of `rows`; `families` is the component of each of their documents 0, 1, ..., all present, and `known`
    the edges between them. Similarity to a keeper is always exact."""
    found = Groups(np.arange(len(rows)), np.ones(len(rows)), families[rows.document].astype(np.int64))
    count, active, labels = len(families), np.arange(len(rows)), families
    for turn in range(ROUNDS):
        if not len(active):
            return found
        progress(min(turn / 4, 0.9), "choosing keepers")
        loose = _round(rows, active, labels, threshold, rule, similarity, found)
        active = active[loose[rows.document[active]]]
        docs = np.flatnonzero(loose)
        known = known.where(loose[known.pairs.left] & loose[known.pairs.right])
        labels = np.full(count, -1, np.int64)
        if len(docs):
            labels[docs] = connected(known, docs, threshold, similarity)
    if len(active):
        _neighbours_only(rows, active, labels, known, threshold, rule, similarity, found)
    return found


def _round(
    rows: Rows, active: Ints, labels: Ints, threshold: float, rule: Keeper, similarity: Similarity, found: Groups
) -> npt.NDArray[np.bool_]:
    """Give every component a keeper and the documents like it; returns which documents are cut loose."""
    mine = rows if len(active) == len(rows) else rows.where(active)
    group = labels[mine.document]
    by, first = best(mine, group, rule)
    keeper = np.zeros(int(group.max()) + 1, np.int64)
    keeper[group[by[first]]] = active[by[first]]
    docs = np.flatnonzero(labels >= 0)
    same = similarity(docs, rows.document[keeper[labels[docs]]])
    score = np.zeros(len(labels))
    score[docs] = same
    loose = (labels >= 0) & (score < threshold)
    settled = ~loose[mine.document]
    found.keeper[active[settled]] = keeper[group[settled]]
    found.similarity[active[settled]] = score[mine.document[settled]]
    return loose


def connected(known: Edges, docs: Ints, threshold: float, similarity: Similarity) -> Ints:
    """The component number of each of `docs` over all pairs at the threshold, comparing no more than is needed.

    Only pairs between components are compared: those estimated at the threshold along a spanning forest of the most
    similar, what is open after FORESTS of them in their order.
    """
    place = np.full(int(docs.max()) + 1, -1, np.int32)
    place[docs] = np.arange(len(docs), dtype=np.int32)
    left, right = place[known.pairs.left], place[known.pairs.right]
    labels = _components(left, right, known.state == _ALIKE, len(docs))
    turn = 0
    while True:
        waiting = np.flatnonzero((known.state == _UNKNOWN) & (labels[left] != labels[right]))
        if not len(waiting):
            return labels
        likely = _likeliest(known.pairs.estimate, waiting, threshold) if turn < FORESTS else waiting[:0]
        if len(likely):
            chosen = likely[_forest(labels[left[likely]], labels[right[likely]], known.pairs.estimate[likely])]
        else:
            chosen = waiting[:SLICE]
        alike = similarity(known.pairs.left[chosen], known.pairs.right[chosen]) >= threshold
        known.state[chosen] = np.where(alike, _ALIKE, _UNLIKE)
        if alike.any():
            labels = _components(left, right, known.state == _ALIKE, len(docs))
        turn += 1


def _likeliest(estimate: npt.NDArray[np.float32], waiting: Ints, threshold: float) -> Ints:
    """Those of the edges that probably join, no more than a forest is sought among."""
    likely = waiting[estimate[waiting] >= threshold]
    if len(likely) <= FOREST_PAIRS:
        return likely
    return likely[np.argpartition(estimate[likely], -FOREST_PAIRS)[-FOREST_PAIRS:]]


def _components(left: Any, right: Any, alike: npt.NDArray[np.bool_], count: int) -> Ints:
    left, right = left[alike], right[alike]
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int32)
    return labels


def _forest(a: Ints, b: Ints, estimate: npt.NDArray[np.float32]) -> Ints:
    """Which of the edges a-b make a spanning forest of the highest estimates."""
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


def _neighbours_only(
    rows: Rows,
    active: Ints,
    labels: Ints,
    known: Edges,
    threshold: float,
    rule: Keeper,
    similarity: Similarity,
    found: Groups,
) -> None:
    """In the order of the rule, each document not yet taken becomes a keeper and takes its verified neighbours."""
    scores = similarity(known.pairs.left, known.pairs.right)
    near = scores >= threshold
    left, right, scores = known.pairs.left[near], known.pairs.right[near], scores[near]
    count = len(labels)
    graph = csr_matrix(
        (np.tile(scores, 2), (np.concatenate([left, right]), np.concatenate([right, left]))), shape=(count, count)
    )
    mine = rows.where(active)
    by, _ = best(mine, labels[mine.document], rule)
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
