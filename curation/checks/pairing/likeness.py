"""How well an output fits an input: what they mean (static embeddings) and the words they share, both as cosines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import normalize

from curation.progress import Progress, part
from curation.text import features
from curation.text.features import Ints, has_static_embeddings, lsa, static_embeddings, tfidf
from curation.text.neighbours import nearest

Floats = npt.NDArray[np.float64]

DIMENSIONS = 128
"""LSA dimensions where there are no embeddings: 64 loses .01 AUROC on neighbours' outputs."""
CANDIDATES = 10
LETTERS = (4, 4)
"""4-grams alone rank as well as 3- to 5-grams and take half the time."""
LONGEST = 1_000
"""Characters read of each side; reading 4,000 ranks no better."""
BLOCK = 20_000
"""Pairs compared at once, to bound memory."""
NONE = -9.0
"""Stands for no candidate: below any likeness."""


@dataclass(frozen=True)
class Sides:
    """Inputs and outputs as unit rows, one row a text: the words (TF-IDF, sparse) and the meaning (dense).

    The likeness of an input and an output is the mean of the two cosines. Meanings are told from the mean of all texts
    of the set, so that what they all are about counts for nothing.
    """

    input_words: Any
    output_words: Any
    input_meaning: features.Floats
    output_meaning: features.Floats
    embedded: bool

    def __len__(self) -> int:
        return len(self.input_meaning)

    def likeness(self, inputs: Ints, outputs: Ints) -> Floats:
        """The likeness of each of these inputs to the output in the same place, shape (len(inputs),)."""
        found = np.empty(len(inputs))
        for start in range(0, len(inputs), BLOCK):
            a, b = inputs[start : start + BLOCK], outputs[start : start + BLOCK]
            shared = np.asarray(self.input_words[a].multiply(self.output_words[b]).sum(axis=1)).ravel()
            meant = np.einsum("ij,ij->i", self.input_meaning[a], self.output_meaning[b])
            found[start : start + BLOCK] = (shared + meant) / 2
        return found


@dataclass(frozen=True)
class Others:
    """For each row the texts of others that may fit its own best: places and likenesses, each (rows, candidates)."""

    place: Ints
    likeness: Floats


def sides(inputs: list[str], outputs: list[str], seed: int, progress: Progress) -> Sides:
    """The texts as numbers. Raises NotChecked where there is no word at all."""
    texts = [text[:LONGEST] for text in (*inputs, *outputs)]
    n, embedded = len(inputs), has_static_embeddings()
    words = normalize(tfidf(texts, part(progress, 0.0, 0.6), LETTERS))
    if embedded:
        meaning = static_embeddings(texts, part(progress, 0.6, 1.0))
        meaning = normalize(meaning - meaning.mean(axis=0))
    else:
        progress(0.6, "finding what texts have in common")
        meaning = lsa(words, DIMENSIONS, seed)
    return Sides(words[:n], words[n:], meaning[:n], meaning[n:], embedded)


def other_inputs(sides: Sides, groups: Ints, seed: int, progress: Progress) -> Others:
    """For each output the inputs of other groups that it may fit best."""
    place, cosine = nearest(sides.output_meaning, sides.input_meaning, CANDIDATES, (groups, groups), seed, progress)
    rows = np.repeat(np.arange(len(sides)), place.shape[1])
    likeness = sides.likeness(place.ravel(), rows).reshape(place.shape)
    return Others(place, np.where(cosine < -1.0, NONE, likeness))


def other_outputs(sides: Sides, groups: Ints, seed: int, progress: Progress) -> Others:
    """For each input the outputs of other groups that may fit it best."""
    place, cosine = nearest(sides.input_meaning, sides.output_meaning, CANDIDATES, (groups, groups), seed, progress)
    rows = np.repeat(np.arange(len(sides)), place.shape[1])
    likeness = sides.likeness(rows, place.ravel()).reshape(place.shape)
    return Others(place, np.where(cosine < -1.0, NONE, likeness))
