"""A model's readings as strata of the audit: what it said of a row, crossed with rules' suspicion where rows allow.

A reading tells where to look and for how many rows an answer stands, never whether an answer is wrong. So a model that
knows nothing costs a little width and no truth (benchmarks/model_review.py).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

from curation.records import ReadAs

Read = Literal["wrong", "unsure", "right", "unread"]
SAID: Mapping[ReadAs, Read] = {
    "wrong": "wrong",
    "unsure": "unsure",
    "right": "right",
    "none": "unsure",
    "named": "unread",
}
"""The stratum of each reading: a reply nobody could understand tells as little as one that cannot tell, and a label
named for a row that had none tells nothing of the one it has now."""
EXPECTED_READ: Mapping[Read, float] = {"wrong": 0.5, "unsure": 0.2, "right": 0.05, "unread": 0.1}
"""Share of wrong answers planned with, in allocation only, as in `draw.EXPECTED`: half of what a middling model calls
wrong is. A wrong guess costs width, never coverage."""
EXPECTED_WRONG = 0.05
"""Share of wrong answers of the whole set planned with, as where no rule suspects a row."""
EXPECTED_SUSPECT: Mapping[Read, float] = {"wrong": 0.5, "unsure": 0.4, "right": 0.2, "unread": 0.5}
"""The same for rows that a rule suspects too."""
SUSPECT, NEW = "suspect", "new"
"""Words of a stratum's name after what was read: a rule thinks the answer likely wrong; nobody judged its source."""
ALIKE = 0.1
"""Groups of rows whose read shares differ by no more than this part of the larger one count as read alike."""


@dataclass(frozen=True)
class Readings:
    """What a model said of rows, by example id.

    `at_random` says that the rows not read are like those read, suspicion for suspicion: the read ones were drawn at
    random. `new` are rows of sources of which nobody has judged a row yet.
    """

    answers: Mapping[str, ReadAs]
    at_random: bool = False
    new: Collection[str] = frozenset()

    @property
    def splits(self) -> bool:
        """Whether the readings tell rows apart at all: a model that says one thing of every row has no strata."""
        return len({SAID[answer] for answer in self.answers.values()}) > 1

    @property
    def one_answer(self) -> str:
        """What the model says of every row it read, where that is one thing; "" otherwise."""
        said = {SAID[answer] for answer in self.answers.values()}
        return said.pop() if len(said) == 1 else ""


@dataclass(frozen=True)
class Phase:
    """Rows of one group of suspicion: `unread` of them, which are like those read, and where those read lie."""

    unread: int
    placed: Mapping[str, int]


@dataclass(frozen=True)
class Placed:
    """The rows that may be drawn by stratum, in the order given, and of how many others they tell."""

    members: Mapping[str, Sequence[str]]
    phases: tuple[Phase, ...] = ()

    def totals(self) -> dict[str, float]:
        """Rows each stratum stands for: its own, and its part of those not read."""
        found = {name: float(len(ids)) for name, ids in self.members.items()}
        for phase in self.phases:
            read = sum(phase.placed.values())
            for name, count in phase.placed.items():
                found[name] += phase.unread * count / read
        return found


@dataclass
class _Group:
    """The rows of one suspicion (and source, judged or new): read ones by what was said, and those not read."""

    words: tuple[str, ...]
    said: dict[Read, list[str]] = field(default_factory=dict)

    @property
    def unread(self) -> list[str]:
        return self.said.get("unread", [])

    @property
    def read(self) -> int:
        return sum(len(ids) for name, ids in self.said.items() if name != "unread")

    @property
    def share(self) -> float:
        return self.read / (self.read + len(self.unread))


