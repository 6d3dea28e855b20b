"""Rows ranked by how near they are in meaning, by their words, or by both. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.text.words import has_endings, search_terms

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Chosen = Callable[[Ints], npt.NDArray[np.bool_]]
"""Which of some numbers of rows may be found."""
BLOCK = 65_536
"""Rows whose vectors are in memory at once: 64 MB."""
DAMPING = 60
"""Keeps the first places of one ranking from deciding alone: the value of Cormack, Clarke and Büttcher 2009."""


def similarities(vectors: Floats, wanted: Floats) -> Floats:
    """The cosine of each row of unit vectors with one, -1..1, shape (n,); -inf for rows without a vector. Exact."""
    found = np.empty(len(vectors), np.float32)
    with np.errstate(invalid="ignore"):
        for first in range(0, len(vectors), BLOCK):
            found[first : first + BLOCK] = vectors[first : first + BLOCK] @ wanted
    found[np.isnan(found)] = -np.inf
    return found


def nearest(similarity: Floats, numbers: Ints, most: int) -> list[tuple[int, float]]:
    """Up to `most` (number of the row, cosine), nearest first; equals in the order of their numbers."""
    best = _best(similarity, numbers, np.flatnonzero(similarity > -np.inf), most)
    return [(int(numbers[n]), float(similarity[n])) for n in best]


def _best(scores: npt.NDArray[np.floating[Any]], numbers: Ints, among: Ints, most: int) -> Ints:
    """The places of the `most` greatest scores among these places, greatest first, equals by their numbers."""
    if len(among) > most:
        # all that are as good as the last one taken, so that equals are told apart by their numbers
        least = np.partition(scores[among], -most)[-most]
        among = among[scores[among] >= least]
    return among[np.lexsort((numbers[among], -scores[among]))][:most]


def by_words(
    rows_by_word: Mapping[str, Ints], changed: Mapping[int, str], total: int, chosen: Chosen, most: int
) -> list[int]:
    """The numbers of up to `most` rows that hold any of some words, best first; equals in the order of their numbers.

    `rows_by_word` are the rows of each word as they were imported, `changed` the texts of rows changed since; `chosen`
    says which rows may be found. A word counts the more the fewer of the `total` rows hold it (inverse document
    frequency as in BM25, Robertson and Zaragoza 2009).
    """
    there = {number: search_terms(text) for number, text in changed.items()}
    now = np.fromiter(there, np.int64, len(there))
    rows, weights = [], []
    for word, numbers in rows_by_word.items():
        weight = math.log(1 + (max(total - len(numbers), 0) + 0.5) / (len(numbers) + 0.5))
        with_it = [number for number, terms in there.items() if _holds(terms, word)]
        rows.append(np.concatenate([numbers[~np.isin(numbers, now)], np.asarray(with_it, np.int64)]))
        weights.append(np.full(len(rows[-1]), weight))
    if not rows:
        return []
    scores = np.bincount(np.concatenate(rows), np.concatenate(weights))
    found = np.flatnonzero(scores)
    found = found[chosen(found)]
    return [int(number) for number in _best(scores, np.arange(len(scores)), found, most)]


def _holds(terms: Sequence[str], word: str) -> bool:
    return any(term.startswith(word) for term in terms) if has_endings(word) else word in terms


def fused(rankings: Iterable[Sequence[int]], most: int) -> list[int]:
    """One ranking of several, best first: a row gets 1 / (60 + place) from each (reciprocal rank fusion).

    Equals stand in the order of their numbers.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (DAMPING + place)
    return sorted(scores, key=lambda number: (-scores[number], number))[:most]
