"""The rows whose labels can be judged, as numbers, and how well a model's guesses fit them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.errors import NotChecked
from curation.label_model.sets import separator_of
from curation.records import Dataset
from curation.sampling.intervals import Interval
from curation.text.features import Ints, id_order
from curation.text.normalise import usual_spellings
from curation.text.openings import unopened
from curation.wording import percent


@dataclass(frozen=True)
class Labelled:
    """Rows in id order whose label is on enough rows: `labels` are positions in `names`, `groups` number bound rows.

    `unlabelled` rows carry no label; `too_few` are the labels left out with their distinct rows.
    """

    ids: list[str]
    texts: list[str]
    names: list[str]
    labels: Ints
    groups: Ints
    unlabelled: int
    too_few: Mapping[str, int]


def labelled(
    dataset: Dataset, repeats: Sequence[object], smallest: int, fewest: int, bound: Sequence[object] = ()
) -> Labelled:
    """The rows with labels on `smallest` or more distinct rows, labels written the usual way; rows that are one of
    `repeats` (one a row) count once.

    `bound` (one a row) names what must not vouch for one another: the repeats, and what belongs together otherwise.

    Raises NotChecked when fewer than two labels or `fewest` rows are left.
    """
    ids, texts, labels = dataset.values("id"), unopened(dataset.values("input")), dataset.values("label")
    usual = usual_spellings(labels)
    given = [usual.get(label, label) for label in labels]
    usable = [n for n in id_order(ids).tolist() if given[n] and given[n].strip() and texts[n].strip()]
    if not usable:
        raise NotChecked("no row has a label")
    if separator_of(Counter(given[n] for n in usable)) is not None:
        raise NotChecked("rows carry several labels each, and no model here tells which of them is wrong")
    sizes = Counter(label for label, _ in {(given[n], repeats[n]) for n in usable})
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
        groups=_numbered([(bound or repeats)[n] for n in kept]),
        unlabelled=sum(label is None for label in given),
        too_few={label: sizes[label] for label in sorted(sizes) if sizes[label] < smallest},
    )


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
