"""How many different things a set teaches: rows that repeat one another in other words, or fill one template, are one.

Two rows are of one pattern where they are near-duplicates with answers alike, where input and answer have the same
skeleton and the answer's values stand in the input (see `skeletons`), or where many rows say the same in slightly other
words (see `families`). What an input cannot tell keeps rows apart: 17 + 25 and 18 + 25 are two sums.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.readiness.texts.families import LIKE, LOOSER, STOP, Families, families, gathered
from curation.readiness.texts.skeletons import (
    NAME,
    NUMBER,
    Skeleton,
    answer_key,
    names_of,
    part_read,
    skeleton,
    unsigned,
)
from curation.sampling.intervals import auroc
from curation.text.words import terms

CROWD = 4
"""Rows from which on a family counts as one, and a skeleton with names (which capitals only guess)."""
REWORDED = 0.5
"""Share of the rows that stand clearly in crowded families, from which on a set is called reworded. BANKING77 (10,003
questions of people) has .17, code instructions (GPTeacher) .03, 60 questions in 20 light rewordings .78 to .96."""
LARGE, CLOSE, SEVERAL = 10, 0.65, 3
"""Rows, likeness and rows that differ from which on a family is one whatever the rest of the set is like: copies of two
texts do not make these one."""
DOMINANT = 0.6
"""Where the commonest label of a skeleton has less than this share of its rows, the values filled in decide."""
APART = 0.6
"""Low end of how often a number in a row of one label is larger than in one of another, from which on it tells them
apart: wrong labels do not follow the numbers (policy)."""
SAME = 0.8
"""Share of their new words that answers of near-duplicates have in common, to be one (as near-duplicates have)."""
PLAIN = 2
"""Words that are no masks, without which a skeleton says nothing."""
MOST_READ = 5_000
"""Texts from which names are learned."""
REMEMBERED = 10_000
"""Answers whose words are kept for the next comparison, some 7 kB each."""
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Texts:
    """The rows looked at, one entry a row. `clusters` and `keepers` are those of its near-duplicates, `kinds` what an
    answer must share to be alike (the label; "" where the answers are `free` texts), `weights` the near-duplicates it
    stands for; `several` says whether its input has other answers too."""

    positions: Sequence[int]
    inputs: Sequence[str]
    outputs: Sequence[str]
    clusters: Sequence[int | str]
    keepers: Sequence[str]
    kinds: Sequence[str]
    free: bool
    weights: Sequence[int]
    several: Sequence[bool]


@dataclass(frozen=True)
class Patterns:
    """The pattern of each row by position; how many families and skeletons there are; whether the set is reworded."""

    of: Mapping[int, int]
    families: int
    skeletons: int
    reworded: bool

    def first_of(self, positions: Iterable[int]) -> list[int]:
        """Of these positions the first of each pattern, in order."""
        first: dict[int, int] = {}
        for n in positions:
            first.setdefault(self.of[n], n)
        return list(first.values())


def patterns(texts: Texts) -> Patterns:
    """The patterns of these rows."""
    names = names_of([*texts.inputs[:MOST_READ], *(texts.outputs[:MOST_READ] if texts.free else ())])
    shapes = _shapes(texts.inputs, names)
    templates = _templates(texts, shapes)
    said, reworded = _families(texts, shapes, _kinds_with_values(texts, shapes, templates))
    near = _near(texts, texts.clusters, LOOSER) if reworded else _near(texts, texts.keepers, SAME)
    filled = _skeletons(texts, shapes, templates, names)
    together, whole = _joined([near, said]), _joined([near, said, filled])
    return Patterns(
        dict(zip(texts.positions, whole)),
        families=len(set(together)),
        skeletons=len(set(filled)),
        reworded=reworded,
    )


def _shapes(inputs: Sequence[str], names: frozenset[str]) -> list[Skeleton]:
    """The skeletons of these texts; equal words are one string in memory."""
    once: dict[str, str] = {}

    def shared(words: Sequence[str]) -> tuple[str, ...]:
        return tuple([once.setdefault(word, word) for word in words])

    found = (skeleton(text, names) for text in inputs)
    return [Skeleton(shared(one.words), tuple(map(shared, one.runs)), one.named) for one in found]


def _joined(partitions: Sequence[Sequence[int]]) -> list[int]:
    """The finest partition in which rows that are together in one of these are together, by the first row of each."""
    parent = list(range(len(partitions[0])))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for partition in partitions:
        first: dict[int, int] = {}
        for n, part in enumerate(partition):
            a, b = root(first.setdefault(part, n)), root(n)
            parent[max(a, b)] = min(a, b)
    return [root(n) for n in range(len(parent))]


def _near(texts: Texts, names: Sequence[int | str], share: float) -> list[int]:
    """Near-duplicates (rows with one name) whose answers are alike to this degree, by the first row of each."""
    alike = _Alike(texts, share)
    leaders: dict[tuple[int | str, str], list[int]] = defaultdict(list)
    found = list(range(len(texts.positions)))
    for n, key in enumerate(zip(names, texts.kinds)):
        same = next((k for k in leaders[key] if alike(k, n)), None)
        if same is None:
            leaders[key].append(n)
        else:
            found[n] = same
    return found


def _families(texts: Texts, shapes: Sequence[Skeleton], kinds: Sequence[str]) -> tuple[list[int], bool]:
    """Rows of large families by the first row of each, and whether most of the set is rewordings."""
    content = [
        tuple(word for word in shape.words if word not in (NUMBER, NAME)) if shape.runs else shape.words
        for shape in shapes
    ]
    found = families(content, kinds, _Alike(texts, LIKE))
    clear = [ns for ns in _crowded(found, found.clearly(), texts.weights, CROWD) if len(ns) > 1]
    if clear and sum(texts.weights[n] for ns in clear for n in ns) >= REWORDED * sum(texts.weights):
        found = gathered(content, kinds, _Alike(texts, LOOSER), found, CROWD)
        return _as_one(_crowded(found, range(len(shapes)), texts.weights, CROWD), len(shapes)), True
    large = _crowded(found, found.clearly(CLOSE), texts.weights, LARGE)
    return _as_one([ns for ns in large if len(ns) >= SEVERAL], len(shapes)), False


def _crowded(found: Families, rows: Iterable[int], weights: Sequence[int], least: int) -> list[list[int]]:
    """The families, by these of their rows, in which these stand for so many rows or more."""
    members: dict[int, list[int]] = defaultdict(list)
    for n in rows:
        members[found.family[n]].append(n)
    return [ns for ns in members.values() if sum(weights[n] for n in ns) >= least]


def _as_one(groups: Iterable[Sequence[int]], count: int) -> list[int]:
    """By the first row of each, rows that count as one; all other rows of so many alone."""
    result = list(range(count))
    for ns in groups:
        for n in ns:
            result[n] = ns[0]
    return result


def _templates(texts: Texts, shapes: Sequence[Skeleton]) -> list[list[int]]:
    """The rows of each input skeleton, where it says anything and several share it."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, shape in enumerate(shapes):
        if shape.plain >= PLAIN:
            groups[shape.words].append(n)
    return [rows for rows in groups.values() if len(rows) > 1]


