"""How firmly an outcome stands: the same gates over many readings of the evidence within its uncertainty."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from curation.readiness.arms import Scored
from curation.readiness.gates.reading import Reading
from curation.readiness.gates.walk import walk
from curation.records import Evidence, Kind, Rule
from curation.records.context import Arm, Difference
from curation.sampling.intervals import Z90
from curation.sampling.randomness import generator

DERIVED = ("base_model", "headroom", "holdout_power", "hard_needs", "format_faults")
"""Items that follow from the arms and the declarations, which are drawn instead."""
COUNTED = ("integrity", "conflicts", "duplication", "leakage")
"""Counts over every row of this dataset: exact for it, so not drawn; their interval speaks of rows like these."""
UNASKED = ("noise", "agreement")
"""Items that only people can measure: that nobody was asked says nothing against the answers."""
PLANTED = 10**6
"""Rows behind an imagined arm: an exact value, as a prior stands for the truth and not for another measurement."""


@dataclass(frozen=True)
class Draws:
    """One outcome a draw, and for every drawn item where in its range each draw fell (any monotone number)."""

    outcomes: list[str]
    places: Mapping[str, list[float]]

    def shares(self) -> dict[str, float]:
        """Share of draws per outcome, largest first, then by name."""
        counts = Counter(self.outcomes)
        return {
            name: n / len(self.outcomes) for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        }


@dataclass(frozen=True)
class Chance:
    """What one item or arm is drawn by, one entry a draw: `normal` standard normal, `uniform` 0..1."""

    normal: list[float]
    uniform: list[float]


def draw(reading: Reading, seed: int) -> Draws:
    """`policy.draws` readings: known items and arms move within their intervals, missing ones within their prior.

    Every item and every arm has its own generator, so that one more of them, or one less, moves no other's draws.
    """
    chances = {id: _chance(reading, seed, id) for id in sorted(reading.items) if id in reading.policy.items}
    names = [one.arm.name for one in reading.arms]
    arms = [_chance(reading, seed, "arm", name, str(names[:n].count(name))) for n, name in enumerate(names)]
    planned = _chance(reading, seed, "base_model")
    pairs = [_chance(reading, seed, "difference", one.first, one.second) for one in reading.context.differences]
    outcomes: list[str] = []
    places: dict[str, list[float]] = {}
    for n in range(reading.policy.draws):
        items, where = _items(reading, chances, n)
        scores, place = _arms(reading, arms, planned, n)
        context = replace(reading.context, differences=_differences(reading, pairs, n))
        outcomes.append(walk(replace(reading, items=items, arms=scores, context=context)).outcome)
        for id, at in (where | place).items():
            places.setdefault(id, []).append(at)
    return Draws(outcomes, places)


def _chance(reading: Reading, seed: int, *names: str) -> Chance:
    rng, n = generator(seed, "stability", *names), reading.policy.draws
    return Chance(rng.standard_normal(n).tolist(), rng.random(n).tolist())


def _items(reading: Reading, chances: Mapping[str, Chance], n: int) -> tuple[dict[str, Evidence], dict[str, float]]:
    """The items as the n-th draw has them, and where in its range each drawn one fell."""
    items, where = dict(reading.items), {}
    for id, chance in chances.items():
        item, rule, z, u = items[id], reading.policy.items[id], chance.normal[n], chance.uniform[n]
        if id in DERIVED:
            continue
        if item.status == "missing" and rule.prior:
            items[id], where[id] = imagined(item, rule, u), u
        elif (
            id not in COUNTED
            and item.value is not None
            and item.low is not None
            and item.high is not None
            and item.low < item.high
        ):
            items[id], where[id] = shifted(item, rule, _offset(z, item.value, item.low, item.high)), z
    return items, where


def _arms(
    reading: Reading, chances: Sequence[Chance], planned: Chance, n: int
) -> tuple[tuple[Scored, ...], dict[str, float]]:
    """The arms as the n-th draw has them, a prompt imagined where none is measured, and where the base model fell."""
    arms = [
        moved(one, _offset(chance.normal[n], one.score, one.low, one.high))
        for one, chance in zip(reading.arms, chances)
    ]
    where = {"base_model": chances[0].normal[n]} if arms else {}
    prior = reading.policy.items["base_model"].prior
    if not reading.prompts and prior:
        arms.append(planted(prior[0] + planned.uniform[n] * (prior[1] - prior[0])))
        where = {"base_model": planned.uniform[n]}
    return tuple(arms), where


def _differences(reading: Reading, chances: Sequence[Chance], n: int) -> tuple[Difference, ...]:
    """The paired differences of arms as the n-th draw has them."""
    made = []
    for one, chance in zip(reading.context.differences, chances):
        by = _offset(chance.normal[n], one.value, one.low, one.high)
        made.append(replace(one, value=one.value + by, low=one.low + by, high=one.high + by))
    return tuple(made)


def _offset(z: float, value: float, low: float, high: float) -> float:
    """How far a draw lies from the value: a normal with the interval's own half-width on either side."""
    return z * ((high - value) if z > 0 else (value - low)) / Z90


