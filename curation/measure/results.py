"""What a measurement says: each arm's score and costs, and how arms differ on the rows they share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from curation.measure.ledger import Prices
from curation.measure.trial import EMPTY, Tally
from curation.records import TUNED, ArmResult, AskedRun, Difference, Run
from curation.sampling.exact import mcnemar
from curation.sampling.intervals import Interval, paired_shares, wilson
from curation.sampling.resampling import resampled_mean
from curation.text.tokens import Usage
from curation.wording import ARMS, word

MOST_FAILED = 0.1
"""Failed questions may be the hard ones: with more than a tenth missing, the score could be off by as much as the
differences people look for. A choice."""
RESAMPLES = 2000
"""Draws of the paired bootstrap: its 90 % interval is then steady to about a tenth of its width."""


@dataclass(frozen=True)
class Origin:
    """Where an arm's scores come from: model, endpoint ("" for imported outputs), metric and time."""

    model: str
    metric: str
    at: str
    endpoint: str = ""
    hosted: bool = False


def arm_result(tally: Tally, ended: str, prices: Prices, origin: Origin) -> ArmResult:
    """What a tally comes to; `ended` says why the run ended before all was asked, "" when it did not."""
    replies = [call.reply for call in tally.replies]
    prompt, output = _mean(replies, "prompt_tokens"), _mean(replies, "output_tokens")
    waits = [call.latency_ms for call in tally.replies]
    is_priced = prices.known and prompt is not None and output is not None
    # Wilson's interval is conservative for means of scores between 0 and 1.
    score, low, high = wilson(sum(tally.scores.values()), len(tally.scores))
    return ArmResult(
        name=tally.name,
        **asdict(origin),
        score=score,
        low=low,
        high=high,
        scores=dict(tally.scores),
        failed=tally.failed,
        silent=tally.silent,
        cut_off=sum(bool(reply.get("cut_off")) for reply in replies),
        estimated=sum(bool(reply.get("estimated")) for reply in replies),
        prompt_tokens=prompt,
        output_tokens=output,
        latency_ms=float(np.quantile(waits, 0.95)) if waits else None,
        cost=prices.of(Usage(prompt or 0.0, output or 0.0)) if is_priced else None,
        stopped=tally.stopped,
        reason=_why_not(tally, ended),
        empty=tally.empty,
        doubted=" or ".join(sorted({str(reply["doubted"]) for reply in replies if reply.get("doubted")})),
        borrowed=dict(tally.borrowed),
    )


def _why_not(tally: Tally, ended: str) -> str:
    tried = len(tally.scores) + tally.failed
    if tally.reason:
        return tally.reason
    if tally.empty > MOST_FAILED * tried:
        return f"{tally.empty} of {tried} replies were empty. {EMPTY.removesuffix('.')}"
    if not tally.scores:
        return f"no question was {'answered' if tally.failed else 'asked'}" + (f": {ended}" if ended else "")
    if tally.failed > MOST_FAILED * tried:
        return f"{tally.failed} of {tried} questions failed, so the answered ones may not be typical"
    return ""


def _mean(replies: Sequence[Mapping[str, Any]], field: str) -> float | None:
    return float(np.mean([reply[field] for reply in replies])) if replies else None


def by_label(scores: Mapping[str, float], labels: Mapping[str, str | None]) -> dict[str, tuple[Interval, int]]:
    """(mean score with its 90 % interval, rows) of each label, from scores and labels by row id."""
    found: dict[str, list[float]] = defaultdict(list)
    for id, score in scores.items():
        label = labels.get(id)
        if label is not None:
            found[label].append(score)
    return {label: (wilson(sum(one), len(one)), len(one)) for label, one in found.items()}


def differences(arms: Sequence[ArmResult], seed: int) -> list[Difference]:
    """Every pair of measured arms of one model that share rows, the better one first; and tuned arms against prompts,
    which are of another model by nature."""
    measured = [arm for arm in arms if not arm.reason]
    found = []
    for n, one in enumerate(measured):
        for other in measured[n + 1 :]:
            shared = sorted(set(one.scores) & set(other.scores))
            if shared and _comparable(one, other):
                found.append(_difference(one, other, shared, seed))
    return found


def _comparable(one: ArmResult, other: ArmResult) -> bool:
    same = (one.model, one.endpoint) == (other.model, other.endpoint)
    return same or (one.name in TUNED) != (other.name in TUNED)


def _difference(one: ArmResult, other: ArmResult, shared: Sequence[str], seed: int) -> Difference:
    if sum(one.scores[id] for id in shared) < sum(other.scores[id] for id in shared):
        one, other = other, one
    first = np.array([one.scores[id] for id in shared])
    second = np.array([other.scores[id] for id in shared])
    if np.isin(first, (0, 1)).all() and np.isin(second, (0, 1)).all():
        value, low, high, p = _of_shares(first, second)
    else:
        (value, low, high), p = resampled_mean(first - second, np.random.default_rng([seed, 3]), RESAMPLES), None
    tuned = (one.name in TUNED) != (other.name in TUNED)
    models = f"{one.model} against {other.model}" if tuned else ""
    return Difference(one.name, other.name, len(shared), value, low, high, p, models)


def _of_shares(first: Any, second: Any) -> tuple[float, float, float, float]:
    both, neither = int((first * second).sum()), int(((1 - first) * (1 - second)).sum())
    only_first, only_second = int((first * (1 - second)).sum()), int(((1 - first) * second).sum())
    return *paired_shares(both, only_first, only_second, neither), mcnemar(only_first, only_second)


@dataclass(frozen=True)
class Kept:
    """`arms` by name after a run; `stands` says of every earlier result that was not replaced why."""

    arms: tuple[ArmResult, ...]
    stands: tuple[str, ...]


def keep(before: Sequence[ArmResult], arms: Sequence[ArmResult], run: Run) -> Kept:
    """The arms known after a run.

    A new result replaces the old one of its name if it scored at least as many rows, was stopped because its answer
    was clear, asked every row there is, or the old one was not measured or was scored otherwise.
    """
    whole = {arm.name: arm for arm in before}
    stands = []
    for arm in arms:
        old = whole.get(arm.name)
        if old is None or _replaces(old, arm, run):
            whole[arm.name] = arm
        else:
            stands.append(_sentence(old, arm))
    return Kept(tuple(whole[name] for name in sorted(whole)), tuple(stands))


def is_idle(run: Run) -> bool:
    """Whether a run was ended before it made a single call, so that it has nothing new to say."""
    return isinstance(run, AskedRun) and bool(run.ended) and not run.made


def _replaces(old: ArmResult, new: ArmResult, run: Run) -> bool:
    if old.reason:
        return True
    if new.reason or is_idle(run):
        return False
    if old.metric != new.metric or len(new.scores) >= len(old.scores) or new.stopped:
        return True
    # fewer rows were held back than were wanted: the data has become smaller, and no run can ask more of it
    wanted = run.wanted if isinstance(run, AskedRun) else 0
    return run.rows < wanted and len(new.scores) + new.failed == run.rows


def _sentence(old: ArmResult, new: ArmResult) -> str:
    arm = f"The {word(ARMS, new.name).noun}"
    stays = f"the earlier result of {old.model} on {len(old.scores):,} rows is kept"
    if new.reason:
        return f"{arm} was not measured this time; {stays}."
    scored = f"{arm} of {new.model} scored {new.score:.3f} on only {len(new.scores):,} rows"
    return f"{scored}, so {stays}. A run on at least as many rows replaces it."
