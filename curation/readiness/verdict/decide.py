"""Evidence -> Verdict: the outcome, why, how firmly it stands, and what would change it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from curation.context import Context
from curation.readiness.arms import best_prompt, scored
from curation.readiness.gates.knowledge import knowledge_from_elsewhere, novel
from curation.readiness.gates.need import deciding_rows
from curation.readiness.gates.reading import Reading, Stop
from curation.readiness.gates.walk import walk
from curation.readiness.policy import Policy
from curation.readiness.verdict.flips import nearest_flip
from curation.readiness.verdict.plan import beyond, each_minutes, rows_to_write
from curation.readiness.verdict.sentences import (
    action,
    confirmation,
    distillation,
    headline,
    is_unpriced,
    ruled_out,
)
from curation.readiness.verdict.stability import Draws, draw, entropy_removed
from curation.records import Evidence, Verdict
from curation.wording import MEASUREMENTS
from curation.wording import minutes as duration

PROVISIONAL = (
    "This is provisional: the base model has not been measured, so a better prompt may still turn out to be enough."
)
KNOWLEDGE_QUESTION = (
    "Where does the new knowledge in the answers come from? If it can be looked up, use retrieval instead of training."
)
TARGET_QUESTION = "What score would be good enough? Give a metric and a target."
FEWEST, MOST = 3, 5
"""Reasons in a verdict (the contract)."""
LEAST_GAIN = 0.02
"""Bits of doubt below which a measurement is not worth naming; 500 draws cannot tell it from none."""
MORE = 4
"""Four times the rows halve an interval."""
NEARLY = 0.9
"""A measurement that removes nine tenths as much doubt is as good, if it is cheaper (policy)."""
DULL = ("coverage", "conflicts", "integrity")
"""Items that say little while they are in order: they come after all others."""
REVIEWED = {"noise": 100, "agreement": 50}
"""Rows to review for an item, by each reviewer (policy)."""
DATA = ("effective_size", "noise", "coverage", "learnability", "conflicts", "integrity")
TELLING = {
    "lora": ("effective_size", "noise", "learnability", "curve", "coverage"),
    "full_fine_tune": ("effective_size", "noise", "learnability"),
    "retrieve": ("substance", "base_model", "volatility", *DATA),
    "retrieve_and_lora": ("substance", "base_model", "headroom", "economics", *DATA),
    "retrieved_examples": ("base_model", "retrieval", *DATA),
    "clean": ("curve", *DATA),
    "collect": ("curve", *DATA),
    "not_learnable": DATA,
    "fix_data": DATA,
}
"""Items that fill up the reasons of an outcome, the most telling first."""
OTHERWISE = ("base_model", "headroom", "economics", *DATA)


def judge(evidence: Iterable[Evidence], context: Context, policy: Policy, dataset: str, seed: int) -> Verdict:
    """The verdict on this evidence; `dataset` is the dataset's digest. The same arguments give the same verdict."""
    found = tuple(evidence)
    reading = Reading({item.id: item for item in found}, scored(context), context, policy)
    stop = walk(reading)
    provisional = not reading.prompts
    draws = draw(reading, seed)
    shares = draws.shares()
    return Verdict(
        outcome=stop.outcome,
        provisional=provisional,
        headline=headline(reading, stop),
        reasons=_reasons(reading, stop, provisional),
        gate=stop.gate,
        stability={**shares, stop.outcome: shares.get(stop.outcome, 0.0)},
        nearest_flip=nearest_flip(reading, stop.outcome),
        next_step=_next_step(reading, stop, draws),
        evidence=found,
        coverage=_coverage(found),
        policy=policy.digest,
        dataset=dataset,
        seed=seed,
    )


def _reasons(reading: Reading, stop: Stop, provisional: bool) -> tuple[str, ...]:
    reasons = [stop.reason]
    if provisional and stop.outcome != "need_unproven":
        reasons.append(PROVISIONAL)
    if barred := ruled_out(reading):
        reasons.append(barred)
    if two := distillation(reading):
        reasons.append(two)
    if (private := reading.known("privacy_found")) is not None and private.status == "fail":
        reasons.append(private.message)
    usual = sorted(TELLING.get(stop.outcome, OTHERWISE), key=lambda id: _dullness(id, reading.status(id)))
    for id in dict.fromkeys((*stop.about, *usual)):
        item = reading.items.get(id)
        if item is None or item.value is None or any(item.message in reason for reason in reasons):
            continue
        if (id in stop.about and len(reasons) < MOST) or len(reasons) < FEWEST + 1:
            reasons.append(item.message)
    for id in dict.fromkeys((*DATA, *reading.items)):
        item = reading.items.get(id)
        if item is not None and len(reasons) < FEWEST and item.status == "missing":
            reasons.append(f"{item.title}: not checked. {item.message}")
    return tuple(reasons[:MOST])


