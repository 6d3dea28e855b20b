"""What each way of doing the task costs, from which volume tuning pays, and which input moves that most."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from curation.context import Context
from curation.errors import NotChecked
from curation.readiness.arms import PLAIN, Scored, allowed, best_prompt, lift, scored
from curation.readiness.policy import Policy
from curation.records import MONTHS, Costs, CostSummary, Evidence, Mover, Option, Rule, WayCosts
from curation.sampling.intervals import Interval
from curation.wording import INPUTS, WAYS

MILLION = 1_000_000
MINUTES = 60


@dataclass(frozen=True)
class Work:
    """What is left to do before training: rows to label or review, rows to train on, characters a row."""

    rows_to_do: float
    rows: int
    characters: float
    input_characters: float
    judged_rows: int


@dataclass(frozen=True)
class Money:
    """Break-even in months and calls, the monthly bills, what tuning costs once, in the user's currency.

    `months` is capped at `never`. `calls_needed`: calls a month from which it pays within `limit` months; None when no
    volume does. `left_out`: costs not counted because a price is missing.
    """

    months: Interval
    prompt_month: float
    tuned_month: float
    capex: Interval
    labelling: float
    gpu: float
    calls: int
    calls_needed: float | None
    left_out: tuple[str, ...]
    currency: str


def work_left(found: Mapping[str, Evidence], context: Context, policy: Policy) -> Work:
    """What is left to do, from the rows that count, the share of wrong answers and how the task is scored."""
    size, noise, task = found.get("effective_size"), found.get("noise"), context.task
    figures = size.detail if size else {}
    wrong = (noise.value if noise else None) or 0.0
    power = policy.items["holdout_power"].settings["at_base_080"]
    judged = round((power / lift(context)) ** 2) if task.metric == "judged" and lift(context) else 0
    return Work(
        figures.get("unlabelled", 0) + wrong * figures.get("usable", 0), int(figures.get("effective", 0)),
        figures.get("characters", 0.0), figures.get("input_characters", 0.0), judged,
    )  # fmt: skip


def money(context: Context, best: Scored | None, work: Work, rule: Rule) -> Money:
    """The money of the best prompt against a LoRA-tuned model. Raises NotChecked naming what is missing."""
    traffic, prices = context.traffic, context.prices
    prompt_tokens = _first(best.arm.prompt_tokens if best else None, traffic.prompt_tokens)
    output_tokens = _first(traffic.output_tokens, best.arm.output_tokens if best else None)
    needed = {
        "calls per month": traffic.calls_per_month, "prompt tokens": prompt_tokens, "output tokens": output_tokens,
        "the price of input tokens": prices.input_per_million, "the price of output tokens": prices.output_per_million,
    }  # fmt: skip
    absent = [words for words, value in needed.items() if value is None]
    if absent:
        raise NotChecked(f"needs {', '.join(absent)}")
    calls, prompt, output, in_price, out_price = (float(value or 0) for value in needed.values())
    settings = rule.settings
    tuned_prompt = _first(traffic.tuned_prompt_tokens, work.input_characters / settings["characters_per_token"]) or 0.0
    cached = traffic.cached_prompt_share if prices.cached_input_per_million is not None else 0.0
    now = prompt * ((1 - cached) * in_price + cached * (prices.cached_input_per_million or 0)) + output * out_price
    tuned_in, tuned_out = (
        _first(prices.tuned_input_per_million, in_price),
        _first(prices.tuned_output_per_million, out_price),
    )
    then = tuned_prompt * (tuned_in or 0) + output * (tuned_out or 0)
    saving = (now - then) / MILLION
    labelling, gpu, left_out = _once(context, work, settings)
    fixed = prices.hosting_per_month or 0.0
    again = (context.model.retrains_per_year or 0.0) / MONTHS
    capex = (labelling + gpu[0], labelling + gpu[1], labelling + gpu[2])
    months = [min(_months(one, calls * saving - fixed - again * one), settings["never"]) for one in capex]
    limit = rule.warn or MONTHS
    needs = (capex[0] / limit + fixed + again * capex[0]) / saving if saving > 0 else None
    tuned_month = calls * then / MILLION + fixed + again * capex[0]
    return Money(
        (months[0], months[1], months[2]), calls * now / MILLION, tuned_month, capex, labelling, gpu[0], int(calls),
        needs, left_out, prices.currency,
    )  # fmt: skip


def _once(context: Context, work: Work, settings: Mapping[str, float]) -> tuple[float, Interval, tuple[str, ...]]:
    """Labelling and review, GPU time (value, low, high), and what could not be counted."""
    prices = context.prices
    left_out = []
    labelling = 0.0
    if prices.label_hour is not None and prices.label_minutes_per_row is not None:
        hours = (work.rows_to_do + work.judged_rows) * prices.label_minutes_per_row / MINUTES
        labelling = hours * prices.label_hour
    elif work.rows_to_do:
        left_out.append("people's time")
    if not (context.model.parameters and prices.gpu_hour is not None and prices.gpu_tflops):
        return labelling, (0.0, 0.0, 0.0), (*left_out, "GPU time")
    return labelling, gpu_cost(context, work, settings), tuple(left_out)


def gpu_cost(context: Context, work: Work, settings: Mapping[str, float]) -> Interval:
    """GPU price of all tries: k N D / (peak x MFU) seconds each (Kaplan 2020: 6 N D in full; LoRA about 4)."""
    tokens = work.rows * work.characters / settings["characters_per_token"] * settings["epochs"]
    work_flops = settings["lora_flops"] * (context.model.parameters or 0) * tokens
    peak = (context.prices.gpu_tflops or 1) * 1e12

    def price(runs: float, mfu: float, band: float) -> float:
        return runs * work_flops * (1 + band) / (peak * mfu * 3600) * (context.prices.gpu_hour or 0)

    low, high, band = settings["mfu_low"], settings["mfu_high"], settings["token_band"]
    runs = (settings["runs_low"], settings["runs_high"])
    return price(sum(runs) / 2, (low + high) / 2, 0.0), price(runs[0], high, -band), price(runs[1], low, band)


def _months(capex: float, saving: float) -> float:
    if saving <= 0:
        return float("inf")
    return capex / saving


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


LOOKED_UP = 5
"""Examples shown to the model by looked-up prompting, as the oracle of the retrieval item counts (policy.toml)."""


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


def summary(made: Costs) -> CostSummary:
    """What is kept of the costs beside a verdict: every way at the declared volume."""
    ways = [
        WayCosts(one.name, one.once, one.month(made.calls), one.first_year(made.calls), one.barred, one.leaves_out)
        for one in made.options
    ]
    rest = (made.months, made.saved, made.movers, made.currency, made.as_of, made.left_out)
    return CostSummary(tuple(ways), made.calls, made.calls_needed, *rest)


def _options(context: Context, arms: tuple[Scored, ...], work: Work, rule: Rule, made: Money) -> Iterator[Option]:
    settings, traffic = rule.settings, context.traffic
    plain = next(iter(allowed(arms, PLAIN)), None)
    today = float((plain.arm.prompt_tokens if plain else None) or traffic.prompt_tokens or 0)
    answer = float(traffic.output_tokens or (plain.arm.output_tokens if plain else 0) or 0)
    band = settings["token_band"]
    yield Option(
        "prompt", WAYS["prompt"].title, _EXACT, _EXACT, _per_call(context, (today,) * 3, answer), _out(arms, PLAIN)
    )
    shown = next((one for one in arms if one.arm.name == "retrieved_few_shot"), None)
    more = LOOKED_UP * work.characters / settings["characters_per_token"]
    tokens = (today + more, today + more * (1 - band), today + more * (1 + band))
    if shown and shown.arm.prompt_tokens is not None:
        tokens = (shown.arm.prompt_tokens,) * 3
    looked_up = "building and running the search"
    yield Option(
        "retrieved_few_shot", WAYS["retrieved_few_shot"].title, _EXACT, _EXACT, _per_call(context, tokens, answer),
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
            id, WAYS[id].title, once, _sum((fixed,) * 3, _times(once, again)), call, _out(arms, (id,)),
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
    for place, name in INPUTS.items():
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
