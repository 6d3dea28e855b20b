"""Why the outcome is what it is: three to five sentences, each with how it is known, none against another."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import get_args

from curation.readiness.arms import best_prompt
from curation.readiness.gates import data, knowledge
from curation.readiness.gates.reading import TRAINING, Answer, Passed, Reading, Stop
from curation.readiness.verdict.sentences import AUDIT_FIRST, distillation, headline, ruled_out
from curation.records import Evidence, Kind

PROVISIONAL = (
    "This is provisional: the base model has not been measured, so a better prompt may still turn out to be enough."
)
FEWEST, MOST = 3, 5
"""Reasons in a verdict (the contract)."""
UNKNOWN = "missing"
"""The ground of a reason that says what is not known."""
DULL = ("coverage", "conflicts", "integrity")
"""Items that say little while they are in order: they come after all others."""
ECHO = ("base_model", "headroom")
"""Items that repeat the best prompt's score, which the sentence that decided mostly gives already."""
DATA = ("effective_size", "noise", "coverage", "learnability", "conflicts", "integrity")
BY_OUTCOME: Mapping[str, tuple[str, ...]] = {
    "lora": ("effective_size", "noise", "learnability", "curve", "coverage"),
    "full_fine_tune": ("effective_size", "noise", "learnability"),
    "retrieve": ("substance", "base_model", "volatility", *DATA),
    "retrieve_and_lora": ("substance", "base_model", "headroom", "economics", *DATA),
    "retrieved_examples": ("base_model", "retrieval", *DATA),
    "classifier": ("base_model", "retrieval", *DATA),
    "clean": DATA,
    "collect": ("curve", "effective_size", "coverage", "noise"),
    "not_learnable": DATA,
    "fix_data": ("integrity", "leakage", "conflicts", "effective_size", "coverage", "noise"),
    "need_unproven": ("classifier", "learnability", "substance", "noise", "effective_size", "curve", "volatility"),
}
"""Items that fill up the reasons of an outcome, the most informative first."""
OTHERWISE = ("base_model", "headroom", "economics", *DATA)
SPOKEN = tuple(dict.fromkeys((*DATA, *OTHERWISE, *(id for ids in BY_OUTCOME.values() for id in ids), "agreement")))
"""Items that may fill up the reasons of any outcome; those that are only shown say nothing there."""
FAULTS = ("fix_data", "clean", "collect")
"""Outcomes that find fault with the rows: what is in order with them reads against it."""
ANSWERED_BY: Mapping[str, Callable[[Reading], Answer]] = {
    "noise": data.right,
    "agreement": data.right,
    "effective_size": data.enough,
    "coverage": data.enough,
    "learnability": data.pattern,
    "substance": knowledge.knowledge,
}
"""The gate that says why an item that fails stops nothing here."""


@dataclass(frozen=True)
class Reason:
    """A sentence and how it is known: kinds of evidence joined by " and ", or `missing` where it says what is not."""

    text: str
    ground: str


def reasons(reading: Reading, stop: Stop, provisional: bool) -> tuple[Reason, ...]:
    """Three to five reasons, the one that decided first; where an audit comes first, the estimate behind it does."""
    found = list(_decided(reading, stop))
    if provisional and stop.outcome != "need_unproven":
        found.append(Reason(PROVISIONAL, UNKNOWN))
    if barred := ruled_out(reading):
        found.append(Reason(barred, "measured and declared"))
    if two := distillation(reading):
        found.append(Reason(two, "declared"))
    private = reading.known("privacy_found")
    if private is not None and private.status == "fail":
        found.append(Reason(private.message, private.kind))
    found = _filled(reading, stop, found)
    if headline(reading, stop) == AUDIT_FIRST:
        found.sort(key=lambda one: one.text != reading.message("noise"))
    return tuple(found[:MOST])


def _filled(reading: Reading, stop: Stop, found: list[Reason]) -> list[Reason]:
    """The reasons with what the items say, as far as it is new and agrees with the outcome."""
    usual = sorted(BY_OUTCOME.get(stop.outcome, OTHERWISE), key=lambda id: _dullness(id, reading.status(id)))
    wanted = [id for id in dict.fromkeys((*stop.about, *usual)) if _adds(reading, stop, id)]
    for id in wanted:
        one = _said(reading, stop, reading.items[id])
        is_about = id in stop.about and len(found) < MOST
        if (is_about or len(found) < FEWEST + 1) and not any(one.text in other.text for other in found):
            found.append(one)
    for item in _rest(reading, stop):
        one = _said(reading, stop, item)
        if len(found) < FEWEST and not any(one.text in other.text for other in found):
            found.append(one)
    return found


