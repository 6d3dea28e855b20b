"""What people's blind answers say of a model that read the rows, and through it of the whole set."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import isnan

import numpy as np

from curation.records import Interval, ModelQuality, Reading, Vote
from curation.review.audit.draw import Answer, Draw
from curation.review.audit.readings import SAID, Phase, said_in
from curation.sampling.finite import Drawn, Floats, Looked, drawn
from curation.sampling.intervals import wilson
from curation.sampling.paired import graded

Judged = Sequence[tuple[str, Answer]]
"""(stratum, answer) of the rows people answered."""


def rate_of(draw: Draw, judged: Judged) -> Interval:
    """The share of wrong answers of the whole set; rows nobody could judge are right at its low end, wrong at its high.

    Manski 1989, as for an audit without readings. Without a row judged (0, 0, 1).
    """
    told = [one for one in judged if one[1] != "unknown"]
    strata = _Strata(draw, told, ("wrong",))
    value = strata.value(strata.wrong, strata.rows)
    low, high = (float(end) for end in drawn(strata.looked).rate())
    if len(told) < len(judged):
        low = min(low, float(drawn(_Strata(draw, judged, ("wrong",)).looked).rate()[0]))
        high = max(high, float(drawn(_Strata(draw, judged, ("wrong", "unknown")).looked).rate()[1]))
    return value, min(low, value), max(high, value)


def quality(draw: Draw, judged: Judged) -> ModelQuality:
    """The model's shares from the rows people could tell; rows it has not read count for nothing here."""
    told = [(name, answer) for name, answer in judged if answer != "unknown" and said_in(name) != "unread"]
    strata = _Strata(draw, told, ("wrong",))
    called = np.array([said_in(name) == "wrong" for name in strata.names])
    known = np.array([said_in(name) != "unread" for name in strata.names])
    right = np.array([said_in(name) == "right" for name in strata.names])
    made, share = drawn(strata.looked), strata.share
    everywhere = known & ~called

    def wrong(where: Floats, low: bool) -> Floats:
        return (made.fewest if low else made.most)[..., where].sum(-1)

    def rows(where: Floats) -> Floats:
        return made.rows[..., where].sum(-1)

    def found(low: bool) -> Floats:
        return _part(wrong(called, low), wrong(everywhere, not low))

    def alarms(low: bool) -> Floats:
        return _part(rows(called) - wrong(called, not low), rows(everywhere) - wrong(everywhere, low))

    def same(low: bool) -> Floats:
        return (wrong(called, low) + rows(everywhere) - wrong(everywhere, not low)) / rows(known)

    bad, fine = strata.rows * share, strata.rows * (1 - share)
    return ModelQuality(
        judged=len(told),
        called_wrong=sum(said_in(name) == "wrong" for name, _ in told),
        finds=_interval(bad[called].sum(), bad[known].sum(), found),
        false_alarms=_interval(fine[called].sum(), fine[known].sum(), alarms),
        precision=_interval(
            bad[called].sum(), strata.rows[called].sum(), lambda low: wrong(called, low) / rows(called)
        ),
        misses=_interval(bad[right].sum(), strata.rows[right].sum(), lambda low: wrong(right, low) / rows(right)),
        agrees=_interval((bad[called].sum() + fine[everywhere].sum()), strata.rows[known].sum(), same),
        wrong_in=_by_stratum(strata, made),
    )


def label_hits(draw: Draw, named: Sequence[tuple[str, bool]]) -> Interval | None:
    """How often the label that the model names is the right one, of the rows it calls wrong; None without any.

    `named` are (stratum, whether a person gave that label) of those rows that people could tell: a right answer, or
    another right label than the one named, is a miss.
    """
    called = {name: size for name, size in draw.strata.items() if said_in(name) == "wrong"}
    inside: Judged = [(name, "wrong" if hit else "right") for name, hit in named if name in called]
    if not inside:
        return None
    phases = [Phase(0, {name: phase.placed[name] for name in called if name in phase.placed}) for phase in draw.phases]
    return rate_of(Draw((), called, is_read=True, phases=tuple(phases)), inside)


def _part(one: Floats, other: Floats) -> Floats:
    return one / np.maximum(one + other, np.finfo(float).tiny)