def _dullness(id: str, status: str) -> int:
    """0 for what is out of order though it seldom is, 2 for what seldom is and is not, 1 for all else."""
    return 1 if id not in DULL else 2 if status == "ok" else 0


def _next_step(reading: Reading, stop: Stop, draws: Draws) -> str:
    """What to do now, open questions, and the cheapest measurement that would settle most."""
    steps = [fix for id in stop.about if (fix := reading.items[id].fix if id in reading.items else "")][:1]
    if now := action(reading, stop):
        steps = [now]
    if confirm := confirmation(reading, stop):
        steps = [confirm, *steps]
    if reading.target is None:
        steps.append(TARGET_QUESTION)
    if _asks(reading) and not knowledge_from_elsewhere(reading):
        steps.append(KNOWLEDGE_QUESTION)
    measurement = next_measurement(reading, draws)
    if measurement and not (is_unpriced(reading, stop) and measurement.startswith(MEASUREMENTS["economics"])):
        steps.append(f"Cheapest next measurement: {measurement}.")
    return " ".join(dict.fromkeys(steps))


def _asks(reading: Reading) -> bool:
    """Whether it is worth asking where the new words of the answers come from."""
    found = reading.known("substance")
    return novel(reading) and found is not None and bool(found.detail.get("asks", True))


def next_measurement(reading: Reading, draws: Draws) -> str:
    """The measurement that removes most doubt about the verdict, with its minutes; "" when none removes any.

    Among those that remove nearly as much as the best, the one that costs fewest minutes.
    """
    if walk(reading).outcome == "cannot_judge":
        return _measurement(reading, "base_model") if best_prompt(reading.arms) else ""
    gains = {id: entropy_removed(draws, id) for id in draws.places if id in MEASUREMENTS}
    if rows_to_write(reading, _to_score(reading)) and _is_scored_on_all(reading):
        gains.pop("base_model", None)  # more rows than there are would have to be written: no cheap measurement
    best = max(gains.values(), default=0.0)
    if not reading.prompts and (best < LEAST_GAIN or walk(reading).outcome == "need_unproven"):
        return _measurement(reading, "base_model")
    if best < LEAST_GAIN:
        return ""
    near = [id for id, gain in gains.items() if gain >= NEARLY * best]
    return _measurement(reading, min(near, key=lambda id: (_minutes(reading, id), -gains[id], id)))


def _measurement(reading: Reading, id: str) -> str:
    rows = _reviewed(reading, id) if id in REVIEWED else _to_score(reading)
    words, minutes = MEASUREMENTS[id].format(rows=rows), _minutes(reading, id)
    if id == "base_model" and (new := rows_to_write(reading, rows)):
        words += beyond(reading, rows)
        minutes += new * each_minutes(reading)
    return f"{words} (about {duration((minutes, minutes))})"


def _is_scored_on_all(reading: Reading) -> bool:
    best = best_prompt(reading.arms)
    return best is not None and rows_to_write(reading, best.arm.n + 1) > 0


def _to_score(reading: Reading) -> int:
    """Rows to score a prompt on: as many as decide where the room is in doubt, else as many as show the lift wanted.

    Where these are scored already, four times as many.
    """
    best = best_prompt(reading.arms)
    if best is None:
        return int(reading.policy.items["base_model"].settings["planned_rows"])
    power = reading.known("holdout_power")
    wanted = int(power.detail.get("wanted", 0)) if power else 0
    return deciding_rows(reading, best) or (wanted if wanted > best.arm.n else MORE * best.arm.n)


def _reviewed(reading: Reading, id: str) -> int:
    """Rows to review, no more than there are."""
    size = reading.known("effective_size")
    have = int(size.detail.get("usable") or size.value or 0) if size else 0
    return min(REVIEWED[id], have) if have else REVIEWED[id]


def _minutes(reading: Reading, id: str) -> float:
    each = reading.context.prices.label_minutes_per_row
    if id in REVIEWED and each:
        return each * _reviewed(reading, id) * (2 if id == "agreement" else 1)
    return reading.policy.items[id].minutes


def _coverage(found: Sequence[Evidence]) -> dict[str, int]:
    counts = Counter(item.kind if item.value is not None else item.status for item in found)
    return {key: counts[key] for key in ("counted", "measured", "declared", "estimated", "missing", "not_applicable")}
