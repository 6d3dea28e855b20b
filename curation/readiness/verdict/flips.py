"""The smallest single change that would alter the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log

from curation.readiness.arms import Scored, rescored
from curation.readiness.gates.reading import Reading
from curation.readiness.gates.walk import walk
from curation.readiness.verdict.sentences import first_rows, is_unpriced, name_of
from curation.readiness.verdict.stability import (
    COUNTED,
    DERIVED,
    planted,
    shifted,
)
from curation.records import Evidence, Rule, Status
from curation.wording import SUBJECTS, counted, number, percent, volume

STEP = 0.005
"""Scores are tried in steps of half a point."""
HAIR = 1e-6
"""Just across a threshold."""
LEAST_WIDTH = 0.003
"""Half-width, in the item's own unit, under which an interval makes nothing nearer (policy)."""
ROWS_WEIGHT = 3.0
"""Doubling the rows is as far as three half-widths of a measured score (policy): people can do it."""
DECLARED = 5.0
"""Half-widths a declaration is away (policy): only the person can change it, so it comes after what is measured."""
ABOUT_DATA = ("fix_data", "clean", "collect")
"""Outcomes that find fault with the data."""
STAY = frozenset(("prompt", "stay_with_prompt"))
"""Outcomes with one advice: a change from one to the other changes nothing that anybody does."""


@dataclass(frozen=True)
class Change:
    """One imagined change: how far it is in half-widths of the item's interval, in words, and the reading it gives.

    `about` is the item that changes, "" for an arm.
    """

    distance: float
    words: str
    reading: Reading
    about: str = ""


def nearest_flip(reading: Reading, outcome: str) -> str:
    """The nearest change with another outcome, as a sentence; "" when none of those tried changes it.

    Where the data is at fault, what is at fault comes before what is merely near.
    """
    if reading.target is None and outcome == "need_unproven":
        return _targets(reading)
    stop = walk(reading)
    at_fault = stop.about if outcome in ABOUT_DATA else ()
    found: list[tuple[bool, float, str, str]] = []
    for change in _changes(reading):
        other = walk(change.reading)
        if _is_other(other.outcome, outcome):
            aside = bool(at_fault) and change.about not in at_fault
            sure = (
                change.about in COUNTED and change.about not in stop.about
            )  # a count in order does not turn out worse
            found.append((aside or sure, change.distance, change.words, name_of(change.reading, other)))
    if not reading.prompts and reading.target is not None and (ends := _measured(reading)):
        return ends
    if not found:
        return ""
    *_, words, name = min(found)
    return f"{words}, the verdict would be “{name}”."


def _is_other(outcome: str, usual: str) -> bool:
    return outcome != usual and not {outcome, usual} <= STAY


def _changes(reading: Reading) -> Iterator[Change]:
    for id, rule in reading.policy.items.items():
        item = reading.items.get(id)
        if id == "economics" and item is not None and item.status == "missing":
            most = item.detail.get("hosting_limit")
            words = f"If tuning paid for itself within {rule.warn:g} months"
            if most is not None:
                words = f"If hosting the tuned model cost less than about {most:,.0f} {item.detail['currency']} a month"
            # where nothing but the prices is missing, no score is nearer than they are
            far = 0.0 if is_unpriced(reading, walk(reading)) else DECLARED
            yield Change(far, words, _put(reading, replace(item, status="ok", value=1.0, low=1.0, high=1.0)), id)
        if item is None or item.value is None or id in DERIVED:
            continue
        if id in ("effective_size", "coverage"):
            yield from _more_rows(reading, item, rule)
        elif id == "economics":
            yield from _earlier(reading, item, rule)
        elif id == "volatility":
            yield from _pace(reading, item)
        else:
            yield from _crossings(reading, item, rule)
    for n, one in enumerate(reading.arms):
        yield from _scores(reading, n, one)


def _put(reading: Reading, item: Evidence) -> Reading:
    return replace(reading, items={**reading.items, item.id: item})


def _crossings(reading: Reading, item: Evidence, rule: Rule) -> Iterator[Change]:
    """The item moved just across each of its thresholds, to the other side of where it is."""
    ends = {"value": item.value, "low": item.low, "high": item.high}
    lines = [(rule.fail, rule.fail_on), (rule.warn, rule.warn_on)]
    if item.id in ("retrieval", "classifier") and reading.target is not None:
        lines = [(reading.target, "low")]
    for line, end in lines:
        now = ends[end]
        if line is None or now is None or item.value is None:
            continue
        by = line - now
        by += HAIR if by >= 0 else -HAIR
        if by > 0 and now == line:
            by = HAIR if rule.worse == "above" else -HAIR
        if rule.unit == "share" and not 0 <= item.value + by <= 1:
            continue
        moved = shifted(item, rule, by)
        name = SUBJECTS.get(item.id, f"{item.title[:1].lower()}{item.title[1:]}")
        there, here = (number(value, {"unit": rule.unit}, None) for value in (item.value + by, item.value))
        stood = _apart(item.value + by, item.value) if rule.unit == "share" else f"{there} instead of {here}"
        yield Change(abs(by) / _width(item), f"If {name} were {stood}", _put(reading, moved), item.id)


def _width(item: Evidence) -> float:
    if item.id in COUNTED:
        return LEAST_WIDTH
    return max(((item.high or 0.0) - (item.low or 0.0)) / 2, LEAST_WIDTH)


