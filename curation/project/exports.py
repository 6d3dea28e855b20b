"""class Releasing: what leaves a project: the export, whether it is as it was written, and who approved it."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curation import export
from curation.checks.empty import blank
from curation.errors import GateNotPassed, NotChecked
from curation.export import LEAKED, Approval, Manifest, Treatment
from curation.progress import Progress, ignore
from curation.project.examples import now
from curation.project.held_out import Holding
from curation.records import Clusters, Dataset
from curation.review.curate import Curated, collapse, removed_rows
from curation.store import database, decisions, examples
from curation.text.private import mask, personal_rows

EXPORT = "export"


class Releasing(Holding):
    """Writing, verifying and approving the export of a project."""

    def release(
        self,
        out: Path,
        reports: Mapping[str, str],
        formats: Sequence[str],
        treatment: Treatment = "keep",
        marks: pa.Table | None = None,
        seed: int = 0,
        progress: Progress = ignore,
    ) -> Manifest:
        """Write the examples as decided so far to the folder `out`, with these report files by name.

        `treatment` says what becomes of rows with personal data, `marks` which rows are for retrieval or style.
        """
        clusters = self._clusters()
        kept, removed = self._leaving(clusters)
        held, scored = self.never_trained_on(self.curated().dataset, clusters) if self.held().ids else (frozenset(), 0)
        findings, body = self.findings(), self.last_verdict()
        with database.read(self.engine) as connection:
            counts = decisions.action_counts(connection)
            rejected = examples.read_rejected(connection)
        return export.export(
            kept,
            removed,
            rejected,
            clusters,
            out,
            formats=formats,
            verdict_json=body["verdict"] if body else None,
            extra_files=reports,
            settings={"dedup": clusters.settings},
            decisions=counts,
            marks=marks,
            personal=personal_rows(findings) if findings else frozenset(),
            treatment=treatment,
            mask=mask,
            held=held,
            scored=scored,
            evidence=body["evidence"] if body else (),
            note=self.note_trained,
            seed=seed,
            progress=progress,
        )

    def export_digest(self) -> str:
        """The digest of the rows an export would hold now, before personal data is left out or masked."""
        return self._leaving(self._clusters())[0].digest

    def personal_total(self) -> int:
        """In how many rows an export would hold personal data or keys were found."""
        findings = self.findings()
        if findings is None:
            return 0
        return len(personal_rows(findings) & set(self._leaving(self._clusters())[0].values("id")))

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

    def approve(self, name: str, waivers: Mapping[str, str]) -> Approval:
        """Record that a person approves that export as it is; raises as `export.approve` does."""
        return export.approve(self.folder / EXPORT, name, waivers, now(), self.export_digest())

    def approval(self, source: str | None = None) -> tuple[Approval | None, list[str]]:
        """Who approved that export, and why the approval does not hold any more (nothing where it does).

        `source` is `export_digest`, which takes a second for every 100,000 rows; without it only files are looked at.
        """
        folder = self.folder / EXPORT
        try:
            approval = export.read_approval(folder)
        except GateNotPassed as unreadable:
            return None, [str(unreadable)]
        if approval is None:
            return None, []
        return approval, export.problems(folder, export.read(folder), approval, source)

    def _clusters(self) -> Clusters:
        clusters = self.clusters()
        if clusters is None:
            raise NotChecked("Duplicates have not been searched for, so splits could leak. Run the checks first.")
        return clusters

    def _leaving(self, clusters: Clusters) -> tuple[Dataset, pa.Table]:
        """The rows an export keeps, and the removed with reasons: in review, evaluation, empty rows and repeats."""
        curated, findings = self.curated(), self.findings()
        found = set(findings.of("leakage").table["id"].to_pylist()) if findings else set()
        leaks = [id in found for id in curated.dataset.values("id")]
        out = curated.dataset.where(leaks).table
        leaked = removed_rows(out, [LEAKED] * out.num_rows)
        full, empty = _without_empty(curated, curated.dataset.where([not leak for leak in leaks]))
        kept, repeats = collapse(full, clusters, curated.states)
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
