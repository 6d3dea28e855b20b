"""When tuning pays: months until what the tuned model saves and wins has paid for making it."""

from dataclasses import replace
from typing import Any

from curation.readiness.arms import scored
from curation.readiness.evidence import Figure, Known, derived, missing, rated
from curation.readiness.money import Money, Work, money, ways_of, work_left
from curation.records import MONTHS, Evidence, Status
from curation.records.context import Context
from curation.wording import NARROW, listed, months, points_span, volume

HOSTING = "the price of hosting the tuned model"


@derived("economics", "When it pays", needs=("effective_size", "noise"))
def economics(known: Known) -> Evidence:
    """Break-even in months, at most `never`; missing where only the price of hosting keeps it from being shown.

    `detail`: never, calls, calls_to_break_even, calls_needed (a month, to pay within the limit), prompt_month,
    tuned_month, saving_month and value_month (value, low, high), gain and gain_measured, capex, labelling, training,
    engineering, hosting, day, too_small, left_out, taken, first_to_give, currency; hosting_limit (the price of hosting
    under which it pays) where hosting is not given.
    """
    context, rule = known.context, known.policy.items["economics"]
    work = work_left(known.found, context, known.policy)
    found = money(context, ways_of(scored(context)), work, rule)
    detail = _detail(found, work, rule.settings["never"])
    pays = rule.status(*found.months) == "ok" and not found.is_small
    if pays and found.hosting is None:
        within = rule.warn or MONTHS
        detail["hosting_limit"] = limit = found.saving[0] - found.capex[0] / within
        why = (
            f"whether tuning pays is not known as long as {HOSTING} is not given: it pays within "
            f"{within:g} months if hosting costs less than about {_sum(limit, found)} a month. Give that "
            "price first (0 where the provider bills by use alone)"
        )
        return replace(missing(known.policy, "economics", "", why), detail=detail)
    status: Status | None = "warn" if found.is_small else None
    fix = "Fine-tune only for another reason than money, or at a higher volume."
    message = _message(found, work, rule.settings["never"], rule.warn or 0.0)
    if found.left_out:
        message += f" Not counted: {listed(found.left_out)}; to count them, give {listed(_absent(context, found))}."
    figure = Figure(found.months, message, kind="estimated", status=status, fix=fix, detail=detail)
    return rated(known, "economics", figure)


def _detail(found: Money, work: Work, never: float) -> dict[str, Any]:
    return {
        "never": never, "calls_to_break_even": found.months[0] * found.calls if found.months[0] < never else None,
        "calls": found.calls, "calls_needed": found.calls_needed, "prompt_month": found.prompt_month,
        "tuned_month": found.tuned_month, "saving_month": list(found.saving), "value_month": list(found.value),
        "gain": list(work.gain) if work.gain else None, "gain_measured": work.is_measured, "capex": list(found.capex),
        "labelling": found.labelling, "training": list(found.training), "engineering": found.engineering,
        "hosting": found.hosting, "day": found.day, "too_small": found.is_small, "left_out": list(found.left_out),
        "taken": list(found.taken), "first_to_give": HOSTING if found.hosting is None else "",
        "currency": found.currency,
    }  # fmt: skip


def _absent(context: Context, found: Money) -> list[str]:
    """The fields whose absence keeps something from being counted, the weightiest first."""
    prices, value = context.prices, context.value
    fields: dict[str, dict[str, object]] = {
        "hosting": {HOSTING: prices.hosting_per_month},
        "engineering": {"the days of engineering": value.engineering_days, "the price of a day": value.day_rate},
        "what right answers are worth": {"what a right answer is worth": value.right_answer},
        "labelling": {
            "the price of a labelling hour": prices.label_hour,
            "the minutes to label a row": prices.label_minutes_per_row,
        },
        "training": {
            "the size of the model": context.model.parameters, "the price of a GPU hour": prices.gpu_hour,
            "the speed of the GPU": prices.gpu_tflops,
        },
    }  # fmt: skip
    asked = [name for part in found.left_out for name, value in fields.get(part, {}).items() if value is None]
    return asked or ["a measured tuned model or a target"]


def _back(found: Money, never: float) -> str:
    low, high = months(found.months[1], never), months(found.months[2], never)
    text = f"it is earned back in {months(found.months[0], never)}"
    return text if low == high else f"{text} ({low.removesuffix(' months')} to {high})"


def _message(found: Money, work: Work, never: float, limit: float) -> str:
    bills = f"Prompting costs {_sum(found.prompt_month, found)} a month, a tuned model {_sum(found.tuned_month, found)}"
    if found.value != (0.0, 0.0, 0.0) and work.gain:
        gain = points_span(*work.gain)
        wins = f"It wins {gain}, as measured," if work.is_measured else f"If it wins {gain}, which nobody has measured,"
        worth = f"{found.value[1]:,.0f} to {found.value[2]:,.0f}"
        each = "which" if work.is_measured else "that"
        bills += f". {wins} {each} is worth {_sum(found.value[0], found)} a month ({worth})"
    bills += f". Making the tuned model costs {_sum(found.capex[0], found)}"
    if found.capex[2] - found.capex[1] > NARROW * found.capex[0]:
        bills += f" ({found.capex[1]:,.0f} to {found.capex[2]:,.0f})"
    if found.engineering:
        bills += ", engineering included"
    if found.months[0] >= never:
        text = f"{bills}, which is never earned back at {found.calls:,} calls a month"
        text += "." if found.calls_needed else ", nor at any other volume: a tuned call saves nothing."
    else:
        text = f"{bills}; {_back(found, never)}."
    if found.is_small:
        text += (
            f" A year saves {_sum(found.year, found)}, less than a day of work costs ({_sum(found.day, found)}): no "
            "reason to tune."
        )
    if found.calls_needed and (found.months[0] > limit or found.is_small):
        text += f" It pays within {limit:g} months from about {volume(found.calls_needed)} calls a month on."
    if found.taken:
        text += f" Taken for granted: {listed(found.taken)}."
    return text


def _sum(amount: float, found: Money) -> str:
    return f"{amount:,.0f} {found.currency}"
