"""What tuning costs and saves against the best prompt, every uncertain figure with its interval.

What nobody gave is not counted and named. Hosting above all: as long as it is not given, nothing shows that a tuned
model pays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isclose
from typing import Any

import numpy as np

from curation.errors import NotChecked
from curation.readiness.arms import Scored, allowed, best_prompt, ceiling, headroom, lift, scored, won
from curation.readiness.rules import Policy
from curation.records import MONTHS, TUNED, Evidence, Rule
from curation.records.context import Arm, Context
from curation.sampling.intervals import Z90, Interval
from curation.sampling.randomness import generator
from curation.sampling.resampling import Floats, percentile

MILLION = 1_000_000
MINUTES = 60
HOURS = 8
"""Hours of a working day."""
DRAWS = 400
"""Readings of the uncertain figures; the ends of months and bills are then steady to a few percent."""
COUNTS_RIGHT = ("", "accuracy", "exact_match", "judged", "within_one")
"""Metrics in which a gain is so many more right answers a call; overlap of texts is none."""


@dataclass(frozen=True)
class Work:
    """What is left to do before training: rows to label or review, rows to train on, tokens of a row and
    of its input.

    `gain` is how much better the tuned model answers (0..1), None where nothing says: `measured`, or else all that is
    left up to the target at most.
    """

    rows_to_do: Interval
    rows: int
    tokens: Interval
    input_tokens: Interval
    judged_rows: int
    gain: Interval | None = None
    is_measured: bool = False


@dataclass(frozen=True)
class Ways:
    """The arms whose calls are priced: the best prompt and the best tuned model, None where none was scored."""

    prompt: Arm | None = None
    tuned: Arm | None = None


@dataclass(frozen=True)
class Money:
    """Break-even in months, the monthly bills, what tuning costs once, in the user's currency.

    `months` is capped at `never`. `saving` is a month's: the bills' difference and the worth of better answers
    (`value`) less hosting and retraining. `calls_needed`: calls a month from which it pays within the limit and saves a
    day's work (`day`) a year; None when no volume does. `left_out`: costs not counted because a figure is missing,
    `taken` what was taken for granted. `hosting` is None where nobody gave it.
    """

    months: Interval
    prompt_month: float
    tuned_month: float
    capex: Interval
    labelling: float
    training: Interval
    engineering: float
    saving: Interval
    value: Interval
    hosting: float | None
    day: float
    calls: int
    calls_needed: float | None
    left_out: tuple[str, ...]
    taken: tuple[str, ...]
    currency: str

    @property
    def year(self) -> float:
        """What tuning saves in a year once it is made."""
        return MONTHS * self.saving[0]

    @property
    def is_small(self) -> bool:
        """Whether a year saves something, and less than the price of a day's work."""
        return 0 < self.year < self.day


def work_left(found: Mapping[str, Evidence], context: Context, policy: Policy) -> Work:
    """What is left to do, from the rows that count, the share of wrong answers and how the task is scored."""
    size, noise, task = found.get("effective_size"), found.get("noise"), context.task
    figures = size.detail if size else {}
    unlabelled, usable = figures.get("unlabelled", 0), figures.get("usable", 0)
    wrong = (noise.value or 0.0, noise.low or 0.0, noise.high or 0.0) if noise else (0.0, 0.0, 0.0)
    to_do = (unlabelled + wrong[0] * usable, unlabelled + wrong[1] * usable, unlabelled + wrong[2] * usable)
    power = policy.items["holdout_power"].settings["at_base_080"]
    judged = round((power / lift(context)) ** 2) if task.metric == "judged" and lift(context) else 0
    gain, is_measured = _gain(context, noise)
    trained_on = int(figures.get("distinct", figures.get("effective", 0)))
    return Work(
        to_do, trained_on, _tokens(figures, "", policy), _tokens(figures, "input_", policy), judged, gain, is_measured
    )  # fmt: skip


def _tokens(figures: Mapping[str, Any], side: str, policy: Policy) -> Interval:
    """Mean tokens of a row or its input; of a verdict that did not count them yet, from its characters."""
    if f"{side}tokens" in figures:
        value, low, high = figures[f"{side}tokens"]
        return value, low, high
    settings = policy.items["economics"].settings
    value, band = figures.get(f"{side}characters", 0.0) / settings["characters_per_token"], settings["token_band"]
    return value, value * (1 - band), value * (1 + band)


def _gain(context: Context, noise: Evidence | None) -> tuple[Interval | None, bool]:
    arms = scored(context)
    best, tuned = best_prompt(arms), next(iter(allowed(arms, TUNED)), None)
    if best and tuned:
        return won(context, tuned, best), True
    if best is None or context.task.target is None:
        return None, False
    room = headroom(best, context.task.target, ceiling(noise))
    most = max(0.0, room[2])
    # nothing says that a model nobody tuned reaches the target, so it may win nothing
    return (max(0.0, min(room[0], most)), 0.0, most), False


