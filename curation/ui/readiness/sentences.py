"""The readiness page's strings and frames: pure, so that what people read is tested without a browser."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from curation.errors import UsageError
from curation.records import Costs, Evidence, GateStep, Option, Plan, PlanStep, Threshold, Verdict
from curation.records.context import Context
from curation.ui.widgets.formatting import short, visible, words
from curation.wording import (
    EVIDENCE_GROUPS,
    KINDS,
    NO_TARGET,
    NOT_KNOWN,
    ORIGINS,
    OUTCOMES,
    PER_CENT,
    THRESHOLDS,
    UNITS,
    Word,
    evidence_group,
    listed,
    minutes,
    money,
    percent,
    points,
    volume,
    word,
)

STAGES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Is the data sound?", ("0",)),
    ("Can the base model do it with better prompting?", ("1", "1b")),
    ("Can retrieval or examples do it? Is it style or substance?", ("2", "3")),
    ("Are the answers right and enough? Does a plain classifier do it?", ("4a", "4b", "3b", "4c")),
    ("Is the need shown, and surely enough?", ("5", "5b", "5c")),
    ("Is tuning worth it?", ("6", "7", "8")),
)
"""The gates by the question they belong to; the second and third are the ones to ask before anything else."""
LIFTS = (0.01, 0.02, 0.03, 0.05, 0.1)
BASE = 0.8
"""The base score taken where none was measured: that of the published table."""
VOLUMES = 41
"""Points of the cost lines: smooth on a logarithmic axis."""
CALLS: tuple[int, ...] = tuple(m * 10**k for k in range(2, 9) for m in (1, 2, 5))
USUAL_CALLS = 10_000
"""Where the slider starts where nobody said how many calls there are."""


@dataclass(frozen=True)
class Stage:
    """One question on the way: stopped, passed, open, unasked or skipped, with what its gates said."""

    question: str
    state: str
    lines: tuple[str, ...]


def stages(path: Sequence[GateStep]) -> list[Stage]:
    """The questions in order, up to the one that settled it; those behind it are skipped and say nothing."""
    steps = {step.id: step for step in path}
    found = []
    for question, ids in STAGES:
        mine = [steps[id] for id in ids if id in steps]
        states = {step.status for step in mine}
        told = [step for step in mine if not step.reason.startswith("decided at gate")]
        unasked = bool(told) and all(step.reason == NO_TARGET for step in told)
        state = "unasked" if unasked else _state(states, bool(told))
        found.append(Stage(question, state, tuple(dict.fromkeys(_sentence(step, unasked) for step in told))))
    return found


def _state(states: Set[str], is_told: bool) -> str:
    known = next((state for state in ("stopped", "passed") if state in states), "")
    return known or ("open" if is_told else "skipped")


def _sentence(step: GateStep, unasked: bool) -> str:
    if step.reason != NO_TARGET:
        return str(visible(step.reason))
    return "Give a target score, and this question can be answered." if unasked else "The rest needs a target score."


def grounded(verdict: Verdict) -> list[tuple[str, tuple[Word, ...]]]:
    """Each reason with how it is known; verdicts of earlier versions do not say."""
    grounds = [*verdict.grounds, *[""] * (len(verdict.reasons) - len(verdict.grounds))]
    return [
        (
            visible(reason),
            tuple(NOT_KNOWN if kind == "missing" else word(KINDS, kind) for kind in ground.split(" and ")),
        )
        if ground
        else (visible(reason), ())
        for reason, ground in zip(verdict.reasons, grounds, strict=True)
    ]


def asked_title(n: int) -> str:
    """The heading above so many questions."""
    numbers = ("", "One question that matters most", "Two", "Three", "Four", "Five")
    return numbers[1] if n == 1 else f"{numbers[n]} questions that matter most for this set"


def grouped(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    """The evidence by how it is known, the surest first, in each what does not stand well first."""
    order = ("fail", "warn", "ok")
    found: dict[str, list[Evidence]] = {name: [] for name in EVIDENCE_GROUPS}
    for item in sorted(evidence, key=lambda one: order.index(one.status) if one.status in order else len(order)):
        found[evidence_group(item.kind, item.status)].append(item)
    return {name: items for name, items in found.items() if items}


def step_line(step: PlanStep) -> str:
    """A step's time and the verdict after it."""
    return f"{minutes(step.minutes)}. The verdict would then be “{word(OUTCOMES, step.then).noun}”."


