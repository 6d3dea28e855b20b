"""The work plan: the fewest steps that turn the verdict towards training, or at least into a firmer answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from curation.context import Context
from curation.readiness.arms import scored
from curation.readiness.evidence import percent
from curation.readiness.gate import TRAINING, Reading, Stop
from curation.readiness.gates import walk
from curation.readiness.plan_steps import EXAMPLE_TARGET, Move, Rows, Step, base_model, move
from curation.readiness.policy import Policy
from curation.readiness.telling import action, name_of
from curation.records import Evidence

ORDER = (
    "leakage", "integrity", "conflicts", "target", "base_model", "noise", "agreement", "effective_size", "coverage",
    "curve", "learnability", "economics", "headroom",
)  # fmt: skip
"""What makes later work pointless comes first: unsound data, then whether tuning is needed at all, then the data."""
SCORE_STEP = 0.01
"""Imagined scores of a base model that nobody measured."""
MOST_EXAMPLES = 1000
"""Rows to look at kept with a step: more than a person reviews in two days at a minute each."""


@dataclass(frozen=True)
class Plan:
    """Steps in the order to take them; `outcome` now, `goal` when all are done, `summary` in one or two sentences.

    `minutes` are the person's time for all steps, from and to.
    """

    outcome: str
    goal: str
    steps: tuple[Step, ...]
    minutes: tuple[float, float]
    summary: str


def work_plan(evidence: Iterable[Evidence], context: Context, policy: Policy, rows: Rows | None = None) -> Plan:
    """The plan on this evidence; `rows` names the rows behind the items (see `Study.behind`).

    Steps are found by walking the gates: what stops is taken as done, until training is the answer or nothing people
    can do is left. Then every step without which the end would be the same is dropped.
    """
    reading = Reading({item.id: item for item in evidence}, scored(context), context, policy)
    now = walk(reading).outcome
    moves = _needed(reading, _way(reading, rows or {}))
    moves.sort(key=lambda one: ORDER.index(one[0].about))
    steps, after = [], reading
    for step, apply in moves:
        after = apply(after)
        then = walk(after).outcome
        steps.append(replace(step, then=then, examples=step.examples[:MOST_EXAMPLES]))
    end = walk(after)
    minutes = (sum(step.minutes[0] for step in steps), sum(step.minutes[1] for step in steps))
    return Plan(now, end.outcome, tuple(steps), minutes, _summary(after, now, end, steps))


def review_first(plan: Plan) -> tuple[str, ...]:
    """The examples to review first, in the order of the plan's steps, each once."""
    return tuple(dict.fromkeys(id for step in plan.steps for id in step.examples))


def _way(reading: Reading, rows: Rows) -> list[Move]:
    """The moves that lead to training; where only the base model's score could stop it, that score is imagined."""
    if reading.prompts:
        return _greedy(reading, rows, None)[0]
    ways: list[tuple[int, float, list[Move]]] = []
    top = reading.target if reading.target is not None else EXAMPLE_TARGET
    for k in range(round(top / SCORE_STEP), -1, -1):
        goal = f"Tuning stays worth a thought if it scores {percent(k * SCORE_STEP)} or less, taken for granted below."
        found, end = _greedy(reading, rows, base_model(reading, k * SCORE_STEP, goal))
        if end in TRAINING:
            ways.append((len(found), -k, found))
    if ways:
        return min(ways, key=lambda way: way[:2])[2]
    goal = "The answer then rests on what it scores."
    return _greedy(reading, rows, base_model(reading, top / 2, goal))[0]


def _greedy(reading: Reading, rows: Rows, measured: Move | None) -> tuple[list[Move], str]:
    """Moves until training or until nothing can be done, and the outcome then."""
    done: list[Move] = []
    seen: set[str] = set()
    while True:
        stop = walk(reading)
        if stop.outcome in TRAINING:
            return done, stop.outcome
        for about in _causes(reading, stop):
            found = measured if about == "base_model" else move(about, reading, rows)
            if found is not None and about not in seen:
                break
        else:
            return done, stop.outcome
        seen.add(about)
        done.append(found)
        reading = found[1](reading)


def _causes(reading: Reading, stop: Stop) -> tuple[str, ...]:
    """What people could do something about, given what stopped the verdict."""
    if stop.gate == "5":
        return ("target",) if reading.target is None else ("base_model",)
    if stop.gate == "5b":
        return ("headroom",)
    if stop.gate == "8":
        return ("economics",)
    return stop.about if stop.gate in ("0", "4a", "4b", "4c") else ()


def _needed(reading: Reading, moves: list[Move]) -> list[Move]:
    """Those moves without which the end would be another one."""
    end = _end(reading, moves)
    for one in list(moves):
        rest = [other for other in moves if other is not one]
        if _end(reading, rest) == end:
            moves = rest
    return moves


def _end(reading: Reading, moves: Sequence[Move]) -> str:
    for _, apply in moves:
        reading = apply(reading)
    return walk(reading).outcome


def _summary(after: Reading, now: str, end: Stop, steps: Sequence[Step]) -> str:
    if now in TRAINING:
        return "Nothing stands between you and training."
    if not steps:
        text = f"No work on the data leads to training. {action(after, end) or end.reason}"
        return f"{text}{_price(after, end)}"
    one = "One step leads" if len(steps) == 1 else f"{len(steps)} steps lead"
    if end.outcome in TRAINING:
        return f"{one} to: {name_of(after, end)}."
    firmer = f"{one} to a firmer answer, not to training: {name_of(after, end)}."
    return firmer + _price(after, end)


def _price(after: Reading, end: Stop) -> str:
    """From how many calls a month tuning would pay, where only money stands against it."""
    money = after.known("economics")
    needed = money.detail.get("calls_needed") if money and end.gate == "8" else None
    return f" Tuning would pay from about {needed:,.0f} calls a month on." if needed else ""
