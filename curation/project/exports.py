"""class Releasing: what leaves a project: the export, whether it is as it was written, and who approved it."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation import export
from curation.checks.empty import blank
from curation.errors import GateNotPassed, NotChecked
from curation.export import LEAKED, Approval, Manifest, Treatment
from curation.progress import Progress, ignore
from curation.project.examples import now
from curation.project.held_out import Holding
from curation.records import Clusters, Dataset, Event, Findings, Snapshot
from curation.review.curate import Curated, collapse, removed_rows
from curation.store import (
    database,
    decisions,
    events,
    examples,
    results,
)
from curation.store.database.chain import canonical
from curation.text.private import mask, personal_rows

EXPORT = "export"
CHANGED = {
    "decision": "the decisions",
    "vote": "the answers in audits and team rounds",
    "example": "the examples",
    "sources": "the files in the set",
    "settings": "how duplicates are found",
    "context": "what people know about the task",
    "policy": "the thresholds",
    "evaluation": "the evaluation set",
    "knowledge": "the knowledge base",
    "measured": "the measured arms",
}
"""What a field of a snapshot is called."""


@dataclass(frozen=True)
class Material:
    """What an export is written from, all of one snapshot: `decisions` are counts by action, `body` the verdict as it
    is kept, `marks` which rows are for retrieval or style."""

    snapshot: Snapshot
    curated: Curated
    rejected: pa.Table
    decisions: Mapping[str, int]
    clusters: Clusters
    findings: Findings | None
    body: Mapping[str, Any] | None
    marks: pa.Table | None = None
    seed: int = 0


@dataclass(frozen=True)
class Age:
    """How far a project has moved on since an export: `decisions` made later, and the other fields of the snapshot
    that changed."""

    decisions: int = 0
    changed: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether nothing has changed that a result rests on."""
        return not self.decisions and not self.changed

    @property
    def sentence(self) -> str:
        """What people read of it, "" where nothing has changed."""
        by = f"by {self.decisions:,} decision{'' if self.decisions == 1 else 's'}" if self.decisions else ""
        since = ", ".join(dict.fromkeys(CHANGED[name] for name in self.changed))
        since = f"changed since: {since}" if since else ""
        return (
            "" if self.is_current else f"This export is older than the project: {'; '.join(filter(None, (by, since)))}."
        )


