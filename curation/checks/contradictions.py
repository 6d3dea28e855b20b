"""Equal or nearly equal inputs with answers that cannot both be right: side by side, so that a person can choose one.

Of two such answers one is wrong, so each is with a chance of a half. That is certain for one input with two labels, two
values ("yes" and "no", two numbers), or one sentence with another number, date, name or negation in it. Other texts to
one input, and answers to nearly the same input, are quiet questions: of natural near-duplicate inputs 85 to 93 % had a
different output, mostly rightly. Inputs that differ in a number, a date, a name or a language are other questions, and
two ways of writing one label are one label.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from curation.checks import check
from curation.checks.pairing.answers import exclude, is_other_question, is_same_question
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    findings,
    rows,
)
from curation.dedup.guards import numbers_in
from curation.label_model.sets import labels_in, separator_of
from curation.records import Clusters, Dataset, Findings
from curation.records.progress import Progress, part
from curation.text.normalise import spelling, unpunctuated

MOST_TWINS = 50
"""Other answers of one input that a row's own is held against."""
MOST_LOOKED_AT = 200
"""Rows like another looked at for these: with all of them, 3,000 rows of 30 templates took ten minutes."""


@dataclass(frozen=True)
class Settings:
    # identical questions may have several right texts; a coin's confidence asks for a look without counting as wrong
    text_confidence: float = field(
        default=0.4,
        metadata={"help": "Highest confidence where identical inputs have different outputs", "min": 0.0, "max": 1.0},
    )
    # a few words more may make another question of it, also where the words are those of politeness
    near_label_confidence: float = field(
        default=0.8,
        metadata={
            "help": "Highest confidence where similar inputs have answers that exclude each other",
            "min": 0.0,
            "max": 1.0,
        },
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
            said = spelling(answer) if row.label is not None else unpunctuated(answer)
            members.append(Member(row, said or answer.strip(), asked, *known[row.id]))
    return members


def _label(label: str, separator: str | None) -> str:
    """What all ways of writing a label, or a set of labels in any order, have in common."""
    parts = [label] if separator is None else labels_in(label, separator)
    return " | ".join(sorted(map(spelling, parts)))


def _disagreeing(group: Sequence[Member], identical: bool, settings: Settings) -> Iterator[tuple[Member, Hit]]:
    if len({member.answer for member in group}) < 2:
        return
    counts = Counter(member.answer for member in group)
    ordered = sorted(group, key=lambda m: (-counts[m.answer], m.row.id != m.keeper, m.row.id))
    # inputs with other numbers are other questions, which need not be looked at one by one
    numbers = {m.row.id: () if identical else numbers_in(m.row.input) for m in ordered}
    alike: dict[tuple[str, ...], list[Member]] = defaultdict(list)
    for member in ordered:
        alike[numbers[member.row.id]].append(member)
    for member in group:
        share = counts[member.answer] / len(group)
        # the answer more than half agree on stands until a person says otherwise
        if share > 0.5:
            continue
        found = _twin(member, alike[numbers[member.row.id]], identical, settings)
        if found is not None:
            yield member, _hit(member, found, share, identical)


@dataclass(frozen=True)
class Twin:
    """A row with another answer, how likely one of the two is wrong (0..1), and whether both cannot be right."""

    member: Member
    chance: float
    excluded: bool


def _twin(member: Member, ordered: Sequence[Member], identical: bool, settings: Settings) -> Twin | None:
    """The row whose answer speaks most against a member's; of several alike the keeper, then that of most rows."""
    by_keeper = sorted(ordered, key=lambda m: m.row.id != member.keeper)
    others = (m for m in by_keeper if m.answer != member.answer and (identical or m.asked != member.asked))
    near = (
        m for m in islice(others, MOST_LOOKED_AT) if identical or not is_other_question(m.row.input, member.row.input)
    )
    twins = [_against(member, other, identical, settings) for other in islice(near, MOST_TWINS)]
    return max(twins, key=lambda twin: twin.chance, default=None)


def _against(member: Member, other: Member, identical: bool, settings: Settings) -> Twin:
    row, twin = member.row, other.row
    labelled = row.label is not None and twin.label is not None
    excluded = labelled or exclude(row.input, row.output, twin.output)
    if identical:
        return Twin(other, 1.0 if excluded else settings.text_confidence, excluded)
    if not excluded or not (labelled or is_same_question(row.input, twin.input)):
        return Twin(other, settings.near_text_confidence, excluded)
    return Twin(other, settings.near_label_confidence, excluded)


def _hit(member: Member, found: Twin, share: float, identical: bool) -> Hit:
    row, twin = member.row, found.member
    similarity = 1.0 if identical else min(member.similarity, twin.similarity)
    how = "the same" if identical else "nearly the same"
    evidence: dict[str, Any] = {
        "identical": identical,
        "similarity": round(similarity, 4),
        "share_with_this_answer": round(share, 4),
        "this": _side(row),
        "twin": _side(twin.row),
    }
    if row.label is not None and twin.row.label is not None:
        message = f"Labelled “{row.label}”, but {how} input is labelled “{twin.row.label}” elsewhere."
    elif found.excluded:
        message = f"Another row has {how} input and an answer that cannot be right as well."
    else:
        message = f"Another row has {how} input and a different output."
    return Hit((1.0 - share) * similarity * found.chance, message, evidence)


def _side(row: Row) -> Mapping[str, str | None]:
    return {"id": row.id, "input": cut(row.input), "output": cut(row.output), "label": row.label}
