"""How well an output fits an input: what they mean (static embeddings), the words they share, what such inputs get."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.checks.pairing.association import LEARNED, associated, dots
from curation.records.progress import Progress, part
from curation.text import features
from curation.text.features import Embed, Ints, has_static_embeddings, lsa, static_embeddings, tfidf_by_text
from curation.text.neighbours import EXACT_UP_TO, Pool, nearest

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
BLOCK = 5_000
"""Pairs compared at once, to bound memory."""
IN_HALVES_FROM = EXACT_UP_TO
"""Rows above which numbers are kept in half precision, .2 GB less of 100,000 rows: a likeness is then off by less than
.001, in sets so large that candidates are looked up by cells anyway. Of 18,334 instructions with 200 swapped the same
126 are found, and no confidence differs by more than .03."""
NONE = -9.0
"""Stands for no candidate: below any likeness."""


@dataclass(frozen=True)
class Sides:
    """Inputs and outputs as unit rows: the words of each text (TF-IDF, sparse), the meaning of each row (dense).

    The likeness of an input and an output is half the cosine of their words, half that of their meanings, and what is
    learned of the set about which inputs get which outputs (association.py). Meanings are told from the mean of all
    texts of the set, so that what they all are about counts for nothing. `inputs` and `outputs` are unit rows whose
    dot is 1 / `scale` of the last two. `input_text` and `output_text` are the places of each row's texts in `words`:
    equal texts have one, so that a reply given a thousand times is compared once.
    """

    words: Any
    inputs: features.Floats
    outputs: features.Floats
    scale: float
    input_text: Ints
    output_text: Ints

    def __len__(self) -> int:
        return len(self.inputs)

    def likeness(self, inputs: Ints, outputs: Ints) -> Floats:
        """The likeness of each of these inputs to the output in the same place.

        Of shape (rows,), or (rows, candidates) where one of them is; the other may then be of shape (rows, 1).
        """
        asked, answered = np.broadcast_arrays(self.input_text[inputs], self.output_text[outputs])
        pairs = asked.ravel() * (self.output_text.max(initial=0) + 1) + answered.ravel()
        _, one, all = np.unique(pairs, return_index=True, return_inverse=True)
        found = (self._shared(asked.ravel()[one], answered.ravel()[one])[all] / 2).reshape(asked.shape)
        step = max(1, BLOCK * len(found) // max(1, found.size))
        for start in range(0, len(found), step):
            some = slice(start, start + step)
            found[some] += self.scale * dots(self.inputs[inputs[some]], self.outputs[outputs[some]])
        return found

    def _shared(self, asked: Ints, answered: Ints) -> Floats:
        """The cosine of the words of these texts."""
        found = np.empty(len(asked))
        for start in range(0, len(asked), BLOCK):
            a, b = self.words[asked[start : start + BLOCK]], self.words[answered[start : start + BLOCK]]
            found[start : start + BLOCK] = np.asarray(a.multiply(b).sum(axis=1)).ravel()
        return found


@dataclass(frozen=True)
class Others:
    """For each row the texts of others that may fit its own best: places and likenesses, each (rows, candidates)."""

    place: Ints
    likeness: Floats


def sides(
    inputs: list[str], outputs: list[str], seed: int, progress: Progress, embed: Embed = static_embeddings
) -> Sides:
    """The texts as numbers. Raises NotChecked where there is no word at all."""
    from sklearn.preprocessing import normalize

    texts = [text[:LONGEST] for text in (*inputs, *outputs)]
    n = len(inputs)
    words, row = tfidf_by_text(texts, part(progress, 0.0, 0.5), LETTERS)
    words = normalize(words, copy=False)
    if has_static_embeddings():
        meaning = embed(texts, part(progress, 0.5, 0.8))
        meaning -= meaning.mean(axis=0)
        meaning = normalize(meaning, copy=False)
    else:
        progress(0.5, "finding what texts have in common")
        meaning = lsa(words if words.shape[0] == len(texts) else words[row], DIMENSIONS, seed)
    progress(0.8, "learning which outputs go with which inputs")
    del texts, inputs, outputs  # nobody else holds them, and much is made below
    # one side after the other, and what is learned beside it in place: copies would be a gigabyte of many rows
    asked, width, places = _with_room(meaning[:n]), meaning.shape[1], (row[:n], row[n:])
    meaning = meaning[n:].astype(asked.dtype)
    answered = _with_room(meaning)
    del meaning
    associated(words, places, (asked, answered), width, seed)
    for side in (asked, answered):
        side[:, :width] /= np.float32(np.sqrt(2))
    scale = max(_longest(side) for side in (asked, answered))
    for side in (asked, answered):
        side /= np.float32(np.sqrt(scale))
    progress(1.0, "texts read")
    return Sides(words, asked, answered, scale, *places)


def _with_room(meaning: features.Floats) -> features.Floats:
    """The rows with columns after them for what is learned."""
    precision = np.float16 if len(meaning) > IN_HALVES_FROM else np.float32
    found = np.empty((len(meaning), meaning.shape[1] + LEARNED), precision)
    found[:, : meaning.shape[1]] = meaning
    return found


def _longest(rows: features.Floats) -> float:
    """The square of the length of the longest row."""
    blocks = (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
    return max(float(dots(block, block).max()) for block in blocks)


def other_inputs(sides: Sides, pool: Pool, groups: Ints, progress: Progress) -> Others:
    """For each output the inputs of other groups, which are the pool, that it may fit best."""
    place, cosine = _of_each_text(sides, pool, groups, progress)
    likeness = sides.likeness(place, np.arange(len(sides))[:, None])
    return Others(place, np.where(cosine < -1.0, NONE, likeness))


def _of_each_text(sides: Sides, pool: Pool, groups: Ints, progress: Progress) -> tuple[Ints, features.Floats]:
    """For each row the inputs of other groups nearest to its output: looked up once for all rows of one output."""
    _, one, text = np.unique(sides.output_text, return_index=True, return_inverse=True)
    if len(one) > features.FEW_REPEATS * len(sides):
        return nearest(sides.outputs, pool, CANDIDATES, (groups, groups), progress)
    found, near = nearest(sides.outputs[one], pool, CANDIDATES + SPARE, None, progress)
    place, cosine = found[text], near[text].copy()
    own = groups[place] == groups[:, None]
    cosine[own] = -2.0
    order = np.argsort(-cosine, axis=1, kind="stable")[:, :CANDIDATES]
    place, cosine = np.take_along_axis(place, order, 1), np.take_along_axis(cosine, order, 1)
    crowded = np.flatnonzero(own.sum(axis=1) > SPARE)
    if len(crowded):
        apart = (groups[crowded], groups)
        place[crowded], cosine[crowded] = nearest(sides.outputs[crowded], pool, CANDIDATES, apart, progress)
    return place, cosine


def other_outputs(sides: Sides, pool: Pool, groups: Ints, progress: Progress) -> Others:
    """For each input the outputs of other groups, which are the pool, that may fit it best."""
    place, cosine = nearest(sides.inputs, pool, CANDIDATES, (groups, groups), progress)
    likeness = sides.likeness(np.arange(len(sides))[:, None], place)
    return Others(place, np.where(cosine < -1.0, NONE, likeness))
