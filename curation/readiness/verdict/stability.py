"""How firmly an outcome stands: the same gates over many readings of the evidence within its uncertainty."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from curation.context import Arm
from curation.readiness.arms import Scored
from curation.readiness.gates.reading import Reading
from curation.readiness.gates.walk import walk
from curation.readiness.policy import Rule
from curation.records import Evidence
from curation.sampling.intervals import Z90

DERIVED = ("base_model", "headroom", "holdout_power", "hard_needs")
"""Items that follow from the arms and the declarations, which are drawn instead."""
COUNTED = ("integrity", "conflicts", "duplication", "leakage")
"""Counts over every row of this dataset: exact for it, so not drawn; their interval speaks of rows like these."""
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


def draw(reading: Reading, seed: int) -> Draws:
    """`policy.draws` readings: known items and arms move within their intervals, missing ones within their prior."""
    rng = np.random.default_rng([seed, 1])
    outcomes: list[str] = []
    places: dict[str, list[float]] = {}
    for _ in range(reading.policy.draws):
        drawn, where = _one(reading, rng)
        outcomes.append(walk(drawn).outcome)
        for id, place in where.items():
            places.setdefault(id, []).append(place)
    return Draws(outcomes, places)


def _one(reading: Reading, rng: np.random.Generator) -> tuple[Reading, dict[str, float]]:
    """One reading and where each item fell. Random numbers are used up alike whatever the evidence says."""
    items, where = dict(reading.items), {}
    for id, rule in reading.policy.items.items():
        z, u = float(rng.standard_normal()), float(rng.random())
        item = reading.items.get(id)
        if id in DERIVED or item is None:
            continue
        if item.status == "missing" and rule.prior:
            items[id], where[id] = imagined(item, rule, u, reading), u
        elif (
            id not in COUNTED
            and item.value is not None
            and item.low is not None
            and item.high is not None
            and item.low < item.high
        ):
            items[id], where[id] = shifted(item, rule, _offset(z, item.value, item.low, item.high)), z
    arms = []
    for n, one in enumerate(reading.arms):
        z = float(rng.standard_normal())
        arms.append(moved(one, _offset(z, one.score, one.low, one.high)))
        if n == 0 or (where.get("base_model") is None):
            where["base_model"] = z
    u = float(rng.random())
    prior = reading.policy.items["base_model"].prior
    if not reading.prompts and prior:
        arms.append(planted(prior[0] + u * (prior[1] - prior[0])))
        where["base_model"] = u
    return replace(reading, items=items, arms=tuple(arms)), where


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
    return item.id in ("coverage", "retrieval")


def imagined(item: Evidence, rule: Rule, u: float, reading: Reading) -> Evidence:
    """A missing item at the point `u` (0..1) of its prior, exactly known; months are drawn by their logarithm."""
    low, high = rule.prior or (0.0, 0.0)
    value = exp(log(low) + u * (log(high) - log(low))) if rule.unit == "months" else low + u * (high - low)
    detail = {"caps": True} if item.id == "noise" and "coverage" in reading.items else {}
    return replace(item, status=rule.status(value, value, value), value=value, low=value, high=value, detail=detail)


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
    whole = _entropy(table.sum(axis=0)) - sum(row.sum() * _entropy(row) for row in table) / len(places)
    bias = (bins - 1) * (table.shape[1] - 1) / (2 * len(places) * log(2))
    return float(whole - bias)


def _entropy(counts: np.typing.NDArray[np.float64]) -> float:
    shares = counts[counts > 0] / max(1.0, counts.sum())
    return float(-(shares * np.log2(shares)).sum())
