"""What each way of doing the task costs over volume, and which input moves most what tuning saves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from curation.readiness.arms import PLAIN, Scored, allowed, best_prompt, scored
from curation.readiness.money import (
    Money,
    Ways,
    Work,
    money,
    own_price,
    per_call,
    tuned_call,
    tuned_prices,
    ways_of,
    work_left,
)
from curation.readiness.rules import Policy
from curation.records import MONTHS, Costs, Evidence, Mover, Option, Rule, WayCosts, added
from curation.records.context import Context, form_field
from curation.sampling.intervals import Interval
from curation.sampling.resampling import percentile
from curation.wording import INPUTS, WAYS, listed

LOOKED_UP = 5
"""Examples shown to the model by looked-up prompting, as the oracle of the retrieval item counts (policy.toml)."""


def costs(evidence: Iterable[Evidence], context: Context, policy: Policy) -> Costs[Option]:
    """The costs under this context. Raises NotChecked naming the counts and prices that are missing."""
    found = {item.id: item for item in evidence}
    work, rule, arms = work_left(found, context, policy), policy.items["economics"], scored(context)
    ways = ways_of(arms)
    made = money(context, ways, work, rule)
    return Costs(
        tuple(_options(context, arms, work, rule, made)), made.calls, made.calls_needed, made.months, _saved(made),
        _movers(*_said(context, ways), work, rule), made.currency, context.prices.as_of, made.left_out,
    )  # fmt: skip


def summary(made: Costs[Option]) -> Costs[WayCosts]:
    """What is kept of the costs beside a verdict: every way at the declared volume."""
    ways = [
        WayCosts(
            one.name, one.once, one.month(made.calls), one.first_year(made.calls), one.barred, one.leaves_out,
            _times(one.lost, made.calls),
        )
        for one in made.options
    ]  # fmt: skip
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    return Costs(**{**values, "options": tuple(ways)})


def _options(context: Context, arms: tuple[Scored, ...], work: Work, rule: Rule, made: Money) -> Iterator[Option]:
    plain = next(iter(allowed(arms, PLAIN)), None)
    lost = _lost(context, arms, made, plain)
    yield Option(
        "prompt", WAYS["prompt"].title, _EXACT, _EXACT, _prompted(context, plain), _out(arms, PLAIN), lost=lost
    )
    searched = {"retrieved_few_shot": _times(work.tokens, LOOKED_UP), "knowledge_base": None}
    for id, tokens in searched.items():
        shown = next((one for one in arms if one.arm.name == id), None)
        if shown is None and tokens is None:
            continue  # how long the documents are that a prompt would show is not known
        call = _prompted(context, shown) if shown else _prompted(context, plain, tokens or _EXACT)
        lost = _lost(context, arms, made, shown)
        yield Option(id, WAYS[id].title, _EXACT, _EXACT, call, _out(arms, (id,)), SEARCH, lost)
    yield from _tuned(context, arms, work, rule, made)


def _lost(context: Context, arms: tuple[Scored, ...], made: Money, one: Scored | None) -> Interval:
    """What the answers are worth that this prompt gets wrong and the tuned model right, of a call.

    Of a prompt nobody scored: as of the best one.
    """
    if made.value == _EXACT or not made.calls:
        return _EXACT
    best = best_prompt(arms)
    behind = best.score - one.score if best and one else 0.0
    return _times(made.value, 1 / made.calls, behind * (context.value.right_answer or 0.0))


SEARCH = "building and running the search"


_EXACT: Interval = (0.0, 0.0, 0.0)


def _prompted(context: Context, one: Scored | None, more: Interval = _EXACT) -> Interval:
    """A call with a prompt, so many tokens longer."""
    traffic, prices = context.traffic, context.prices
    arm = one.arm if one else None
    if arm and (own := own_price(arm, prices.input_per_million, prices.output_per_million)) is not None and not more[0]:
        return own, own, own
    today = float((arm.prompt_tokens if arm else None) or traffic.prompt_tokens or 0)
    answer = float(traffic.output_tokens or (arm.output_tokens if arm else 0) or 0)
    value, low, high = (per_call(context, today + tokens, answer) for tokens in more)
    return value, low, high


def _tuned(context: Context, arms: tuple[Scored, ...], work: Work, rule: Rule, made: Money) -> Iterator[Option]:
    settings = rule.settings
    cost = tuned_call(context, ways_of(arms), work, settings).cost
    call = percentile(float(cost[0]), cost[1:])
    again = (context.model.retrains_per_year or 0.0) / MONTHS
    per_token = context.prices.training_per_million is not None
    factors = {"lora": 1.0, "full": 1.0 if per_token else settings["full_flops"] / settings["lora_flops"]}
    for id, factor in factors.items():
        made_anew = added(_times(made.training, factor), (made.labelling,) * 3)
        once = added(made_anew, (made.engineering,) * 3)
        fixed = added((made.hosting or 0.0,) * 3, _times(made_anew, again))
        yield Option(id, WAYS[id].title, once, fixed, call, _out(arms, (id,)), listed(made.left_out))


def _out(arms: tuple[Scored, ...], names: tuple[str, ...]) -> str:
    """Why every measured arm of these names is ruled out; "" when one is allowed or none was measured."""
    measured = [one for one in arms if one.arm.name in names]
    return measured[0].barred if measured and all(one.barred for one in measured) else ""


def _said(context: Context, ways: Ways) -> tuple[Context, Ways]:
    """The context with the arms' measured token counts written where declared ones stand, and the arms that go by a
    price of their own."""
    traffic, prices = context.traffic, context.prices
    for arm, field in ((ways.prompt, "prompt_tokens"), (ways.tuned, "tuned_prompt_tokens")):
        if arm and arm.prompt_tokens is not None:
            traffic = replace(traffic, **{field: round(arm.prompt_tokens)})
    answer = ways.prompt.output_tokens if ways.prompt else None
    if traffic.output_tokens is None and answer is not None:
        traffic = replace(traffic, output_tokens=round(answer))
    priced = own_price(ways.prompt, prices.input_per_million, prices.output_per_million) if ways.prompt else None
    tuned = own_price(ways.tuned, *tuned_prices(context)) if ways.tuned else None
    kept = Ways(None if priced is None else ways.prompt, None if tuned is None else ways.tuned)
    return replace(context, traffic=traffic), kept


def _movers(context: Context, ways: Ways, work: Work, rule: Rule) -> tuple[Mover, ...]:
    """Every given input halved and doubled, one at a time; a share at most 1."""

    def saved(changed: Context) -> float:
        return _saved(money(changed, ways, work, rule))

    found = []
    for place, name in INPUTS.items():
        section, field = place.split(".")
        value = getattr(getattr(context, section), field)
        if value:
            most = form_field(getattr(context, section), field).high
            half, double = (_with(context, section, field, min(most, value * by)) for by in (0.5, 2))
            found.append(Mover(name, saved(half), saved(double)))
    moving = [one for one in found if one.spread > 0]
    return tuple(sorted(moving, key=lambda one: (-one.spread, one.name)))


def _with(context: Context, section: str, field: str, value: float) -> Context:
    old = getattr(context, section)
    whole = isinstance(getattr(old, field), int)
    changes: Mapping[str, Any] = {section: replace(old, **{field: round(value) if whole else value})}
    return replace(context, **changes)


def _saved(made: Money) -> float:
    return MONTHS * made.saving[0] - made.capex[0]


def _times(one: Interval, by: float, more: float = 0.0) -> Interval:
    return one[0] * by + more, one[1] * by + more, one[2] * by + more
