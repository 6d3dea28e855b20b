"""What a check found crowded in one topic: such a fault is of the source or the instruction, not of single rows.

Reads the topics of the project and what the other checks found. One finding a crowded check and topic, on a row of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.checks import check
from curation.checks.rows import Hit, findings
from curation.errors import NotChecked
from curation.records import LIKELY, OF_THE_SET, Clusters, Dataset, Findings
from curation.records.progress import Progress
from curation.wording import counted, percent

CHANCE = 0.02
"""Chance of naming anything where faults lie anywhere, over all checks and topics together (Bonferroni): on shuffled
faults at most one run in fifty names a topic."""


@dataclass(frozen=True)
class Settings:
    topics: Mapping[str, tuple[str, ...]] | None = field(
        default=None, metadata={"help": "The names of the topics each row is in, by its id"}
    )
    findings: Findings | None = field(default=None, metadata={"help": "What the other checks found"})
    fewest: int = field(
        default=5, metadata={"help": "Rows with the fault in a topic, from which on it is named", "min": 2, "max": 1000}
    )
    least_times: float = field(
        default=2.0, metadata={"help": "How many times as common as in the other rows", "min": 1.0, "max": 100.0}
    )


@check("topic_faults", "Faults crowded in a topic", settings=Settings(), whole_set=True, after_others=True)
def topic_faults(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a check whose rows crowd in a topic, the least likely by chance first; near-duplicates count once."""
    if settings.topics is None:
        raise NotChecked("no topics were found yet: find them on the Topics page or with curation topics")
    if settings.findings is None:
        raise NotChecked("no other check ran with it")
    keeper = dict(zip(*(clusters.table[name].to_pylist() for name in ("id", "keeper")), strict=True))
    topics: dict[str, set[str]] = {}
    for id in dict.fromkeys(keeper.get(id, id) for id in dataset.values("id")):
        for name in settings.topics.get(id, ()):
            topics.setdefault(name, set()).add(id)
    rows = set().union(*topics.values()) if topics else set()
    crowded = [
        (chance, fault, topic, ids)
        for fault, ids in _faulty(settings.findings, keeper, rows).items()
        for topic, members in topics.items()
        if (chance := _chance(ids, members, len(rows), settings)) is not None
    ]
    tests = max(1, len(topics) * len(_faulty(settings.findings, keeper, rows)))
    crowded = sorted((one for one in crowded if one[0] * tests <= CHANCE), key=lambda one: one[:3])
    hits: dict[str, Hit] = {}
    for chance, fault, topic, ids in crowded:
        there = ids & topics[topic]
        id = min((id for id in there if id not in hits), default=None)
        if id is not None:
            hits[id] = _hit((fault, topic), (len(there), len(topics[topic]), len(ids), len(rows)), chance * tests)
    return findings("topic_faults", list(hits.items()), {"rows": len(rows), "crowded": len(hits)})


def _faulty(found: Findings, keeper: Mapping[str, str], rows: set[str]) -> dict[str, set[str]]:
    """The rows that each check found more likely wrong than not, of those with a topic; near-duplicates as one."""
    by_check: dict[str, set[str]] = {}
    columns = (found.table[name].to_pylist() for name in ("check", "id", "confidence", "suggestion"))
    for fault, id, confidence, suggestion in zip(*columns, strict=True):
        if confidence >= LIKELY and suggestion != OF_THE_SET and keeper.get(id, id) in rows:
            by_check.setdefault(fault, set()).add(keeper.get(id, id))
    return by_check


def _chance(ids: set[str], members: set[str], rows: int, settings: Settings) -> float | None:
    """How likely so many of the faulty rows lie in the topic by chance (hypergeometric, one-sided); None where they are
    too few or hardly commoner there than elsewhere."""
    from scipy.stats import hypergeom

    there = len(ids & members)
    others, elsewhere = rows - len(members), len(ids) - there
    if there < settings.fewest or there * others < settings.least_times * elsewhere * len(members):
        return None
    return float(hypergeom.sf(there - 1, rows, len(ids), len(members)))


def _hit(of: tuple[str, str], counts: tuple[int, int, int, int], chance: float) -> Hit:
    (fault, topic), (there, members, faulty, rows) = of, counts
    elsewhere = (faulty - there) / max(1, rows - members)
    message = (
        f"{fault.replace('_', ' ').capitalize()}: {counted(there, 'row')} of {members:,} in the topic “{topic}” "
        f"({percent(there / members)}), {percent(elsewhere)} elsewhere. "
        "One cause is likely: look where they come from."
    )
    evidence = {"check": fault, "topic": topic, "rows": there, "of": members, "elsewhere": faulty - there,
                "chance": float(f"{min(1.0, chance):.2g}")}  # fmt: skip
    return Hit(0.8, message, evidence, OF_THE_SET)
