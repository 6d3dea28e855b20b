"""Trying another context out: the same measurements, told anew, judged in a moment and kept nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from curation.errors import NotChecked
from curation.readiness.evidence import FOLLOWS, Known, evidence, missing
from curation.readiness.gates.reading import reading_of
from curation.readiness.gates.walk import path
from curation.readiness.rules import Policy
from curation.readiness.verdict.decide import judge
from curation.records import Evidence, GateStep, Verdict
from curation.records.context import Context


@dataclass(frozen=True)
class Tried:
    """What the verdict would be, how it would come about, and the evidence as it would read."""

    verdict: Verdict
    path: tuple[GateStep, ...]
    evidence: tuple[Evidence, ...]


def what_if(made: Iterable[Evidence], context: Context, policy: Policy, dataset: str = "", seed: int = 0) -> Tried:
    """The verdict on evidence made before, had this been the context: the same as gathering all of it again.

    `made`, `policy`, `dataset` and `seed` are those of the verdict at hand. Declared labels cannot be tried out: they
    change what is counted, so the labels the evidence was gathered with stay in force.
    """
    found = told_again(made, context, policy)
    reading = reading_of(found, context, policy)
    return Tried(judge(found, context, policy, dataset, seed), path(reading), found)


def told_again(made: Iterable[Evidence], context: Context, policy: Policy) -> tuple[Evidence, ...]:
    """The evidence with every item that depends on the context told anew, in the same order."""
    found = {item.id: item for item in made}
    for id, plugin in evidence.ordered().items():
        if id not in found or id not in FOLLOWS:
            continue
        known = Known({seen: found[seen] for seen in (id, *plugin.needs) if seen in found}, context, policy)
        try:
            found[id] = replace(FOLLOWS[id](known), title=plugin.title)
        except NotChecked as reason:
            found[id] = missing(policy, id, plugin.title, str(reason))
    return tuple(found.values())
