"""What outputs usually say to what is asked, learned from the rows of a set themselves: a task for C++ is answered by
`#include`, a question how a disease is inherited by a gene, an English sentence by German words.

Each row is judged by the other rows alone: its own pair is left out of what is learned (leave-one-out ridge
regression, in closed form: Allen 1974), so that a swapped row cannot vouch for itself. Outputs are told from inputs and
inputs from outputs.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.text.features import Floats, Ints
from curation.text.neighbours import single

Exact = npt.NDArray[np.float64]

COMMONEST, LEADING = 512, 128
"""Terms of each side that are looked at beside the meanings, and their leading directions: what is common is what can
be learned from a set; rare names are compared as they stand. All 512 instead of 128 directions rank the same (24
swapped of 2,000 rows of code, medicine, instructions, restaurants, sentences, slots, passages, translations; two draws
each)."""
PREDICTED = 128
"""Directions predicted: all 384 ranked within a row of it in the same draws, before each row's own pair was left out of
the choice of directions too."""
LEARNED = 2 * PREDICTED
"""Columns added to each side: outputs predicted from inputs, and inputs from outputs."""
RIDGE = 3.0
"""In rows of mean length: 1 and 10 rank within a row of it, in the same draws."""
SAMPLED = 10_000
"""Rows in which terms are counted to find the commonest: a share of 1 % is then known to a tenth of it."""
BLOCK = 5_000
"""Rows worked on at once, to bound memory."""


@dataclass(frozen=True)
class _Features:
    """The features of each text of one side, its meaning and its commonest terms, less the mean of all texts."""

    parts: tuple[Floats, Floats]
    mean: Floats

    @property
    def width(self) -> int:
        return len(self.mean)

    def __len__(self) -> int:
        return len(self.parts[0])

    def __getitem__(self, some: slice) -> Floats:
        rows: Floats = np.hstack([part[some] for part in self.parts]) - self.mean
        return rows


def associated(words: Any, text: tuple[Ints, Ints], sides: tuple[Floats, Floats], width: int, seed: int) -> None:
    """Fill the columns after `width` of both sides, inputs and outputs: the dot of those of an input and an output is
    how well the output is what such inputs get, -1..1.

    `words` are the weights of the terms of each distinct text, `text` the place of each row's input and output there,
    the columns before `width` their meanings as unit rows. The dots are as small as what was learned is worth little:
    the square of how much better than chance it tells own pairs from others (Gini of its ROC), 0 where it does not.
    """
    asked, answered = (
        _features(side[:, :width], _commonest(words, rows)) for side, rows in zip(sides, text, strict=True)
    )
    left, right = (side[:, width:] for side in sides)
    some, others = slice(0, PREDICTED), slice(PREDICTED, None)
    _predict(asked, answered, left[:, some], right[:, some])
    _predict(answered, asked, right[:, others], left[:, others])
    weight = np.float32(_worth(left, right, seed) / np.sqrt(2))
    left *= weight
    right *= weight


def _features(meaning: Floats, common: Floats) -> _Features:
    means = [part.mean(axis=0, dtype=np.float32) for part in (meaning, common)]
    return _Features((meaning, common), np.concatenate(means))


def _worth(left: Floats, right: Floats, seed: int) -> float:
    from sklearn.metrics import roc_auc_score

    circle = np.random.default_rng(seed).permutation(len(left))
    other = np.empty_like(circle)
    other[circle] = np.roll(circle, 1)
    own, others = (_dots(left, right, rows) for rows in (np.arange(len(left)), other))
    told = roc_auc_score(np.repeat([1, 0], len(left)), np.concatenate([own, others]))
    return max(0.0, 2 * float(told) - 1)


def _dots(left: Floats, right: Floats, rows: Ints) -> Floats:
    found = np.empty(len(left), np.float32)
    for start in range(0, len(left), BLOCK):
        some = slice(start, start + BLOCK)
        found[some] = dots(left[some], right[rows[some]])
    return found


def dots(left: Floats, right: Floats) -> Floats:
    """The inner products of the rows (last axis) in the same place, in single precision whatever theirs."""
    found: Floats = np.einsum("...j,...j->...", single(left), single(right))
    return found


def _commonest(words: Any, rows: Ints) -> Floats:
    """The commonest terms of these texts by their leading directions; of length 1 in the mean."""
    some = words[rows[:: max(1, len(rows) // SAMPLED)]]
    common = np.argsort(-np.bincount(some.indices, minlength=words.shape[1]), kind="stable")[:COMMONEST]
    common = np.sort(common)
    mean, products = np.zeros(len(common)), np.zeros((len(common), len(common)))
    blocks = [slice(start, start + BLOCK) for start in range(0, len(rows), BLOCK)]

    def weights(block: slice) -> Any:
        # not as a table: nearly all of it is nought; not of all rows: that is a third of what is known of their words
        return words[rows[block]][:, common].astype(np.float64)

    for block in blocks:
        some_weights = weights(block)
        mean += np.asarray(some_weights.sum(axis=0)).ravel() / len(rows)
        products += (some_weights.T @ some_weights).toarray()
    products -= len(rows) * np.outer(mean, mean)
    leading = np.linalg.eigh(products)[1][:, ::-1][:, :LEADING]
    length = float(np.sqrt(max(0.0, np.trace(products)) / len(rows)))
    found = np.empty((len(rows), leading.shape[1]), np.float32)
    for block in blocks:
        found[block] = (weights(block) @ leading - mean @ leading) / (length or 1.0)
    return found


def _predict(known: _Features, wanted: _Features, predicted: Floats, actual: Floats) -> None:
    """Predict `wanted` from `known`, each row by a regression on all other rows.

    Fills `predicted`, and `actual` with `wanted` itself, both in the leading directions of `wanted` and as unit rows;
    columns beyond these are 0. Directions chosen by how well they are predicted would know each row's own pair.
    """
    ridged = np.linalg.inv(_products(known, known) + RIDGE * np.eye(known.width))
    leading = np.linalg.eigh(_products(wanted, wanted))[1][:, ::-1][:, : predicted.shape[1]]
    slopes = ridged @ _products(known, wanted) @ leading
    predicted[:, leading.shape[1] :] = actual[:, leading.shape[1] :] = 0
    columns = slice(0, leading.shape[1])
    for start in range(0, len(known), BLOCK):
        some = slice(start, start + BLOCK)
        here, target = known[some].astype(np.float64), wanted[some] @ leading
        weight = np.einsum("ij,ij->i", here @ ridged, here)[:, None]
        predicted[some, columns] = _unit((here @ slopes - weight * target) / (1 - weight))
        actual[some, columns] = _unit(target)


def _products(one: _Features, other: _Features) -> Exact:
    """The inner products of the columns, summed exactly enough that the order of the rows leaves them as they are."""
    found = np.zeros((one.width, other.width))
    for start in range(0, len(one), BLOCK):
        some = slice(start, start + BLOCK)
        found += one[some].astype(np.float64).T @ other[some].astype(np.float64)
    return found


def _unit(rows: Exact) -> Exact:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Exact = rows / np.where(lengths > np.finfo(np.float32).eps, lengths, 1)
    return found
