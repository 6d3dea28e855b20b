"""Arms: ways of doing the task that were scored, what hard needs rule out, and the room above the best prompt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np

from curation.readiness.holdout import CORRELATION
from curation.records import PROMPTED, Evidence, Kind
from curation.records.context import Arm, Context
from curation.sampling.choice import lowered, optimism
from curation.sampling.intervals import (
    Z90,
    Interval,
    difference,
    first,
    mean_from_sd,
    wilson,
)
from curation.sampling.resampling import Floats
from curation.wording import ARMS, HOSTED, percent, points, size, word

PLAIN = ("zero_shot", "few_shot")
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
    """An arm with its score and 90 % interval. `barred` says which hard need rules the arm out, "" when none does.

    `choice` is how much was taken off what it scored (`arm.score`) because it was chosen as the best of several.
    """

    arm: Arm
    score: float
    low: float
    high: float
    barred: str = ""
    choice: float = 0.0

    @property
    def interval(self) -> Interval:
        return self.score, self.low, self.high

    @property
    def words(self) -> str:
        """The arm's name within a sentence, with its article and its model where that is known."""
        name = f"the {word(ARMS, self.arm.name).noun}"
        return f"{name} ({self.arm.model})" if self.arm.model else name

    @property
    def place(self) -> str:
        """Where its model runs: yes, no or unknown, as in `wording.HOSTED`."""
        return "unknown" if self.arm.hosted is None else "yes" if self.arm.hosted else "no"

    @property
    def about(self) -> str:
        """Its model, how large that is and where it runs, as a clause; what nobody said is said to be unknown."""
        model = self.arm.model or "model not named"
        parameters = size(self.arm.parameters) if self.arm.parameters else "size not given"
        return f"{model}, {parameters}, {HOSTED[self.place].noun}"


def ground(one: Scored, context: Context) -> Kind:
    """How an arm's score is known: measured in this project, or entered by a person."""
    return "measured" if one.arm.name in context.measured else "declared"


def judged_line(one: Scored, context: Context) -> str:
    """That an arm's score is of a model's marks, corrected by people's, in a sentence or two; "" where it is not."""
    judge, rows = _judge(one, context)
    if not rows:
        return ""
    line = f"{judge or 'A model'} judged its answers, and people {rows:,} of them: the range holds the model's error."
    if judge and family_of(judge) == family_of(one.arm.model):
        line += " Judge and arm are of one family, and judges prefer their own."
    return line


def judged_detail(one: Scored, context: Context) -> dict[str, Any]:
    """The judge of an arm and how many rows people judged, as plain JSON values; nothing where no model judged it."""
    judge, rows = _judge(one, context)
    return {"judge": judge, "judged_by_people": rows} if rows else {}


def _judge(one: Scored, context: Context) -> tuple[str, int]:
    """The model that judged an arm and how many rows people did; ("", 0) where none did."""
    return next(((judge, rows) for name, judge, rows in context.judged if name == one.arm.name), ("", 0))


def family_of(model: str) -> str:
    """The family of a model by its name: its first word, whoever serves it ("org/Gemma-3-270m" is gemma)."""
    found = re.match(r"[a-z]+", model.rsplit("/", 1)[-1].casefold())
    return found[0] if found else ""


def scored(context: Context) -> tuple[Scored, ...]:
    """Every arm of the context with its interval, in a fixed order whatever order they were given in.

    Prompts lose what they owe to having been chosen: each as the best of those that scored no better than it.
    """
    arms = [Scored(arm, *interval_of(arm, context.task.metric), barred(arm, context)) for arm in context.arms]
    arms.sort(key=lambda one: (one.arm.name, -one.score, -one.arm.n, repr(one.arm)))
    places = sorted((n for n, one in enumerate(arms) if one.arm.name in PROMPTED and not one.barred),
                    key=lambda n: (-arms[n].score, n))  # fmt: skip
    for n, one in zip(places, _unchosen([arms[n] for n in places], context)):
        arms[n] = one
    return tuple(arms)


def _unchosen(prompts: Sequence[Scored], context: Context) -> list[Scored]:
    """The prompts, best first, each without what the choice gave it; none ends up above one that scored better."""
    scores, errors = np.array([one.score for one in prompts]), _errors(prompts, context)
    found: list[Scored] = []
    for n, one in enumerate(prompts):
        less = optimism(scores[n:], errors[n:, n:])
        less = max(less, one.score - found[-1].score) if found else less
        score, low, high = lowered(one.interval, less)
        found.append(replace(one, score=score, low=low, high=high, choice=one.score - score))
    return found


