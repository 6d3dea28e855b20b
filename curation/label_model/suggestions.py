"""The likeliest labels of rows that have none, learned from those that have one."""

import warnings
from collections.abc import Sequence

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


def suggested(
    given: Sequence[tuple[str, str]], bare: Sequence[str], seed: int, progress: Progress
) -> list[tuple[tuple[str, float], ...]]:
    """Up to SHOWN (label, probability) of each text in `bare`, likeliest first, learned from `given` (text, label).

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
        sets = text_features(texts, DIMENSIONS, seed, part(progress, 0.0, 0.7), static_embeddings)
        progress(0.7, "learning from the labels given")
        made = [_probability(features, labels, len(names)) for features in sets.values()]
        total: Probabilities = np.mean(made, axis=0)
    best = np.argsort(-total, axis=1, kind="stable")[:, :SHOWN]
    progress(1.0, "labels suggested")
    return [
        tuple((names[k], round(float(total[row, k]), 4)) for k in columns) for row, columns in enumerate(best.tolist())
    ]


def _probability(features: Floats, labels: Ints, classes: int) -> Probabilities:
    """The chance of each label for the rows after those that `labels` are of, shape (rows, classes)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    known, new = features[: len(labels)], features[len(labels) :]
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
