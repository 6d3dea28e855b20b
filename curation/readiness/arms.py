"""Arms: ways of doing the task that were scored, what hard needs rule out, and the room above the best prompt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from curation.context import Arm, Context
from curation.records import Evidence
from curation.sampling.intervals import Interval, difference, mean_from_sd, wilson
from curation.wording import ARMS, points, word

PLAIN = ("zero_shot", "few_shot")
PROMPTS = ("zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base")
TUNED = ("lora", "lora_knowledge_base", "full")
LIGHT = ("lora", "lora_knowledge_base")
LABEL_METRICS = ("accuracy", "exact_match")
"""The metrics in which a copied or predicted answer can be held against the target."""
USUAL_SD = {"chrf": 0.22, "token_f1": 0.33}
"""Standard deviation of rows' scores where nobody gave one. Copying the nearest answer on 1,500 rows of GPTeacher
spreads by .07 (roleplay) and .22 (code) in chrF, and by up to .24 in token F1, more on short ones."""
USUAL_LIFT = 0.05
ERRORS_WON = 1 / 3
"""What is worth the work where nobody said: 5 points, or a third of the remaining errors if that is less (policy)."""


@dataclass(frozen=True)
class Scored:
    """An arm with its score and 90 % interval. `barred` says which hard need rules the arm out, "" when none does."""

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
        """The arm's name within a sentence, with its article and its model where that is known."""
        name = f"the {word(ARMS, self.arm.name).noun}"
        return f"{name} ({self.arm.model})" if self.arm.model else name


def scored(context: Context) -> tuple[Scored, ...]:
    """Every arm of the context with its interval, in a fixed order whatever order they were given in."""
    arms = [Scored(arm, *interval_of(arm, context.task.metric), barred(arm, context)) for arm in context.arms]
    return tuple(sorted(arms, key=lambda one: (one.arm.name, -one.score, -one.arm.n, repr(one.arm))))


def interval_of(arm: Arm, metric: str) -> Interval:
    """The arm's score with its 90 % interval: from the rows' standard deviation where there is one, else a share's.

    Rows that fall into fewer independent `groups` count as that many. A graded metric never gets a share's interval.
    """
    n = min(arm.n, arm.groups or arm.n)
    sd = arm.sd if arm.sd is not None else USUAL_SD.get(metric)
    if sd is not None and arm.sd is None:
        sd = min(sd, sqrt(arm.score * (1 - arm.score)))  # a mean of 0..1 spreads no more than a share
    return wilson(arm.score * n, n) if sd is None else mean_from_sd(arm.score, sd, n)


def lift(context: Context) -> float:
    """The smallest gain worth the work: as declared, else 5 points or a third of the best prompt's remaining errors."""
    if context.task.minimum_lift is not None:
        return context.task.minimum_lift
    prompts = [arm.score for arm in context.arms if arm.name in PROMPTS and not barred(arm, context)]
    return min(USUAL_LIFT, ERRORS_WON * (1 - max(prompts))) if prompts else USUAL_LIFT


def worth(context: Context) -> str:
    """What gain is worth the work, as a clause that says whether somebody said so."""
    given = context.task.minimum_lift
    return (
        f"you called {points(given)} worth the work"
        if given is not None
        else (f"{points(lift(context))} are taken as worth the work, as nobody said")
    )


def won(context: Context, one: Scored, best: Scored) -> Interval:
    """How much better an arm is than the best prompt, on the same rows where that was measured or declared.

    Else with Newcombe's interval for two independent scores.
    """
    for given in context.differences:
        names = (given.first, given.second)
        if names == (one.arm.name, best.arm.name):
            return given.value, given.low, given.high
        if names == (best.arm.name, one.arm.name):
            return -given.value, -given.high, -given.low
    arm = one.arm
    if arm.difference is not None and arm.difference_low is not None and arm.difference_high is not None:
        return arm.difference, arm.difference_low, arm.difference_high
    return difference(one.interval, best.interval)


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


def whereabouts(arm: Arm, context: Context) -> str:
    """What must be said first about where the arm runs; "" where it is known or no need depends on it."""
    needs = context.needs
    if arm.hosted is not None or not (needs.offline or needs.privacy):
        return ""
    why = "it must work offline" if needs.offline else "the data may not leave"
    return f"nobody said where it runs, and {why}"


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
    """The best score wrong labels leave room for: 1 - noise as people's audit has it; (1, 1, 1) without an audit.

    An estimate never caps what can be reached, and wrong texts do not cap it either.
    """
    if noise is None or noise.value is None or noise.low is None or noise.high is None:
        return 1.0, 1.0, 1.0
    if noise.kind != "measured" or not noise.detail.get("caps"):
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
