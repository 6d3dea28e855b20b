"""Inputs and outputs far longer or shorter than those of their kind. Short answers among short answers are right.

A row's kind is the word its input opens with where enough rows share it, else the whole set. Lengths are compared on
a log scale by the median and the median absolute deviation (modified z-score: Iglewicz and Hoaglin 1993).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from curation.checks import check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    findings,
    rows,
)
from curation.errors import NotChecked
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    # 3.5 is Iglewicz and Hoaglin's, for bell curves; text lengths are not: on four real sets it flags up to 2.9 % of
    # the rows, 5 flags up to .6 %
    limit: float = field(
        default=5.0,
        metadata={"help": "Flag lengths this many robust standard deviations from the median", "min": 2.0, "max": 20.0},
    )
    smallest_kind: int = field(
        default=50, metadata={"help": "Groups with fewer rows are compared with the whole set", "min": 10, "max": 10000}
    )


FLOOR = 0.25
"""Least spread of log lengths: the smallest seen on four real sets was .29; below it every wobble would be far off."""
TAIL = 0.025
"""Where more than this share of a kind lies far out on either side, it is no outlier but a second kind."""
Z_TAIL = 1.96
"""Standard deviations at which a bell curve leaves `TAIL` on either side."""


@check("length_outliers", "Unusual lengths", settings=Settings(), whole_set=True)
def length_outliers(
    dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress
) -> Findings:
    """One finding a row whose input, output or their ratio is far from its kind's. Raises NotChecked on few rows."""
    whole = [row for row in rows(dataset, progress, "measuring lengths") if row.input.strip()]
    if len(whole) < settings.smallest_kind:
        raise NotChecked(f"lengths are compared among {settings.smallest_kind} rows or more; there are {len(whole)}")
    kinds = _kinds(whole, settings.smallest_kind)
    worst: dict[str, tuple[float, Hit]] = {}
    for what, chosen, sizes in _measures(whole, dataset.is_classification):
        for kind, members in _by_kind(kinds, chosen):
            # rows of no kind are held against the whole set
            beside = members if kind else chosen
            if len(beside) < settings.smallest_kind:
                continue
            for n, z, usual in _far(members, beside, sizes, settings.limit):
                hit = _hit(what, kind, z, float(sizes[n]), usual, settings.limit)
                if abs(z) > worst.get(whole[n].id, (0.0, hit))[0]:
                    worst[whole[n].id] = (abs(z), hit)
    hits = ((row.id, worst[row.id][1]) for row in whole if row.id in worst)
    return findings("length_outliers", hits, {"rows": len(whole), "kinds": len(set(kinds))})


def _kinds(whole: Sequence[Row], smallest: int) -> list[str]:
    opening = [row.input.casefold().split()[0] for row in whole]
    counts = Counter(opening)
    return [word if counts[word] >= smallest else "" for word in opening]


def _by_kind(kinds: Sequence[str], chosen: npt.NDArray[np.int64]) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """The chosen rows of each kind, kinds in order."""
    members: dict[str, list[int]] = {}
    for n in chosen.tolist():
        members.setdefault(kinds[n], []).append(n)
    return [(kind, np.array(members[kind])) for kind in sorted(members)]


def _measures(whole: Sequence[Row], labelled_set: bool) -> list[tuple[str, npt.NDArray[np.int64], Floats]]:
    asked = np.array([len(row.input.strip()) for row in whole], dtype=float)
    answered = np.array([len(row.output.strip()) for row in whole], dtype=float)
    measures = [("input", np.arange(len(whole)), asked)]
    if labelled_set:
        return measures
    present = np.flatnonzero(answered > 0)
    return [*measures, ("output", present, answered), ("output for its input", present, answered / asked)]


def _far(
    members: npt.NDArray[np.int64], beside: npt.NDArray[np.int64], sizes: Floats, limit: float
) -> list[tuple[int, float, float]]:
    usual = np.log(sizes[beside])
    middle = float(np.median(usual))
    low, high = np.quantile(usual, [TAIL, 1 - TAIL])
    # 1.4826: the median absolute deviation of a bell curve times this is its standard deviation
    spread = max(1.4826 * float(np.median(np.abs(usual - middle))), FLOOR)
    below, above = max(spread, (middle - low) / Z_TAIL), max(spread, (high - middle) / Z_TAIL)
    logs = np.log(sizes[members])
    z = np.where(logs < middle, (logs - middle) / below, (logs - middle) / above)
    return [(int(members[n]), float(z[n]), float(np.exp(middle))) for n in np.flatnonzero(np.abs(z) > limit)]


def _hit(what: str, kind: str, z: float, size: float, usual: float, limit: float) -> Hit:
    among = f"inputs that start with “{cut(kind, 30)}”" if kind else "this set"
    times = size / usual if z > 0 else usual / size
    message = f"The {what} is {times:.1f} times {'longer' if z > 0 else 'shorter'} than is usual in {among}."
    evidence = {"what": what, "size": round(size, 3), "usual": round(usual, 3), "z": round(z, 2), "kind": kind}
    # twice as far out as the limit is half as likely to be chance
    return Hit(1.0 - 0.7 * limit / abs(z), message, evidence)
