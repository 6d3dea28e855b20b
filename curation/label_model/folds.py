"""Rows cut into parts to hold back: whole groups together, every label spread over all parts."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from curation.errors import NotChecked
from curation.text.features import Ints

LEAST_ROWS = 20
"""Below this, a fifth held out is under four rows: too few to say anything."""
MOST_FOLDS = 5
FEWER_FOLDS = 3
FEW_FROM = 50_000
"""Rows from which three folds do: two thirds of so many rows teach as much as four fifths, in half the time."""


def dealt(groups: Sequence[str], answers: Ints, folds: int, rng: np.random.Generator) -> Ints:
    """Fold of each row (0..folds-1): whole groups dealt round, class by class, so that every fold sees every class."""
    members: dict[str, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        members[group].append(n)
    if len(members) < folds:
        raise NotChecked(f"only {len(members)} groups of unlike rows; {folds} are needed to hold some back fairly")
    keyed = list(members.values())
    order = [keyed[n] for n in rng.permutation(len(keyed))]
    order.sort(key=lambda rows: int(Counter(answers[rows].tolist()).most_common(1)[0][0]))
    result = np.empty(len(groups), dtype=np.int64)
    for turn, rows in enumerate(order):
        result[rows] = turn % folds
    return result


def nested(train: Ints, answers: Ints, fold: int, seed: int) -> Ints:
    """The training rows in an order whose every beginning has each class in proportion."""
    rng = np.random.default_rng([seed, fold])
    shuffled = train[rng.permutation(len(train))]
    totals = np.bincount(answers[train])
    seen: Counter[int] = Counter()
    places = np.empty(len(shuffled))
    for n, answer in enumerate(answers[shuffled].tolist()):
        places[n] = (seen[answer] + 0.5) / totals[answer]
        seen[answer] += 1
    ordered: Ints = shuffled[np.argsort(places, kind="stable")]
    return ordered


def fold_count(rows: int) -> int:
    """Into how many parts so many rows are cut by `folds`."""
    return FEWER_FOLDS if rows >= FEW_FROM else MOST_FOLDS


def folds(labels: Ints, groups: Ints, seed: int) -> Ints:
    """A fold, counted from 0, for each row: whole groups together, every label spread over all folds evenly."""
    order = np.random.default_rng(seed).permutation(int(groups.max()) + 1)
    first = np.full(len(order), -1, dtype=np.int64)
    first[groups[::-1]] = labels[::-1]
    by_label = order[np.argsort(first[order], kind="stable")]
    fold_of = np.empty(len(order), dtype=np.int64)
    fold_of[by_label] = np.arange(len(order)) % fold_count(len(labels))
    return fold_of[groups]