def _rest(reading: Reading, stop: Stop) -> Sequence[Evidence]:
    """What is left to say where three reasons are not found otherwise: what is known, then what was not checked."""
    items = [reading.items[id] for id in SPOKEN if id in reading.items]
    known = [item for item in items if item.value is not None and _adds(reading, stop, item.id)]
    echoes = [item for item in items if item.id in ECHO and item.value is not None and item not in known]
    missing = [item for item in items if item.status == "missing"]
    return [*known, *(echoes if stop.outcome != "fix_data" else []), *missing]


def _adds(reading: Reading, stop: Stop, id: str) -> bool:
    """Whether the item says something that is not said already and does not read against the outcome."""
    item = reading.items.get(id)
    if item is None or item.value is None:
        return False
    if _repeats(reading, stop, id):
        return False
    if id in stop.about:
        return True
    if id == "economics" and item.status == "ok" and stop.outcome in ("prompt", "stay_with_prompt"):
        return False  # that tuning pays reads against it where there is nothing to win
    if stop.outcome in FAULTS and item.status == "ok" and item.value == 0:
        return False  # "0 % look wrong" beside a fault
    if id == "substance" and stop.outcome == "retrieve":
        return item.status == "warn"  # "the answers differ in style" reads against it
    if id == "curve" and stop.outcome == "clean":
        return False  # wrong labels imitate a plateau: what more rows would bring is not known before
    told = stop.outcome in ("collect", "fix_data") or reading.known("classifier") is not None
    return not (id == "learnability" and told)


def _repeats(reading: Reading, stop: Stop, id: str) -> bool:
    """Whether the best prompt's score was given already, or comes from rows that are not to be trusted."""
    best = best_prompt(reading.arms)
    given = best is not None and best.words.lower() in stop.reason.lower()
    return id in ECHO and (given or stop.outcome == "fix_data")


def _said(reading: Reading, stop: Stop, item: Evidence) -> Reason:
    """What the item says; where it fails and stops nothing, what its gate says of that."""
    if item.value is None:
        return Reason(f"{item.title}: not checked. {item.message}", UNKNOWN)
    overruled = item.status == "fail" and item.id not in stop.about and stop.outcome in (*TRAINING, "stay_with_prompt")
    if overruled and item.id in ANSWERED_BY:
        answer = ANSWERED_BY[item.id](reading)
        if isinstance(answer, Passed):
            return Reason(answer.reason, _joined({item.kind, "measured"}))
    return Reason(item.message, item.kind)


def _decided(reading: Reading, stop: Stop) -> Iterator[Reason]:
    """What decided; what it says of money and of declared needs apart, as these are known otherwise."""
    money = reading.known("economics")
    for mark in (money.message if money else "", "You declared that "):
        start, said, rest = stop.reason.partition(mark) if mark else ("", "", "")
        if start.strip() and said:
            about = tuple(id for id in stop.about if id != "economics")
            yield Reason(start.strip(), _ground(reading, replace(stop, reason=start.strip(), about=about)))
            yield Reason(said + rest, money.kind if money and said == money.message else "declared")
            return
    yield Reason(stop.reason, _ground(reading, stop))


def _ground(reading: Reading, stop: Stop) -> str:
    """How what the deciding sentence says is known."""
    if stop.gate == "5":
        return UNKNOWN
    kinds = set()
    for id in stop.about:
        item = reading.known(id)
        if item is not None and (id in ECHO or item.message in stop.reason or stop.reason in item.message):
            kinds.add(item.kind)
    if not kinds:
        kinds = {item.kind for id in stop.about if (item := reading.known(id)) is not None}
    if "You declared" in stop.reason or "you declared" in stop.reason:
        kinds.add("declared")
    return _joined(kinds) or UNKNOWN


def _joined(kinds: Set[str]) -> str:
    return " and ".join(kind for kind in get_args(Kind) if kind in kinds)


def _dullness(id: str, status: str) -> int:
    """0 for what is out of order though it seldom is, 2 for what seldom is and is not, 1 for all else."""
    return 1 if id not in DULL else 2 if status == "ok" else 0
