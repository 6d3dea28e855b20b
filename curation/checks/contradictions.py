"""Equal or nearly equal inputs with answers that cannot both be right: side by side, so that a person can choose one.

Of two such answers one is wrong, so each is with a chance of a half. That is certain for one input with two labels, two
values ("yes" and "no", two numbers), or one sentence with another number, date, name or negation in it. Other texts to
one input, and answers to nearly the same input, are quiet questions: of natural near-duplicate inputs 85 to 93 % had a
different output, mostly rightly. Inputs that differ in a number, a date, a name or a language are other questions, and
two ways of writing one label are one label.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.checks import Shard, check
from curation.checks.pairing.answers import exclude, is_other_question, is_same_question
from curation.checks.rows import Hit, Row, cut, findings, rows
from curation.dedup.guards import numbers_in
from curation.label_model.sets import labels_in, separator_of
from curation.records import Findings
from curation.text.normalise import spelling, unpunctuated

Keys = npt.NDArray[np.uint64]
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


@dataclass(frozen=True)
class Answers:
    """The answered rows of a shard as numbers, each of shape (rows,): a hash of what is asked, the cluster, a hash of
    the answer, and whether that is a label, as it is written (`labels` has how many rows have each)."""

    asked: Keys
    cluster: npt.NDArray[np.int64]
    answer: Keys
    labelled: npt.NDArray[np.bool_]
    labels: Counter[str]


@dataclass(frozen=True)
class Asked:
    """What has several answers: hashes of inputs and numbers of clusters, in order; what stands between labels, and how
    many rows are answered."""

    asked: Keys
    clusters: npt.NDArray[np.int64]
    separator: str | None
    rows: int


@dataclass(frozen=True)
class Group:
    """Rows of equal inputs, or of a cluster, with more than one answer; as many have each as `counts` says."""

    members: Sequence[Member]
    identical: bool

    @cached_property
    def counts(self) -> Counter[str]:
        """How many members have each answer."""
        return Counter(member.answer for member in self.members)

    @cached_property
    def alike(self) -> Mapping[tuple[str, ...], Sequence[Member]]:
        """The members by the numbers in their inputs, those of the commonest answers first.

        Inputs with other numbers are other questions, which need not be looked at one by one.
        """
        ordered = sorted(self.members, key=lambda m: (-self.counts[m.answer], m.row.id != m.keeper, m.row.id))
        alike: dict[tuple[str, ...], list[Member]] = defaultdict(list)
        for member in ordered:
            alike[self.numbers(member)].append(member)
        return alike

    def numbers(self, member: Member) -> tuple[str, ...]:
        """What stands for the numbers of a member's input."""
        return () if self.identical else numbers_in(member.row.input)

    def share(self, member: Member) -> float:
        """The share of the members that have this one's answer."""
        return self.counts[member.answer] / len(self.members)


@dataclass(frozen=True)
class Doubted:
    """By the id of each row whose answer no more than half of its equals share, its groups and itself in each: of equal
    inputs first. `identical` rows have equals with another answer; `rows` are all that are answered."""

    of: Mapping[str, Sequence[tuple[Group, Member]]]
    identical: int
    rows: int


def answers(shard: Shard, settings: Settings, seed: int) -> Answers:
    """The answered rows of a shard."""
    answered: list[tuple[int, int, int, bool]] = []
    for row, cluster in zip(rows(shard), shard.values("cluster"), strict=True):
        question, answer = _question(row), row.output if row.label is None else row.label
        if question and answer.strip():
            said = answer if row.label is not None else unpunctuated(answer) or answer.strip()
            answered.append((_key(question), -1 if cluster is None else cluster, _key(said), row.label is not None))
    asked, clusters, said_, labelled = zip(*answered) if answered else ((), (), (), ())
    keys = [np.array(values, dtype=np.uint64) for values in (asked, said_)]
    labels = Counter(label for label in shard.values("label") if label is not None)
    return Answers(keys[0], np.array(clusters, np.int64), keys[1], np.array(labelled, bool), labels)