def _errors(arms: Sequence[Scored], context: Context) -> Floats:
    """The covariance of the arms' errors: as their paired differences have it, else as if asked the same rows."""
    deviation = np.array([(one.high - one.low) / (2 * Z90) for one in arms])
    found = CORRELATION * np.outer(deviation, deviation)
    np.fill_diagonal(found, deviation**2)
    place = {one.arm.name: n for n, one in enumerate(arms)}
    if len(place) < len(arms):
        return np.asarray(found)  # differences name arms, and two here have one name
    for given in context.differences:
        one, other = place.get(given.first), place.get(given.second)
        if one is not None and other is not None and one != other:
            apart = ((given.high - given.low) / (2 * Z90)) ** 2
            shared = (deviation[one] ** 2 + deviation[other] ** 2 - apart) / 2
            found[one, other] = found[other, one] = min(shared, deviation[one] * deviation[other])
    return np.asarray(found)


def interval_of(arm: Arm, metric: str) -> Interval:
    """The arm's score with its 90 % interval: from the rows' standard deviation where there is one, else a share's.

    Rows that fall into fewer independent `groups` count as that many. A graded metric never gets a share's interval.
    """
    n = min(arm.n, arm.groups or arm.n)
    sd = arm.sd if arm.sd is not None else USUAL_SD.get(metric)
    if sd is not None and arm.sd is None:
        sd = min(sd, sqrt(arm.score * (1 - arm.score)))  # a mean of 0..1 spreads no more than a share
    return wilson(arm.score * n, n) if sd is None else mean_from_sd(arm.score, sd, n)


def rescored(one: Scored, metric: str, score: float, n: int | None = None) -> Scored:
    """The arm as if it counted this much on so many rows (left out: on as many), its scores spread as they are."""
    rows = one.arm.n if n is None else n
    groups = one.arm.groups and max(1, round(one.arm.groups * rows / one.arm.n))
    value, low, high = interval_of(replace(one.arm, score=score, n=rows, groups=groups), metric)
    return replace(one, arm=replace(one.arm, n=rows, groups=groups), score=value, low=low, high=high)


def rows_to_tell(one: Scored, metric: str, line: float, largest: int = 1_000_000) -> int | None:
    """Fewest scored rows whose interval around the arm's score leaves out `line`; None when even `largest` do not.

    Graded scores spread less than right and wrong do, and rows in groups tell less than as many independent ones.
    """

    def clear(n: int) -> bool:
        made = rescored(one, metric, one.score, n)
        return not made.low <= line <= made.high

    return first(clear, largest)


def lift(context: Context) -> float:
    """The smallest gain worth the work: as declared, else 5 points or a third of the best prompt's remaining errors."""
    if context.task.minimum_lift is not None:
        return context.task.minimum_lift
    prompts = [arm.score for arm in context.arms if arm.name in PROMPTED and not barred(arm, context)]
    return min(USUAL_LIFT, ERRORS_WON * (1 - max(prompts))) if prompts else USUAL_LIFT


def worth(context: Context) -> str:
    """What gain is worth the work, as a clause that says whether somebody said so."""
    given = context.task.minimum_lift
    return (
        f"you said {points(given)} are worth the work"
        if given is not None
        else f"a gain counts as worth the work from {points(lift(context))} on, as you named no smallest gain"
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


def near_target(context: Context) -> str:
    """The sentence that the target lies nearer to the best prompt than the smallest gain worth the work; else ""."""
    best, target, least = best_prompt(scored(context)), context.task.target, lift(context)
    if best is None or target is None or not best.score < target < best.score + least:
        return ""
    return (
        f"The target of {percent(target)} lies {points(target - best.score)} above the best prompt "
        f"({percent(best.score)}), and a gain under {points(least)} is not worth the work: with these two figures "
        "tuning can never be the answer. Ask for a higher score, or call a smaller gain worth it."
    )


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


def fits(context: Context, tokens: float, what: str) -> str:
    """The sentence whether so many tokens fit into what the model reads at once; "" where nobody said how much."""
    most = context.model.context_tokens
    if not most or not tokens:
        return ""
    does = "fits" if tokens <= most else "does not fit"
    return f"{what} of {tokens:,.0f} tokens {does} into the {most:,} that the model reads at once."


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
        prompts = [a for a in arms if a.arm.name in PROMPTED and a.arm.latency_ms is not None]
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


def best_prompt(arms: Sequence[Scored], names: Sequence[str] = PROMPTED) -> Scored | None:
    """The best-scoring prompt that no hard need rules out; None when there is none."""
    return next(iter(allowed(arms, names)), None)