def _apart(there: float, here: float) -> str:
    """One share instead of another, with as many decimals as tell them apart."""
    if percent(there) != percent(here):
        return f"{percent(there)} instead of {percent(here)}"
    digits = next((n for n in (1, 2, 3) if percent(there, n) != percent(here, n)), 4)
    return f"{percent(there, digits)} instead of {percent(here, digits)}"


def _more_rows(reading: Reading, item: Evidence, rule: Rule) -> Iterator[Change]:
    if item.status != "fail" or item.value is None:
        return
    if item.id == "coverage":
        rows, classes = int(item.detail["rows_needed"]), int(item.detail["classes_needed"])
        words = f"With {counted(rows, 'more row')} in {counted(classes, 'class', 'classes')}"
    else:
        rows = max(1, round((rule.fail or 0) - item.value))
        words = f"With {counted(rows, 'more distinct row')}"
        if reading.waiting.different >= rows:
            words = f"With {reading.waiting.lacks}s on {counted(rows, 'more row')}"
    size = reading.known("effective_size")
    have = (size.value if size else None) or 1.0
    yield Change(ROWS_WEIGHT * rows / (have + rows), words, _put(reading, replace(item, status="ok")), item.id)


def _earlier(reading: Reading, item: Evidence, rule: Rule) -> Iterator[Change]:
    """Tuning just pays within the limit, or just does not."""
    if rule.warn is None or item.value is None:
        return
    status: Status = "ok" if item.status != "ok" else "warn"
    spread = max(log(max(item.high or 1, HAIR) / max(item.low or 1, HAIR)) / 2, 0.5)
    distance = abs(log(max(item.value, HAIR) / rule.warn)) / spread
    needed, calls = item.detail.get("calls_needed"), item.detail.get("calls")
    words = f"If tuning {'paid' if status == 'ok' else 'did not pay'} for itself within {rule.warn:g} months"
    if needed and needed >= 1:
        words = f"{'From' if status == 'ok' else 'Under'} {volume(needed)} calls a month"
        distance = abs(log(needed / calls)) / spread if calls else distance
    yield Change(distance, words, _put(reading, replace(item, status=status, message=item.message)), item.id)


def _pace(reading: Reading, item: Evidence) -> Iterator[Change]:
    fires = item.status == "fail"
    words = (
        "If right answers stayed right for a year or longer" if fires else "If right answers changed monthly or faster"
    )
    yield Change(DECLARED, words, _put(reading, replace(item, status="ok" if fires else "fail")), item.id)


def _scores(reading: Reading, n: int, one: Scored) -> Iterator[Change]:
    """The arm measured higher and lower on as many rows, step by step up to the first other advice."""
    usual = walk(reading).outcome
    for way in (1, -1):
        for k in range(1, round(1 / STEP) + 1):
            score = one.score + way * k * STEP
            if not 0 <= score <= 1:
                break
            changed = replace(rescored(one, reading.context.task.metric, score), arm=one.arm)
            other = replace(reading, arms=(*reading.arms[:n], changed, *reading.arms[n + 1 :]))
            if _is_other(walk(other).outcome, usual):
                words = f"If {one.words} scored {_apart(score, one.score)} on {one.arm.n:,} rows"
                yield Change(k * STEP / max((one.high - one.low) / 2, LEAST_WIDTH), words, other)
                break


def _targets(reading: Reading) -> str:
    """With no target: what naming one would make of the verdict, from low targets to high."""
    if not reading.prompts:
        return "A target score and a prompt measured against it. Until then no other verdict is possible."
    spans: list[tuple[str, float]] = []
    for k in range(1, round(1 / STEP) + 1):
        task = replace(reading.context.task, target=k * STEP)
        wanted = replace(reading, context=replace(reading.context, task=task))
        outcome = name_of(wanted, walk(wanted))
        if not spans or spans[-1][0] != outcome:
            spans.append((outcome, k * STEP))
    ways = [f", from {percent(start)} on “{outcome}”" for outcome, start in spans[1:]]
    return f"The target decides: with a low one the verdict would be “{spans[0][0]}”{''.join(ways)}."


def _measured(reading: Reading) -> str:
    """With no prompt measured: what the first measurement would make of the verdict, from low scores to high."""
    rows = first_rows(reading)
    spans: list[tuple[str, float, float]] = []
    for k in range(round(1 / STEP) + 1):
        score = k * STEP
        arm = imagined_prompt(score, rows, reading.context.task.metric)
        measured = replace(reading, arms=(*reading.arms, arm))
        outcome = name_of(measured, walk(measured))
        if spans and spans[-1][0] == outcome:
            spans[-1] = (outcome, spans[-1][1], score)
        else:
            spans.append((outcome, score, score))
    if len(spans) < 2:
        return ""
    first, last, own = spans[0], spans[-1], name_of(reading, walk(reading))
    low = f"stays “{own}”" if first[0] == own else f"would be “{first[0]}”"
    high = f"it stays “{own}”" if last[0] == own else f"it would be “{last[0]}”" if first[0] == own else f"“{last[0]}”"
    return (
        f"The score of a good prompt on {rows:,} rows decides: at {percent(first[2])} or less the verdict {low}, at "
        f"{percent(last[1])} or more {high}."
    )


def imagined_prompt(score: float, rows: int, metric: str) -> Scored:
    """A few-shot prompt imagined to have scored this much on so many rows."""
    return rescored(planted(score, rows), metric, score)
