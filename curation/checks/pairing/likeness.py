"""How well an output fits an input: what they mean (static embeddings) and the words they share, both as cosines."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.checks.texts.forms import holds_program
from curation.records.progress import Progress, part
from curation.text import features
from curation.text.features import Embed, Ints, has_static_embeddings, lsa, static_embeddings, tfidf_by_text
from curation.text.neighbours import nearest

Floats = npt.NDArray[np.float64]

DIMENSIONS = 128
"""LSA dimensions where there are no embeddings: 64 loses .01 AUROC on neighbours' outputs."""
CANDIDATES = 10
SPARE = 10
"""Candidates more that are looked up where rows of one's own group may be among them."""
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
    """Inputs and outputs as unit rows: the words of each text (TF-IDF, sparse), the meaning of each row (dense).

    The likeness of an input and an output is the mean of the two cosines. Meanings are told from the mean of all texts
    of the set, so that what they all are about counts for nothing. `input_text` and `output_text` are the places of
    each row's texts in `words`. Equal texts have one, so that a reply given a thousand times is compared once. Most
    outputs of a set may be programs.
    """

    words: Any
    input_meaning: features.Floats
    output_meaning: features.Floats
    embedded: bool
    are_programs: bool
    input_text: Ints
    output_text: Ints

    def __len__(self) -> int:
        return len(self.input_meaning)

    def likeness(self, inputs: Ints, outputs: Ints) -> Floats:
        """The likeness of each of these inputs to the output in the same place, shape (len(inputs),)."""
        pairs = self.input_text[inputs] * (self.output_text.max(initial=0) + 1) + self.output_text[outputs]
        _, one, all = np.unique(pairs, return_index=True, return_inverse=True)
        return self._compared(inputs[one], outputs[one])[all]

    def _compared(self, inputs: Ints, outputs: Ints) -> Floats:
        found = np.empty(len(inputs))
        for start in range(0, len(inputs), BLOCK):
            a, b = inputs[start : start + BLOCK], outputs[start : start + BLOCK]
            asked, answered = self.words[self.input_text[a]], self.words[self.output_text[b]]
            shared = np.asarray(asked.multiply(answered).sum(axis=1)).ravel()
            meant = np.einsum("ij,ij->i", self.input_meaning[a], self.output_meaning[b])
            found[start : start + BLOCK] = (shared + meant) / 2
        return found


@dataclass(frozen=True)
class Others:
    """For each row the texts of others that may fit its own best: places and likenesses, each (rows, candidates)."""

    place: Ints
    likeness: Floats


def sides(
    inputs: list[str], outputs: list[str], seed: int, progress: Progress, embed: Embed = static_embeddings
) -> Sides:
    """The texts as numbers. Raises NotChecked where there is no word at all.

    Where most outputs are programs, meanings weigh tokens by how rare they are in the set: what all programs share says
    nothing of what one is about (of 24 swapped among 2,000 coding tasks 18 found before, 20 with it, four draws each).
    Among medical answers it loses: 16 found with it, 21 without.
    """
    from sklearn.preprocessing import normalize

    texts = [text[:LONGEST] for text in (*inputs, *outputs)]
    n, embedded = len(inputs), has_static_embeddings()
    words, row = tfidf_by_text(texts, part(progress, 0.0, 0.6), LETTERS)
    words = normalize(words, copy=False)
    are_programs = sum(map(holds_program, outputs)) > n / 2
    if embedded:
        embed = partial(static_embeddings, by_rarity=True) if are_programs else embed
        meaning = embed(texts, part(progress, 0.6, 1.0))
        meaning -= meaning.mean(axis=0)
        meaning = normalize(meaning, copy=False)
    else:
        progress(0.6, "finding what texts have in common")
        meaning = lsa(words if words.shape[0] == len(texts) else words[row], DIMENSIONS, seed)
    return Sides(words, meaning[:n], meaning[n:], embedded, are_programs, row[:n], row[n:])


def other_inputs(sides: Sides, groups: Ints, seed: int, progress: Progress) -> Others:
    """For each output the inputs of other groups that it may fit best."""
    place, cosine = _of_each_text(sides, groups, seed, progress)
    rows = np.repeat(np.arange(len(sides)), place.shape[1])
    likeness = sides.likeness(place.ravel(), rows).reshape(place.shape)
    return Others(place, np.where(cosine < -1.0, NONE, likeness))


def _of_each_text(sides: Sides, groups: Ints, seed: int, progress: Progress) -> tuple[Ints, features.Floats]:
    """For each row the inputs of other groups nearest to its output: looked up once for all rows of one output."""
    _, one, text = np.unique(sides.output_text, return_index=True, return_inverse=True)
    if len(one) > features.FEW_REPEATS * len(sides):
        return nearest(sides.output_meaning, sides.input_meaning, CANDIDATES, (groups, groups), seed, progress)
    found, near = nearest(sides.output_meaning[one], sides.input_meaning, CANDIDATES + SPARE, None, seed, progress)
    place, cosine = found[text], near[text].copy()
    own = groups[place] == groups[:, None]
    cosine[own] = -2.0
    order = np.argsort(-cosine, axis=1, kind="stable")[:, :CANDIDATES]
    place, cosine = np.take_along_axis(place, order, 1), np.take_along_axis(cosine, order, 1)
    crowded = np.flatnonzero(own.sum(axis=1) > SPARE)
    if len(crowded):
        apart = (groups[crowded], groups)
        place[crowded], cosine[crowded] = nearest(
            sides.output_meaning[crowded], sides.input_meaning, CANDIDATES, apart, seed, progress
        )
    return place, cosine


def other_outputs(sides: Sides, groups: Ints, seed: int, progress: Progress) -> Others:
    """For each input the outputs of other groups that may fit it best."""
    place, cosine = nearest(sides.input_meaning, sides.output_meaning, CANDIDATES, (groups, groups), seed, progress)
    rows = np.repeat(np.arange(len(sides)), place.shape[1])
    likeness = sides.likeness(rows, place.ravel()).reshape(place.shape)
    return Others(place, np.where(cosine < -1.0, NONE, likeness))
