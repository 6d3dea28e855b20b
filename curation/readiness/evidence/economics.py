"""When tuning pays: months until the tuned model's lower bill has paid for making it."""

from curation.errors import NotChecked
from curation.progress import Progress
from curation.readiness.arms import best_prompt, scored
from curation.readiness.cost import Money, Work, money
from curation.readiness.evidence import evidence, reading
from curation.readiness.evidence.noise import noise
from curation.readiness.study import Study
from curation.records import Evidence


@evidence("economics", "When it pays")
def economics(study: Study, progress: Progress) -> Evidence:
    """Break-even in months, at most `never`. `detail`: never, calls_to_break_even, calls_needed (a month, to pay within

    the limit), prompt_month, tuned_month, capex, labelling, gpu, currency, left_out.
    """
    context = study.facts.context
    found = money(context, best_prompt(scored(context)), _work(study, progress), study.policy.items["economics"])
    never = study.policy.items["economics"].settings["never"]
    detail = {
        "never": never, "calls_to_break_even": found.months[0] * found.calls if found.months[0] < never else None,
        "calls_needed": found.calls_needed, "prompt_month": found.prompt_month, "tuned_month": found.tuned_month,
        "capex": list(found.capex), "labelling": found.labelling, "gpu": found.gpu, "currency": found.currency,
        "left_out": list(found.left_out), "calls": found.calls,
    }  # fmt: skip
    fix = "Tune only with another reason than money, or at a higher volume."
    return reading(study, "economics", found.months, _message(found, never), kind="estimated", fix=fix, detail=detail)


def _work(study: Study, progress: Progress) -> Work:
    rows = study.rows
    try:
        wrong = noise(study, progress).value or 0.0
    except NotChecked:
        wrong = 0.0
    waiting = len(rows) - len(study.usable)
    n = max(1, len(study.effective))
    task = study.facts.context.task
    inputs = sum(len(rows.inputs[k]) for k in study.effective) / n
    outputs = sum(len(rows.outputs[k]) for k in study.effective) / n
    power = study.policy.items["holdout_power"].settings["at_base_080"]
    judged = round((power / task.minimum_lift) ** 2) if task.metric == "judged" and task.minimum_lift else 0
    return Work(waiting + wrong * len(study.usable), len(study.effective), inputs + outputs, inputs, judged)


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
