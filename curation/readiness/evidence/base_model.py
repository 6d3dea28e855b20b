"""How well the base model does without tuning: the best prompt that was measured, on rows held back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from curation.errors import NotChecked
from curation.readiness.arms import Scored, best_prompt, fits, ground, judged_detail, judged_line, scored
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import PROMPTED, Evidence, Kind, Status
from curation.wording import capital, counted, percent, span


@derived("base_model", "The base model with a good prompt")
def base_model(known: Known) -> Evidence:
    """The best measured prompt's score, less what it owes to having been chosen; `detail["arms"]` lists every arm."""
    context = known.context
    arms = scored(context)
    prompts = [one for one in arms if one.arm.name in PROMPTED]
    if not prompts:
        raise NotChecked("no prompt has been scored on held-out rows: measure one, or enter a score")
    best = best_prompt(arms) or max(prompts, key=lambda one: one.score)
    how = ground(best, context)
    message = _message(best, prompts, how)
    if said := fits(context, best.arm.prompt_tokens or context.traffic.prompt_tokens or 0, "Its prompt"):
        message += f" {said}"
    if said := judged_line(best, context):
        message += f" {said}"
    if best.barred:
        message += " But every measured prompt breaks a hard need that you declared."
    detail = {"best": best.arm.name, "arms": [_figures(one) for one in arms], **judged_detail(best, context)}
    target = context.task.target
    met = target is not None and best.low >= target and not best.barred
    fix = "Use the prompt: tuning has nothing left to win." if met else ""
    status: Status = "warn" if met else "ok"
    made = rated(known, "base_model", Figure(best.interval, message, kind=how, status=status, fix=fix, detail=detail))
    return replace(made, threshold=target)


def _message(best: Scored, prompts: Sequence[Scored], how: Kind) -> str:
    one = "The measured prompt," if len(prompts) == 1 else f"The best of {len(prompts)} measured prompts,"
    if how == "declared":
        one = "As entered," if len(prompts) == 1 else f"As entered, the best of {len(prompts)} prompts,"
    rows = f"{best.arm.n:,} rows"
    if best.arm.groups and best.arm.groups < best.arm.n:
        rows += f" in {counted(best.arm.groups, 'group')}"
    between = span(best.low, best.high)
    scores = f"scores {percent(best.score)} on {rows} ({between})"
    if percent(best.arm.score) != percent(best.score):
        scores = (
            f"scores {percent(best.arm.score)} on {rows}; it was chosen for its score, so {percent(best.score)} is "
            f"expected on new rows ({between})"
        )
    comma = "" if one == "As entered," else ","
    return f"{one} {best.words}{comma} {scores}. {capital(best.about)}."


def _figures(one: Scored) -> dict[str, Any]:
    """An arm as plain JSON values; `chosen` is what was taken off its score for having been chosen."""
    arm = one.arm
    return {
        "name": arm.name, "model": arm.model, "parameters": arm.parameters, "hosted": one.place,
        "score": one.score, "low": one.low, "high": one.high, "chosen": one.choice, "n": arm.n, "groups": arm.groups,
        "form_faults": arm.form_faults, "worst_recall": arm.worst_recall, "prompt_tokens": arm.prompt_tokens,
        "output_tokens": arm.output_tokens, "latency_ms": arm.latency_ms, "cost": arm.cost, "ruled_out": one.barred,
    }  # fmt: skip
