"""When tuning pays: months until the tuned model's lower bill has paid for making it."""

from curation.readiness.arms import best_prompt, scored
from curation.readiness.cost import Money, money, work_left
from curation.readiness.evidence import Known, derived, reading
from curation.records import Evidence


@derived("economics", "When it pays")
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
    fix = "Tune only with another reason than money, or at a higher volume."
    return reading(known, "economics", found.months, _message(found, never), kind="estimated", fix=fix, detail=detail)


def _message(found: Money, never: float) -> str:
    bills = (
        f"Prompting costs {_sum(found.prompt_month, found)} a month, a tuned model {_sum(found.tuned_month, found)}; "
        f"making it costs {_sum(found.capex[0], found)}"
    )
    if f"{found.capex[1]:,.0f}" != f"{found.capex[2]:,.0f}":
        bills += f" ({found.capex[1]:,.0f} to {found.capex[2]:,.0f})"
    if found.months[0] >= never:
        text = f"{bills}, which is never earned back at {found.calls:,} calls a month."
    else:
        low, high = _months(found.months[1], never), _months(found.months[2], never)
        text = f"{bills}, earned back in {_months(found.months[0], never)}"
        text += "." if low == high else f" ({low} to {high})."
    if found.left_out:
        text += f" Not counted, as prices are missing: {' and '.join(found.left_out)}."
    return text


def _sum(amount: float, found: Money) -> str:
    return f"{amount:,.0f} {found.currency}"


def _months(months: float, never: float) -> str:
    if months >= never:
        return "never"
    return "under a month" if months < 1 else f"{months:,.1f} months"
