"""What to do next: the action, what is still open, and a measurement that is cheap and settles much."""

from collections.abc import Iterable

from curation.readiness.arms import best_prompt
from curation.readiness.gates.knowledge import knowledge_from_elsewhere, novel
from curation.readiness.gates.need import deciding_rows
from curation.readiness.gates.reading import Reading, Stop, reading_of
from curation.readiness.gates.walk import walk
from curation.readiness.rules import Policy
from curation.readiness.verdict.plan import beyond, each_minutes, rows_to_write
from curation.readiness.verdict.sentences import (
    AUDIT_FIRST,
    MINUTES_TO_JUDGE,
    action,
    confirmation,
    first_rows,
    first_to_give,
    headline,
    is_unpriced,
    to_confirm,
)
from curation.readiness.verdict.stability import Draws, entropy_removed
from curation.records import Evidence
from curation.records.context import Context
from curation.wording import MEASUREMENTS, capital, counted, months
from curation.wording import minutes as duration

KNOWLEDGE_QUESTION = (
    "Where does the new knowledge in the answers come from? If it can be looked up, use retrieval instead of training."
)
TARGET_QUESTION = "What score would be good enough? Give a metric and a target."
ASKED_FOR_KNOWLEDGE = ("", "question_answering", "generation")
"""Kinds of task in which new words may be knowledge; in the others they follow from the input by the task."""
LEAST_GAIN = 0.02
"""Bits of doubt below which a measurement is not worth naming; 500 draws cannot tell it from none."""
MORE = 4
"""Four times the rows halve an interval."""
NEARLY = 0.9
"""A measurement that removes nine tenths as much doubt is as good, if it is cheaper (policy)."""
CHEAP = 60.0
"""Minutes up to which a measurement is called cheap (policy): it fits between two meetings."""
PAIRS, FEWEST_PAIRS = 50, 20
"""Rows for two reviewers to answer, and the fewest that tell anything of how far they agree (policy)."""
REVIEWED = ("noise", "agreement")
"""Items that people measure by reading rows."""
IF_CONFIRMED = {"noise": "If many are wrong:", "curve": "If they are:"}
"""What leads over from the measurement that confirms an estimate to what to do then."""
CHEAPER = (
    "Money alone may still speak for tuning: a LoRA that answers as well would be earned back in {back}. If that "
    "counts for you, train one and score it on the same rows."
)
TRIAL = "A trial may cost less: train a LoRA once and score it on the same rows as the prompt."


def next_step(reading: Reading, stop: Stop, draws: Draws) -> str:
    """What to do now, open questions, and the cheapest measurement that would settle most."""
    steps = [fix for id in stop.about if (fix := reading.items[id].fix if id in reading.items else "")][:1]
    if now := action(reading, stop):
        steps = [now]
    confirm = confirmation(reading, stop)
    if stop.outcome in ("prompt", "stay_with_prompt") and (saves := _saves(reading)):
        steps.append(saves)
    if confirm:
        then = IF_CONFIRMED[stop.about[0] if stop.about and stop.about[0] in IF_CONFIRMED else "noise"]
        steps = [confirm, *(f"{then} {one[:1].lower()}{one[1:]}" for one in steps)]
    if reading.target is None:
        steps.append(TARGET_QUESTION)
    if _asks_for_knowledge(reading):
        steps.append(KNOWLEDGE_QUESTION)
    steps.append(_measurement_step(reading, stop, draws, bool(confirm)))
    return " ".join(dict.fromkeys(filter(None, steps)))


def _saves(reading: Reading) -> str:
    """That a tuned model which answers as well would be cheaper; "" where nothing says so, or one was tried."""
    money = reading.known("economics")
    if money is None or money.status != "ok" or reading.tuned:
        return ""
    return CHEAPER.format(back=months(money.value or 0.0))


def _asks_for_knowledge(reading: Reading) -> bool:
    kind, found = reading.context.task.kind, reading.known("substance")
    is_told = found is not None and not found.detail.get("asks", True)
    return kind in ASKED_FOR_KNOWLEDGE and novel(reading) and not is_told and not knowledge_from_elsewhere(reading)


