"""Which rows are held back to be asked, and which may be shown as examples: nothing near-identical on both sides."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from curation.errors import NotChecked
from curation.records import Clusters, Dataset
from curation.sampling.binding import bound_names, bound_to
from curation.text.normalise import lowered

POOL = 20_000
"""Rows examples are drawn from: more cost seconds to search and hardly bring nearer ones."""


@dataclass(frozen=True)
class Row:
    """A row that may be asked or shown. `answer` is its label in a classification set, else its output."""

    id: str
    input: str
    answer: str


@dataclass(frozen=True)
class Holdout:
    """`held` rows in the order they are asked, every beginning of it stratified by label; `pool` rows to show.

    `private` rows were left out because a check found personal data or keys in them, `unanswered` ones have no answer.
    """

    held: tuple[Row, ...]
    pool: tuple[Row, ...]
    private: int
    unanswered: int


@dataclass(frozen=True)
class Before:
    """What is known when rows are held back again: ids `handed` out before, in their order, those arms were `scored`
    on, and those a model may have `seen` in training."""

    handed: Sequence[str] = ()
    scored: Set[str] = frozenset()
    seen: Set[str] = frozenset()


def hold_out(
    dataset: Dataset,
    clusters: Clusters,
    private: Collection[str],
    rows: int,
    seed: int,
    before: Before = Before(),
) -> Holdout:
    """Hold back `rows` rows at most, and at most half of what there is: one a near-duplicate cluster or group.

    Rows handed out before come first, in that order, so that all models are asked the same ones; then those an arm was
    scored on, the others, and last those a model may have seen in training. No row of the pool shares a cluster or
    group with a held one. Depends on the rows' content, `before` and `seed`, not on their order. Raises NotChecked
    where fewer than two independent rows have an answer.
    """
    answers = dataset.values("label" if dataset.is_classification else "output")
    every = zip(dataset.values("id"), dataset.values("input"), answers, strict=True)
    complete = [Row(id, text, answer) for id, text, answer in every if text.strip() and (answer or "").strip()]
    usable = sorted((row for row in complete if row.id not in private), key=lambda row: row.id)
    group_of = bound_names(dataset, clusters)
    place = {id: n for n, id in enumerate(before.handed)}
    ranked = sorted(usable, key=lambda row: _rank(row.id, place, before)) if place or before.scored else usable
    first: dict[str, Row] = {}
    for row in ranked:
        first.setdefault(group_of[row.id], row)
    if len(first) < 2:
        raise NotChecked("fewer than two different rows have an answer, so none can be held back")
    alone = sorted(first.values(), key=lambda row: row.id)
    strata = [row.answer if dataset.is_classification else "" for row in alone]
    order = sorted(_stratified(alone, strata, seed), key=lambda row: _rank(row.id, place, before))
    held = order[: min(rows, len(order) // 2)]
    taken = {group_of[row.id] for row in held}
    pool = [row for row in usable if group_of[row.id] not in taken]
    if len(pool) > POOL:
        chosen = np.random.default_rng([seed, 1]).choice(len(pool), POOL, replace=False)
        pool = [pool[n] for n in np.sort(chosen)]
    return Holdout(tuple(held), tuple(pool), len(complete) - len(usable), len(dataset) - len(complete))


def _rank(id: str, place: Mapping[str, int], before: Before) -> tuple[int, int]:
    if id in place:
        return 0, place[id]
    if id in before.seen:
        return 3, 0
    return (1 if id in before.scored else 2), 0


ONE_RIGHT = ("classification", "extraction", "question_answering")
"""Kinds of task in which an input has one right answer: two different ones contradict each other."""
REFERENCES = 20
"""Other right answers a reply is held against at most: the nearest of so many is near enough, and each takes time."""


def references(dataset: Dataset, kind: str, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What else the set calls right for the inputs of these rows, by id; {} where one answer alone is right."""
    if dataset.is_classification or kind in ONE_RIGHT:
        return {}
    rows = list(zip(dataset.values("id"), map(lowered, dataset.values("input")), dataset.values("output"), strict=True))
    known = frozenset(ids)
    wanted = {text for id, text, _ in rows if id in known and text}
    answers: dict[str, dict[str, None]] = defaultdict(dict)
    for _, text, output in rows:
        if text in wanted and output.strip():
            answers[text][output] = None
    found = {}
    for id, text, output in rows:
        if id in known and len(answers[text]) > 1:
            found[id] = tuple(other for other in answers[text] if other != output)[:REFERENCES]
    return found


def kept_for_measuring(
    handed: Collection[str], scored: Set[str], dataset: Dataset, clusters: Clusters
) -> tuple[frozenset[str], int]:
    """(ids of the examples no model may be trained on, how many scored ones may be trained on all the same).

    All that were handed out or scored, with everything in their near-duplicate clusters and groups. Outputs can be
    imported for a whole set; where the scored ones are more than half of its independent examples, which is more than
    is ever held back, only those handed out are kept, so that something is left to train on.
    """
    group_of = bound_names(dataset, clusters)
    every = bound_to(scored | set(handed), dataset, clusters)
    if 2 * len({group_of[id] for id in every}) <= len(set(group_of.values())):
        return every, 0
    bound = bound_to(handed, dataset, clusters)
    return bound, len((scored & group_of.keys()) - bound)


def _stratified(rows: Sequence[Row], strata: Sequence[str], seed: int) -> list[Row]:
    """The rows in a random order of which every beginning holds each stratum in its share, to within one row."""
    rng = np.random.default_rng([seed, 0])
    members: dict[str, list[Row]] = defaultdict(list)
    for row, stratum in zip(rows, strata, strict=True):
        members[stratum].append(row)
    placed = []
    for stratum in sorted(members):
        shuffled = [members[stratum][n] for n in rng.permutation(len(members[stratum]))]
        offset = rng.random()
        placed += [((n + offset) / len(shuffled), row.id, row) for n, row in enumerate(shuffled)]
    return [row for _, _, row in sorted(placed, key=lambda one: one[:2])]
