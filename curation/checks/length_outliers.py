"""Inputs and outputs far longer or shorter than those of their kind. Short answers among short answers are right.

A row's kind is the word its input opens with where enough rows share it, else the whole set. Lengths are compared on
a log scale by the median and the median absolute deviation (modified z-score: Iglewicz and Hoaglin 1993).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.checks import Shard, check
from curation.checks.rows import Hit, cut, findings
from curation.errors import NotChecked
from curation.records import Findings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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


@dataclass(frozen=True)
class Lengths:
    """The rows of a shard with an input: the word each opens with as a place in `words`, and the characters of input
    and output; each of shape (rows,)."""

    labels: bool
    words: Sequence[str]
    word: Ints
    asked: Ints
    answered: Ints


@dataclass(frozen=True)
class Usual:
    """What is usual among logarithms of lengths: their middle, and the spread below and above it."""

    middle: float
    below: float
    above: float


@dataclass(frozen=True)
class Known:
    """What is usual by measure and kind (the kind "" is the whole set), and how many rows and kinds there are."""

    labels: bool
    usual: Mapping[str, Mapping[str, Usual]]
    kinds: frozenset[str]
    figures: Mapping[str, int]


def lengths(shard: Shard, settings: Settings, seed: int) -> Lengths:
    """The lengths of a shard's rows."""
    texts = [(input, output) for input, output in zip(*map(shard.values, ("input", "output"))) if input.strip()]
    number: dict[str, int] = {}
    word = [number.setdefault(_opening(input), len(number)) for input, _ in texts]
    asked, answered = ([len(text.strip()) for text in side] for side in (zip(*texts) if texts else ((), ())))
    columns = (np.array(values, dtype=np.int64) for values in (word, asked, answered))
    return Lengths(shard.labels, list(number), *columns)


def _opening(input: str) -> str:
    return input.casefold().split()[0]


def known(states: Sequence[Lengths], settings: Settings) -> Known:
    """What is usual in the set. Raises NotChecked on few rows."""
    rows = sum(len(state.asked) for state in states)
    if rows < settings.smallest_kind:
        raise NotChecked(f"lengths are compared among {settings.smallest_kind} rows or more; there are {rows}")
    counts: Counter[str] = reduce(add, (_counted(state) for state in states))
    kinds = sorted(word for word, size in counts.items() if size >= settings.smallest_kind)
    place = {word: n for n, word in enumerate(kinds)}
    kind = np.concatenate([np.array([place.get(w, -1) for w in s.words], np.int64)[s.word] for s in states])
    asked, answered = (np.concatenate([getattr(s, side) for s in states]) for side in ("asked", "answered"))
    usual = {
        what: dict(_of_kinds(kinds, kind[chosen], sizes, settings.smallest_kind))
        for what, chosen, sizes in _measures(asked, answered, states[0].labels)
    }
    others = int((kind < 0).any())
    return Known(states[0].labels, usual, frozenset(kinds), {"rows": rows, "kinds": len(kinds) + others})


def _counted(state: Lengths) -> Counter[str]:
    return Counter(dict(zip(state.words, np.bincount(state.word).tolist(), strict=True)))


def _measures(asked: Ints, answered: Ints, labelled_set: bool) -> list[tuple[str, Ints, Floats]]:
    """What is measured: its name, the places of the rows that have it, and its sizes there."""
    measures = [("input", np.arange(len(asked)), asked.astype(float))]
    if labelled_set:
        return measures
    present = np.flatnonzero(answered > 0)
    output = answered[present].astype(float)
    return [*measures, ("output", present, output), ("output for its input", present, output / asked[present])]


def _of_kinds(kinds: Sequence[str], kind: Ints, sizes: Floats, smallest: int) -> Iterator[tuple[str, Usual]]:
    """What is usual in the whole set, and in each kind; nothing where there are too few rows."""
    if len(sizes) >= smallest:
        yield "", _usual(sizes)
    order = np.argsort(kind, kind="stable")
    starts = np.searchsorted(kind[order], np.arange(len(kinds) + 1))
    for n, name in enumerate(kinds):
        members = order[starts[n] : starts[n + 1]]
        if len(members) >= smallest:
            yield name, _usual(sizes[members])


def _usual(sizes: Floats) -> Usual:
    logs = np.log(sizes)
    middle = float(np.median(logs))
    low, high = np.quantile(logs, [TAIL, 1 - TAIL])
    # 1.4826: the median absolute deviation of a bell curve times this is its standard deviation
    spread = max(1.4826 * float(np.median(np.abs(logs - middle))), FLOOR)
    return Usual(middle, max(spread, (middle - low) / Z_TAIL), max(spread, (high - middle) / Z_TAIL))


def figures(state: Known, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """How many rows have an input, and of how many kinds."""
    return state.figures


@check("length_outliers", "Unusual lengths", settings=Settings(), fit=lengths, merge=known, summary=figures)
def length_outliers(shard: Shard, settings: Settings, state: Known) -> Findings:
    """One finding a row whose input, output or their ratio is far from its kind's."""
    own = lengths(shard, settings, 0)
    ids = [id for id, input in zip(*map(shard.values, ("id", "input"))) if input.strip()]
    # rows of no kind are held against the whole set
    kinds = [own.words[n] if own.words[n] in state.kinds else "" for n in own.word.tolist()]
    worst: dict[int, tuple[float, Hit]] = {}
    for what, present, sizes in _measures(own.asked, own.answered, state.labels):
        for row, size, log in zip(present.tolist(), sizes.tolist(), np.log(sizes).tolist(), strict=True):
            usual = state.usual[what].get(kinds[row])
            z = 0.0 if usual is None else (log - usual.middle) / (usual.below if log < usual.middle else usual.above)
            if usual is not None and abs(z) > max(settings.limit, worst[row][0] if row in worst else 0.0):
                worst[row] = (abs(z), _hit(what, kinds[row], z, size, float(np.exp(usual.middle)), settings.limit))
    return findings("length_outliers", ((ids[row], worst[row][1]) for row in sorted(worst)), {})


def _hit(what: str, kind: str, z: float, size: float, usual: float, limit: float) -> Hit:
    among = f"inputs that start with “{cut(kind, 30)}”" if kind else "this set"
    times = size / usual if z > 0 else usual / size
    message = f"The {what} is {times:.1f} times {'longer' if z > 0 else 'shorter'} than is usual in {among}."
    evidence = {"what": what, "size": round(size, 3), "usual": round(usual, 3), "z": round(z, 2), "kind": kind}
    # twice as far out as the limit is half as likely to be chance
    return Hit(1.0 - 0.7 * limit / abs(z), message, evidence)
