"""What duplicates, checks and the verdict are worked out from: read at one moment, however long the work takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curation.context import Context
from curation.dedup import Settings as DedupSettings
from curation.readiness import Policy
from curation.readiness.answerable import answerable
from curation.records import FINDINGS_SCHEMA, Clusters, Dataset, Facts, Findings, Snapshot
from curation.review.curate import Curated


@dataclass(frozen=True)
class Counts:
    """What the report counts of the set itself: `totals` as the store's, (name, stored, rejected) of the files in the
    set, and how many labels are in use."""

    totals: Mapping[str, int]
    sources: tuple[tuple[str, int, int], ...]
    labels: int


@dataclass(frozen=True)
class Basis:
    """All that the steps read, of one snapshot; `context` has the arms measured, `passages` None without a knowledge
    base, `reviewed` what audits and team rounds found."""

    snapshot: Snapshot
    curated: Curated
    settings: DedupSettings
    evaluation: Dataset | None
    context: Context
    policy: Policy
    reviewed: Findings
    passages: tuple[str, ...] | None
    counts: Counts


@dataclass(frozen=True)
class Results:
    """What the three steps found; the verdict as `readiness.body` keeps it."""

    clusters: Clusters
    findings: Findings
    body: Mapping[str, Any]


def facts_of(basis: Basis, clusters: Clusters, findings: Findings, seed: int = 0) -> Facts:
    """What the verdict is drawn from. Rows added after these clusters were found are left out."""
    dataset = basis.curated.dataset
    known = set(clusters.table["id"].to_pylist())
    parts = [findings, basis.reviewed]
    if basis.passages is not None:
        run = answerable(dataset, basis.passages, basis.policy.items["substance"].settings["template"])
        parts.append(Findings(FINDINGS_SCHEMA.empty_table(), (run,)))
    mask = [example in known for example in dataset.values("id")]
    rejected = basis.counts.totals["rejected"]
    return Facts(dataset.where(mask), clusters, Findings.join(parts), basis.context, rejected, seed)
