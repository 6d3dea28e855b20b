"""When tuning pays: months until the tuned model's lower bill has paid for making it."""

from curation.context import Context
from curation.readiness.arms import best_prompt, scored
from curation.readiness.costs import Money, money, work_left
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import Evidence
from curation.wording import months


@derived("economics", "When it pays", needs=("effective_size", "noise"))
def economics(known: Known) -> Evidence:
    """Break-even in months, at most `never`. `detail`: never, calls_to_break_even, calls_needed (a month, to pay within

    the limit), prompt_month, tuned_month, capex, labelling, gpu, currency, left_out.
    """
    context, rule = known.context, known.policy.items["economics"]
    found = money(context, best_prompt(scored(context)), work_left(known.found, context, known.policy), rule)
    never = rule.settings["never"]
    detail = {
        "never": never, "calls_to_break_even": found.months[0] * found.calls if found.months[0] < never else None,
        "calls_needed": found.calls_needed, "prompt_month": found.prompt_month, "tuned_month": found.tuned_month,
        "capex": list(found.capex), "labelling": found.labelling, "gpu": found.gpu, "currency": found.currency,
        "left_out": list(found.left_out), "calls": found.calls,
    }  # fmt: skip
    fix = "Fine-tune only for another reason than money, or at a higher volume."
    message = _message(found, never, rule.warn or 0.0, _absent(context))
    return rated(known, "economics", Figure(found.months, message, kind="estimated", fix=fix, detail=detail))


def _absent(context: Context) -> str:
    """The fields whose absence keeps people's time or GPU time from being counted, as a clause."""
    prices = context.prices
    fields = {
        "the price of a labelling hour": prices.label_hour,
        "the minutes to label a row": prices.label_minutes_per_row,
        "the size of the model": context.model.parameters,
        "the price of a GPU hour": prices.gpu_hour,
        "the speed of the GPU": prices.gpu_tflops,
    }
    return ", ".join(name for name, value in fields.items() if not value)


def _message(found: Money, never: float, limit: float, absent: str) -> str:
    bills = (
        f"Prompting costs {_sum(found.prompt_month, found)} a month, a tuned model {_sum(found.tuned_month, found)}; "
        f"making the tuned model costs {_sum(found.capex[0], found)}"
    )
    if f"{found.capex[1]:,.0f}" != f"{found.capex[2]:,.0f}":
        bills += f" ({found.capex[1]:,.0f} to {found.capex[2]:,.0f})"
    if found.months[0] >= never:
        text = f"{bills}, which is never earned back at {found.calls:,} calls a month"
        text += "." if found.calls_needed else ", nor at any other volume: a tuned call saves nothing."
    else:
        low, high = months(found.months[1], never), months(found.months[2], never)
        text = f"{bills}, earned back in {months(found.months[0], never)}"
        text += "." if low == high else f" ({low} to {high})."
    if found.calls_needed and found.months[0] > limit:
        text += f" It pays within {limit:g} months from about {found.calls_needed:,.0f} calls a month on."
    if found.left_out:
        text += f" Not counted: {' and '.join(found.left_out)}; to count them, give {absent}."
    return text


def _sum(amount: float, found: Money) -> str:
    return f"{amount:,.0f} {found.currency}"
