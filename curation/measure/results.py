"""What a measurement says: each arm's score and costs, and how arms differ on the rows they share."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from curation.endpoint.ledger import Prices
from curation.measure.judged import judged_apart
from curation.measure.plan import Origin, Task
from curation.measure.trial import EMPTY, Tally
from curation.records import ArmResult, AskedRun, Difference, LabelResult, Run
from curation.sampling.exact import mcnemar
from curation.sampling.grouped import balanced_accuracy, macro_f1, numbered
from curation.sampling.intervals import Interval, wilson
from curation.sampling.paired import graded, paired, paired_labels, sd_of, spread
from curation.text.tokens import Usage
from curation.wording import ARMS, word

MOST_FAILED = 0.1
"""Failed questions may be the hard ones: with more than a tenth missing, the score could be off by as much as the
differences people look for. A choice."""


Families = Mapping[str, str]
"""The family of a row, by id: near-duplicates and what the data names as one group. Others are their own."""
ALONE: Families = MappingProxyType({})
"""Every row is its own family."""


def arm_result(
    tally: Tally, ended: str, prices: Prices, origin: Origin, task: Task, families: Families = ALONE
) -> ArmResult:
    """What a tally comes to; `ended` says why the run ended before all was asked, "" when it did not."""
    replies = [call.reply for call in tally.replies]
    prompt, output = _mean(replies, "prompt_tokens"), _mean(replies, "output_tokens")
    waits = [call.latency_ms for call in tally.replies]
    is_priced = prices.known and prompt is not None and output is not None
    scores = _of_metric(tally, task)
    figure = _figure(task.metric, scores, tally, families)
    score, low, high = figure.interval
    return ArmResult(
        name=tally.name,
        **asdict(origin),
        score=score,
        low=low,
        high=high,
        scores=scores,
        failed=tally.failed,
        silent=tally.silent,
        cut_off=sum(bool(reply.get("cut_off")) for reply in replies),
        estimated=sum(bool(reply.get("estimated")) for reply in replies),
        prompt_tokens=prompt,
        output_tokens=output,
        latency_ms=float(np.quantile(waits, 0.95)) if waits else None,
        cost=prices.of(Usage(prompt or 0.0, output or 0.0)) if is_priced else None,
        stopped=tally.stopped,
        reason=_why_not(tally, ended) or ("" if scores else NO_SUCH_LABEL),
        empty=tally.empty,
        doubted=" or ".join(sorted({str(reply["doubted"]) for reply in replies if reply.get("doubted")})),
        borrowed=dict(tally.borrowed),
        malformed=tally.malformed,
        sd=figure.sd,
        groups=figure.groups,
        said=dict(tally.said),
        answers=dict(tally.answers),
        labels=label_results(tally.said, tally.answers),
    )


NO_SUCH_LABEL = "no row that was asked has a label that must not be missed"


def _of_metric(tally: Tally, task: Task) -> dict[str, float]:
    """The scores that count: recall is that of the rows whose label must not be missed."""
    if task.metric != "recall":
        return dict(tally.scores)
    return {id: score for id, score in tally.scores.items() if tally.answers.get(id) in task.recall_of}


@dataclass(frozen=True)
class Figure:
    """A score with its interval, and what makes that: None as the spread of a plain share."""

    interval: Interval
    sd: float | None
    groups: int


def _figure(metric: str, scores: Mapping[str, float], tally: Tally, families: Families) -> Figure:
    ids, names = list(scores), [families.get(id, id) for id in scores]
    values = np.array([scores[id] for id in ids], np.float64)
    groups = len(set(names))
    if not ids:
        return Figure(wilson(0, 0), None, 0)
    if metric in ("macro_f1", "balanced_accuracy"):
        interval = _of_labels(metric, [tally.answers[id] for id in ids], [tally.said[id] for id in ids], names)
        return Figure(interval, sd_of(interval, groups), groups)
    plain = groups == len(ids) and bool(np.isin(values, (0.0, 1.0)).all())
    return Figure(graded(values, names), None if plain else spread(values, names)[0], groups)


def _of_labels(metric: str, answers: Sequence[str], said: Sequence[str], names: Sequence[str]) -> Interval:
    codes, replies, groups = _codes(answers, said), _codes(said, answers), numbered(names)
    if metric == "macro_f1":
        return macro_f1(codes, replies, groups)
    return balanced_accuracy(codes, (codes == replies).astype(np.float64), groups)


def _codes(labels: Sequence[str], others: Sequence[str]) -> Any:
    number = {label: n for n, label in enumerate(sorted({*labels, *others}))}
    return np.array([number[label] for label in labels], np.int64)


def label_results(said: Mapping[str, str], answers: Mapping[str, str]) -> tuple[LabelResult, ...]:
    """How each label went that has a scored row, in order of its name."""
    rows, given = Counter(answers.values()), Counter(said.values())
    right = Counter(label for id, label in answers.items() if said[id] == label)
    return tuple(LabelResult(name, rows[name], right[name], given[name], wilson(right[name], rows[name]))
                 for name in sorted(rows))  # fmt: skip


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


def differences(arms: Sequence[ArmResult], families: Families = ALONE) -> list[Difference]:
    """Every pair of measured arms that share rows, the better one first."""
    measured = [arm for arm in arms if not arm.reason]
    found = []
    for n, one in enumerate(measured):
        for other in measured[n + 1 :]:
            if one.judged or other.judged:
                found += _judged_difference(one, other)
            elif shared := sorted(set(one.scores) & set(other.scores)):
                found.append(_difference(one, other, shared, families))
    return found


def _difference(one: ArmResult, other: ArmResult, shared: Sequence[str], families: Families) -> Difference:
    value, low, high = _apart(one, other, shared, families)
    if value < 0:
        one, other, value, low, high = other, one, -value, -high, -low
    models = _models(one, other)
    p = _p(one, other, shared) if one.metric not in MEANS_OF_LABELS else None
    return Difference(one.name, other.name, len(shared), value, low, high, p, models)


def _models(one: ArmResult, other: ArmResult) -> str:
    same = (one.model, one.endpoint, one.source) == (other.model, other.endpoint, other.source)
    return "" if same else f"{one.model or one.source} against {other.model or other.source}"


def _judged_difference(one: ArmResult, other: ArmResult) -> list[Difference]:
    """How much better one of two arms is that a model judged, by people's standard; none where nobody can tell."""
    apart = judged_apart(one, other)
    if apart is None:
        return []
    (value, low, high), rows = apart
    if value < 0:
        one, other, value, low, high = other, one, -value, -high, -low
    return [Difference(one.name, other.name, rows, value, low, high, None, _models(one, other))]


