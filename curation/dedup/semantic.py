"""Texts that mean the same though their letters differ: proposals for a person, never clusters, never removed.

Static word embeddings (Model2Vec's kind: Tulkens and van Dongen 2024; wordllama's weights come inside its package, so
nothing is downloaded). On 6,000 texts of BANKING77 with 400 planted edits of a kind, at a cosine of .85, it found all
12 reorderings that n-grams had missed, 94 of 297 texts with up to four synonyms and 1 of 182 with three typos,
and 95 % of its 1,631 proposals joined two texts of one intent. At .8: 141 of 297, 7 of 182, 93 % of 2,445.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curation.dedup.guards import differs
from curation.dedup.similarity.text import Ints
from curation.errors import NotChecked
from curation.records.progress import Progress, ignore, part
from curation.text.features import static_embeddings

Floats = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Any]
"""Texts -> one row of floats a text, shape (n, d)."""

MOST_TEXTS = 50_000
"""Texts compared all with all: 1.3 * 10**12 products of 256 dimensions, half a minute on two cores."""

LONGEST = 4_000
"""Characters of a text that are read: enough to tell what it is about."""

_NEAREST = 4
"""Neighbours looked at before a text is given up, since its nearest may differ from it in a number only."""

_ROWS = 512
_ENCODED = 2_000


@dataclass(frozen=True)
class Proposal:
    """Two of the texts given, by their places, `left` before `right`, and the cosine of their embeddings."""

    left: int
    right: int
    similarity: float


def proposals(
    texts: Sequence[str], encode: Encode | None = None, least: float = 0.85, progress: Progress = ignore
) -> list[Proposal]:
    """Pairs of different texts of which one is the other's nearest, at a cosine of `least` (0..1) or above, best first.

    A text's nearest is the first of its four nearest that does not differ from it in a number, a date, a name or a
    negation, which mean another thing however near. Empty texts are left out. `encode` None takes wordllama's
    embeddings. The same pairs for any order of texts. Raises NotChecked where those are not installed, and for more
    than MOST_TEXTS different texts.
    """
    order = sorted((n for n, text in enumerate(texts) if text.strip()), key=lambda n: texts[n])
    order = [n for k, n in enumerate(order) if not k or texts[n] != texts[order[k - 1]]]
    if len(order) > MOST_TEXTS:
        raise NotChecked(f"{len(order):,} different texts; meanings are compared up to {MOST_TEXTS:,}")
    encode = encode or static_embeddings
    if len(order) < 2:
        return []
    unit = _unit([texts[n][:LONGEST] for n in order], encode, part(progress, 0.0, 0.2))
    with threadpool_limits(1):  # the same bits whatever works on it
        nearest, cosine = _nearest(unit, part(progress, 0.2, 0.9))
    found: dict[tuple[int, int], float] = {}
    for n, k in enumerate(np.flatnonzero(cosine[:, 0] >= least).tolist()):
        for other, score in zip(nearest[k].tolist(), cosine[k].tolist(), strict=True):
            if score >= least and not differs(texts[order[k]], texts[order[other]]):
                found[min(k, other), max(k, other)] = min(score, 1.0)
                break
        if n % 1000 == 0:
            progress(0.9 + 0.1 * k / len(order), "reading the differences")
    pairs = sorted(found, key=lambda pair: (-found[pair], pair))
    progress(1.0, "meanings compared")
    places = [(min(order[i], order[j]), max(order[i], order[j]), found[i, j]) for i, j in pairs]
    return [Proposal(left, right, score) for left, right, score in places]


def _unit(texts: list[str], encode: Encode, progress: Progress) -> Floats:
    """Embeddings of length 1; a text that has none is near nothing."""
    parts = []
    for first in range(0, len(texts), _ENCODED):
        parts.append(np.nan_to_num(np.asarray(encode(texts[first : first + _ENCODED]), np.float32)))
        progress(min(first + _ENCODED, len(texts)) / len(texts), "embedding texts")
    whole = np.concatenate(parts)
    length = np.linalg.norm(whole, axis=1, keepdims=True)
    unit: Floats = (whole / np.where(length > 0, length, 1.0)).astype(np.float32)
    return unit


def _nearest(unit: Floats, progress: Progress) -> tuple[Ints, Floats]:
    """(the nearest other rows of each row, best first; the cosines), some columns each."""
    width = min(_NEAREST, len(unit) - 1)
    nearest, cosine = np.zeros((len(unit), width), np.int64), np.zeros((len(unit), width), np.float32)
    for first in range(0, len(unit), _ROWS):
        block = unit[first : first + _ROWS] @ unit.T
        own = np.arange(len(block))
        block[own, first + own] = -np.inf
        best = np.argpartition(-block, width - 1, axis=1)[:, :width]
        score = np.take_along_axis(block, best, axis=1)
        by = np.lexsort((best, -score), axis=1)
        nearest[first : first + _ROWS] = np.take_along_axis(best, by, axis=1)
        cosine[first : first + _ROWS] = np.take_along_axis(score, by, axis=1)
        progress((first + len(block)) / len(unit), "comparing meanings")
    return nearest, cosine
