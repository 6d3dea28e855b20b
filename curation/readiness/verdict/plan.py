"""The steps of a work plan: for each thing that can stop the verdict, what people can do and what is known then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

from curation.readiness.arms import best_prompt, rescored, rows_to_tell
from curation.readiness.gates.data import rows_for_a_pattern
from curation.readiness.gates.reading import TRAINING, Reading, Stop, reading_of
from curation.readiness.gates.walk import walk
from curation.readiness.rules import Policy
from curation.readiness.verdict.flips import imagined_prompt
from curation.readiness.verdict.sentences import (
    MINUTES_TO_JUDGE,
    action,
    first_rows,
    first_to_give,
    name_of,
    to_confirm,
)
from curation.records import Evidence, Plan, PlanStep
from curation.records.context import Context
from curation.wording import capital, counted, neediest, percent, volume

MINUTES_PER_ROW = 1.0
"""Where nobody said how long a row takes: the minute of the cost example in the design."""
LEAST_KEPT = 0.2
"""However much a set repeats itself, one new row in five is taken to count (policy)."""
EXAMPLE_TARGET = 0.9
"""Imagined where nobody gave a target; the step asks for the real one."""

Rows = Mapping[str, Sequence[str]]
"""Evidence id -> ids of the rows behind it, the first to look at first."""


Move = tuple[PlanStep, Callable[[Reading], Reading]]
"""A step and the reading once it is done."""


def move(about: str, reading: Reading, rows: Rows) -> Move | None:
    """What to do about this item; None when people can do nothing about it."""
    make = MOVES.get(about)
    return make(reading, tuple(rows.get(about, ()))) if make else None


def settled(id: str) -> Callable[[Reading], Reading]:
    """The reading with this item in order: its value is as it was, its status ok."""

    def apply(reading: Reading) -> Reading:
        return replace(reading, items={**reading.items, id: replace(reading.items[id], status="ok")})

    return apply


def _integrity(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("integrity")
    if item is None:
        return None
    n = sum(int(item.detail.get(key, 0)) for key in ("empty", "loop", "filler", "too_long", "rejected"))
    words = f"Repair or remove {counted(n, 'unusable row')}, if possible at the source, and load the file again."
    minutes = (reading.policy.items["integrity"].minutes, _minutes(reading, n))
    return _step("integrity", words, n, n, (min(minutes), max(minutes)), rows), settled("integrity")


def _leakage(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("leakage")
    n = max(1, len(rows) or int(item.detail.get("leaked_rows", 1) if item else 1))
    words = f"Take the {counted(n, 'row')} that the evaluation set holds too out of the training data, and score again."
    minutes = reading.policy.items["leakage"].minutes
    return _step("leakage", words, n, n, (minutes, minutes), rows), settled("leakage")


def _conflicts(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("conflicts")
    if item is None:
        return None
    inputs, n = int(item.detail.get("inputs", 0)), int(item.detail.get("rows", len(rows)))
    words = f"Decide on one answer for each of {counted(inputs, 'input')} with several answers "
    words += f"({counted(n, 'row')} to change)."
    return _step("conflicts", words, n, n, (_minutes(reading, inputs),) * 2, rows), settled("conflicts")


def _noise(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("noise")
    if item is None:
        return _audit(reading, rows)
    size = reading.known("effective_size")
    n = int((size.detail.get("usable") or size.value or 0) if size else len(rows))
    low, high = max(1, round((item.low or 0) * n)), max(1, round((item.high or 0) * n))
    words = f"Correct the answers of {_range(low, high)}, the most suspected first."
    minutes = (_minutes(reading, low), _minutes(reading, high))
    if item.kind == "estimated":
        first = to_confirm(reading)
        each = reading.context.prices.label_minutes_per_row or MINUTES_TO_JUDGE
        words = f"Judge {first} random rows to confirm the estimate. If it holds, {words[0].lower()}{words[1:]}"
        minutes = (first * each, first * each + minutes[1])
    left = reading.policy.items["noise"].warn or 0.0

    def apply(old: Reading) -> Reading:
        # Cleaning never finds everything: what is left may be anything up to where the policy starts to warn.
        clean = replace(old.items["noise"], status="ok", value=left / 2, low=0.0, high=left)
        return replace(old, items={**old.items, "noise": clean})

    return _step("noise", words, low, high, minutes, rows[:high]), apply


def _audit(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    """Judging random rows where nobody has: taken to find few wrong answers."""
    if "noise" not in reading.items:
        return None
    n = to_confirm(reading)
    words = f"Judge {counted(n, 'row')} drawn at random: nobody has checked whether the answers are right."

    def apply(old: Reading) -> Reading:
        found = replace(old.items["noise"], status="ok", kind="measured", value=0.0, low=0.0, high=0.0)
        return replace(old, items={**old.items, "noise": found})

    return _step("noise", words, n, n, (n * MINUTES_TO_JUDGE,) * 2, rows), apply


def _agreement(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("agreement")
    if item is None:
        return None
    n = len(rows) or int(item.detail.get("rows", 0)) or 50
    words = f"Agree with the reviewers on what is right and write it down, then review {counted(n, 'row')} again."
    return _step("agreement", words, n, n, (_minutes(reading, n),) * 2, rows), settled("agreement")


def _effective_size(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item, rule = reading.known("effective_size"), reading.policy.items["effective_size"]
    if item is None or rule.fail is None:
        return None
    low = max(1, ceil(rule.fail - (item.value or 0)))
    words, low, high = _more(reading, low)
    return _step("effective_size", f"{words}.", low, high, _time(reading, low, high), rows), settled("effective_size")


def _more(reading: Reading, needed: int) -> tuple[str, int, int]:
    """The request for so many rows that count, and how many rows it takes at least and at most: what is there without
    a label first, then what is missing beyond that."""
    waiting = reading.waiting
    if waiting.different >= needed:
        return waiting.some(f"about {needed:,}"), needed, needed
    rest = needed - waiting.different
    most = _to_collect(reading, rest)
    add = f"add {_range(rest, most, 'distinct row')}"
    if not waiting.different:
        return capital(add), rest, most
    return f"{waiting.every}, and {add}", waiting.rows + rest, waiting.rows + most


def _coverage(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("coverage")
    if item is None:
        return None
    short = {str(name): int(n) for name, n in dict(item.detail.get("short", {})).items()}
    least = sum(_fewest(item, short, reading).values()) or int(item.detail.get("rows_needed", 1))
    high = _to_collect(reading, sum(short.values()) or least)
    where = f"{counted(len(short) or int(item.detail.get('classes_needed', 0)), 'class', 'classes')} with too few"
    words = f"Add {_range(least, high)} to"
    if (waiting := reading.waiting).different >= least:
        high = max(least, min(high, waiting.rows))
        words = f"{waiting.some(_about(least, high))}: those of"
    words = f"{words} {where}{neediest(short)}."
    step = _step("coverage", words, least, high, _time(reading, least, high), rows)
    needed = sorted(short, key=lambda name: (-short[name], name))
    return replace(step, labels={name: short[name] for name in needed}), settled("coverage")


def _fewest(item: Evidence, short: Mapping[str, int], reading: Reading) -> Mapping[str, int]:
    """Rows by class that are just enough: no more classes stay small than the policy lets pass, none stays empty."""
    rule = reading.policy.items["coverage"]
    classes = int(item.detail.get("classes", len(short)) or 1)
    may_stay = 0 if item.detail.get("dominant") else int((rule.fail or 0.0) * classes)
    filled = list(short)[: max(0, len(short) - may_stay)]
    absent = [name for name in item.detail.get("absent", ()) if name not in filled]
    return {**{name: short[name] for name in filled}, **dict.fromkeys(absent, 1)}


def _curve(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    size = reading.known("effective_size")
    curve = reading.known("curve")
    n = int((size.value if size else None) or (curve.detail.get("sizes", [1])[-1] if curve else 1))
    words = f"Collect {_range(n, 3 * n, 'more row')} (two to four times what you have), then judge again."
    if (waiting := reading.waiting).different >= n:
        high = min(3 * n, waiting.different)
        words = f"{waiting.some(_about(n, high))} (two to four times what has one now), then judge again."
        return _step("curve", words, n, high, _time(reading, n, high), rows), settled("curve")
    return _step("curve", words, n, 3 * n, _time(reading, n, 3 * n), rows), settled("curve")


def _learnability(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("learnability")
    if item is None:
        return None
    low = rows_for_a_pattern(reading, item) - int(item.detail.get("rows", 0))
    if low <= 0:
        return None
    words, low, high = _more(reading, low)
    words = f"{words}: with fewer, no pattern and too few rows look the same."
    return _step("learnability", words, low, high, _time(reading, low, high), rows), settled("learnability")


def _volatility(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    item = reading.known("volatility")
    change = item.detail.get("policy_change") if item else None
    if item is None or not change:
        return None
    n = int(change.get("rows", len(rows)))
    words = f"Give the {counted(n, 'row')} from before {change['date']} the labels in use since then, or drop them."

    def apply(old: Reading) -> Reading:
        calm = replace(item, detail={**item.detail, "policy_change": None})
        return replace(old, items={**old.items, "volatility": calm})

    return _step("volatility", words, n, n, (_minutes(reading, n),) * 2, rows), apply


def _target(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    words = f"Say which score would be good enough, and how it is measured (assumed here: {percent(EXAMPLE_TARGET)})."

    def apply(old: Reading) -> Reading:
        task = replace(old.context.task, target=EXAMPLE_TARGET)
        return replace(old, context=replace(old.context, task=task))

    return _step("target", words, 0, 0, (5.0, 5.0), ()), apply


def base_model(reading: Reading, score: float, goal: str) -> Move:
    """Measuring the base model, imagined to score this much."""
    rule = reading.policy.items["base_model"]
    n = first_rows(reading)
    words = f"Score the base model with a good prompt on {counted(n, 'held-out row')}. {goal}"

    def apply(old: Reading) -> Reading:
        return replace(old, arms=(*old.arms, imagined_prompt(score, n, old.context.task.metric)))

    return _step("base_model", words, n, n, (rule.minutes, rule.minutes), ()), apply


def beyond(reading: Reading, rows: int) -> str:
    """A clause where more rows are asked for than there are; "" otherwise."""
    new = rows_to_write(reading, rows)
    return f", {counted(new, 'row')} more than there are, so new ones have to be written" if new else ""


def rows_to_write(reading: Reading, rows: int) -> int:
    """How many of so many rows there are not yet; 0 where the rows are not counted."""
    size = reading.known("effective_size")
    have = int(size.value) if size and size.value else 0
    return max(0, rows - have - reading.waiting.different) if have else 0


def _headroom(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    """More scored rows until the room above the best prompt is told from the smallest lift worth the work."""
    best, room = best_prompt(reading.arms), reading.headroom()
    if best is None or room is None:
        return None
    metric = reading.context.task.metric
    wanted = rows_to_tell(best, metric, best.score + room[0] - reading.lift)
    if wanted is None or wanted <= best.arm.n:
        return None
    words = f"Score {best.words} on about {wanted:,} held-out rows instead of {best.arm.n:,}{beyond(reading, wanted)}."
    surer = rescored(best, metric, best.score, wanted)

    def apply(old: Reading) -> Reading:
        return replace(old, arms=tuple(surer if one == best else one for one in old.arms))

    minutes = reading.policy.items["headroom"].minutes + _minutes(reading, rows_to_write(reading, wanted))
    return _step("headroom", words, wanted, wanted, (minutes, minutes), ()), apply


def _economics(reading: Reading, rows: tuple[str, ...]) -> Move | None:
    if reading.status("economics") != "missing" or "economics" not in reading.items:
        return None
    minutes = reading.policy.items["economics"].minutes
    what = first_to_give(reading) or "calls per month, token counts and prices"
    words = f"Enter {what} (assumed here: tuning pays for itself within a year)."

    def apply(old: Reading) -> Reading:
        pays = replace(old.items["economics"], status="ok", value=1.0, low=1.0, high=1.0)
        return replace(old, items={**old.items, "economics": pays})

    return _step("economics", words, 0, 0, (minutes, minutes), ()), apply


MOVES: dict[str, Callable[[Reading, tuple[str, ...]], Move | None]] = {
    "leakage": _leakage,
    "integrity": _integrity,
    "conflicts": _conflicts,
    "volatility": _volatility,
    "target": _target,
    "noise": _noise,
    "agreement": _agreement,
    "effective_size": _effective_size,
    "coverage": _coverage,
    "curve": _curve,
    "learnability": _learnability,
    "headroom": _headroom,
    "economics": _economics,
}
"""What people can do, by what it is about."""


def _step(about: str, words: str, low: int, high: int, minutes: tuple[float, float], rows: Sequence[str]) -> PlanStep:
    return PlanStep(about, words, low, max(low, high), minutes, tuple(rows))


def _range(low: int, high: int, noun: str = "row") -> str:
    return f"about {counted(low, noun)}" if high <= low else f"about {low:,} to {counted(high, noun)}"


def _about(low: int, high: int) -> str:
    return f"about {low:,}" if high <= low else f"about {low:,} to {high:,}"


def _to_collect(reading: Reading, needed: int) -> int:
    """Rows to collect so that `needed` count, if new ones repeat themselves as the present ones do at worst."""
    repeated = reading.known("duplication")
    return ceil(needed / max(LEAST_KEPT, 1 - ((repeated.high if repeated else None) or 0.0)))


def each_minutes(reading: Reading) -> float:
    """Minutes of a person for one row."""
    each = reading.context.prices.label_minutes_per_row
    return MINUTES_PER_ROW if each is None else each


def _minutes(reading: Reading, rows: int) -> float:
    return rows * each_minutes(reading)


def _time(reading: Reading, low: int, high: int) -> tuple[float, float]:
    return _minutes(reading, low), _minutes(reading, high)


ORDER = (
    "leakage", "integrity", "conflicts", "volatility", "target", "base_model", "noise", "agreement", "effective_size",
    "coverage", "curve", "learnability", "economics", "headroom",
)  # fmt: skip
"""What makes later work pointless comes first: unsound data, then whether tuning is needed at all, then the data."""
COLLECT = ("effective_size", "coverage", "curve", "learnability")
"""Items whose steps ask for new rows: those that are there show what is scarce, and nothing about them is in doubt."""
SCORE_STEP = 0.01
"""Imagined scores of a base model that nobody measured."""
MOST_EXAMPLES = 1000
"""Rows to look at kept with a step: more than a person reviews in two days at a minute each."""


def work_plan(evidence: Iterable[Evidence], context: Context, policy: Policy, rows: Rows | None = None) -> Plan:
    """The plan on this evidence; `rows` names the rows behind the items (see `Study.behind`).

    Steps are found by walking the gates: what stops is taken as done, until training is the answer or nothing people
    can do is left. Then every step without which the end would be the same is dropped.
    """
    reading = reading_of(evidence, context, policy)
    now = walk(reading).outcome
    moves = _needed(reading, _way(reading, rows or {}))
    moves.sort(key=lambda one: ORDER.index(one[0].about))
    if not (size := reading.known("effective_size")) or not size.value:
        # Without one row that counts nothing can be scored.
        moves.sort(key=lambda one: one[0].about != "effective_size")
    steps, after = [], reading
    for step, apply in moves:
        after = apply(after)
        then = walk(after).outcome
        steps.append(replace(step, then=then, examples=step.examples[:MOST_EXAMPLES]))
    end = walk(after)
    minutes = (sum(step.minutes[0] for step in steps), sum(step.minutes[1] for step in steps))
    return Plan(now, end.outcome, tuple(steps), minutes, _summary(after, now, end, steps))


def review_first(plan: Plan) -> tuple[str, ...]:
    """The examples to review first, in the order of the steps, each once; none of a step that asks for new rows."""
    return tuple(dict.fromkeys(id for step in plan.steps if step.about not in COLLECT for id in step.examples))


def _way(reading: Reading, rows: Rows) -> list[Move]:
    """The moves that lead to training; where only the base model's score could stop it, that score is imagined."""
    if reading.prompts:
        return _greedy(reading, rows, None)[0]
    ways: list[tuple[int, float, list[Move]]] = []
    top = reading.target if reading.target is not None else EXAMPLE_TARGET
    for k in range(round(top / SCORE_STEP), -1, -1):
        goal = f"The next steps assume it scores {percent(k * SCORE_STEP)} or less; above, tuning would win too little."
        found, end = _greedy(reading, rows, base_model(reading, k * SCORE_STEP, goal))
        if end in TRAINING:
            ways.append((len(found), -k, found))
    if ways:
        return min(ways, key=lambda way: way[:2])[2]
    goal = "The verdict then depends on what it scores."
    return _greedy(reading, rows, base_model(reading, top / 2, goal))[0]