def asked(states: Sequence[Answers], settings: Settings) -> Asked:
    """What has several answers in the set."""
    labels: Counter[str] = sum((state.labels for state in states), Counter())
    separator = separator_of(labels)
    names = ("asked", "cluster", "answer", "labelled")
    questions, clusters, said, labelled = (np.concatenate([getattr(s, name) for s in states]) for name in names)
    ways = sorted((_key(label), _answer(_label(label, separator))) for label in labels if label.strip())
    at = np.searchsorted(np.array([key for key, _ in ways], dtype=np.uint64), said[labelled])
    said[labelled] = np.array([_key(answer) for _, answer in ways], dtype=np.uint64)[at]
    kept = ~labelled
    kept[labelled] = np.array([bool(answer) for _, answer in ways], dtype=bool)[at]
    clustered = kept & (clusters >= 0)
    several = _several(questions[kept], said[kept]), _several(clusters[clustered], said[clustered])
    return Asked(*several, separator, int(kept.sum()))


def _several(groups: Any, said: Keys) -> Any:
    """The groups, each once and in order, that have more than one answer."""
    order = np.lexsort((said, groups))
    groups, said = groups[order], said[order]
    return np.unique(groups[1:][(groups[1:] == groups[:-1]) & (said[1:] != said[:-1])])


def gathered(shard: Shard, settings: Settings, state: Asked) -> list[Member]:
    """The rows of a shard that ask what has several answers."""
    of_cluster = zip(*map(shard.values, ("cluster", "keeper", "similarity")), strict=True)
    named = np.isin(np.array([-1 if c is None else c for c in shard.values("cluster")], np.int64), state.clusters)
    members = []
    for row, known, near in zip(rows(shard), of_cluster, named.tolist(), strict=True):
        question = _question(row)
        if not question or not (near or _holds(state.asked, _key(question))):
            continue
        answer = row.output if row.label is None else _label(row.label, state.separator)
        if answer.strip():
            said = unpunctuated(answer) or answer.strip() if row.label is None else _answer(answer)
            members.append(Member(row, said, question, *known))
    return members


def _holds(keys: Keys, key: int) -> bool:
    at = int(np.searchsorted(keys, np.uint64(key)))
    return at < len(keys) and int(keys[at]) == key


def doubted(state: Asked, more: Sequence[Sequence[Member]], settings: Settings) -> Doubted:
    """The rows to compare, and what with."""
    equals, similar = defaultdict(list), defaultdict(list)
    for member in (member for members in more for member in members):
        equals[member.asked].append(member)
        similar[member.cluster].append(member)
    of: dict[str, list[tuple[Group, Member]]] = defaultdict(list)
    identical = 0
    for groups, are_equal in ((equals, True), (similar, False)):
        for members in groups.values():
            group = Group(members, are_equal)
            # the answer more than half agree on stands until a person says otherwise
            for member in members if len(group.counts) > 1 else ():
                if group.share(member) <= 0.5:
                    of[member.row.id].append((group, member))
                    identical += are_equal
    return Doubted(of, identical, state.rows)


def figures(state: Doubted, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """How many rows are answered, and how many of those found have an equal, and a similar, input elsewhere."""
    return {"rows": state.rows, "identical": state.identical, "near": counts["findings"] - state.identical}


@check(
    "contradictions",
    "Contradicting rows",
    settings=Settings(),
    fit=answers,
    merge=asked,
    gather=gathered,
    settle=doubted,
    summary=figures,
)
def contradictions(shard: Shard, settings: Settings, state: Doubted) -> Findings:
    """One finding a row whose answer most of its equals do not share; the evidence names the twin and both answers."""
    found = ((id, _of_row(state.of[id], settings)) for id in shard.values("id") if id in state.of)
    return findings("contradictions", ((id, hit) for id, hit in found if hit is not None), {})


def _of_row(groups: Sequence[tuple[Group, Member]], settings: Settings) -> Hit | None:
    for group, member in groups:
        found = _twin(member, group.alike[group.numbers(member)], group.identical, settings)
        if found is not None:
            return _hit(member, found, group.share(member), group.identical)
    return None


def _question(row: Row) -> str:
    # a mark alone ("?", an emoji) is an input too
    return unpunctuated(row.input) or row.input.strip()


def _key(text: str) -> int:
    """Eight bytes of a hash: of a billion texts two are taken for one with a chance of 3 %."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _label(label: str, separator: str | None) -> str:
    """What all ways of writing a label, or a set of labels in any order, have in common."""
    parts = [label] if separator is None else labels_in(label, separator)
    return " | ".join(sorted(map(spelling, parts)))


def _answer(label: str) -> str:
    """What such a label is compared by; "" where there is nothing of it."""
    return (spelling(label) or label.strip()) if label.strip() else ""


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
