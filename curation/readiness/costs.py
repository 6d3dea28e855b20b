"""What each way of doing the task costs, from which volume tuning pays, and which input moves that most."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from curation.context import Context
from curation.intervals import Interval
from curation.readiness.arms import PLAIN, Scored, allowed, best_prompt, scored
from curation.readiness.cost import MILLION, MONTHS, Money, Work, money, work_left
from curation.readiness.policy import Policy, Rule
from curation.records import Evidence

LOOKED_UP = 5
"""Examples shown to the model by looked-up prompting, as the oracle of the retrieval item counts (policy.toml)."""
VOLUMES = 41
"""Points of the cost lines: smooth on a logarithmic axis."""
NAMES = {
    "prompt": "Stay with the prompt",
    "retrieved_few_shot": "Looked-up examples",
    "lora": "Light tuning (LoRA)",
    "full": "Full tuning",
}
MOVED = {
    "traffic.calls_per_month": "calls a month",
    "traffic.prompt_tokens": "prompt tokens today",
    "traffic.tuned_prompt_tokens": "prompt tokens, tuned",
    "traffic.output_tokens": "output tokens",
    "prices.input_per_million": "price of input tokens",
    "prices.output_per_million": "price of output tokens",
    "prices.tuned_input_per_million": "price of input tokens, tuned",
    "prices.tuned_output_per_million": "price of output tokens, tuned",
    "prices.hosting_per_month": "hosting a month",
    "prices.gpu_hour": "price of a GPU hour",
    "prices.label_hour": "price of a labelling hour",
    "prices.label_minutes_per_row": "minutes to label a row",
    "model.parameters": "size of the model",
    "model.retrains_per_year": "retrainings a year",
}
"""The inputs that are halved and doubled, and what they are called."""


@dataclass(frozen=True)
class Option:
    """One way of doing the task: cost `once`, `fixed` a month, and a call; (value, low, high) in the user's currency.

    `barred` says which hard need rules it out, "" when none does. `leaves_out` names what is not counted.
    """

    id: str
    name: str
    once: Interval
    fixed: Interval
    call: Interval
    barred: str = ""
    leaves_out: str = ""

    def month(self, calls: float) -> Interval:
        """The bill of a month with so many calls."""
        return _sum(self.fixed, _times(self.call, calls))

    def first_year(self, calls: float) -> Interval:
        """What it costs in the first twelve months, making it included."""
        return _sum(self.once, _times(self.month(calls), MONTHS))


@dataclass(frozen=True)
class Mover:
    """What light tuning saves in the first year when one input is half and twice as much."""

    name: str
    half: float
    double: float

    @property
    def spread(self) -> float:
        return abs(self.double - self.half)


@dataclass(frozen=True)
class Costs:
    """All options; `saved` by light tuning in the first year; `calls_needed` a month for it to pay within the limit.

    `movers` come with the strongest first.
    """

    options: tuple[Option, ...]
    calls: int
    calls_needed: float | None
    months: Interval
    saved: float
    movers: tuple[Mover, ...]
    currency: str
    as_of: str
    left_out: tuple[str, ...]


def costs(evidence: Iterable[Evidence], context: Context, policy: Policy) -> Costs:
    """The costs under this context. Raises NotChecked naming the counts and prices that are missing."""
    found = {item.id: item for item in evidence}
    work, rule, arms = work_left(found, context, policy), policy.items["economics"], scored(context)
    best = best_prompt(arms)
    made = money(context, best, work, rule)
    said = _said(context, best)
    return Costs(
        tuple(_options(context, arms, work, rule, made)), made.calls, made.calls_needed, made.months, _saved(made),
        _movers(said, work, rule), made.currency, context.prices.as_of, made.left_out,
    )  # fmt: skip


def volumes(made: Costs) -> Iterator[tuple[float, Option, Interval]]:
    """(calls a month, option, cost of the first year), a power of ten past the present volume and the break-even."""
    ends = [max(calls, 1.0) for calls in (float(made.calls), made.calls_needed or 0.0) if calls]
    for calls in np.geomspace(min(ends, default=1.0) / 10, max(ends, default=1.0) * 10, VOLUMES):
        for option in made.options:
            yield float(calls), option, option.first_year(float(calls))


def costs_json(made: Costs) -> dict[str, Any]:
    """The costs as plain JSON values."""
    return {
        "options": [
            {
                "name": one.name, "once": list(one.once), "month": list(one.month(made.calls)),
                "first_year": list(one.first_year(made.calls)), "barred": one.barred, "leaves_out": one.leaves_out,
            }
            for one in made.options
        ],
        "calls": made.calls, "calls_needed": made.calls_needed, "months": list(made.months), "saved": made.saved,
        "movers": [{"name": one.name, "half": one.half, "double": one.double} for one in made.movers],
        "currency": made.currency, "as_of": made.as_of, "left_out": list(made.left_out),
    }  # fmt: skip


def _options(context: Context, arms: tuple[Scored, ...], work: Work, rule: Rule, made: Money) -> Iterator[Option]:
    settings, traffic = rule.settings, context.traffic
    plain = next(iter(allowed(arms, PLAIN)), None)
    today = float((plain.arm.prompt_tokens if plain else None) or traffic.prompt_tokens or 0)
    answer = float(traffic.output_tokens or (plain.arm.output_tokens if plain else 0) or 0)
    band = settings["token_band"]
    yield Option("prompt", NAMES["prompt"], _EXACT, _EXACT, _per_call(context, (today,) * 3, answer), _out(arms, PLAIN))
    shown = next((one for one in arms if one.arm.name == "retrieved_few_shot"), None)
    more = LOOKED_UP * work.characters / settings["characters_per_token"]
    tokens = (today + more, today + more * (1 - band), today + more * (1 + band))
    if shown and shown.arm.prompt_tokens is not None:
        tokens = (shown.arm.prompt_tokens,) * 3
    looked_up = "building and running the search"
    yield Option(
        "retrieved_few_shot", NAMES["retrieved_few_shot"], _EXACT, _EXACT, _per_call(context, tokens, answer),
        _out(arms, ("retrieved_few_shot",)), looked_up,
    )  # fmt: skip
    own = work.input_characters / settings["characters_per_token"]
    given = traffic.tuned_prompt_tokens
    inputs = (own, own * (1 - band), own * (1 + band)) if given is None else (float(given),) * 3
    prices = context.prices
    tuned_in = prices.input_per_million if prices.tuned_input_per_million is None else prices.tuned_input_per_million
    tuned_out = (
        prices.output_per_million if prices.tuned_output_per_million is None else prices.tuned_output_per_million
    )
    call = _times(inputs, (tuned_in or 0) / MILLION, answer * (tuned_out or 0) / MILLION)
    again = (context.model.retrains_per_year or 0.0) / MONTHS
    fixed = prices.hosting_per_month or 0.0
    labelling = made.labelling
    gpu = tuple(value - labelling for value in made.capex)
    factors = {"lora": 1.0, "full": settings["full_flops"] / settings["lora_flops"]}
    for id, factor in factors.items():
        once = (labelling + factor * gpu[0], labelling + factor * gpu[1], labelling + factor * gpu[2])
        yield Option(
            id, NAMES[id], once, _sum((fixed,) * 3, _times(once, again)), call, _out(arms, (id,)),
            " and ".join(made.left_out),
        )  # fmt: skip


_EXACT: Interval = (0.0, 0.0, 0.0)


def _per_call(context: Context, tokens: Interval, answer: float) -> Interval:
    prices, share = context.prices, context.traffic.cached_prompt_share
    price = prices.input_per_million or 0.0
    if prices.cached_input_per_million is not None:
        price = (1 - share) * price + share * prices.cached_input_per_million
    return _times(tokens, price / MILLION, answer * (prices.output_per_million or 0.0) / MILLION)


def _out(arms: tuple[Scored, ...], names: tuple[str, ...]) -> str:
    """Why every measured arm of these names is ruled out; "" when one is allowed or none was measured."""
    measured = [one for one in arms if one.arm.name in names]
    return measured[0].barred if measured and all(one.barred for one in measured) else ""


def _said(context: Context, best: Scored | None) -> Context:
    """The context with the best prompt's measured token counts written where declared ones stand."""
    if best is None:
        return context
    prompt, answer = best.arm.prompt_tokens, best.arm.output_tokens
    traffic = context.traffic
    if prompt is not None:
        traffic = replace(traffic, prompt_tokens=round(prompt))
    if traffic.output_tokens is None and answer is not None:
        traffic = replace(traffic, output_tokens=round(answer))
    return replace(context, traffic=traffic)


def _movers(context: Context, work: Work, rule: Rule) -> tuple[Mover, ...]:
    """Every given input halved and doubled, one at a time."""

    def saved(changed: Context) -> float:
        return _saved(money(changed, None, work, rule))

    found = []
    for place, name in MOVED.items():
        section, field = place.split(".")
        value = getattr(getattr(context, section), field)
        if value:
            half, double = (_with(context, section, field, value * by) for by in (0.5, 2))
            found.append(Mover(name, saved(half), saved(double)))
    moving = [one for one in found if one.spread > 0]
    return tuple(sorted(moving, key=lambda one: (-one.spread, one.name)))


def _with(context: Context, section: str, field: str, value: float) -> Context:
    old = getattr(context, section)
    whole = isinstance(getattr(old, field), int)
    changes: Mapping[str, Any] = {section: replace(old, **{field: round(value) if whole else value})}
    return replace(context, **changes)


def _saved(made: Money) -> float:
    return MONTHS * (made.prompt_month - made.tuned_month) - made.capex[0]


def _times(one: Interval, by: float, more: float = 0.0) -> Interval:
    return one[0] * by + more, one[1] * by + more, one[2] * by + more


def _sum(one: Interval, other: Interval) -> Interval:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
