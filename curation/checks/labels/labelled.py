"""The rows whose labels can be judged, as numbers, and how well a model's guesses fit them."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.errors import NotChecked
from curation.records import Dataset
from curation.sampling.intervals import Z90, Interval
from curation.text.features import Ints, id_order
from curation.text.openings import unopened
from curation.wording import percent


@dataclass(frozen=True)
class Labelled:
    """Rows in id order whose label is on enough rows: `labels` are positions in `names`, `groups` number look-alikes.

    `unlabelled` rows carry no label; `too_few` are the labels left out with their distinct rows.
    """

    ids: list[str]
    texts: list[str]
    names: list[str]
    labels: Ints
    groups: Ints
    unlabelled: int
    too_few: Mapping[str, int]


def labelled(dataset: Dataset, group: Sequence[object], smallest: int, fewest: int) -> Labelled:
    """The rows with labels on `smallest` or more distinct rows; rows of one `group` (one a row) count once.

    Raises NotChecked when fewer than two labels or `fewest` rows are left.
    """
    ids, texts, given = dataset.values("id"), unopened(dataset.values("input")), dataset.values("label")
    usable = [n for n in id_order(ids).tolist() if given[n] and given[n].strip() and texts[n].strip()]
    if not usable:
        raise NotChecked("no row has a label")
    sizes = Counter(label for label, _ in {(given[n], group[n]) for n in usable})
    names = sorted(label for label, size in sizes.items() if size >= smallest)
    number = {name: n for n, name in enumerate(names)}
    kept = [n for n in usable if given[n] in number]
    if len(names) < 2 or len(kept) < fewest:
        raise NotChecked(
            f"too few rows to judge labels: {len(names)} of {len(sizes)} labels are on {smallest} or more distinct "
            f"rows ({len(kept)} rows); needs 2 labels and {fewest} rows"
        )
    return Labelled(
        ids=[ids[n] for n in kept],
        texts=[texts[n] for n in kept],
        names=names,
        labels=np.array([number[given[n]] for n in kept], dtype=np.int64),
        groups=_numbered([group[n] for n in kept]),
        unlabelled=sum(label is None for label in given),
        too_few={label: sizes[label] for label in sorted(sizes) if sizes[label] < smallest},
    )


def balanced_accuracy(right: npt.NDArray[np.bool_], labels: Ints, classes: int) -> Interval:
    """The mean over labels of the share of rows guessed right, with its two-sided 90 % interval."""
    sizes = np.bincount(labels, minlength=classes)
    by_class = np.bincount(labels, weights=right, minlength=classes) / sizes
    value = float(by_class.mean())
    error = math.sqrt(float((by_class * (1 - by_class) / sizes).sum())) / classes
    return value, max(0.0, value - Z90 * error), min(1.0, value + Z90 * error)


def needs_signal(accuracy: Interval, right: npt.NDArray[np.bool_], labels: Ints, classes: int) -> None:
    """Raises NotChecked where the guesses may be no better than chance, so that nothing can be said about labels."""
    if accuracy[1] <= 1 / classes:
        majority = np.bincount(labels).max() / len(labels)
        raise NotChecked(
            f"the texts do not tell the labels apart: reading {len(labels)} rows finds the right label for "
            f"{percent(right.mean())}, always guessing the commonest {percent(majority)}"
        )


def _numbered(values: Sequence[object]) -> Ints:
    first: dict[object, int] = {}
    return np.array([first.setdefault(value, len(first)) for value in values], dtype=np.int64)
