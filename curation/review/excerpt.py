"""What people should see of a set that is too large to look through: the surest findings, rows that may contradict one
another, and some drawn at random."""

import json
from hashlib import blake2b
from heapq import nsmallest

import pyarrow as pa
import pyarrow.compute as pc

from curation.records import Clusters, Dataset, Findings
from curation.review.queue import order_of_review

SUREST = 500
"""Rows with the surest findings: three hours' work at 20 seconds a row."""
ALIKE = 500
"""Rows of clusters whose members differ in what they say, those most alike first."""
RANDOM = 100
"""Rows drawn at random: as many as an audit asks for by itself."""
APART = ("variant", "contradiction")


def excerpt(dataset: Dataset, clusters: Clusters, findings: Findings, seed: int) -> set[str]:
    """The ids of the rows to look at, with those that they are compared with beside them.

    It does not depend on the order of the rows.
    """
    order = order_of_review(findings, seed)
    chosen = {id for id, _ in order[:SUREST]} | _drawn(dataset, seed) | _alike(clusters)
    chosen |= _twins(findings, chosen)
    return chosen | _keepers(clusters, chosen)


def _drawn(dataset: Dataset, seed: int) -> set[str]:
    key = str(seed).encode()
    return set(
        nsmallest(RANDOM, dataset.values("id"), lambda id: blake2b(id.encode(), digest_size=8, key=key).digest())
    )


def _alike(clusters: Clusters) -> set[str]:
    rows = clusters.table.filter(pc.is_in(clusters.table["kind"], pa.array(APART)))
    columns = zip(*(rows[name].to_pylist() for name in ("similarity", "id")), strict=True)
    return {id for _, id in nsmallest(ALIKE, ((-similarity, id) for similarity, id in columns))}


def _twins(findings: Findings, chosen: set[str]) -> set[str]:
    """The rows that contradict a chosen one."""
    table = findings.of("contradictions").table
    pairs = zip(*(table[name].to_pylist() for name in ("id", "evidence")), strict=True)
    return {json.loads(evidence)["twin"]["id"] for id, evidence in pairs if id in chosen}


def _keepers(clusters: Clusters, chosen: set[str]) -> set[str]:
    pairs = zip(*(clusters.table[name].to_pylist() for name in ("id", "keeper")), strict=True)
    return {keeper for id, keeper in pairs if id in chosen}
