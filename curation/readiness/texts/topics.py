"""What a verdict says of topics: which to collect more of, in which the faults of a check are crowded, and which are of
one file, time or person.

Both are a small model's guess at what belongs together, and say so; neither moves a gate.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from curation.records import Evidence, Findings, Plan, PlanStep
from curation.text.private import mask
from curation.wording import counted

THIN, CROWDED, ORIGIN = "thin_topic", "topic_faults", "topic_origin"
"""The checks that name them."""
COLLECTS = ("effective_size", "coverage", "curve", "learnability")
"""Steps that ask for new rows."""
FAULTS = {
    "noise": ("label_noise", "mismatch"), "conflicts": ("contradictions",), "leakage": ("leakage",),
    "integrity": ("empty", "repetition", "too_long", "refusal"),
}  # fmt: skip
"""Steps that mend rows, and the checks that find what is to be mended."""
SHOWN = 3
"""Topics named in a step; all stand in the report."""
LONGEST = 60
"""Characters of a row that stands for a topic."""


@dataclass(frozen=True)
class Thin:
    """A topic that training rows hardly have: a row of it, and how many rows are wanted."""

    like: str
    wanted: int


@dataclass(frozen=True)
class Crowded:
    """A topic with `rows` of the faults of a check among its `of` rows."""

    check: str
    topic: str
    rows: int
    of: int


@dataclass(frozen=True)
class Topics:
    """What the checks said of topics, what matters most first."""

    thin: tuple[Thin, ...] = ()
    crowded: tuple[Crowded, ...] = ()


NOTHING = Topics()


def topics_of(findings: Findings) -> Topics:
    """What the newest run of the checks says of topics; texts masked."""
    thin = [Thin(_row(one["like"][0]), int(one["wanted"])) for one in _evidence(findings, THIN)]
    crowded = [
        Crowded(one["check"], mask(one["topic"]), int(one["rows"]), int(one["of"]))
        for one in _evidence(findings, CROWDED)
    ]
    return Topics(tuple(thin), tuple(crowded))


def said_of(findings: Findings | None, check: str) -> list[str]:
    """The sentences of THIN, CROWDED or ORIGIN, masked; none before the checks have run."""
    return [mask(text) for text in findings.of(check).table["message"].to_pylist()] if findings else []


def by_topic(item: Evidence, topics: Topics) -> Evidence:
    """The item with the topics it is about: what to collect first in what is to be done, where faults are crowded in
    what it says, so that both stand in the verdict; its figures stay."""
    if item.value is None or item.status == "ok":
        return item
    if item.id in COLLECTS and topics.thin and item.fix:
        return replace(item, fix=f"{item.fix} {_thin_first(topics)}")
    crowded = _crowded(item.id, topics)
    return replace(item, message=f"{item.message} They are most crowded in the {crowded}.") if crowded else item


def with_topics(plan: Plan, topics: Topics) -> Plan:
    """The plan with the topics named in the steps that they are about; nothing else of it changes."""
    return replace(plan, steps=tuple(_named(step, topics) for step in plan.steps))


def _named(step: PlanStep, topics: Topics) -> PlanStep:
    if step.about in COLLECTS and topics.thin:
        return replace(step, words=f"{step.words} {_thin_first(topics)}")
    crowded = _crowded(step.about, topics)
    if not crowded:
        return step
    return replace(step, words=f"{step.words} Begin with the {crowded}: one cause is likely there.")


def _thin_first(topics: Topics) -> str:
    shown = [f"about {one.wanted:,} like “{one.like}”" for one in topics.thin[:SHOWN]]
    rest = len(topics.thin) - len(shown)
    more = f" and {counted(rest, 'topic')} more" if rest else ""
    said = f"Begin with what the evaluation set asks and your rows hardly have: {', '.join(shown)}{more}"
    return f"{said} (a small model's guess)."


def _crowded(about: str, topics: Topics) -> str:
    """The topics in which the faults of an item are crowded, as a phrase; "" where there are none."""
    found = [one for one in topics.crowded if one.check in FAULTS.get(about, ())]
    shown = [f"“{one.topic}” ({one.rows:,} of its {counted(one.of, 'row')})" for one in found[:SHOWN]]
    return f"{'topic' if len(shown) == 1 else 'topics'} {', '.join(shown)}" if shown else ""


def _evidence(findings: Findings, check: str) -> list[Mapping[str, Any]]:
    return [json.loads(text) for text in findings.of(check).table["evidence"].to_pylist()]


def _row(text: str) -> str:
    said = mask(" ".join(text.split()))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"
