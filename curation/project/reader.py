"""What duplicates, checks and the verdict are worked out from: read at one moment, however long the work takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.dedup import Settings as DedupSettings
from curation.measure.lookup import read_knowledge
from curation.project.duplicates import Duplicates
from curation.project.examples import Examples
from curation.project.measuring import Measuring
from curation.project.model_review.calibration import Calibration
from curation.project.place import KNOWLEDGE, Settings
from curation.project.place.access import needs
from curation.readiness import Policy
from curation.readiness.answerable import answerable
from curation.records import FINDINGS_SCHEMA, Clusters, Dataset, Facts, Findings, Snapshot, StoredVerdict
from curation.records.context import Context
from curation.records.progress import Progress
from curation.review.curate import Curated
from curation.review.runs import model_findings
from curation.store import database, results

STEPS = ("dedup", "check", "verdict")


@dataclass(frozen=True)
class Counts:
    """What the report counts of the set itself: `totals` as the store's, (name, stored, rejected) of the files in the
    set, and how many labels are in use."""

    totals: Mapping[str, int]
    sources: tuple[tuple[str, int, int], ...]
    labels: int


@dataclass(frozen=True)
class Basis:
    """All that the steps read, of one snapshot; `settings` are those of near-duplicates, `checks` those of checks that
    are not built in, `context` has the arms measured, `passages` None without a knowledge base, `reviewed` what audits
    and team rounds found."""

    snapshot: Snapshot
    curated: Curated
    settings: DedupSettings
    checks: Mapping[str, Mapping[str, Any]]
    evaluation: Dataset | None
    context: Context
    policy: Policy
    reviewed: Findings
    passages: tuple[str, ...] | None
    counts: Counts


@dataclass(frozen=True)
class Results:
    """What the three steps found."""

    clusters: Clusters
    findings: Findings
    verdict: StoredVerdict


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


class Reader:
    """Reads all that the steps read, of one snapshot."""

    def __init__(
        self,
        settings: Settings,
        examples: Examples,
        duplicates: Duplicates,
        measuring: Measuring,
        calibration: Calibration,
    ) -> None:
        self.place = settings.place
        self.settings, self.examples, self.duplicates = settings, examples, duplicates
        self.calibration, self.rounds, self.measuring = calibration, calibration.rounds, measuring

    @needs("viewer")
    def basis(self, of: Snapshot) -> Basis:
        """What the steps read; for `as_of`."""
        path = self.place.folder / KNOWLEDGE
        return Basis(
            snapshot=of,
            curated=self.examples.curated(),
            settings=self.duplicates.settings(),
            checks=self.settings.checks(),
            evaluation=self.examples.evaluation(),
            context=self.measuring.context(),
            policy=self.settings.policy(),
            reviewed=self._reviewed(),
            passages=tuple(read_knowledge(path, send_private=True)[0]) if path.exists() else None,
            counts=self.counts(),
        )

    def _reviewed(self) -> Findings:
        """What audits and team rounds found, and what is known of a model that read rows."""
        told = self.calibration.report()
        found = self.rounds.review_runs()
        return found if told is None else Findings.join([found, model_findings(told)])

    @needs("viewer")
    def counts(self) -> Counts:
        files = tuple((s.name, s.stored, s.rejected) for s in self.examples.stored.sources() if s.active)
        return Counts(self.examples.stored.totals(), files, len(self.examples.stored.label_counts()))

    @needs("viewer")
    def clusters_of(self, of: Snapshot) -> Clusters | None:
        return self.duplicates.stored.current() if self.is_of(of, ("dedup",)) else None

    @needs("viewer")
    def is_of(self, of: Snapshot, steps: Sequence[str] = STEPS) -> bool:
        """Whether the stored results of these steps were worked out from this snapshot."""
        with database.read(self.place.engine) as connection:
            made = {step: results.snapshot_of(connection, step) for step in steps}
        return all(snapshot is not None and not snapshot.changed(of, step) for step, snapshot in made.items())

    @needs("curator")
    def cluster(self, basis: Basis, progress: Progress) -> Clusters:
        """Find the clusters of these rows, and store them."""
        return self.duplicates.cluster(basis.curated.dataset, basis.settings, basis.snapshot, progress)