def plan_time(plan: Plan) -> str:
    """The time the whole plan takes, as a sentence."""
    return f"About {minutes(plan.minutes)} of people's time in all."


def short_frame(step: PlanStep) -> pd.DataFrame:
    """The classes a step asks rows for."""
    return pd.DataFrame([{"Label": short(name, 60), "Rows to add": n} for name, n in step.labels.items()])


def tried_context(context: Context, chosen: Mapping[str, Any]) -> Context:
    """The context as the sliders stand, but for the prompt's score."""
    task = replace(context.task, target=chosen["target"], minimum_lift=chosen["lift"])
    knowledge = replace(context.knowledge, changes=chosen["changes"])
    needs = replace(context.needs, offline=chosen["offline"], privacy=chosen["privacy"], quality_only=chosen["quality"])
    traffic = replace(context.traffic, calls_per_month=chosen["calls"])
    prices = replace(context.prices, hosting_per_month=chosen["hosting_per_month"])
    value = replace(context.value, **{name: chosen[name] for name in ("right_answer", "engineering_days", "day_rate")})
    model = replace(context.model, parameters=chosen["parameters"])
    made = replace(context, task=task, knowledge=knowledge, needs=needs, traffic=traffic)
    return replace(made, prices=prices, value=value, model=model)


def imagined_line(score: float) -> str:
    """That the score in force was not measured."""
    return f"The prompt's {percent(score)} is assumed: it counts here as if it had been measured."


def volumes(calls: int | None) -> tuple[int, tuple[int, ...]]:
    """Where the slider of volumes starts, at the declared one, and the volumes it has."""
    start = calls or USUAL_CALLS
    return start, tuple(sorted({*CALLS, start}))


def lift_frame(base: float, rows: int, needed: Mapping[float, int]) -> pd.DataFrame:
    """Rows both systems must answer for each lift to be seen (`needed`), and whether `rows` are enough."""
    return pd.DataFrame(
        [
            {
                "Improvement": points(lift),
                "Held-out rows": f"{needed[lift]:,}",
                "You have enough": "Yes" if needed[lift] <= rows else "No",
            }
            for lift in LIFTS
            if base + lift <= 1
        ]
    )


def lift_line(lift: float, base: float | None, rows: int, needed: int) -> str:
    """What it takes to see this lift, and how many rows are there."""
    score = BASE if base is None else base
    taken = "assumed to be" if base is None else "measured to be"
    if score + lift > 1:
        return f"From {percent(score)} nothing can improve by {points(lift)}."
    text = f"To see {points(lift)} over a prompt {taken} {percent(score)} right, both systems must answer "
    text += f"{needed:,} rows."
    return text + (f" {rows:,} rows are there." if rows else "")


def held_out(evidence: Iterable[Evidence]) -> int:
    """The rows that score the arms, or could."""
    return next((int(item.detail.get("n", 0)) for item in evidence if item.id == "holdout_power" and item.value), 0)


def costs_frame(made: Costs[Option]) -> pd.DataFrame:
    """What each way costs."""
    rows = [
        {
            "Way": one.name,
            "Once": money(one.once),
            "A month": money(one.month(made.calls)),
            "First year": money(one.first_year(made.calls)),
            "Note": " ".join(
                [
                    *([f"Ruled out: {one.barred}."] if one.barred else []),
                    *([f"Without {one.leaves_out}."] if one.leaves_out else []),
                ]
            ),
        }
        for one in made.options
    ]
    return pd.DataFrame(rows)


def costs_line(made: Costs[Option]) -> str:
    """The break-even in one or two sentences."""
    dated = f", prices of {made.as_of}" if made.as_of else ""
    text = f"In {made.currency}, at {made.calls:,} calls a month{dated}. "
    if made.calls_needed is None:
        return text + "A tuned call costs no less than a prompted one, so LoRA pays at no volume."
    return text + f"LoRA pays for itself within a year from {volume(made.calls_needed)} calls a month on."


def volume_frame(made: Costs[Option]) -> pd.DataFrame:
    """Cost of the first year of each way over calls a month."""
    rows = [
        {"Calls a month": calls, "Way": option.name, "First year": cost[0], "Low": cost[1], "High": cost[2]}
        for calls in _volumes(made)
        for option in made.options
        if not option.barred
        for cost in [option.first_year(calls)]
    ]
    return pd.DataFrame(rows)


