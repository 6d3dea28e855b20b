"""What people's blind answers say of a model that read the rows, and through it of the whole set."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.records import Interval, ModelQuality, Vote
from curation.review.audit.draw import Answer, Draw
from curation.review.audit.readings import Phase, said_in
from curation.sampling.finite import Drawn, Ints, Looked, drawn
from curation.sampling.paired import graded
from curation.sampling.resampling import Floats

Judged = Sequence[tuple[str, Answer]]
"""(stratum, answer) of the rows people answered."""


def rate_of(draw: Draw, judged: Judged) -> Interval:
    """The share of wrong answers of the whole set; rows nobody could judge are right at its low end, wrong at its high.

    Manski 1989, as for an audit without readings. Without a row judged (0, 0, 1).
    """
    told = [one for one in judged if one[1] != "unknown"]
    strata = _Strata(draw, told, ("wrong",))
    value = strata.value
    low, high = (float(end) for end in drawn(strata.looked).rate())
    if len(told) < len(judged):
        low = min(low, float(drawn(_Strata(draw, judged, ("wrong",)).looked).rate()[0]))
        high = max(high, float(drawn(_Strata(draw, judged, ("wrong", "unknown")).looked).rate()[1]))
    return value, min(low, value), max(high, value)


def quality(draw: Draw, judged: Judged) -> ModelQuality:
    """The model's shares from the rows people could tell; rows it has not read count for nothing here."""
    told = [(name, answer) for name, answer in judged if answer != "unknown" and said_in(name) != "unread"]
    strata = _Strata(draw, told, ("wrong",))
    shares = _Shares(strata, drawn(strata.looked))
    called, right = shares.where("wrong"), shares.where("right")
    rest = shares.where("right", "unsure")
    bad, fine = strata.rows * strata.share, strata.rows * (1 - strata.share)
    seen = Counter(said_in(name) for name, _ in told)
    return ModelQuality(
        judged=len(told),
        called_wrong=seen["wrong"],
        finds=shares.of(
            bad[called].sum(), bad[rest].sum(), lambda low: (shares.bad(called, low), shares.bad(rest, not low))
        ),
        false_alarms=shares.of(
            fine[called].sum(), fine[rest].sum(), lambda low: (shares.fine(called, low), shares.fine(rest, not low))
        ),
        precision=shares.wrong_of(called) if seen["wrong"] else None,
        misses=shares.wrong_of(right) if seen["right"] else None,
        agrees=shares.of(
            bad[called].sum() + fine[rest].sum(),
            fine[called].sum() + bad[rest].sum(),
            lambda low: (
                shares.bad(called, low) + shares.fine(rest, low),
                shares.fine(called, not low) + shares.bad(rest, not low),
            ),
        ),
        wrong_in=shares.by_stratum(),
    )


def label_hits(draw: Draw, named: Sequence[tuple[str, bool | None]]) -> Interval | None:
    """How often the label that the model names is the right one, of the rows it calls wrong; None without any.

    `named` are (stratum, whether a person gave that label) of those rows that people could tell: a right answer, or
    another right label than the one named, is a miss. None is a row called wrong without saying what is right: a miss
    at the low end, a hit at the high one. Where they are most, nobody can tell.
    """
    called = {name: size for name, size in draw.strata.items() if said_in(name) == "wrong"}
    words: dict[bool | None, Answer] = {True: "wrong", False: "right", None: "unknown"}
    inside: Judged = [(name, words[hit]) for name, hit in named if name in called]
    silent = sum(answer == "unknown" for _, answer in inside)
    if not inside or silent > len(inside) / 2:
        return None
    phases = [Phase(0, {name: phase.placed[name] for name in called if name in phase.placed}) for phase in draw.phases]
    return rate_of(Draw((), called, is_read=True, phases=tuple(phases)), inside)


@dataclass(frozen=True)
class _Shares:
    """Shares of rows with their intervals, from the draws of how many of each stratum are wrong."""

    strata: "_Strata"
    made: Drawn

    def where(self, *said: str) -> NDArray[np.bool_]:
        """The strata of rows the model said one of this of."""
        return np.array([said_in(name) in said for name in self.strata.names], np.bool_)

    def bad(self, where: NDArray[np.bool_], low: bool) -> Floats:
        """Draws of the wrong rows there, leaning to few where `low`."""
        found: Floats = (self.made.fewest if low else self.made.most)[..., where].sum(-1)
        return found

    def fine(self, where: NDArray[np.bool_], low: bool) -> Floats:
        """Draws of the right rows there, leaning to few where `low`."""
        found: Floats = self.made.rows[..., where].sum(-1) - self.bad(where, not low)
        return found

    def of(self, part: float, rest: float, ends: Callable[[bool], tuple[Floats, Floats]]) -> Interval | None:
        """part / (part + rest), its ends from the draws of both; None where there is nothing to take a part of."""
        if part + rest <= 0:
            return None
        value = float(part / (part + rest))
        (low_part, high_rest), (high_part, low_rest) = ends(True), ends(False)
        low, high = Drawn.between(_part(low_part, high_rest), _part(high_part, low_rest))
        return value, min(float(low), value), max(float(high), value)

    def wrong_of(self, where: NDArray[np.bool_]) -> Interval | None:
        """The share of wrong rows there."""
        bad, rows = self.strata.rows * self.strata.share, self.strata.rows
        part = float(bad[where].sum())
        rest = float(rows[where].sum()) - part
        return self.of(part, rest, lambda low: (self.bad(where, low), self.fine(where, not low)))

    def by_stratum(self) -> dict[str, tuple[Interval, int]]:
        """The share of wrong rows in each stratum somebody looked at, and at how many."""
        found = {}
        for n, name in enumerate(self.strata.names):
            if seen := int(self.strata.looked.seen[n]):
                value, rows = float(self.strata.share[n]), self.made.rows[..., n]
                low, high = Drawn.between(self.made.fewest[..., n] / rows, self.made.most[..., n] / rows)
                found[name] = ((value, min(float(low), value), max(float(high), value)), seen)
        return found


def _part(one: Floats, other: Floats) -> Floats:
    return one / np.maximum(one + other, np.finfo(float).tiny)


class _Strata:
    """The strata of a draw as arrays, with what was seen of each.

    `value` is the share of the whole from the strata somebody looked at; the others take it as theirs in `share`.
    """

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
        own, looked = self.looked.wrong / np.maximum(self.looked.seen, 1), self.looked.seen > 0
        weight = self.rows * looked
        self.value = float((own * weight).sum() / weight.sum()) if weight.sum() else 0.0
        self.share = np.where(looked, own, self.value)


def _placed(phases: Sequence[Phase], names: Sequence[str]) -> Ints:
    return np.array([[phase.placed.get(name, 0) for name in names] for phase in phases], np.int64).reshape(
        len(phases), len(names)
    )


def _expected(phases: Sequence[Phase], names: Sequence[str]) -> Floats:
    """Rows not read by the stratum they are expected in."""
    placed = _placed(phases, names).astype(np.float64)
    unread = np.array([phase.unread for phase in phases], np.float64)
    expected: Floats = (unread[:, None] * placed / np.maximum(placed.sum(1, keepdims=True), 1)).sum(0)
    return expected


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
