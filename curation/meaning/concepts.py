"""A kind of row that people show by a few answers: every row gets a score, and the next rows to ask about are chosen,
first to learn from, then drawn by chance among the first, to measure them. Pure and seeded.

Logistic regression on the vectors. Beside the few rows that are none stand rows drawn by chance from the whole set,
most of which are none either (learning from positive and unlabelled rows, Elkan and Noto 2008).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
DRAWN = 500
"""Rows drawn by chance to stand for the rest of the set."""
STRENGTH = 10.0
"""How closely the model follows its few answers (scikit-learn's C): with 1 few answers rank as their mean."""
LEARNED_FROM = 10
"""Answers to learn from first; those after them measure, each drawn among the rows that would be tagged."""


@dataclass(frozen=True)
class Answers:
    """The places of rows that are of a kind, and of rows that are not; `measured` (place, whether it is one) were drawn
    by chance among the first rows, in the order they were answered."""

    yes: Ints
    no: Ints
    measured: tuple[tuple[int, bool], ...] = ()

    @property
    def all(self) -> Ints:
        """Every row answered."""
        return np.concatenate([self.yes, self.no])

    def with_one(self, row: int, is_one: bool, measures: bool) -> "Answers":
        """These answers and one more; `measures` where the row was drawn by chance among the first."""
        yes, no = (np.append(self.yes, row), self.no) if is_one else (self.yes, np.append(self.no, row))
        return Answers(yes, no, (*self.measured, (row, is_one)) if measures else self.measured)


def scores(vectors: Floats, answers: Answers, seed: int) -> Floats:
    """How much each row is of the kind, 0..1, shape (n,); NaN for a row without a vector. Needs a row that is."""
    from sklearn.linear_model import LogisticRegression

    there = np.flatnonzero(~np.isnan(vectors[:, 0]))
    yes, no = (np.intersect1d(rows, there) for rows in (answers.yes, answers.no))
    drawn = np.setdiff1d(np.random.default_rng(seed).permutation(there)[:DRAWN], yes)
    rows = np.concatenate([yes, no, drawn])
    is_one = np.arange(len(rows)) < len(yes)
    # an answer counts as much as another; all drawn rows together as much as the answers that are
    weights = np.concatenate([np.ones(len(yes) + len(no)), np.full(len(drawn), len(yes) / max(1, len(drawn)))])
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(np.asarray(vectors[rows]), is_one, weights)
    found = np.full(len(vectors), np.nan, np.float32)
    found[there] = model.predict_proba(np.asarray(vectors[there]))[:, 1]
    return found


def ranked(score: Floats, answers: Answers, most: int) -> Ints:
    """The places of the first `most` rows, surest first; those answered not to be one are none of them."""
    order = np.lexsort((np.arange(len(score)), -np.nan_to_num(score, nan=-1.0)))
    order = order[~np.isnan(score[order]) & ~np.isin(order, answers.no)]
    return order[:most].astype(np.int64)


def to_ask(score: Floats, answers: Answers, most: int, seed: int) -> tuple[Ints, bool]:
    """(the places of all rows that may be asked about next, the next first; whether their answers measure).

    To learn from: by turns the surest row and the most doubtful one that nobody has answered. Once there are
    LEARNED_FROM answers: rows drawn by chance among the first `most`.
    """
    answered = answers.all
    free = np.setdiff1d(np.flatnonzero(~np.isnan(score)), answered)
    if len(answered) >= LEARNED_FROM:
        first = np.setdiff1d(ranked(score, answers, most), answered)
        return np.random.default_rng((seed, len(answered))).permutation(first), True
    surest = free[np.lexsort((free, -score[free]))]
    doubtful = free[np.lexsort((free, np.abs(score[free] - 0.5)))]
    first, second = (surest, doubtful) if len(answered) % 2 else (doubtful, surest)
    turns = np.stack([first, second], axis=1).ravel()
    _, at = np.unique(turns, return_index=True)
    return turns[np.sort(at)], False
