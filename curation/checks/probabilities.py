"""How likely each label is for each row, by models that never saw the row nor its near-duplicates."""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from curation.checks.features import Floats, Ints
from curation.checks.neighbours import nearest
from curation.progress import Progress, part

Probabilities = npt.NDArray[np.float64]
FOLDS = 5
NEIGHBOURS = 15
"""Neighbours that vote (the design study's choice)."""
STRENGTH = 3.0
"""Inverse regularisation of the regression: of 1, 3, 5, 10, 30 and 100 the best ranking of planted wrong labels."""
TOLERANCE = 1e-3
MOST_STEPS = 100


def folds(labels: Ints, groups: Ints, seed: int) -> Ints:
    """A fold 0..4 for each row: whole groups together, every label spread over all folds as evenly as they allow."""
    order = np.random.default_rng(seed).permutation(int(groups.max()) + 1)
    first = np.full(len(order), -1, dtype=np.int64)
    first[groups[::-1]] = labels[::-1]
    by_label = order[np.argsort(first[order], kind="stable")]
    fold_of = np.empty(len(order), dtype=np.int64)
    fold_of[by_label] = np.arange(len(order)) % FOLDS
    return fold_of[groups]


def out_of_sample(
    sets: Sequence[Floats], labels: Ints, groups: Ints, seed: int, progress: Progress
) -> tuple[Probabilities, npt.NDArray[np.bool_]]:
    """Probability of each label for each row, shape (n, labels), and whether the row could be judged.

    `sets` are feature sets with unit rows, `labels` are 0..K-1, `groups` 0..G-1 the near-duplicate clusters. Every
    feature set gives a 5-fold logistic regression and a vote of the 15 nearest rows of other groups; all are averaged.
    A row is not judged when no other fold carries its label.
    """
    classes = int(labels.max()) + 1
    fold = folds(labels, groups, seed)
    total = np.zeros((len(labels), classes))
    for n, features in enumerate(sets):
        step = part(progress, n / len(sets), (n + 1) / len(sets))
        total += regression(features, labels, fold, classes, part(step, 0.0, 0.7))
        total += vote(features, labels, groups, classes, seed, part(step, 0.7, 1.0))
    total = np.maximum(total, np.finfo(np.float64).tiny)
    counts = np.zeros((FOLDS, classes), dtype=np.int64)
    np.add.at(counts, (fold, labels), 1)
    judged = (counts.sum(axis=0)[labels] - counts[fold, labels]) > 0
    return total / total.sum(axis=1, keepdims=True), judged


def regression(features: Floats, labels: Ints, fold: Ints, classes: int, progress: Progress) -> Probabilities:
    """Each row's label probabilities by a logistic regression on the other folds, shape (n, classes)."""
    out = np.zeros((len(labels), classes))
    for n in range(FOLDS):
        progress(n / FOLDS, f"cross-validating, fold {n + 1} of {FOLDS}")
        test = fold == n
        seen = np.unique(labels[~test])
        if not test.any() or len(seen) == 0:
            continue
        if len(seen) == 1:
            out[test, seen[0]] = 1.0
            continue
        model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=MOST_STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a step count reached is a slightly softer model
            model.fit(features[~test], labels[~test])
        out[np.ix_(test, model.classes_)] = model.predict_proba(features[test])
    return out


def vote(features: Floats, labels: Ints, groups: Ints, classes: int, seed: int, progress: Progress) -> Probabilities:
    """Each row's label probabilities by its nearest rows of other groups, weighted by cosine, shape (n, classes).

    A row like no other gets every label's share in the set.
    """
    index, similarity = nearest(features, features, NEIGHBOURS, (groups, groups), seed, progress)
    weight = np.maximum(similarity, 0.0).astype(np.float64)
    out = np.zeros((len(labels), classes))
    np.add.at(out, (np.arange(len(labels))[:, None], labels[index]), weight)
    total = out.sum(axis=1, keepdims=True)
    share = np.bincount(labels, minlength=classes) / len(labels)
    return np.where(total > 0, out / np.where(total > 0, total, 1.0), share)
