"""Arms: ways of doing the task that were scored, what hard needs rule out, and the room above the best prompt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curation.context import Arm, Context
from curation.records import Evidence
from curation.sampling.intervals import Interval, wilson
from curation.wording import ARMS, word

PLAIN = ("zero_shot", "few_shot")
PROMPTS = ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base")
TUNED = ("lora", "full")
LABEL_METRICS = ("accuracy", "exact_match")
"""The metrics in which a copied or predicted answer can be held against the target."""


@dataclass(frozen=True)
class Scored:
    """An arm with its score and 90 % Wilson interval (conservative for scores that are means of 0..1).

    `barred` says which hard need rules the arm out, "" when none does.
    """

    arm: Arm
    score: float
    low: float
    high: float
    barred: str = ""

    @property
    def interval(self) -> Interval:
        return self.score, self.low, self.high

    @property
    def words(self) -> str:
        """The arm's name within a sentence, with its article."""
        return f"the {word(ARMS, self.arm.name).noun}"


def scored(context: Context) -> tuple[Scored, ...]:
    """Every arm of the context with its interval, in a fixed order whatever order they were given in."""
    arms = [Scored(arm, *wilson(arm.score * arm.n, arm.n), barred(arm, context)) for arm in context.arms]
    return tuple(sorted(arms, key=lambda one: (one.arm.name, -one.score, -one.arm.n, repr(one.arm))))


def barred(arm: Arm, context: Context) -> str:
    """Why a hard need rules this arm out; "" when nothing known does."""
    needs = context.needs
    if needs.p95_latency_ms and (arm.latency_ms or 0) > needs.p95_latency_ms:
        return f"it takes {arm.latency_ms:,.0f} ms (95th percentile) and {needs.p95_latency_ms:,} ms are allowed"
    if arm.hosted and needs.offline:
        return "it needs a hosted model, and it must work offline"
    if arm.hosted and needs.privacy:
        return "it sends data to a hosted model, and the data may not leave"
    return ""


def allowed(arms: Sequence[Scored], names: Sequence[str]) -> list[Scored]:
    """The arms of these names that no hard need rules out, best score first."""
    return sorted((a for a in arms if a.arm.name in names and not a.barred), key=lambda a: (-a.score, a.arm.name))


def hard_needs(arms: Sequence[Scored], context: Context) -> tuple[str, ...]:
    """The needs that speak for tuning whatever it costs, as sentences' subjects.

    A latency limit counts when a measured prompt breaks it or no prompt's latency is known, not when one meets it.
    """
    found = []
    needs = context.needs
    if needs.offline:
        found.append("it must work offline")
    if needs.privacy:
        found.append("the data may not leave")
    if needs.p95_latency_ms:
        prompts = [a for a in arms if a.arm.name in PROMPTS and a.arm.latency_ms is not None]
        if not prompts or all((a.arm.latency_ms or 0) > needs.p95_latency_ms for a in prompts):
            found.append(f"answers must come within {needs.p95_latency_ms:,} ms")
    return tuple(found)


def ceiling(noise: Evidence | None) -> Interval:
    """The best score wrong labels leave room for: 1 - noise; (1, 1, 1) where noise is not known or not about labels."""
    if noise is None or noise.value is None or noise.low is None or noise.high is None or not noise.detail.get("caps"):
        return 1.0, 1.0, 1.0
    return 1 - noise.value, 1 - noise.high, 1 - noise.low


def headroom(best: Scored | None, target: float, cap: Interval) -> Interval:
    """min(target, ceiling) - the best prompt's score, in score units; without any usable prompt, all of it."""
    score, low, high = best.interval if best else (0.0, 0.0, 0.0)
    return min(target, cap[0]) - score, min(target, cap[1]) - high, min(target, cap[2]) - low


def with_prompt_score(context: Context, score: float, rows: int) -> Context:
    """The context had its best prompt scored this much; where none was measured, a prompt on so many rows had."""
    best = best_prompt(scored(context))
    if best is None:
        return replace(context, arms=(*context.arms, Arm("few_shot", score, rows)))
    at = context.arms.index(best.arm)
    return replace(context, arms=(*context.arms[:at], replace(best.arm, score=score), *context.arms[at + 1 :]))


def best_prompt(arms: Sequence[Scored], names: Sequence[str] = PROMPTS) -> Scored | None:
    """The best-scoring prompt that no hard need rules out; None when there is none."""
    return next(iter(allowed(arms, names)), None)
