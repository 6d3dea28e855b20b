"""Which rows are held back to be asked, and which may be shown as examples: nothing near-identical on both sides."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from curation.errors import NotChecked
from curation.records import Clusters, Dataset

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


def hold_out(dataset: Dataset, clusters: Clusters, private: Collection[str], rows: int, seed: int) -> Holdout:
    """Hold back `rows` rows at most, and at most half of what there is: one a near-duplicate cluster or group.

    No row of the pool shares a cluster or group with a held one. Depends on the rows' content and `seed`, not on
    their order. Raises NotChecked where fewer than two independent rows have an answer.
    """
    answers = dataset.values("label" if dataset.is_classification else "output")
    every = zip(dataset.values("id"), dataset.values("input"), answers, strict=True)
    complete = [Row(id, text, answer) for id, text, answer in every if text.strip() and (answer or "").strip()]
    usable = sorted((row for row in complete if row.id not in private), key=lambda row: row.id)
    group_of = groups(dataset, clusters)
    first: dict[str, Row] = {}
    for row in usable:
        first.setdefault(group_of[row.id], row)
    if len(first) < 2:
        raise NotChecked("fewer than two different rows have an answer, so none can be held back")
    strata = [row.answer if dataset.is_classification else "" for row in first.values()]
    order = _stratified(list(first.values()), strata, seed)
    held = order[: min(rows, len(order) // 2)]
    taken = {group_of[row.id] for row in held}
    pool = [row for row in usable if group_of[row.id] not in taken]
    if len(pool) > POOL:
        chosen = np.random.default_rng([seed, 1]).choice(len(pool), POOL, replace=False)
        pool = [pool[n] for n in np.sort(chosen)]
    return Holdout(tuple(held), tuple(pool), len(complete) - len(usable), len(dataset) - len(complete))


def groups(dataset: Dataset, clusters: Clusters) -> dict[str, str]:
    """The smallest id of each row's group, by id: rows that share a cluster or a group, directly or through others."""
    parent = {id: id for id in dataset.values("id")}

    def root(id: str) -> str:
        while parent[id] != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    table = clusters.table
    clustered = [(id, c) for id, c in zip(table["id"].to_pylist(), table["cluster"].to_pylist()) if id in parent]
    grouped = [(id, g) for id, g in zip(dataset.values("id"), dataset.values("group")) if g]
    for pairs in (clustered, grouped):
        for ids in _gathered(pairs):
            lowest = min(root(id) for id in ids)
            for id in ids:
                parent[root(id)] = lowest
    return {id: root(id) for id in parent}


def _gathered(pairs: Iterable[tuple[str, object]]) -> list[list[str]]:
    together: dict[object, list[str]] = defaultdict(list)
    for id, key in pairs:
        together[key].append(id)
    return list(together.values())


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
