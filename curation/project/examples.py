"""class Desk: what a project can be asked, page by page. `Project` adds the verbs."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from curation.context import Context, read_context
from curation.readiness.policy import load_policy
from curation.records import (
    Actor,
    CheckRun,
    Clusters,
    Dataset,
    Decision,
    Example,
    Filter,
    FindingRow,
    Findings,
    Snapshot,
    Verification,
)
from curation.review.curate import Curated, curate
from curation.store import (
    database,
    decisions,
    events,
    examples,
    pages,
    results,
)

CONTEXT = "context.toml"
POLICY = "policy.toml"
EVALUATION = "evaluation.parquet"
KNOWLEDGE = "knowledge.txt"
READ_FILES = {"context": CONTEXT, "policy": POLICY, "evaluation": EVALUATION, "knowledge": KNOWLEDGE}
"""The files in a project's folder that results rest on, by the field of a snapshot."""
T = TypeVar("T")


def now() -> str:
    """The time as UTC text, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Step:
    """Whether duplicates, checks or the verdict ran, and whether anything they rest on has changed since they began."""

    ran: bool
    stale: bool
    at: str


class Desk:
    """Questions about one project: each reads only what it returns."""

    def __init__(self, folder: Path, engine: database.Engine, actor: Actor | None = None) -> None:
        self.folder = folder
        self.engine = engine
        self.actor = actor or Actor.local()
        self.name = folder.name

    def context(self) -> Context:
        """What people told us about the task: `context.toml` in the project's folder."""
        path = self.folder / CONTEXT
        return read_context(path) if path.exists() else Context()

    def version(self) -> int:
        """A number that changes whenever anything stored does: the key of every cache."""
        with database.read(self.engine) as connection:
            return database.version(connection)

    def step(self, kind: str) -> Step:
        """How things stand with "dedup", "check" or "verdict"."""
        with database.consistent(self.engine) as connection:
            row = results.result_row(connection, kind)
            of = results.snapshot_of(connection, kind)
            current = self.snapshot()
        is_stale = row is not None and (of is None or bool(of.changed(current, kind)))
        return Step(row is not None, is_stale, row.at if row else "")

    # -- one moment

    def snapshot(self) -> Snapshot:
        """What a result worked out from now on rests on."""
        digests = {field: _file_digest(self.folder / name) for field, name in READ_FILES.items()}
        digests["policy"] = f"{_built_in_policy()}{digests['policy']}"
        with database.read(self.engine) as connection:
            return results.take_snapshot(connection, digests, now())

    def as_of(self, read: Callable[[Snapshot], T]) -> T:
        """What `read` makes of one snapshot: the store stands still for it, and it reads again if a file changed."""
        with database.consistent(self.engine):
            while True:
                before = self.snapshot()
                value = read(before)
                if self.snapshot() == before:
                    return value

    def verify(self) -> Verification:
        """Whether everything people did here is as it was stored; else the first entry that is not."""
        with database.read(self.engine) as connection:
            return events.verify(connection)

    # -- what is in the set

    def totals(self) -> Mapping[str, int]:
        """Rows stored, rejected, unlabelled and decided."""
        with database.read(self.engine) as connection:
            return examples.totals(connection)

    def sources(self) -> list[Any]:
        """The files loaded, oldest first."""
        with database.read(self.engine) as connection:
            return examples.all_sources(connection)

    def set_source(self, source: int, active: bool) -> None:
        """Take a file's rows into the set or leave them out."""
        with database.write(self.engine) as connection:
            examples.set_active(connection, source, active)

    def rejected_reasons(self) -> list[tuple[str, str, int]]:
        """(file, reason, rows) of the rows that could not be read."""
        with database.read(self.engine) as connection:
            return examples.rejected_reasons(connection)

    def label_counts(self) -> list[tuple[str, int]]:
        """(label, rows), commonest first."""
        with database.read(self.engine) as connection:
            return examples.label_counts(connection)

    def length_counts(self, width: int) -> list[tuple[str, int, int]]:
        """(side, lower edge, rows) of the lengths in characters."""
        with database.read(self.engine) as connection:
            return examples.length_counts(connection, width)

    def is_classification(self) -> bool:
        """Whether the outputs are labels: what `curated` settles, from counts alone."""
        declared = self._declares_labels()
        with database.read(self.engine) as connection:
            return examples.is_classification(connection, declared)

    def dataset(self) -> Dataset:
        """The examples as imported."""
        with database.read(self.engine) as connection:
            return examples.read_dataset(connection)

    def curated(self) -> Curated:
        """The examples as decided so far."""
        declared = self._declares_labels()
        with database.read(self.engine) as connection:
            return curate(examples.read_dataset(connection), decisions.all_decisions(connection), declared)

    def _declares_labels(self) -> bool:
        """Whether labels stand in the context, or a file has a column for labels and none for other outputs."""
        columns = [json.loads(source.columns) for source in self.sources() if source.active]
        awaited = any(
            c.get("label") and not c.get("output") and c.get("messages") in (None, c["label"]) for c in columns
        )
        return awaited or bool(self.context().task.labels)

    # -- what was found

    def clusters(self) -> Clusters | None:
        """The near-duplicate clusters of the last run."""
        with database.read(self.engine) as connection:
            return results.read_clusters(connection)

    def findings(self) -> Findings | None:
        """The findings of the last run."""
        with database.read(self.engine) as connection:
            return results.read_findings(connection)

    def check_runs(self) -> list[CheckRun]:
        """How each check went."""
        with database.read(self.engine) as connection:
            return results.read_runs(connection)

    def cluster_counts(self) -> list[tuple[str, int, int]]:
        """(kind, clusters, rows in them)."""
        with database.read(self.engine) as connection:
            return results.cluster_counts(connection)

    def size_counts(self) -> list[tuple[int, int]]:
        """(size, clusters of that size)."""
        with database.read(self.engine) as connection:
            return results.size_counts(connection)

    def last_verdict(self) -> dict[str, Any] | None:
        """The newest verdict with its evidence and the path through the gates."""
        with database.read(self.engine) as connection:
            return results.read_result(connection, "verdict")

    # -- pages

    def example(self, id: str) -> Example | None:
        """One example as it stands now."""
        with database.read(self.engine) as connection:
            return pages.example(connection, id)

    def examples_by_id(self, ids: Sequence[str]) -> list[Example]:
        """Examples as they stand now, in the order asked for."""
        with database.read(self.engine) as connection:
            return pages.examples_by_id(connection, ids)

    def findings_of(self, id: str) -> list[FindingRow]:
        """All findings on one example, surest first."""
        with database.read(self.engine) as connection:
            return pages.findings_of(connection, id)

    @staticmethod
    def review_filter(check: str = "", text: str = "") -> Filter:
        """The filter of a review queue."""
        return Filter(check=check, text=text)

    def queue_page(self, filter: Filter, after: int, limit: int) -> list[tuple[int, Example]]:
        """The next undecided examples with their positions."""
        with database.read(self.engine) as connection:
            return pages.queue_page(connection, filter, after, limit)

    def queue_total(self, filter: Filter) -> int:
        """How many undecided examples the queue holds."""
        with database.read(self.engine) as connection:
            return pages.queue_total(connection, filter)

    def decisions_on(self, id: str) -> list[Decision]:
        """The history of one example, oldest first."""
        with database.read(self.engine) as connection:
            return decisions.of_example(connection, id)


@lru_cache(maxsize=1)
def _built_in_policy() -> str:
    return load_policy().digest


def _file_digest(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return _digest(path, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, inode: int, changed: int, size: int) -> str:
    # Pages ask on every draw, and an evaluation set may hold hundreds of megabytes.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