def _kinds_with_values(texts: Texts, shapes: Sequence[Skeleton], templates: Iterable[Sequence[int]]) -> list[str]:
    """The kinds of the rows; where what is filled into a template decides, the values are part of it."""
    kinds = list(texts.kinds)
    for rows in templates:
        if _values_decide(texts, shapes, rows):
            for n in rows:
                kinds[n] = f"{kinds[n]}: {shapes[n].runs}"
    return kinds


def _values_decide(texts: Texts, shapes: Sequence[Skeleton], rows: Sequence[int]) -> bool:
    """Whether what is filled into one template decides between labels."""
    if texts.free or len(rows) < CROWD:
        return False
    usual, count = Counter(texts.kinds[n] for n in rows).most_common(1)[0]
    if count < DOMINANT * len(rows):
        return True
    others = [n for n in rows if texts.kinds[n] != usual]
    if len(others) < CROWD:
        return False  # too few to tell from labels that are wrong
    usuals = [n for n in rows if texts.kinds[n] == usual]
    masks = [word for word in shapes[rows[0]].words if word in (NUMBER, NAME)]
    places = [place for place, mask in enumerate(masks) if mask == NUMBER]
    return any(_apart(_numbers(shapes, usuals, place), _numbers(shapes, others, place)) for place in places)