def _volumes(made: Costs[Option]) -> list[float]:
    """Calls a month, from a tenth of the present volume or the break-even to ten times the larger of the two."""
    ends = [max(calls, 1.0) for calls in (float(made.calls), made.calls_needed or 0.0) if calls]
    return list(np.geomspace(min(ends, default=1.0) / 10, max(ends, default=1.0) * 10, VOLUMES).tolist())


def mover_frame(made: Costs[Option], most: int = 8) -> pd.DataFrame:
    """What LoRA saves in the first year with each input halved and doubled, the strongest first."""
    rows = [
        {"Input": words(one.name), "Change": change, "Saved in the first year": value, "Now": made.saved}
        for one in made.movers[:most]
        for change, value in (("Halved", one.half), ("Doubled", one.double))
    ]
    return pd.DataFrame(rows)


def threshold_frame(found: Sequence[Threshold], titles: Mapping[str, str]) -> pd.DataFrame:
    """The thresholds to edit, one a row, in the order of the policy."""
    rows = [
        {
            "Evidence": titles.get(one.item, words(one.item)),
            "Threshold": word(THRESHOLDS, one.field).noun,
            "Value": _shown(one, one.value),
            "Built in": _shown(one, one.built_in),
            "Unit": PER_CENT.get(one.unit) or word(UNITS, one.unit).noun,
            "Origin": word(ORIGINS, one.origin).title,
            "Source": visible(one.source),
        }
        for one in found
    ]
    return pd.DataFrame(rows)


def in_percent(share: float) -> float:
    """A share of 0 to 1 as people write it, without the dust of binary fractions."""
    return round(100 * share, 6)


def of_percent(found: float) -> float:
    """The share of 0 to 1."""
    return round(found / 100, 8)


def _shown(one: Threshold, value: float | None) -> float | None:
    return None if value is None else in_percent(value) if one.unit in PER_CENT else float(value)


def edited_values(
    found: Sequence[Threshold], edits: Mapping[int, Mapping[str, Any]], titles: Mapping[str, str]
) -> dict[str, float | None]:
    """All thresholds by name with the edits of the table (row number -> changed columns) put in.

    Raises UsageError on one in per cent that is none.
    """
    values = {one.name: one.value for one in found}
    for n, row in edits.items():
        if "Value" in row:
            one, value = found[int(n)], row["Value"]
            if one.unit in PER_CENT and value is not None:
                if not (-100 if one.unit == "points" else 0) <= value <= 100:
                    name = f"{titles.get(one.item, words(one.item))}, {word(THRESHOLDS, one.field).noun}"
                    raise UsageError(f"{name}: {value:g} is no per cent. Write a number from 0 to 100.")
                value = of_percent(value)
            values[one.name] = value
    return values


def gone_line(names: Sequence[str]) -> str:
    """That thresholds of an earlier version are left out."""
    return f"Set in an earlier version and left out, as nothing is judged by it any more: {listed(names)}."


def changed_line(found: Sequence[Threshold]) -> str:
    """How many thresholds are the project's own."""
    n = sum(one.is_changed for one in found)
    if not n:
        return "All thresholds are built in."
    return f"{n} {'threshold is' if n == 1 else 'thresholds are'} set in this project."


def curve_frames(detail: Mapping[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points (Rows, Score, Kind) and line (Rows, Score, Low, High, Part) of the learning curve."""
    sizes, points, line = detail["sizes"], detail["points"], detail.get("line") or []
    single = [{"Rows": n, "Score": s, "Kind": "one holdout"} for one in points for n, s in zip(sizes, one, strict=True)]
    means = [sum(scores) / len(scores) for scores in zip(*points, strict=True)]
    mean = [{"Rows": n, "Score": s, "Kind": "mean"} for n, s in zip(sizes, means, strict=True)]
    last = sizes[-1]
    rows = [{"Rows": p[0], "Score": p[1], "Low": p[2], "High": p[3], "Part": "Fitted"} for p in line if p[0] <= last]
    rows += [{**rows[-1], "Part": "Forecast"}] if rows and line[-1][0] > last else []
    rows += [{"Rows": p[0], "Score": p[1], "Low": p[2], "High": p[3], "Part": "Forecast"} for p in line if p[0] > last]
    return pd.DataFrame(single + mean), pd.DataFrame(rows)