def placed(ids: Sequence[str], suspects: Collection[str], readings: Readings, rows: int, least: int) -> Placed:
    """The strata of an audit of `rows` rows: (what was read) x (suspect by a rule) x (source judged or new).

    Suspicion divides a reading where both parts can expect `least` rows of the audit, and wherever suspects were read
    more or less often than others, since rows then do not stand for each other. Rows not read are a stratum of their
    own, unless those read were drawn at random: then the read ones tell of them (`Placed.phases`).
    """
    groups = list(_groups(ids, suspects, readings).values())
    represented = [group for group in groups if readings.at_random and group.unread and group.read >= least]
    crossed = _crossed(groups, represented, rows, least)
    members: dict[str, list[str]] = {}
    phases = []
    for group in groups:
        names = {said: _name(said, group.words, crossed) for said in group.said}
        stands = group in represented
        for said, inside in group.said.items():
            if said != "unread" or not stands:
                members.setdefault(names[said], []).extend(inside)
        if stands:
            counts = {names[said]: len(inside) for said, inside in group.said.items() if said != "unread"}
            phases.append(Phase(len(group.unread), counts))
    return Placed({name: members[name] for name in sorted(members)}, tuple(phases))


def _groups(ids: Sequence[str], suspects: Collection[str], readings: Readings) -> dict[tuple[str, ...], _Group]:
    groups: dict[tuple[str, ...], _Group] = {}
    for id in ids:
        words = tuple(word for word, inside in ((SUSPECT, suspects), (NEW, readings.new)) if id in inside)
        answer = readings.answers.get(id)
        said: Read = SAID[answer] if answer else "unread"
        groups.setdefault(words, _Group(words)).said.setdefault(said, []).append(id)
    return groups


def _crossed(groups: Sequence[_Group], represented: Sequence[_Group], rows: int, least: int) -> frozenset[Read]:
    """The readings that suspicion divides."""
    shares = [group.share for group in groups] if represented else [1.0]
    if max(shares) - min(shares) > ALIKE * max(shares):
        return frozenset(EXPECTED_READ)
    totals: Counter[str] = Counter()
    for group in groups:
        for said, inside in group.said.items():
            totals[_name(said, group.words, None)] += len(inside)
    wanted: dict[tuple[str, bool], float] = {}
    for name, deviation in deviations(totals).items():
        part = said_in(name), SUSPECT in name.split()
        wanted[part] = wanted.get(part, 0.0) + totals[name] * deviation
    enough = least / rows * sum(wanted.values())
    return frozenset(said for said in EXPECTED_READ if _least(said, wanted) >= enough)


def _least(said: Read, wanted: Mapping[tuple[str, bool], float]) -> float:
    return min(wanted.get((said, is_suspect), 0.0) for is_suspect in (True, False))


def _name(said: Read, words: Sequence[str], crossed: Collection[Read] | None) -> str:
    kept = [word for word in words if word != SUSPECT or crossed is None or said in crossed]
    return " ".join((said, *kept))


def stratum_of(answer: ReadAs, is_suspect: bool, is_new: bool, known: Collection[str]) -> str:
    """The stratum that a row read since would stand in, by the names `known` of the strata of an audit."""
    said = SAID[answer]
    words = [word for word, holds in ((SUSPECT, is_suspect), (NEW, is_new)) if holds]
    divided = {said} if any(name.split()[:2] == [said, SUSPECT] for name in known) else set()
    return _name(said, words, divided)


def said_in(stratum: str) -> Read:
    """What was read of the rows of a stratum of readings: the first word of its name."""
    said: Read = stratum.partition(" ")[0]  # type: ignore[assignment]  # a frozen draw keeps its strata as text
    return said


def deviations(totals: Mapping[str, float]) -> dict[str, float]:
    """The standard deviation planned with in each stratum of readings, 0..0.5, from the rows each stands for.

    A model that calls more rows wrong than are expected to be is right in fewer of them.
    """
    called = sum(total for name, total in totals.items() if said_in(name) == "wrong") / max(1.0, sum(totals.values()))
    found = {}
    for name in totals:
        said = said_in(name)
        rate = (EXPECTED_SUSPECT if SUSPECT in name.split() else EXPECTED_READ)[said]
        if said == "wrong":
            rate = max(EXPECTED_WRONG, min(rate, EXPECTED_WRONG / called))
        found[name] = sqrt(rate * (1 - rate))
    return found
