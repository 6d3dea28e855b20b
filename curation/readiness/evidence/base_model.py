"""How well the base model does without tuning: the best prompt that was measured, on rows held back."""

from dataclasses import replace

from curation.errors import NotChecked
from curation.readiness.arms import PROMPTS, best_prompt, scored
from curation.readiness.evidence import Figure, Known, derived, rated
from curation.records import Evidence, Status
from curation.wording import percent, span


@derived("base_model", "The base model with a good prompt")
def base_model(known: Known) -> Evidence:
    """The best measured prompt's score; `detail["arms"]` lists every arm with its figures."""
    context = known.context
    arms = scored(context)
    prompts = [one for one in arms if one.arm.name in PROMPTS]
    if not prompts:
        raise NotChecked("no prompt has been scored on held-out rows: measure one, or enter a score")
    best = best_prompt(arms) or max(prompts, key=lambda one: one.score)
    one = "The measured prompt" if len(prompts) == 1 else f"The best of {len(prompts)} measured prompts"
    message = f"{one}, {best.words}, scores {percent(best.score)} on {best.arm.n:,} rows ({span(best.low, best.high)})."
    if best.barred:
        message += " But every measured prompt breaks a hard need that you declared."
    detail = {
        "best": best.arm.name,
        "arms": [
            {
                "name": a.arm.name, "score": a.score, "low": a.low, "high": a.high, "n": a.arm.n,
                "prompt_tokens": a.arm.prompt_tokens, "output_tokens": a.arm.output_tokens,
                "latency_ms": a.arm.latency_ms, "cost": a.arm.cost, "hosted": a.arm.hosted, "ruled_out": a.barred,
            }
            for a in arms
        ],
    }  # fmt: skip
    target = context.task.target
    met = target is not None and best.low >= target and not best.barred
    fix = "Use the prompt: tuning has nothing left to win." if met else ""
    status: Status = "warn" if met else "ok"
    made = rated(
        known, "base_model", Figure(best.interval, message, kind="measured", status=status, fix=fix, detail=detail)
    )
    return replace(made, threshold=target)