def _greedy(reading: Reading, rows: Rows, measured: Move | None) -> tuple[list[Move], str]:
    """Moves until training or until nothing can be done, and the outcome then."""
    done: list[Move] = []
    seen: set[str] = set()
    while True:
        stop = walk(reading)
        if stop.outcome in TRAINING:
            return done, stop.outcome
        for about in _causes(reading, stop):
            found = measured if about == "base_model" else move(about, reading, rows)
            if found is not None and about not in seen:
                break
        else:
            return done, stop.outcome
        seen.add(about)
        done.append(found)
        reading = found[1](reading)


def _causes(reading: Reading, stop: Stop) -> tuple[str, ...]:
    """What people could do something about, given what stopped the verdict."""
    if stop.gate == "5":
        return ("target",) if reading.target is None else ("base_model",)
    if stop.gate == "5b":
        return ("headroom",)
    if stop.gate == "8":
        return ("economics",)
    return stop.about if stop.gate in ("0", "4a", "4b", "4c", "7") else ()


def _needed(reading: Reading, moves: list[Move]) -> list[Move]:
    """Those moves without which the end would be another one."""
    end = _end(reading, moves)
    for one in list(moves):
        rest = [other for other in moves if other is not one]
        if _end(reading, rest) == end:
            moves = rest
    return moves


