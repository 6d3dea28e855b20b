"""Free text: whether inputs and outputs belong together, real pairs told from shuffled ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from curation.errors import NotChecked
from curation.label_model.folds import LEAST_ROWS, dealt
from curation.readiness.study import Study
from curation.records.progress import Progress
from curation.sampling.intervals import Interval, auroc
from curation.text.words import term_options

Floats = NDArray[np.float64]
MOST_ROWS = 5000
"""Pairs compared at most: an AUROC of .6 then has an interval of +-.01, and the whole takes about two seconds."""
FOLDS = 5


def pairing(study: Study, progress: Progress) -> Interval:
    """AUROC of telling real pairs from shuffled ones on rows held back, with its interval.

    Two likenesses are combined by a logistic regression learned on the other folds: of the output to its input, and of
    the output to the outputs of the 5 nearest other inputs (an FAQ's answers may share no word with the question).
    Raises NotChecked under 20 usable rows.
    """
    rows, chosen = study.rows, np.array(study.taught)
    if len(chosen) < LEAST_ROWS:
        raise NotChecked(f"only {len(chosen)} usable rows; {LEAST_ROWS} are the least to hold some back")
    rng = study.generator("learnability")
    if len(chosen) > MOST_ROWS:
        chosen = np.sort(rng.choice(chosen, MOST_ROWS, replace=False))
    inputs, outputs = _vectors([rows.inputs[n] for n in chosen], [rows.outputs[n] for n in chosen])
    folds = dealt([rows.groups[n] for n in chosen], np.zeros(len(chosen), dtype=np.int64), FOLDS, rng)
    real = np.zeros(len(chosen))
    shuffled = np.zeros(len(chosen))
    for fold in range(FOLDS):
        progress(fold / FOLDS, "comparing real pairs with shuffled ones")
        held, known = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        real[held], shuffled[held] = _told_apart(inputs, outputs, known, held, rng)
    return auroc(real, shuffled)


def _vectors(inputs: list[str], outputs: list[str]) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        made = TfidfVectorizer(sublinear_tf=True, **term_options(inputs)).fit([*inputs, *outputs])
    except ValueError as error:
        raise NotChecked("the rows hold no words") from error
    return made.transform(inputs), made.transform(outputs)


def _told_apart(inputs: Any, outputs: Any, known: Any, held: Any, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Scores of the held-out rows' real and shuffled pairs, higher for more alike."""
    from sklearn.linear_model import LogisticRegression

    lesson = np.sort(rng.permutation(known)[: min(len(held), len(known) // 2)])
    taught = _features(inputs, outputs, lesson, np.setdiff1d(known, lesson), rng)
    asked = _features(inputs, outputs, held, known, rng)
    learned = LogisticRegression().fit(np.vstack(taught), np.repeat([1, 0], [len(taught[0]), len(taught[1])]))
    return learned.decision_function(asked[0]), learned.decision_function(asked[1])


def _features(inputs: Any, outputs: Any, part: Any, others: Any, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Likenesses (row, 2) of the real pairs of `part`, then of the same inputs with another row's output."""
    nearest = _mean_neighbour(inputs, outputs, part, others)
    swapped = part[_deranged(rng.permutation(len(part)))]
    return _likeness(inputs, outputs, nearest, part, part), _likeness(inputs, outputs, nearest, part, swapped)


def _deranged(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """A permutation without fixed points: each row gets the one next to it in a random circle."""
    result = np.empty_like(order)
    result[order] = np.roll(order, 1)
    return result


def _mean_neighbour(inputs: Any, outputs: Any, part: Any, others: Any, k: int = 5) -> Any:
    """For each row of `part`, the mean output vector of the k nearest inputs among `others`; (row, term) sparse."""
    k = min(k, len(others))
    likeness = (inputs[part] @ inputs[others].T).toarray()
    nearest = _largest(likeness, k)
    rows = np.repeat(np.arange(len(part)), k)
    choose = sparse.csr_matrix((np.full(len(rows), 1 / k), (rows, nearest.ravel())), shape=(len(part), len(others)))
    return choose @ outputs[others]


def _largest(values: Floats, k: int) -> NDArray[np.int64]:
    """The places of the k largest values of each row, the largest first; of equal ones the first."""
    least = np.partition(values, -k, axis=1)[:, -k]
    found = np.empty((len(values), k), dtype=np.int64)
    for n, row in enumerate(values):
        some = np.flatnonzero(row >= least[n])  # more than k where several are as large as the least
        found[n] = some[np.argsort(-row[some], kind="stable")[:k]]
    return found


def _likeness(inputs: Any, outputs: Any, nearest: Any, part: Any, answers: Any) -> Floats:
    own = np.asarray(inputs[part].multiply(outputs[answers]).sum(axis=1)).ravel()
    peers = np.asarray(nearest.multiply(outputs[answers]).sum(axis=1)).ravel()
    return np.column_stack([own, peers])
