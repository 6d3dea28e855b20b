"""Free text: how alike the nearest row's output is to the true one, for growing numbers of known rows."""

from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

from curation.errors import NotChecked
from curation.label_model.folds import LEAST_ROWS, dealt
from curation.readiness.study import Study
from curation.records.progress import Progress
from curation.text.words import term_options

Floats = NDArray[np.float64]
Grams = list[Counter[str]]
HELD = 150
"""Outputs compared a holdout: a mean chrF is then known to about 2 points, and all of them take a few seconds."""
LONGEST = 300
"""Characters compared of each output."""
ORDER = 6
BETA = 2
"""chrF's own parameters: character n-grams up to 6, recall counted twice (Popovic, WMT 2015)."""
MOST_ROWS = 10_000


def growth(study: Study, holdouts: int, shares: list[float], progress: Progress) -> tuple[Floats, Floats, int, Floats]:
    """Sizes (size,), mean chrF 0..1 (holdout, size), outputs compared a holdout, and one output's variance (size,).

    Raises NotChecked under 20 rows.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows, chosen = study.rows, np.array(study.taught)
    if len(chosen) < LEAST_ROWS:
        raise NotChecked(f"only {len(chosen)} usable rows; {LEAST_ROWS} are the least to hold some back")
    rng = study.generator("curve")
    if len(chosen) > MOST_ROWS:
        chosen = np.sort(rng.choice(chosen, MOST_ROWS, replace=False))
    try:
        asked = [rows.inputs[n] for n in chosen]
        inputs = TfidfVectorizer(sublinear_tf=True, **term_options(asked)).fit_transform(asked)
    except ValueError as error:
        raise NotChecked("the inputs hold no words") from error
    outputs = [" ".join(rows.outputs[n].split())[:LONGEST] for n in chosen]
    folds = dealt([rows.groups[n] for n in chosen], np.zeros(len(chosen), dtype=np.int64), holdouts, rng)
    grams = cache(lambda n: _grams(outputs[n]))
    likeness_of = cache(lambda guess, truth: _score(grams(guess), grams(truth)))
    scores = np.zeros((holdouts, len(shares)))
    sizes, variance = np.zeros(len(shares)), np.zeros(len(shares))
    compared = 0
    for fold in range(holdouts):
        held = rng.permutation(np.flatnonzero(folds == fold))[:HELD]
        train = rng.permutation(np.flatnonzero(folds != fold))
        compared = max(compared, len(held))
        likeness = (inputs[held] @ inputs[train].T).toarray()
        for k, share in enumerate(shares):
            progress((fold + k / len(shares)) / holdouts, "comparing outputs of similar inputs")
            size = max(2, round(share * len(train)))
            sizes[k] = max(sizes[k], size)
            nearest = train[likeness[:, :size].argmax(axis=1)]
            alike = [likeness_of(int(a), int(b)) for a, b in zip(nearest, held)]
            scores[fold, k] = np.mean(alike)
            variance[k] += np.var(alike) / holdouts
        progress((fold + 1) / holdouts, "comparing outputs of similar inputs")
    return sizes, scores, compared, variance


def chrf(guess: str, truth: str) -> float:
    """Character n-gram F-score 0..1 of two texts, spaces left out (Popovic, WMT 2015)."""
    return _score(_grams(guess), _grams(truth))


def _score(guess: Grams, truth: Grams) -> float:
    precision, recall = [], []
    for have, want in zip(guess, truth):
        if have and want:
            common = sum(min(have[gram], want[gram]) for gram in have.keys() & want.keys())
            precision.append(common / have.total())
            recall.append(common / want.total())
    if not precision or not sum(precision):
        return 0.0
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return (1 + BETA**2) * p * r / (BETA**2 * p + r)


def _grams(text: str) -> Grams:
    dense = text.replace(" ", "")
    return [Counter([dense[start : start + n] for start in range(len(dense) - n + 1)]) for n in range(1, ORDER + 1)]