def ways_of(arms: tuple[Scored, ...]) -> Ways:
    """The best prompt and the best tuned model that no hard need rules out."""
    best, tuned = best_prompt(arms), next(iter(allowed(arms, TUNED)), None)
    return Ways(best.arm if best else None, tuned.arm if tuned else None)


def money(context: Context, ways: Ways, work: Work, rule: Rule) -> Money:
    """The money of the best prompt against a tuned model. Raises NotChecked naming what is missing."""
    traffic, settings = context.traffic, rule.settings
    prompt, tuned = prompt_call(context, ways), tuned_call(context, ways, work, settings)
    absent = [*(["calls per month"] if traffic.calls_per_month is None else []), *prompt.missing]
    absent += [words for words in tuned.missing if words not in absent]
    if absent:
        raise NotChecked(f"needs {', '.join(absent)}")
    calls, fixed = float(traffic.calls_per_month or 0), context.prices.hosting_per_month or 0.0
    labelling, training, left_out = _once(context, work, settings)
    engineering = (context.value.engineering_days or 0.0) * (context.value.day_rate or 0.0)
    again = (context.model.retrains_per_year or 0.0) / MONTHS * (labelling + training)
    capex = labelling + training + engineering
    worth, unworth = _worth(context, work)
    each = prompt.cost - tuned.cost + worth
    saving = calls * each - fixed - again
    never, limit, day = settings["never"], rule.warn or MONTHS, _day(context, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        months = np.where(saving > 0, np.minimum(capex / np.maximum(saving, 1e-12), never), never)
    most = max(capex[0] / limit, day / MONTHS)
    return Money(
        _interval(months), calls * float(prompt.cost[0]), float(calls * tuned.cost[0] + fixed + again[0]),
        _interval(capex), float(labelling[0]), _interval(training), engineering, _interval(saving),
        _interval(calls * worth), context.prices.hosting_per_month, day, int(calls),
        float((most + fixed + again[0]) / each[0]) if each[0] > 0 else None, (*left_out, *unworth), tuned.taken,
        context.prices.currency,
    )  # fmt: skip


@dataclass(frozen=True)
class Call:
    """What a call of one way costs, readings along the axis, the value first; what is `missing` to know it, by name,
    and what was `taken` for granted."""

    cost: Floats
    missing: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


def prompt_call(context: Context, ways: Ways) -> Call:
    """A call with the best prompt: as the arm says, else its tokens at the prices given."""
    arm, prices = ways.prompt, context.prices
    tokens = first(arm.prompt_tokens if arm else None, context.traffic.prompt_tokens)
    output = first(context.traffic.output_tokens, arm.output_tokens if arm else None)
    if arm and (own := own_price(arm, prices.input_per_million, prices.output_per_million)) is not None:
        return Call(_sure(own))
    needed = {
        "prompt tokens": tokens, "output tokens": output, "the price of input tokens": prices.input_per_million,
        "the price of output tokens": prices.output_per_million,
    }  # fmt: skip
    missing = tuple(words for words, value in needed.items() if value is None)
    return Call(_sure(per_call(context, tokens or 0.0, output or 0.0)), missing)


def per_call(context: Context, tokens: float, output: float) -> float:
    """The price of a call with so many tokens in and out, by the prices given, cached prompts and batches counted."""
    prices, share = context.prices, context.traffic.cached_prompt_share
    price = prices.input_per_million or 0.0
    if prices.cached_input_per_million is not None:
        price = (1 - share) * price + share * prices.cached_input_per_million
    return (tokens * price + output * (prices.output_per_million or 0.0)) * batch(context) / MILLION


def batch(context: Context) -> float:
    """The part of the token price that is paid: 1 where calls are not made in batches."""
    return context.prices.batch_share or 1.0


def tuned_call(context: Context, ways: Ways, work: Work, settings: Mapping[str, float]) -> Call:
    """A call of the tuned model: as its arm says, else its tokens at its prices, or at the prompt's where it has none.

    Tokens nobody gave are those of the rows' inputs, give or take the band of such an estimate.
    """
    arm, prices = ways.tuned, context.prices
    tuned_in, tuned_out = tuned_prices(context)
    if arm and (own := own_price(arm, tuned_in, tuned_out)) is not None:
        return Call(_sure(own))
    given = first(arm.prompt_tokens if arm else None, context.traffic.tuned_prompt_tokens)
    tokens = np.maximum(0.0, reading("tuned tokens", work.input_tokens)) if given is None else _sure(given)
    prompt = ways.prompt.output_tokens if ways.prompt else None
    output = first(arm.output_tokens if arm else None, context.traffic.output_tokens, prompt)
    needed = {
        "output tokens": output, "the price of input tokens": tuned_in, "the price of output tokens": tuned_out,
    }  # fmt: skip
    taken = []
    if prices.tuned_input_per_million is None or prices.tuned_output_per_million is None:
        taken.append("that the tuned model's tokens cost what the prompted model's do")
    if given is None:
        taken.append("that the tuned model's prompt is the input alone")
    cost = (tokens * (tuned_in or 0.0) + (output or 0.0) * (tuned_out or 0.0)) * batch(context) / MILLION
    return Call(cost, tuple(words for words, value in needed.items() if value is None), tuple(taken))


def tuned_prices(context: Context) -> tuple[float | None, float | None]:
    """A million tokens in and out of the tuned model; the prompted model's where nobody gave its own."""
    prices = context.prices
    return (
        first(prices.tuned_input_per_million, prices.input_per_million),
        first(prices.tuned_output_per_million, prices.output_per_million),
    )


def own_price(arm: Arm, price_in: float | None, price_out: float | None) -> float | None:
    """The price of a call that an arm was given; None without one, and where it is but its tokens at these prices."""
    if arm.cost is None or None in (arm.prompt_tokens, arm.output_tokens, price_in, price_out):
        return arm.cost
    listed = ((arm.prompt_tokens or 0) * (price_in or 0) + (arm.output_tokens or 0) * (price_out or 0)) / MILLION
    # what was measured is priced without the cache and without batches, which are counted here
    return None if isclose(arm.cost, listed, rel_tol=1e-6) else arm.cost


def _once(context: Context, work: Work, settings: Mapping[str, float]) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Labelling and review, training, and what could not be counted."""
    prices, value = context.prices, context.value
    left_out = ["hosting"] if prices.hosting_per_month is None else []
    labelling = _sure(0.0)
    if prices.label_hour is not None and prices.label_minutes_per_row is not None:
        rows = reading("wrong rows", work.rows_to_do) + work.judged_rows
        labelling = rows * (prices.label_minutes_per_row / MINUTES * prices.label_hour)
    elif work.rows_to_do[0]:
        left_out.append("labelling")
    training = training_cost(context, work, settings)
    if training is None:
        training = _sure(0.0)
        left_out.append("training")
    if value.engineering_days is None or (value.engineering_days and value.day_rate is None):
        left_out.append("engineering")
    return labelling, training, tuple(left_out)


def training_cost(context: Context, work: Work, settings: Mapping[str, float]) -> Floats | None:
    """All tries of the training: at a service's price per token where it is given, else GPU hours.

    GPU hours are k N D / (peak x MFU) seconds (Kaplan 2020: 6 N D in full; LoRA about 4). None where neither is known.
    """
    prices = context.prices
    tokens = work.rows * np.maximum(0.0, reading("training tokens", work.tokens)) * settings["epochs"]
    runs = between("runs", settings["runs_low"], settings["runs_high"])
    if prices.training_per_million is not None:
        return np.asarray(runs * tokens * prices.training_per_million / MILLION)
    if not (context.model.parameters and prices.gpu_hour is not None and prices.gpu_tflops):
        return None
    flops = settings["lora_flops"] * context.model.parameters * tokens
    used = between("mfu", settings["mfu_low"], settings["mfu_high"])
    return np.asarray(runs * flops / (prices.gpu_tflops * 1e12 * used * 3600) * prices.gpu_hour)


def _worth(context: Context, work: Work) -> tuple[Floats, tuple[str, ...]]:
    """What the better answers of the tuned model are worth a call, and whether that could not be counted."""
    each = context.value.right_answer
    if each is None:
        return _sure(0.0), ("what right answers are worth",)
    if context.task.metric not in COUNTS_RIGHT or work.gain is None:
        return _sure(0.0), ("what right answers are worth, as nothing says how many more there would be",)
    return each * reading("gain", work.gain), ()


def _day(context: Context, settings: Mapping[str, float]) -> float:
    """The price of a day's work: as given, else a day of the labelling, else the policy's."""
    if context.value.day_rate is not None:
        return context.value.day_rate
    hour = context.prices.label_hour
    return settings["day"] if not hour else HOURS * hour


def first(*values: float | None) -> float | None:
    """The first that is given."""
    return next((value for value in values if value is not None), None)


def reading(name: str, interval: Interval) -> Floats:
    """Readings of an uncertain figure, the value first: normal to either side of it, by the figure's own chance."""
    value, low, high = interval
    chance = _chance(name)
    return np.asarray(value + chance * np.where(chance > 0, high - value, value - low) / Z90)


def between(name: str, low: float, high: float) -> Floats:
    """Readings of a figure that lies between two others, its middle first."""
    middle = (low + high) / 2
    return np.clip(reading(name, (middle, low, high)), low, high)


def _sure(value: float) -> Floats:
    return np.full(DRAWS + 1, float(value))


@lru_cache(maxsize=64)
def _chance(name: str) -> Floats:
    chance = generator(0, "economics", name).standard_normal(DRAWS + 1)
    chance[0] = 0.0
    return chance


def _interval(readings: Floats) -> Interval:
    return percentile(float(readings[0]), readings[1:])
