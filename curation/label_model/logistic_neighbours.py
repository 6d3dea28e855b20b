"""How likely each label is for each row, by models that never saw the row nor its near-duplicates.

A logistic regression and a vote of the nearest rows on dense text features, averaged: what ranks wrong labels.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from curation.label_model.folds import fold_count, folds
from curation.records.progress import Progress, part
from curation.text.features import Floats, Ints
from curation.text.neighbours import Pool, nearest

Probabilities = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
NEIGHBOURS = 15
"""Neighbours that vote (the design study's choice)."""
STRENGTH = 3.0
"""Inverse regularisation of the regression: of 1, 3, 5, 10, 30 and 100 the best ranking of planted wrong labels."""
TOLERANCE = 1e-3
MOST_STEPS = 100
DEAREST = 4_500_000_000
"""Rows times labels times dimensions up to which the regression is fitted: 100,000 x 150 x 256 is 3.8e9 and takes about
a minute. Beyond it (thousands of labels, a handful of rows each) the cosine to each label's mean row stands in."""
MOST_REGRESSED = 1_000
"""Labels up to which the regression is fitted, however few the rows."""
SHARPNESS = 10.0
"""Cosine to a label's mean row times this is its log odds: of 5, 10, 20 the best ranking of planted wrong labels."""


def regresses(size: int, classes: int) -> bool:
    """Whether a regression is fitted on features of so many numbers, or each label's mean row stands in."""
    return classes <= MOST_REGRESSED and size * classes <= DEAREST


Piece = tuple[int, int | None]
"""Which feature set, and which fold the regression says; None: the vote of the neighbours on all rows."""


def pieces(sets: int, rows: int) -> list[Piece]:
    """The pieces that the probabilities of so many rows on so many feature sets are made of, in the order to add up."""
    return [(n, fold) for n in range(sets) for fold in (*range(fold_count(rows)), None)]


def piece_of(
    features: Floats, labels: Ints, groups: Ints, fold: int | None, seed: int, progress: Progress
) -> Probabilities:
    """What a piece says of its rows, those of the fold or all: the probability of each label, shape (rows, labels)."""
    classes = int(labels.max()) + 1
    if fold is None:
        return vote(features, labels, groups, classes, seed, progress)
    progress(0.0, f"cross-validating, fold {fold + 1} of {fold_count(len(labels))}")
    return regression(features, labels, folds(labels, groups, seed) == fold, classes)


def added_up(
    said: Iterable[tuple[Piece, Probabilities]], labels: Ints, groups: Ints, seed: int
) -> tuple[Probabilities, npt.NDArray[np.bool_]]:
    """What `out_of_sample` gives, of what the `pieces` say, in their order."""
    classes, fold = int(labels.max()) + 1, folds(labels, groups, seed)
    total = np.zeros((len(labels), classes))
    # in place, as each array of all rows and labels may take .8 GB: no more than two stand at once
    for (_, n), probability in said:
        if n is None:
            total += probability
        else:
            total[fold == n] += probability
    np.maximum(total, np.finfo(np.float64).tiny, out=total)
    counts = np.zeros((fold_count(len(labels)), classes), dtype=np.int64)
    np.add.at(counts, (fold, labels), 1)
    judged = (counts.sum(axis=0)[labels] - counts[fold, labels]) > 0
    total /= total.sum(axis=1, keepdims=True)
    return total, judged


def out_of_sample(
    sets: Sequence[Floats], labels: Ints, groups: Ints, seed: int, progress: Progress
) -> tuple[Probabilities, npt.NDArray[np.bool_]]:
    """Probability of each label for each row, shape (n, labels), and whether the row could be judged.

    `sets` are feature sets with unit rows, `labels` are 0..K-1, `groups` 0..G-1 the rows bound together. Every
    feature set gives a cross-validated logistic regression and a vote of the 15 nearest rows of other groups; all are
    averaged. A row is not judged when no other fold carries its label.
    """
    every = pieces(len(sets), len(labels))

    def said() -> Iterator[tuple[Piece, Probabilities]]:
        for n, (number, fold) in enumerate(every):
            step = part(progress, n / len(every), (n + 1) / len(every))
            yield (number, fold), piece_of(sets[number], labels, groups, fold, seed, step)

    return added_up(said(), labels, groups, seed)


def regression(features: Floats, labels: Ints, test: Mask, classes: int) -> Probabilities:
    """The label probabilities of the rows in `test` by a logistic regression on the others, shape (tested, classes)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    out = np.zeros((int(test.sum()), classes))
    seen = np.unique(labels[~test])
    if not test.any() or len(seen) == 0:
        return out
    if len(seen) == 1:
        out[:, seen[0]] = 1.0
        return out
    if not regresses(features.size, classes):
        out[:, seen] = _by_means(features, labels, ~test, test, classes)[:, seen]
        return out
    model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a step count reached is a slightly softer model
        model.fit(features[~test], labels[~test])
    out[:, model.classes_] = model.predict_proba(features[test])
    return out


def _by_means(features: Floats, labels: Ints, train: Mask, test: Mask, classes: int) -> Probabilities:
    from sklearn.preprocessing import normalize

    own = csr_matrix((np.ones(train.sum()), (labels[train], np.arange(train.sum()))), (classes, int(train.sum())))
    means = normalize(own @ features[train])
    likeness = SHARPNESS * (features[test] @ means.T.astype(np.float32)).astype(np.float64)
    odds = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    odds[:, np.bincount(labels[train], minlength=classes) == 0] = 0.0
    total: Probabilities = odds / odds.sum(axis=1, keepdims=True)
    return total


def vote(features: Floats, labels: Ints, groups: Ints, classes: int, seed: int, progress: Progress) -> Probabilities:
    """Each row's label probabilities by its nearest rows of other groups, weighted by cosine, shape (n, classes).

    A row like no other gets every label's share in the set.
    """
    index, similarity = nearest(features, Pool(features, seed), NEIGHBOURS, (groups, groups), progress)
    weight = np.maximum(similarity, 0.0).astype(np.float64)
    out = np.zeros((len(labels), classes))
    np.add.at(out, (np.arange(len(labels))[:, None], labels[index]), weight)
    total = out.sum(axis=1, keepdims=True)
    out /= np.where(total > 0, total, 1.0)
    out[total[:, 0] <= 0] = np.bincount(labels, minlength=classes) / len(labels)
    return out
