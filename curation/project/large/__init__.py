"""A set too large to look through, and a project with an excerpt of it: what people decide there is done to the whole.

Rows are told by their ids in both: a hash of their content, or the value of the column named with --id.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import UsageError
from curation.project.place.access import require
from curation.records import Clusters, Dataset, Decision, Findings
from curation.review.excerpt import excerpt
from curation.review.queue import order_of_review
from curation.review.state import standing, state_of
from curation.store import clusters, database, decisions, examples, findings

if TYPE_CHECKING:
    from curation.project import Project

SIDES = ("input", "output", "label")


@dataclass(frozen=True)
class CarriedOver:
    """How many rows were decided as people had decided them in the excerpt, and how many such rows are not in the set
    any more (`gone`) or have other texts by now (`changed`), on which nothing was done."""

    decided: int
    gone: int
    changed: int


@dataclass(frozen=True)
class Shown:
    """How many rows an excerpt holds, and how many of them are new in it."""

    rows: int
    new: int


def carry_over(review: "Project", whole: "Project") -> CarriedOver:
    """Do to the rows of the whole what people decided about them in the review project, under their names and times.

    All of it or, where the process is killed or anything fails, nothing: it is one transaction, as long as what people
    decide in an excerpt, some thousandths of a second a decision.
    """
    require(review.place, "viewer")
    require(whole.place, "curator")
    with database.read(review.place.engine) as connection:
        made: dict[str, list[Decision]] = defaultdict(list)
        for decision in decisions.all_decisions(connection):
            made[decision.example].append(decision)
        before = _texts(examples.read_dataset(connection), made)
    stands = {id: of for id, all_of in made.items() if id in before and (of := standing(all_of))}
    while True:
        with database.consistent(whole.place.engine) as connection:
            as_read = database.data_version(connection)
            now = _texts(examples.read_dataset(connection), made)
        same = [id for id in stands if now.get(id) == before[id]]
        with database.write(whole.place.engine) as connection:
            if database.data_version(connection) != as_read:  # somebody loaded or decided meanwhile
                continue
            for id in same:
                one_by_one = [replace(decision, seen_version=n) for n, decision in enumerate(stands[id])]
                decisions.append(connection, one_by_one, state_of)
        gone = sum(id not in now for id in stands)
        return CarriedOver(len(same), gone, len(stands) - len(same) - gone)


def _texts(dataset: Dataset, ids: Mapping[str, object]) -> dict[str, tuple[str | None, ...]]:
    """The texts and the label of those of these rows that are there, as imported."""
    some = _where(dataset.table, list(ids))
    columns = (some[name].to_pylist() for name in SIDES)
    return dict(zip(some["id"].to_pylist(), zip(*columns, strict=True), strict=True))


def show(whole: "Project", review: "Project", seed: int = 0) -> Shown:
    """Put what people should see of the whole into the review project, with what was found about it in the whole.

    Rows that are there already stay, with what was decided about them. Raises UsageError before duplicates and checks
    of the whole have run.
    """
    require(whole.place, "viewer")
    require(review.place, "curator")
    alike, found = whole.duplicates.stored.current(), whole.findings.stored.current()
    if alike is None or found is None:
        raise UsageError("There are no findings to show yet: run the checks first.")
    dataset = whole.examples.dataset()
    with database.read(review.place.engine) as connection:
        there = set(examples.sequence_numbers(connection))
    ids = excerpt(whole.examples.curated().dataset, alike, found, seed)
    ids |= {keeper for id, keeper in _pairs(alike) if id in there}
    new = _where(dataset.table, sorted(ids - there))
    if new.num_rows:
        review.examples.store(Dataset(new, dataset.classification))
    _store_found(review, alike, found, seed)
    return Shown(len(ids | there), new.num_rows)


def _pairs(alike: Clusters) -> list[tuple[str, str]]:
    return list(zip(*(alike.table[name].to_pylist() for name in ("id", "keeper")), strict=True))


def _store_found(review: "Project", alike: Clusters, found: Findings, seed: int) -> None:
    """What was found in the whole about the rows of the excerpt, as of what the review project holds now."""
    snapshot = review.place.snapshot()
    with database.read(review.place.engine) as connection:
        there = list(examples.sequence_numbers(connection))
    some, near = Findings(_where(found.table, there), found.runs), replace(alike, table=_where(alike.table, there))

    def prepare(connection: database.Connection) -> None:
        clusters.prepare_clusters(connection, near)
        findings.prepare_findings(connection, some, order_of_review(some, seed))

    with database.write(review.place.engine, prepare) as connection:
        clusters.save_clusters(connection, near, snapshot)
        findings.save_findings(connection, some, snapshot)


def _where(table: pa.Table, ids: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table["id"], pa.array(ids, pa.string())))
