"""Topics that come from one file, one time or one person: a model learns that origin's way, and another's not at all.

Reads the topics of the project. One finding a topic and origin, on a row of the topic: often wanted, so a weak one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.checks import check
from curation.checks.rows import Hit, findings
from curation.errors import NotChecked
from curation.records import OF_THE_SET, Clusters, Dataset, Findings
from curation.records.progress import Progress
from curation.wording import counted, percent

CHANCE = 0.02
"""Chance of naming anything where rows lie anywhere, over all topics and origins together (Bonferroni), as in
`topic_faults`."""
FILE, TIME, PERSON = "file", "time", "person"
SAID = {
    FILE: "come from {value}, which holds {share} of all rows",
    TIME: "are from {value}, as are {share} of all rows that carry a date: what is asked changes",
    PERSON: "were decided by {value}, who decided {share} of all that are",
}
CONFIDENCE = 0.45
"""A file a subject is a usual way to collect: never more likely a fault than not."""
Origins = Mapping[str, Mapping[str, str]]
"""By kind of origin, the value of each row by its id; rows without one are left out."""


@dataclass(frozen=True)
class Settings:
    topics: Mapping[str, tuple[str, ...]] | None = field(
        default=None, metadata={"help": "The names of the topics each row is in, by its id"}
    )
    origins: Origins | None = field(default=None, metadata={"help": "Times and persons of rows, by their ids"})
    fewest: int = field(
        default=10, metadata={"help": "Rows of a topic from which on it is named", "min": 2, "max": 1000}
    )
    least_share: float = field(
        default=0.9, metadata={"help": "Share of a topic's rows from one file or person", "min": 0.5, "max": 1.0}
    )
    least_times: float = field(
        default=3.0,
        metadata={
            "help": "How many times as common as in rows of other files, people or times",
            "min": 1.0,
            "max": 100.0,
        },
    )
    most: int = field(
        default=10, metadata={"help": "Topics named, the least likely by chance first", "min": 1, "max": 200}
    )


@check("topic_origin", "Topics of one file, time or person", settings=Settings(), whole_set=True)
def topic_origin(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a topic that is hardly of more than one origin, the least likely by chance first; near-duplicates
    count once."""
    if settings.topics is None:
        raise NotChecked("no topics were found yet: find them on the Topics page or with curation topics")
    kept = {id for id, keeper in zip(*(clusters.table[c].to_pylist() for c in ("id", "keeper"))) if id == keeper}
    files = dict(zip(dataset.values("id"), dataset.values("source"), strict=True))
    origins: dict[str, Mapping[str, str]] = {FILE: files, **(settings.origins or {})}
    groups: dict[str, set[str]] = {}
    for id in files:
        for name in settings.topics.get(id, ()) if id in kept else ():
            groups.setdefault(name, set()).add(id)
    made = [
        one
        for kind, of in origins.items()
        if len(values := _by_value({id: of[id] for id in kept & of.keys()})) > 1
        for one in _of_kind(kind, groups, values, settings)
    ]
    tests = max(1, len(made))
    named = sorted(one for one in made if one[0] * tests <= CHANCE and one[1])[: settings.most]
    hits: dict[str, Hit] = {}
    for _, _, kind, topic, value, counts in named:
        id = min((id for id in groups[topic] if id not in hits and origins[kind].get(id) == value), default=None)
        if id is not None:
            hits[id] = _hit(kind, topic, value, counts)
    return findings("topic_origin", list(hits.items()), {"topics": len(groups), "of_one_origin": len(hits)})


Found = tuple[float, bool, str, str, str, tuple[int, int, int, int]]
"""Chance, whether its share is large enough, kind, topic, value, and the counts of `_hit`."""


def _of_kind(
    kind: str, groups: Mapping[str, set[str]], values: Mapping[str, set[str]], settings: Settings
) -> list[Found]:
    """For each topic of enough rows the origin most of them have, and how likely so many have it by chance."""
    from scipy.stats import hypergeom

    rows = set().union(*values.values())
    found: list[Found] = []
    for topic, members in groups.items():
        here = members & rows
        if len(here) < settings.fewest:
            continue
        value = max(values, key=lambda name: (len(here & values[name]), name))
        there, of_value = len(here & values[value]), len(values[value])
        chance = float(hypergeom.sf(there - 1, len(rows), of_value, len(here)))
        elsewhere, others = len(here) - there, len(rows) - of_value
        is_enough = there * others >= settings.least_times * elsewhere * of_value
        is_enough = is_enough and (kind == TIME or there >= settings.least_share * len(here))
        found.append((chance, is_enough, kind, topic, value, (there, len(here), of_value, len(rows))))
    return found


def _by_value(of: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for id, value in of.items():
        if value:
            found.setdefault(value, set()).add(id)
    return found


def _hit(kind: str, topic: str, value: str, counts: tuple[int, int, int, int]) -> Hit:
    there, here, of_value, rows = counts
    said = SAID[kind].format(value=value, share=percent(of_value / rows))
    message = f"{there:,} of {counted(here, 'row')} of the topic “{topic}” {said}."
    evidence = {"origin": kind, "value": value, "topic": topic, "rows": there, "of": here, "share": of_value / rows}
    return Hit(CONFIDENCE, message, evidence, OF_THE_SET)
