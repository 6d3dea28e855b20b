"""A linear stand-in for answers that are no single label: the labels of a row, or a number.

Inputs are read as their leading directions (LSA of TF-IDF), so that one small system of equations answers for every
label at once, and for every size of a learning curve. It shows whether answers follow from inputs; how a tuned model
would do it does not tell.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.errors import NotChecked
from curation.label_model.folds import LEAST_ROWS, dealt
from curation.readiness.stand_in.proxy import shares_of_training
from curation.readiness.study import Study, once
from curation.records.progress import Progress, part
from curation.text.features import lsa
from curation.text.words import term_options

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DIMENSIONS = 256
RIDGE = 1.0
"""Weight of the penalty on unit rows; of .1, 1 and 10 the best on film ratings and intents."""
LONGEST = 2_000
"""Characters read of an input."""
MOST_LABELS = 300
"""Labels asked for, the most frequent first."""
MOST_GIVEN = 20
"""Labels given at most to every row alike, in the score of giving all rows the same."""
LINES = np.linspace(0.15, 0.6, 10)
"""Where a label counts as given, tried on the rows learned from."""


@dataclass(frozen=True)
class Taught:
    """What rows held back gave, one entry a row in `score`, `usual` and `groups`.

    For sets of labels scores are the overlap (F1, 0..1) of given and true labels, and `usual` that of giving every row
    the same labels, those that do best; `by_label` is the F1 of each label. For numbers `score` is the product of the
    standardised ranks of guess and truth, whose mean is their rank correlation, and `usual` is 0. `sizes` (size,) are
    training rows, `scores` (holdout, size) mean scores.
    """

    score: Floats
    usual: Floats
    groups: list[str]
    sizes: Floats
    scores: Floats
    variance: Floats
    by_label: dict[str, float]


def taught(study: Study, progress: Progress) -> Taught:
    """The holdouts of this study, worked out once. Raises NotChecked where there are too few rows or no words."""
    return once(study, "linear", lambda: _taught(study, progress))


def _taught(study: Study, progress: Progress) -> Taught:
    settings = study.policy.items["learnability"].settings
    chosen = _chosen(study, int(settings["proxy_rows"]))
    holdouts, steps, seed = int(settings["holdouts"]), shares_of_training(study), study.facts.seed
    inputs = directions([study.rows.inputs[n] for n in chosen], seed, part(progress, 0.0, 0.4))
    task = _Sets(study, chosen) if study.answer_kind == "sets" else _Numbers(study, chosen)
    groups = [study.rows.groups[n] for n in chosen]
    folds = dealt(groups, np.zeros(len(chosen), dtype=np.int64), holdouts, np.random.default_rng(seed))
    score, usual = np.zeros(len(chosen)), np.zeros(len(chosen))
    scores, sizes, variance = np.zeros((holdouts, len(steps))), np.zeros(len(steps)), np.zeros(len(steps))
    guesses = np.zeros_like(task.truth)
    for fold in range(holdouts):
        progress(0.4 + 0.6 * fold / holdouts, f"learning from part of the rows, holdout {fold + 1} of {holdouts}")
        held = np.flatnonzero(folds == fold)
        train = np.random.default_rng([seed, fold]).permutation(np.flatnonzero(folds != fold))
        for k, share in enumerate(steps):
            seen = train[: max(2, round(share * len(train)))]
            guess = task.guess(solved(inputs[seen], task.truth[seen], inputs[held]), inputs, seen)
            made = task.scored(guess, held)
            sizes[k], scores[fold, k] = max(sizes[k], len(seen)), made.mean()
            variance[k] += made.var() / holdouts
        score[held], guesses[held] = made, guess
        usual[held] = task.usual(train, held)
    return Taught(score, usual, groups, sizes, scores, variance, task.by_label(guesses))


def _chosen(study: Study, most: int) -> Ints:
    kept = [n for n in study.taught if study.answer_kind == "sets" or study.numbers[n] is not None]
    chosen = np.array(kept, dtype=np.int64)
    if len(chosen) < LEAST_ROWS:
        raise NotChecked(f"only {len(chosen)} usable rows; {LEAST_ROWS} are the least to hold some back")
    if len({study.answers[n] for n in chosen}) < 2:
        raise NotChecked("every row has the same answer")
    if len(chosen) > most:
        chosen = np.sort(study.generator("asked").choice(chosen, most, replace=False))
    return chosen


def directions(texts: Sequence[str], seed: int, progress: Progress, dimensions: int = DIMENSIONS) -> Floats:
    """The texts as unit rows of their leading directions (text, at most `dimensions`). Raises NotChecked: no words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text[:LONGEST] for text in texts]
    progress(0.0, "counting words")
    try:
        terms = TfidfVectorizer(
            sublinear_tf=True,
            ngram_range=(1, 2),
            min_df=2,
            max_features=100_000,
            dtype=np.float32,
            **term_options(texts),
        ).fit_transform(texts)
    except ValueError as error:
        raise NotChecked("the inputs have too few words in common") from error
    progress(0.5, "finding what texts have in common")
    return lsa(terms, dimensions, seed).astype(np.float64)


