"""Labels over time: whether the same kind of input is labelled otherwise from some date on.

A small model learns from the rows before a date and guesses those after it, and the other way round. Where a policy
changed, rows that the later labels call b were called a before: many rows labelled b after the date look like old a's,
and many labelled a before it like new b's, while rows of the same time do not. When only the mix of the labels drifts,
each label's rows look as they always did, so that no such share moves.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.readiness.stand_in.linear import directions, solved
from curation.readiness.study import Study
from curation.readiness.texts.dates import days, iso, month
from curation.records.progress import Progress
from curation.sampling.intervals import auroc, difference, wilson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_ROWS = 4_000
"""Rows read: with 12 cuts a few seconds."""
MOST_LABELS = 100
"""Labels looked at, the most frequent first."""
CUTS, DIMENSIONS = 12, 100
FOLDS = 5
PARTS = 2
"""Parts of a side that guess each other, for how often labels are mixed up within one time."""
SHOWN = 8
"""Labels whose share is told month by month."""


@dataclass(frozen=True)
class Lines:
    """What is asked of a change of policy (see policy.toml, volatility): rows that moved on either side, how much more
    often they are mixed up across the date than within one time (low end), rows of a side, share of the rows in between
    that the date parts rightly, and how well (AUROC) texts may part them at most."""

    moved_rows: int
    moved_share: float
    side_rows: int
    parted: float
    by_text: float


@dataclass(frozen=True)
class Dated:
    """The labelled rows with their dates, oldest first: positions, day numbers, labels as numbers into `names`."""

    positions: list[int]
    days: Ints
    labels: Ints
    names: list[str]


@dataclass(frozen=True)
class Change:
    """A change of policy: the first day of the new one, the label before and after, and the rows labelled in the old
    way, by position."""

    day: int
    old: str
    new: str
    rows: tuple[int, ...]

    def detail(self) -> dict[str, Any]:
        return {"date": iso(self.day), "from": self.old, "to": self.new, "rows": len(self.rows)}


def dated(study: Study, least: float) -> Dated | None:
    """The rows in order of time; None where fewer than the share `least` of them carry a date, or all the same."""
    usable = [n for n in study.usable if study.answers[n]]
    read = days([study.rows.created[n] for n in usable])
    known = sorted((day, n) for day, n in zip(read, usable) if day is not None)
    if len(known) < least * len(usable) or len({day for day, _ in known}) < 2:
        return None
    if len(known) > MOST_ROWS:
        chosen = np.sort(study.generator("volatility").choice(len(known), MOST_ROWS, replace=False))
        known = [known[n] for n in chosen]
    counts = Counter(study.answers[n] for _, n in known)
    names = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_LABELS]
    place = {name: k for k, name in enumerate(names)}
    kept = [(day, n) for day, n in known if study.answers[n] in place]
    labels = np.array([place[study.answers[n]] for _, n in kept], dtype=np.int64)
    return Dated([n for _, n in kept], np.array([day for day, _ in kept], dtype=np.int64), labels, names)


def by_month(found: Dated) -> list[dict[str, Any]]:
    """Rows and the shares of the most frequent labels, month by month."""
    months: dict[str, Counter[int]] = {}
    for day, label in zip(found.days.tolist(), found.labels.tolist()):
        months.setdefault(month(day), Counter())[label] += 1
    return [
        {
            "month": name,
            "rows": counts.total(),
            "shares": {found.names[k]: counts[k] / counts.total() for k in range(min(SHOWN, len(found.names)))},
        }
        for name, counts in months.items()
    ]


def policy_change(study: Study, found: Dated, lines: Lines, progress: Progress) -> Change | None:
    """The clearest change of policy; None where there is none, or too few rows to see one."""
    n = len(found.positions)
    if n < 2 * lines.side_rows or len(found.names) < 2:
        return None
    seed = study.facts.seed
    inputs = directions([study.rows.inputs[k] for k in found.positions], seed, progress, DIMENSIONS)
    parts = np.random.default_rng(seed).integers(0, PARTS, n)
    best: tuple[float, int, int, int] | None = None
    for turn, at in enumerate(_cuts(found.days, lines.side_rows)):
        progress(0.4 + 0.6 * turn / CUTS, "comparing labels before and after a date")
        moved = _moved(inputs, found.labels, parts, at, lines)
        if moved and (best is None or moved[0] > best[0]):
            best = (moved[0], at, moved[1], moved[2])
    return _dated_exactly(inputs, found, best[1], (best[2], best[3]), lines) if best else None


def _cuts(days_: Ints, side: int) -> list[int]:
    """Places in the rows at which a new day begins, with enough rows on either side, evenly spread."""
    places = np.linspace(side, len(days_) - side, CUTS).astype(int)
    starts = {int(np.searchsorted(days_, days_[place])) for place in places}
    return sorted(at for at in starts if side <= at <= len(days_) - side)


def _moved(inputs: Floats, labels: Ints, parts: Ints, at: int, lines: Lines) -> tuple[float, int, int] | None:
    """How surely rows moved from one label to another at this place, and the two labels."""
    count = int(labels.max()) + 1
    old, new = np.arange(at), np.arange(at, len(labels))
    # guessed by the other time, and by the other part of the same time
    later = _guesses(inputs, labels, old, new, count)
    earlier = _guesses(inputs, labels, new, old, count)
    same_new, same_old = (_within(inputs, labels, parts, side, count) for side in (new, old))
    across, within = _table(later, labels[new], count), _table(same_new, labels[new], count)
    back, back_within = _table(earlier, labels[old], count), _table(same_old, labels[old], count)
    found = []
    # across[a, b]: rows labelled b now that look like old a's; back[b, a]: rows labelled a then that look like new b's
    for a, b in np.argwhere((across >= lines.moved_rows) & (lines.moved_rows <= back.T)).tolist():
        if a == b:
            continue
        forward = _gain(across[a, b], within[a, b], across[:, b].sum())
        backward = _gain(back[b, a], back_within[b, a], back[:, a].sum())
        if min(forward, backward) >= lines.moved_share:
            found.append((min(forward, backward), a, b))
    return max(found) if found else None


def _gain(across: float, within: float, rows: float) -> float:
    """How much more often rows are mixed up across the date than within one time, low end."""
    return difference(wilson(across, rows), wilson(within, rows))[1]


def _table(guesses: Ints, labels: Ints, count: int) -> Floats:
    """How many rows (guess, label)."""
    table = np.zeros((count, count))
    np.add.at(table, (guesses, labels), 1)
    return table


def _within(inputs: Floats, labels: Ints, parts: Ints, side: Ints, count: int) -> Ints:
    """Each row of a time guessed by the other part of that time."""
    guesses = np.zeros(len(side), dtype=np.int64)
    for part_ in range(PARTS):
        asked = parts[side] == part_
        guesses[asked] = _guesses(inputs, labels, side[~asked], side[asked], count)
    return guesses


def _guesses(inputs: Floats, labels: Ints, known: Ints, asked: Ints, count: int) -> Ints:
    """The label a ridge regression learned from the known rows gives those asked; every label weighs the same."""
    truth = np.zeros((len(known), count))
    truth[np.arange(len(known)), labels[known]] = 1.0
    scores = solved(inputs[known], truth, inputs[asked])
    share = truth.mean(axis=0)
    spread = np.sqrt(np.maximum(share * (1 - share), 1e-9))
    best: Ints = np.where(share > 0, (scores - share) / spread, -np.inf).argmax(axis=1)
    return best


def _dated_exactly(inputs: Floats, found: Dated, at: int, pair: tuple[int, int], lines: Lines) -> Change | None:
    """The change on the day that parts rows labelled in the old and in the new way best.

    None where the day parts them badly, or where their texts tell them apart as well: then they are two kinds of input,
    of which one became rarer.
    """
    old, new = pair
    kind = _between(inputs, found, at, pair)
    is_new, when = found.labels[kind] == new, found.days[kind]
    if is_new.all() or not is_new.any():
        return None
    starts = np.unique(when)
    right = [int((is_new == (when >= day)).sum()) for day in starts]
    day = int(starts[int(np.argmax(right))])
    if max(right) < lines.parted * len(kind) or _separable_by_text(inputs[kind], is_new) > lines.by_text:
        return None
    rows = [found.positions[n] for n in kind if found.labels[n] == old and found.days[n] < day]
    return Change(day, found.names[old], found.names[new], tuple(rows)) if len(rows) >= lines.moved_rows else None


def _between(inputs: Floats, found: Dated, at: int, pair: tuple[int, int]) -> Ints:
    """The rows of the two labels that old rows have as the first and new rows as the second."""
    count, labels = len(found.names), found.labels
    early, late, parts = np.arange(at), np.arange(at, len(labels)), np.arange(len(labels)) % PARTS
    old_way = [_within(inputs, labels, parts, early, count), _guesses(inputs, labels, early, late, count)]
    new_way = [_guesses(inputs, labels, late, early, count), _within(inputs, labels, parts, late, count)]
    matches = (np.concatenate(old_way) == pair[0]) & (np.concatenate(new_way) == pair[1])
    return np.flatnonzero(matches & np.isin(labels, pair))


def _separable_by_text(inputs: Floats, is_new: NDArray[np.bool_]) -> float:
    """AUROC of telling the two labels by their texts alone, on rows held back."""
    folds = np.arange(len(is_new)) % FOLDS
    scores = np.zeros(len(is_new))
    for fold in range(FOLDS):
        held = folds == fold
        scores[held] = solved(inputs[~held], is_new[~held, None].astype(np.float64), inputs[held])[:, 0]
    return auroc(scores[is_new], scores[~is_new])[0]