def shifted(item: Evidence, rule: Rule, by: float) -> Evidence:
    """The item as another reading `by` away, its interval moved along; its status follows where numbers decide it."""
    least, most = (-1e9, 1e9) if rule.unit != "share" else (0.0, 1.0)

    def at(number: float | None) -> float:
        return min(most, max(least, (number or 0.0) + by))

    value, low, high = at(item.value), at(item.low), at(item.high)
    status = item.status if _locked(item) else rule.status(value, low, high)
    return replace(item, value=value, low=low, high=high, status=status)


def _locked(item: Evidence) -> bool:
    """Whether something other than the number decides the status: a declaration, a missing proof, a count."""
    if item.id == "volatility":
        return bool(item.detail.get("declared_fires")) or not item.detail.get("proof")
    if item.id == "curve":
        return float(item.detail.get("doubling", (0, 0, 0))[1]) <= 0
    if item.id == "economics":
        return bool(item.detail.get("too_small"))
    return item.id in ("coverage", "retrieval")


def imagined(item: Evidence, rule: Rule, u: float) -> Evidence:
    """A missing item at the point `u` (0..1) of its prior, exactly known; months are drawn by their logarithm."""
    low, high = rule.prior or (0.0, 0.0)
    value = exp(log(low) + u * (log(high) - log(low))) if rule.unit == "months" else low + u * (high - low)
    status = rule.status(value, value, value)
    if status == "fail" and item.id in UNASKED:
        status = "warn"
    kind: Kind = "estimated" if item.id in UNASKED else item.kind
    return replace(item, status=status, kind=kind, value=value, low=value, high=value, detail={})


def moved(one: Scored, by: float) -> Scored:
    """The arm as another measurement `by` away."""
    score, low, high = (min(1.0, max(0.0, number + by)) for number in one.interval)
    return replace(one, score=score, low=low, high=high)


def planted(score: float, n: int = PLANTED) -> Scored:
    """An imagined few-shot prompt with an exactly known score."""
    return Scored(Arm("few_shot", score, n), score, score, score)


def entropy_removed(draws: Draws, id: str, bins: int = 5) -> float:
    """Bits of verdict entropy that knowing this item removes on average, less the bias of counting (Miller 1955)."""
    places = np.array(draws.places[id])
    edges = np.quantile(places, np.linspace(0, 1, bins + 1)[1:-1])
    cell = np.searchsorted(edges, places)
    outcomes = np.unique(np.array(draws.outcomes), return_inverse=True)[1]
    table = np.zeros((bins, outcomes.max() + 1))
    np.add.at(table, (cell, outcomes), 1)
    whole = entropy(table.sum(axis=0)) - sum(row.sum() * entropy(row) for row in table) / len(places)
    bias = (bins - 1) * (table.shape[1] - 1) / (2 * len(places) * log(2))
    return float(whole - bias)


def entropy(counts: np.typing.NDArray[np.float64]) -> float:
    """Bits of entropy of outcomes met so often, or with such shares."""
    shares = counts[counts > 0] / max(1.0, counts.sum())
    return float(-(shares * np.log2(shares)).sum())
