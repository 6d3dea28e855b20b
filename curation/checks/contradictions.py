"""Equal or nearly equal inputs with different answers: side by side, so that a person can choose one.

Identical inputs with different labels cannot both be right. Nearly equal inputs with different texts mostly are: of
natural near-duplicate inputs 85 to 93 % had a different output, mostly rightly, so those get a low confidence.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.checks import check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    findings,
    rows,
)
from curation.label_model.sets import labels_in, separator_of
from curation.progress import Progress, part
from curation.records import Clusters, Dataset, Findings
from curation.text.normalise import spelling, unpunctuated


@dataclass(frozen=True)
class Settings:
    # identical questions may have several right texts; a coin's confidence asks for a look without counting as wrong
    text_confidence: float = field(
        default=0.4,
        metadata={"help": "Highest confidence where identical inputs have different outputs", "min": 0.0, "max": 1.0},
    )
    # the share of natural near-duplicate inputs whose different output was wrong: at most 1 - .85
    near_text_confidence: float = field(
        default=0.15,
        metadata={"help": "Highest confidence where similar inputs have different outputs", "min": 0.0, "max": 1.0},
    )


@dataclass(frozen=True)
class Member:
    """One answered row of a set of equal or similar inputs; `similarity` is to the cluster's keeper."""

    row: Row
    answer: str
    asked: str
    cluster: int
    keeper: str
    similarity: float


@check("contradictions", "Contradicting rows", settings=Settings(), whole_set=True)
def contradictions(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a row whose answer most of its equals do not share; the evidence names the twin and both answers."""
    members = _members(dataset, clusters, part(progress, 0.0, 0.6))
    equals, similar = defaultdict(list), defaultdict(list)
    for member in members:
        equals[member.asked].append(member)
        similar[member.cluster].append(member)
    hits: dict[str, tuple[str, Hit]] = {}
    for groups, identical in ((equals, True), (similar, False)):
        for n, group in enumerate(groups.values()):
            if n % 1000 == 0:
                progress(0.6 + 0.2 * (n / len(groups)) + 0.2 * (not identical), "comparing answers")
            for member, hit in _disagreeing(group, identical, settings):
                hits.setdefault(member.row.id, (member.row.id, hit))
    progress(1.0, "answers compared")
    place = {id: n for n, id in enumerate(dataset.values("id"))}
    found = sorted(hits.values(), key=lambda pair: place[pair[0]])
    identical_rows = sum(bool(hit.evidence["identical"]) for _, hit in found)
    summary = {"rows": len(members), "identical": identical_rows, "near": len(found) - identical_rows}
    return findings("contradictions", found, summary)


def _members(dataset: Dataset, clusters: Clusters, progress: Progress) -> list[Member]:
    known = {
        id: (cluster, keeper, similarity)
        for id, cluster, keeper, similarity in zip(
            *(clusters.table[c].to_pylist() for c in ("id", "cluster", "keeper", "similarity")), strict=True
        )
    }
    members = []
    separator = separator_of(Counter(label for label in dataset.values("label") if label is not None))
    for row in rows(dataset, progress, "reading answers"):
        answer = row.output if row.label is None else _label(row.label, separator)
        # a mark alone ("?", an emoji) is an input too
        asked = unpunctuated(row.input) or row.input.strip()
        if asked and answer.strip():
            members.append(Member(row, unpunctuated(answer) or answer.strip(), asked, *known[row.id]))
    return members


def _label(label: str, separator: str | None) -> str:
    """What all ways of writing a label, or a set of labels in any order, have in common."""
    parts = [label] if separator is None else labels_in(label, separator)
    return " | ".join(sorted(map(spelling, parts)))


def _disagreeing(group: Sequence[Member], identical: bool, settings: Settings) -> Iterator[tuple[Member, Hit]]:
    counts = Counter(member.answer for member in group)
    if len(counts) < 2:
        return
    ordered = sorted(group, key=lambda m: (-counts[m.answer], m.row.id != m.keeper, m.row.id))
    for member in group:
        share = counts[member.answer] / len(group)
        # the answer more than half agree on stands until a person says otherwise
        if share <= 0.5:
            yield member, _hit(member, _twin(member, ordered), share, identical, settings)


def _twin(member: Member, ordered: Sequence[Member]) -> Member:
    other = [m for m in ordered if m.answer != member.answer]
    return next((m for m in other if m.row.id == member.keeper), other[0])


def _hit(member: Member, twin: Member, share: float, identical: bool, settings: Settings) -> Hit:
    row, labelled = member.row, member.row.label is not None and twin.row.label is not None
    similarity = 1.0 if identical else min(member.similarity, twin.similarity)
    most = 1.0 if labelled else settings.text_confidence if identical else settings.near_text_confidence
    how = "the same" if identical else "nearly the same"
    evidence: dict[str, Any] = {
        "identical": identical,
        "similarity": round(similarity, 4),
        "share_with_this_answer": round(share, 4),
        "this": _side(row),
        "twin": _side(twin.row),
    }
    if labelled:
        message = f"Labelled “{row.label}”, but {how} input is labelled “{twin.row.label}” elsewhere."
    else:
        message = f"Another row has {how} input and a different output."
    return Hit((1.0 - share) * similarity * most, message, evidence)


def _side(row: Row) -> Mapping[str, str | None]:
    return {"id": row.id, "input": cut(row.input), "output": cut(row.output), "label": row.label}