MEANS_OF_LABELS = ("macro_f1", "balanced_accuracy")


def _apart(one: ArmResult, other: ArmResult, shared: Sequence[str], families: Families) -> Interval:
    first, second = (np.array([arm.scores[id] for id in shared], np.float64) for arm in (one, other))
    names = [families.get(id, id) for id in shared]
    known = all(id in arm.said for arm in (one, other) for id in shared)
    if one.metric not in MEANS_OF_LABELS or not known:
        return paired(first, second, names)
    answers = [one.answers[id] for id in shared]
    ends = [_of_labels(one.metric, answers, [arm.said[id] for id in shared], names) for arm in (one, other)]
    return paired_labels(_codes(answers, ()), first, second, ends)


def _p(one: ArmResult, other: ArmResult, shared: Sequence[str]) -> float | None:
    first, second = ([arm.scores[id] for id in shared] for arm in (one, other))
    if any(score not in (0, 1) for score in (*first, *second)):
        return None
    return mcnemar(sum(a > b for a, b in zip(first, second)), sum(a < b for a, b in zip(first, second)))


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
    stays = f"the earlier result of {old.model or old.source} on {len(old.scores):,} rows is kept"
    if new.reason:
        return f"{arm} was not measured this time; {stays}."
    scored = f"{arm} of {new.model or new.source} scored {new.score:.3f} on only {len(new.scores):,} rows"
    return f"{scored}, so {stays}. A run on at least as many rows replaces it."