def _interval(part: float, whole: float, ends: Callable[[bool], Floats]) -> Interval | None:
    """part / whole with the ends of the draws; None where there is nothing to take a part of."""
    if whole <= 0:
        return None
    value = float(part / whole)
    low, high = (float(end) for end in Drawn.between(ends(True), ends(False)))
    return None if isnan(low) else (value, min(low, value), max(high, value))


def _by_stratum(strata: "_Strata", made: Drawn) -> dict[str, tuple[Interval, int]]:
    found = {}
    for n, name in enumerate(strata.names):
        seen = int(strata.looked.seen[n])
        ends = Drawn.between(made.fewest[..., n] / made.rows[..., n], made.most[..., n] / made.rows[..., n])
        value = float(strata.share[n])
        if seen:
            found[name] = ((value, min(float(ends[0]), value), max(float(ends[1]), value)), seen)
    return found


class _Strata:
    """The strata of a draw as arrays, with what was seen; shares of strata nobody looked at are those of the others."""

    def __init__(self, draw: Draw, judged: Judged, bad: tuple[Answer, ...]) -> None:
        self.names = list(draw.strata)
        seen = Counter(name for name, _ in judged)
        wrong = Counter(name for name, answer in judged if answer in bad)
        self.looked = Looked(
            seen=np.array([seen[name] for name in self.names]),
            wrong=np.array([wrong[name] for name in self.names]),
            sizes=np.array([draw.strata[name] for name in self.names]),
            unplaced=np.array([phase.unread for phase in draw.phases], np.int64),
            placed=_placed(draw.phases, self.names),
        )
        self.rows = self.looked.sizes + _expected(draw.phases, self.names)
        self.wrong = self.looked.wrong / np.maximum(self.looked.seen, 1)
        looked = self.looked.seen > 0
        mean = self.value(self.wrong, self.rows)
        self.share = np.where(looked, self.wrong, mean)

    def value(self, share: Floats, rows: Floats) -> float:
        """The mean share over the strata somebody looked at, weighted by their rows; 0 where nobody did."""
        weight = rows * (self.looked.seen > 0)
        return float((share * weight).sum() / weight.sum()) if weight.sum() else 0.0


def _placed(phases: Sequence[Phase], names: Sequence[str]) -> np.ndarray:
    return np.array([[phase.placed.get(name, 0) for name in names] for phase in phases], np.int64).reshape(
        len(phases), len(names)
    )


def _expected(phases: Sequence[Phase], names: Sequence[str]) -> Floats:
    """Rows not read by the stratum they are expected in."""
    placed = _placed(phases, names).astype(np.float64)
    unread = np.array([phase.unread for phase in phases], np.float64)
    expected: Floats = (unread[:, None] * placed / np.maximum(placed.sum(1, keepdims=True), 1)).sum(0)
    return expected


# What can be told of a model without an audit.


def steadiness(readings: Sequence[Reading]) -> tuple[Interval, int] | None:
    """How often a second reading of a row says what the first said, and on how many rows; None without any.

    Readings count as of the same row where example, text, model and rubric are the same.
    """
    first = {(one.example, one.text, one.model, one.rubric): one for one in readings if not one.again}
    same = [
        SAID[one.answer] == SAID[first[key].answer]
        for one in readings
        if one.again and (key := (one.example, one.text, one.model, one.rubric)) in first
    ]
    return (wilson(sum(same), len(same)), len(same)) if same else None


def people_agree(votes: Sequence[Vote], labels: Mapping[str, str | None]) -> tuple[Interval, int] | None:
    """How often two people say the same of whether an answer is right, and on how many rows; None without any.

    Where people give labels, theirs is held against the row's own (`labels`; a row without one is passed over), so that
    the share compares with a model's agreement with people.
    """
    said: dict[str, dict[str, bool]] = {}
    for vote in votes:
        if vote.answer in ("right", "wrong"):
            said.setdefault(vote.example, {})[vote.reviewer] = vote.answer == "right"
        elif own := labels.get(vote.example):
            said.setdefault(vote.example, {})[vote.reviewer] = vote.answer == own
    shares = [_same_pairs(list(answers.values())) for answers in said.values() if len(answers) > 1]
    return (graded(np.array(shares)), len(shares)) if shares else None


def _same_pairs(answers: Sequence[bool]) -> float:
    n, right = len(answers), sum(answers)
    return (right * (right - 1) + (n - right) * (n - right - 1)) / (n * (n - 1))
