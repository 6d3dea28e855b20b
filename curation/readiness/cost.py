"""What tuning costs, what it saves a month, and when the one pays for the other. Prices are the user's, never ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from curation.context import Context
from curation.errors import NotChecked
from curation.intervals import Interval
from curation.readiness.arms import Scored
from curation.readiness.policy import Policy, Rule
from curation.records import Evidence

MILLION = 1_000_000
MINUTES = 60
MONTHS = 12


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
    judged = round((power / task.minimum_lift) ** 2) if task.metric == "judged" and task.minimum_lift else 0
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
        raise NotChecked(f"not given: {', '.join(absent)}")
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
