"""How well the plain classifier does on rows it never saw, in each metric of labels, with 90 % intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.label_model.holdouts import HeldOut
from curation.sampling.grouped import balanced_accuracy, macro_f1, numbered, share
from curation.sampling.intervals import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Scores 0..1 on `rows` rows held back, each with its interval: value, low, high.

    `recalls` and `rows_of` (how many rows) are by label, in the order of the labels; `majority` is the share of the
    most frequent one among the rows.
    """

    accuracy: Interval
    balanced_accuracy: Interval
    macro_f1: Interval
    recalls: Mapping[str, Interval]
    rows_of: Mapping[str, int]
    majority: float
    rows: int


def scores(found: HeldOut) -> Scores:
    """The scores of the classifier as it can be taken away. Labels of which no row was asked are left out."""
    groups, right = numbered(found.groups), (found.predicted == found.answers).astype(np.float64)
    sizes = np.bincount(found.answers, minlength=found.classes)
    asked = np.flatnonzero(sizes).tolist()
    by_label = np.split(np.argsort(found.answers, kind="stable"), np.cumsum(sizes)[:-1])
    rows = {label: by_label[label] for label in asked}
    return Scores(
        share(right, groups),
        balanced_accuracy(found.answers, right, groups),
        macro_f1(found.answers, found.predicted, groups),
        {found.names[label]: share(right[of], numbered(groups[of].tolist())) for label, of in rows.items()},
        {found.names[label]: len(of) for label, of in rows.items()},
        float(sizes.max() / len(right)),
        len(right),
    )