def _measurement_step(reading: Reading, stop: Stop, draws: Draws, confirms: bool) -> str:
    """The measurement as a sentence; after a measurement that comes first it is what follows, not another first."""
    if confirms:
        follows = headline(reading, stop) == AUDIT_FIRST and not reading.prompts
        return f"Then {_words(reading, 'base_model')}." if follows else ""
    id = next_measurement(reading, draws)
    if not id or (id == "economics" and is_unpriced(reading, stop)):
        return ""
    if _minutes(reading, id) <= CHEAP:
        is_again = id == "base_model" and best_prompt(reading.arms) is not None
        return f"{'To be surer' if is_again else 'Cheapest next measurement'}: {_words(reading, id)}."
    if stop.outcome != "cannot_judge":
        return ""
    trial = f" {TRIAL}" if stop.gate == "5b" and not reading.tuned else ""
    return f"To settle it: {_words(reading, id)}.{trial}"


def to_know(evidence: Iterable[Evidence], context: Context, policy: Policy) -> dict[str, str]:
    """By id of an item that was not checked, the measurement that would tell, as a sentence with its time."""
    reading = reading_of(evidence, context, policy)
    missing = [id for id, item in reading.items.items() if item.status == "missing" and id in MEASUREMENTS]
    return {id: f"{capital(_words(reading, id))}." for id in missing}


def next_measurement(reading: Reading, draws: Draws) -> str:
    """The item whose measurement removes most doubt about the verdict; "" when none removes any.

    Of those within an hour that remove nearly as much as the best of them, the one that costs fewest minutes; where
    nothing can be judged, the score that would settle it, whatever it takes.
    """
    if walk(reading).outcome == "cannot_judge":
        return "base_model" if best_prompt(reading.arms) else ""
    gains = {id: gain for id in draws.places if id in MEASUREMENTS and (gain := entropy_removed(draws, id)) > 0}
    if not reading.prompts and (max(gains.values(), default=0.0) < LEAST_GAIN or walk(reading).gate == "5"):
        return "base_model"
    among = {id: gain for id, gain in gains.items() if gain >= LEAST_GAIN and _minutes(reading, id) <= CHEAP}
    best = max(among.values(), default=0.0)
    near = [id for id, gain in among.items() if gain >= NEARLY * best]
    return min(near, key=lambda id: (_minutes(reading, id), -gains[id], id), default="")


def _words(reading: Reading, id: str) -> str:
    """The measurement as a clause with its time."""
    rows, time = _rows(reading, id), _minutes(reading, id)
    more = beyond(reading, rows) if id == "base_model" else ""
    money = first_to_give(reading) if id == "economics" else ""
    words = f"give {money}" if money else MEASUREMENTS[id].format(rows=rows, held_out=counted(rows, "held-out row"))
    best = best_prompt(reading.arms)
    if id == "base_model" and best is not None:
        words = f"score {best.words} on {rows:,} held-out rows, not {best.arm.n:,}"
    return f"{words}{more} (about {duration((time, time))})"


def _rows(reading: Reading, id: str) -> int:
    """Rows that the measurement reads or scores."""
    if id == "noise":
        return to_confirm(reading)
    if id == "agreement":
        fits = int(CHEAP / (2 * _each(reading)))
        size = reading.known("effective_size")
        have = int(size.detail.get("usable") or size.value or 0) if size else 0
        return min(max(FEWEST_PAIRS, min(PAIRS, fits)), have or PAIRS)
    return _to_score(reading)


def _to_score(reading: Reading) -> int:
    """Rows to score a prompt on: as many as decide where the room is in doubt, else as many as show the lift wanted.

    Where these are scored already, four times as many; for a first score, no more than there are.
    """
    best = best_prompt(reading.arms)
    if best is None:
        return first_rows(reading)
    power = reading.known("holdout_power")
    wanted = int(power.detail.get("wanted", 0)) if power else 0
    if deciding := deciding_rows(reading, best):
        return deciding
    more = wanted if wanted > best.arm.n else MORE * best.arm.n
    there = more - rows_to_write(reading, more)
    return there if there > best.arm.n else more


def _minutes(reading: Reading, id: str) -> float:
    """Minutes of people's time, rows that would have to be written included."""
    if id in REVIEWED:
        return _rows(reading, id) * _each(reading) * (2 if id == "agreement" else 1)
    minutes = reading.policy.items[id].minutes
    if id == "base_model":
        minutes += rows_to_write(reading, _rows(reading, id)) * each_minutes(reading)
    return minutes


def _each(reading: Reading) -> float:
    """Minutes to judge a row."""
    return reading.context.prices.label_minutes_per_row or MINUTES_TO_JUDGE