def solved(inputs: Floats, truth: Floats, asked: Floats) -> Floats:
    """Ridge regression of `truth` (row, target) on `inputs` (row, direction), as guesses for `asked`."""
    mean, middle = inputs.mean(axis=0), truth.mean(axis=0)
    centred = inputs - mean
    normal = centred.T @ centred + RIDGE * np.eye(inputs.shape[1])
    weights = np.linalg.solve(normal, centred.T @ (truth - middle))
    guesses: Floats = middle + (asked - mean) @ weights
    return guesses


class _Sets:
    """Sets of labels as rows of 0 and 1, a column a label."""

    def __init__(self, study: Study, chosen: Ints) -> None:
        sets = [study.label_sets[n] for n in chosen]
        counts = Counter(label for labels in sets for label in labels)
        self.names = sorted(counts, key=lambda label: (-counts[label], label))[:MOST_LABELS]
        place = {label: n for n, label in enumerate(self.names)}
        self.truth = np.zeros((len(sets), len(self.names)))
        for row, labels in enumerate(sets):
            self.truth[row, [place[label] for label in labels if label in place]] = 1.0

    def guess(self, found: Floats, inputs: Floats, seen: Ints) -> Floats:
        """Labels given where they are guessed above the line that does best on the rows learned from."""
        own = solved(inputs[seen], self.truth[seen], inputs[seen])
        best = max(LINES, key=lambda line: float(_overlap(own >= line, self.truth[seen]).mean()))
        given: Floats = (found >= best).astype(np.float64)
        return given

    def scored(self, guess: Floats, held: Ints) -> Floats:
        return _overlap(guess > 0, self.truth[held])

    def usual(self, train: Ints, held: Ints) -> Floats:
        known = self.truth[train]
        sets, counts = np.unique(known, axis=0, return_counts=True)
        order = np.argsort(-known.sum(axis=0), kind="stable")
        frequent = [np.isin(np.arange(len(order)), order[: k + 1]) for k in range(min(MOST_GIVEN, len(order)))]
        tried = [sets[counts.argmax()] > 0, *frequent]
        best = max(tried, key=lambda given: float(_overlap(given[None, :], known).mean()))
        return _overlap(np.tile(best, (len(held), 1)), self.truth[held])

    def by_label(self, guesses: Floats) -> dict[str, float]:
        both = (guesses * self.truth).sum(axis=0)
        whole = guesses.sum(axis=0) + self.truth.sum(axis=0)
        return {name: float(2 * b / w) if w else 0.0 for name, b, w in zip(self.names, both, whole)}


def _overlap(given: NDArray[np.bool_], truth: Floats) -> Floats:
    """F1 of each row's labels; 1 where neither has any."""
    both, whole = (given * truth).sum(axis=1), given.sum(axis=1) + truth.sum(axis=1)
    return np.where(whole > 0, 2 * both / np.maximum(whole, 1), 1.0)


class _Numbers:
    """Numbers as standardised ranks, so that a few huge ones do not decide."""

    def __init__(self, study: Study, chosen: Ints) -> None:
        from scipy.stats import rankdata

        numbers = [study.numbers[n] for n in chosen]
        self.truth = _standard(rankdata([number or 0.0 for number in numbers]))[:, None]

    def guess(self, found: Floats, inputs: Floats, seen: Ints) -> Floats:
        return found

    def scored(self, guess: Floats, held: Ints) -> Floats:
        from scipy.stats import rankdata

        product: Floats = _standard(rankdata(guess[:, 0])) * _standard(rankdata(self.truth[held, 0]))
        return product

    def usual(self, train: Ints, held: Ints) -> Floats:
        return np.zeros(len(held))

    def by_label(self, guesses: Floats) -> dict[str, float]:
        return {}


def _standard(ranks: Floats) -> Floats:
    spread = ranks.std()
    standard: Floats = (ranks - ranks.mean()) / (spread if spread else 1.0)
    return standard