class Releasing(Holding):
    """Writing, verifying and approving the export of a project."""

    def material(self, snapshot: Snapshot) -> Material:
        """What is stored to export, of this snapshot: for `as_of`. Raises NotChecked before duplicates were found."""
        clusters = self.clusters()
        if clusters is None:
            raise NotChecked("Duplicates have not been looked for, so splits could leak: run the checks first.")
        with database.read(self.engine) as connection:
            counts, rejected = decisions.action_counts(connection), examples.read_rejected(connection)
        found = (self.findings(), self.last_verdict())
        return Material(snapshot, self.curated(), rejected, counts, clusters, *found)

    def release(
        self,
        out: Path,
        reports: Mapping[str, str],
        formats: Sequence[str],
        treatment: Treatment = "keep",
        of: Material | None = None,
        progress: Progress = ignore,
    ) -> Manifest:
        """Write a clean set to the folder `out`, with these report files by name; left out, `of` is what is stored.

        `treatment` says what becomes of rows with personal data.
        """
        of = of or self.as_of(self.material)
        kept, removed = leaving(of)
        held, scored = self.never_trained_on(of.curated.dataset, of.clusters)
        manifest = export.export(
            kept,
            removed,
            of.rejected,
            of.clusters,
            out,
            formats=formats,
            verdict_json=of.body["verdict"] if of.body else None,
            extra_files=reports,
            settings={"dedup": of.clusters.settings},
            decisions=of.decisions,
            marks=of.marks,
            personal=personal_rows(of.findings) if of.findings else frozenset(),
            treatment=treatment,
            mask=mask,
            held=held,
            scored=scored,
            evidence=of.body["evidence"] if of.body else (),
            note=self.note_trained,
            seed=of.seed,
            progress=progress,
        )
        self._record("export", export.digest(out), {"snapshot": asdict(of.snapshot), "rows": len(kept)})
        return manifest

    def _record(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        with database.write(self.engine) as connection:
            events.append(connection, Event(kind, subject, canonical(payload), self.actor.name, now()))
            database.bump(connection)

    def export_digest(self) -> str:
        """The digest of the rows an export would hold now, before personal data is left out or masked."""
        return leaving(self.as_of(self.material))[0].digest

    def personal_total(self) -> int:
        """In how many rows an export would hold personal data or keys were found."""
        of = self.as_of(self.material)
        return len(personal_rows(of.findings) & set(leaving(of)[0].values("id"))) if of.findings else 0

    def last_export(self) -> Manifest | None:
        """The manifest of the export in the project's folder."""
        return export.read(self.folder / EXPORT) if (self.folder / EXPORT).exists() else None

    def handed_in_train(self) -> int:
        """How many examples kept for measuring stand in the train part of the last export: handed out after it."""
        clusters, held = self.clusters(), self.held().ids
        if clusters is None or not held or not self.trained():
            return 0
        return len(self.trained() & self.never_trained_on(self.curated().dataset, clusters)[0])

    def export_report(self) -> bytes:
        """The report in that export, as HTML."""
        return (self.folder / EXPORT / "report.html").read_bytes()

    def verify_export(self) -> list[str]:
        """What has changed in that export since it was written, one sentence each."""
        return export.verify(self.folder / EXPORT)

    def export_zip(self) -> bytes:
        """That export as one ZIP; its entries carry no time, so the same export gives the same bytes."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted((self.folder / EXPORT).iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
        return whole.getvalue()

    def approve(self, name: str, waivers: Mapping[str, str], folder: Path | None = None) -> Approval:
        """Record that a person approves an export of this project as it is, left out the one in its own folder.

        It is noted in the project too. Raises as `export.approve` and `age` do.
        """
        folder = folder or self.folder / EXPORT
        self.age(folder)
        approval = export.approve(folder, name, waivers, now())
        payload = {"name": approval.name, "outcome": approval.outcome, "waivers": dict(approval.waivers)}
        self._record("approval", approval.manifest, payload)
        return approval

    def approval(self) -> tuple[Approval | None, list[str]]:
        """Who approved that export, and why the approval does not hold any more (nothing where it does)."""
        folder = self.folder / EXPORT
        try:
            approval = export.read_approval(folder)
        except GateNotPassed as unreadable:
            return None, [str(unreadable)]
        if approval is None:
            return None, []
        return approval, export.problems(folder, export.read(folder), approval)

    def age(self, folder: Path | None = None) -> Age:
        """How far this project has moved on since an export of it, left out the one in its own folder.

        Raises GateNotPassed where the export is not of this project, UsageError where there is none.
        """
        folder = folder or self.folder / EXPORT
        source, subject = export.read(folder).source, export.digest(folder)
        with database.consistent(self.engine) as connection:
            event = events.newest(connection, "export", subject)
            if event is not None:
                before, now_on = results.snapshot_from(json.loads(event.payload)["snapshot"]), self.snapshot()
                later = decisions.count_since(connection, before.decision)
                changed = tuple(name for name in before.changed(now_on) if name != "decision")
                return Age(later, changed)
        # It was written before exports were noted in their project, or by a process that was killed at its end.
        if self._exports_now(source):
            return Age()
        raise GateNotPassed(
            f"{folder}: this export is not from the project {self.name}, or it was written before exports were noted "
            "in their project and that one has changed since. Name the project it was made from, or export and approve "
            "again."
        )

    def _exports_now(self, source: str) -> bool:
        try:
            return self.export_digest() == source
        except NotChecked:
            return False


def leaving(of: Material) -> tuple[Dataset, pa.Table]:
    """The rows an export keeps, and the removed with reasons: in review, evaluation, empty rows and repeats."""
    curated = of.curated
    found = set(of.findings.of("leakage").table["id"].to_pylist()) if of.findings else set()
    leaks = [id in found for id in curated.dataset.values("id")]
    out = curated.dataset.where(leaks).table
    leaked = removed_rows(out, [LEAKED] * out.num_rows)
    full, empty = _without_empty(curated, curated.dataset.where([not leak for leak in leaks]))
    kept, repeats = collapse(full, of.clusters, curated.states)
    return kept, pa.concat_tables([curated.removed, leaked, empty, repeats])


def _without_empty(curated: Curated, rows: Dataset) -> tuple[Dataset, pa.Table]:
    """The rows that have something to learn from, and the others with what is empty in them.

    A row stays that a person accepted, edited or chose to keep as it is. In a classification set a row nobody labelled
    is not empty but waiting, and `collapse` says so.
    """
    table = rows.table
    if curated.dataset.is_classification:
        labelled = table["label"].is_valid().to_pylist()
        inputs = _blanks(table["input"])
        empty = dict.fromkeys((n for n in _blanks(table["output"]) if labelled[n]), "empty output")
        empty |= dict.fromkeys((n for n in inputs if labelled[n]), "empty input")
    else:
        outputs = _blanks(table["output"])
        # Where no row has an output, the set waits for its labels or answers.
        empty = dict.fromkeys(outputs, "empty output" if len(outputs) < len(rows) else "not labelled yet")
        empty |= dict.fromkeys(_blanks(table["input"]), "empty input")
    ids = rows.values("id")
    wanted = {id for id, state in curated.states.items() if state.pinned or state.status in ("accepted", "edited")}
    leaving = sorted(n for n in empty if ids[n] not in wanted)
    if not leaving:
        return rows, removed_rows(table.slice(0, 0), [])
    stays = [True] * len(rows)
    for n in leaving:
        stays[n] = False
    return rows.where(stays), removed_rows(table.take(leaving), [empty[n] for n in leaving])


def _blanks(column: pa.ChunkedArray) -> list[int]:
    """The positions of texts that show nothing."""
    # Most texts hold a letter or digit, which Arrow sees a hundred times faster than Python.
    maybe = pc.indices_nonzero(pc.invert(pc.match_substring_regex(column, "[0-9A-Za-z]"))).to_pylist()
    texts = column.take(pa.array(maybe, pa.int64())).to_pylist()
    return [n for n, text in zip(maybe, texts, strict=True) if blank(text)]