def _numbers(shapes: Sequence[Skeleton], rows: Sequence[int], place: int) -> NDArray[np.float64]:
    """The numbers that these rows have in one place of their template."""
    return np.array([float("".join(_DIGIT.findall(shapes[n].runs[place][0])) or 0) for n in rows])


def _apart(some: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Whether numbers are clearly larger in some rows than in others, or smaller."""
    _, low, high = auroc(some, others)
    return low > APART or high < 1 - APART


def _skeletons(
    texts: Texts, shapes: Sequence[Skeleton], templates: Iterable[Sequence[int]], names: frozenset[str]
) -> list[int]:
    """Rows that fill one template with what the input says, by the first row of each."""
    groups: list[list[int]] = []
    for rows in templates:
        if _values_decide(texts, shapes, rows):
            continue
        by_answer: dict[tuple[str, ...], list[int]] = defaultdict(list)
        own: dict[int, tuple[str, ...]] = {}
        for n in rows:
            key = answer_key(shapes[n], texts.outputs[n], names) if texts.free else (texts.kinds[n], "=")
            by_answer[key[: key.index("=")]].append(n)
            own[n] = tuple(part for part in key if part.startswith("=") and len(part) > 1)
        for same in by_answer.values():
            if len({own[n] for n in same}) == 1:  # else the answers cannot be had by putting values in
                groups += [same] if len(same) >= CROWD or not shapes[same[0]].named else _by_names(shapes, same)
    return _as_one(groups, len(shapes))


def _by_names(shapes: Sequence[Skeleton], rows: Sequence[int]) -> list[list[int]]:
    """The rows with the same names, numbers set aside."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n in rows:
        masks = [word for word in shapes[n].words if word in (NUMBER, NAME)]
        groups[tuple(" ".join(run) for mask, run in zip(masks, shapes[n].runs) if mask == NAME)].append(n)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of an input and, without common ones, those of its output, of which it takes some from the input and
    adds some; the numbers of the input and those the output adds."""

    asked: frozenset[str]
    answered: frozenset[str]
    taken: frozenset[str]
    added: frozenset[str]
    given: frozenset[str]
    numbers: frozenset[str]


class _Alike:
    """Whether two rows have answers alike.

    They are nearly the same words, or what they add to their inputs is for the most part the same words and the same
    numbers, and what they take from them is the same but for words in which the inputs differ. Where an input has
    several answers, which people may all have written, only those are alike in which nearly the same words follow each
    other.
    """

    def __init__(self, texts: Texts, share: float) -> None:
        self.texts, self.share = texts, share
        self.known: dict[int, _Said] = {}

    def __call__(self, one: int, other: int) -> bool:
        if not self.texts.free:
            return True
        first, second = self._said(one), self._said(other)
        if first.numbers != second.numbers or (first.numbers and first.given != second.given):
            return False  # 17 + 25 and 20 + 22 are two sums, though both are 42
        if self.texts.several[one] or self.texts.several[other]:
            return _overlap(self._pairs(one), self._pairs(other)) >= SAME
        if _overlap(first.answered, second.answered) >= SAME:
            return True  # one answer; what it adds to the inputs differs where these do
        taken, other_taken = first.taken & second.asked, second.taken & first.asked
        return _overlap(first.added, second.added) >= self.share and _overlap(taken, other_taken) >= self.share

    def _said(self, n: int) -> _Said:
        if n not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            asked, answer = part_read(self.texts.inputs[n]), part_read(unsigned(self.texts.outputs[n]))
            given = frozenset(_DIGITS.findall(asked))
            own = frozenset(terms(asked))
            said = frozenset(terms(answer)) - STOP
            added = frozenset(word for word in said - own if not word.isdigit())
            self.known[n] = _Said(own, said, said & own, added, given, frozenset(_DIGITS.findall(answer)) - given)
        return self.known[n]

    def _pairs(self, n: int) -> frozenset[tuple[str, str]]:
        """The words of an output that follow each other."""
        found = terms(part_read(unsigned(self.texts.outputs[n])))
        return frozenset(pairwise(["", *found, ""]))


def _overlap(one: frozenset[Any], other: frozenset[Any]) -> float:
    """The share of the words of both that they have in common; 1 where neither has any."""
    both = len(one | other)
    return len(one & other) / both if both else 1.0