def _end(reading: Reading, moves: Sequence[Move]) -> str:
    for _, apply in moves:
        reading = apply(reading)
    return walk(reading).outcome


ASSUMED = ("target", "base_model", "economics")
"""Steps that ask for a figure nobody has yet: what follows them rests on an assumed one."""


def _summary(after: Reading, now: str, end: Stop, steps: Sequence[PlanStep]) -> str:
    if now in TRAINING:
        return "Nothing is left to do before training."
    if not steps:
        text = f"No work on the data leads to training. {action(after, end) or end.reason}"
        return f"{text}{_price(after, end)}"
    way = "One step leads" if len(steps) == 1 else f"{len(steps)} steps lead"
    if any(step.about in ASSUMED for step in steps):
        way = f"If all turns out as assumed here, {way[:1].lower()}{way[1:]}"
    if end.outcome in TRAINING:
        return f"{way} to the verdict “{name_of(after, end)}”."
    firmer = f"{way} to a more certain verdict, not to training: “{name_of(after, end)}”."
    return firmer + _price(after, end)


def _price(after: Reading, end: Stop) -> str:
    """From how many calls a month tuning would pay, where only money stands against it."""
    money = after.known("economics")
    needed = money.detail.get("calls_needed") if money and end.gate == "8" else None
    return f" Tuning would pay from about {volume(needed)} calls a month on." if needed else ""
