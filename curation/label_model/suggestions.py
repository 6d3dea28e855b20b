"""The likeliest labels of rows that have none, learned from those that have one."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from curation.errors import NotChecked
from curation.label_model.logistic_neighbours import (
    MOST_STEPS,
    SHARPNESS,
    STRENGTH,
    TOLERANCE,
    Probabilities,
    regresses,
)
from curation.records.progress import Progress, part
from curation.text.features import Floats, Ints, static_embeddings, text_features

SHOWN = 3
"""Labels kept for a row: beyond the third they are hardly ever right, and a person reads no further."""
DIMENSIONS = 256
"""Dimensions of the features, as the check of labels has them."""
FOLDS = 5
"""Parts that the rows tried are put in, each tried by what was learned from all others (five-fold cross-validation:
Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, 7.10)."""
MOST_TRIED = 500
"""Rows tried at most: their share is then known to four points."""
MOST_LEARNED = 5_000
"""Rows learned from to try others: about a second a fold, and beyond it little is gained."""


@dataclass(frozen=True)
class Suggested:
    """Up to SHOWN (label, probability) of each text asked about, likeliest first; and of the `tried` rows how many have
    the label that would have been suggested first, learned from the others."""

    guesses: list[tuple[tuple[str, float], ...]]
    right: int = 0
    tried: int = 0


def suggested(
    given: Sequence[tuple[str, str]], bare: Sequence[str], seed: int, progress: Progress, fair: Sequence[int] = ()
) -> Suggested:
    """The likeliest labels of the texts in `bare`, learned from `given` (text, label); `fair` are the numbers of those
    given whose label nobody gave with a suggestion on screen: some of them are tried.

    The models are those of `logistic_neighbours` without its neighbours: a row that is here for the first time has
    none that it must not see. Raises NotChecked with fewer than two labels, or where no text has a word.
    """
    names = sorted({label for _, label in given})
    if len(names) < 2:
        raise NotChecked("every labelled row has the same label")
    number = {name: n for n, name in enumerate(names)}
    labels = np.array([number[label] for _, label in given], dtype=np.int64)
    texts = [*(text for text, _ in given), *bare]
    with threadpool_limits(1):
        shares = part(progress, 0.0, 0.7)
        sets = list(text_features(texts, DIMENSIONS, seed, shares, static_embeddings).values())
        progress(0.7, "learning from the labels given")
        known, new = np.arange(len(labels)), np.arange(len(labels), len(texts))
        total = _chances(sets, labels, known, new, len(names))
        progress(0.8, "trying it on labels given")
        right, tried = _tried(sets, labels, np.asarray(fair, np.int64), len(names), seed)
    best = np.argsort(-total, axis=1, kind="stable")[:, :SHOWN]
    progress(1.0, "labels suggested")
    guesses = [
        tuple((names[k], round(float(total[row, k]), 4)) for k in columns) for row, columns in enumerate(best.tolist())
    ]
    return Suggested(guesses, right, tried)


def _tried(sets: Sequence[Floats], labels: Ints, fair: Ints, classes: int, seed: int) -> tuple[int, int]:
    """(rows whose label would have been suggested first, rows tried): each fold by what the other rows teach."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(fair)[:MOST_TRIED]
    right = tried = 0
    for fold in np.array_split(chosen, FOLDS):
        others = rng.permutation(np.setdiff1d(np.arange(len(labels)), fold))[:MOST_LEARNED]
        if len(fold) and len(np.unique(labels[others])) > 1:
            first = _chances(sets, labels, others, fold, classes).argmax(1)
            right, tried = right + int((first == labels[fold]).sum()), tried + len(fold)
    return right, tried


def _chances(sets: Sequence[Floats], labels: Ints, known: Ints, new: Ints, classes: int) -> Probabilities:
    """The chance of each label for the rows `new`, learned from the rows `known`, shape (new, classes)."""
    present, numbers = np.unique(labels[known], return_inverse=True)
    made = [_probability(features[known], features[new], numbers, len(present)) for features in sets]
    found = np.zeros((len(new), classes))
    found[:, present] = np.mean(made, axis=0)
    return found


def _probability(known: Floats, new: Floats, labels: Ints, classes: int) -> Probabilities:
    """The chance of each label for the rows `new`, shape (rows, classes); `labels` are those of the rows `known`."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    if not len(new):
        return np.zeros((0, classes))
    if not regresses(known.size, classes):
        own = csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))), (classes, len(labels)))
        odds = np.exp(SHARPNESS * (new @ normalize(own @ known).T.astype(np.float32)).astype(np.float64))
        means: Probabilities = odds / odds.sum(axis=1, keepdims=True)
        return means
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a step count reached is a slightly softer model
        model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=MOST_STEPS).fit(known, labels)
    guessed: Probabilities = model.predict_proba(new)
    return guessed
