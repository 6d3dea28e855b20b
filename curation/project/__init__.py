"""class Project: every verb of the product as one short method; the only place where the rooms meet the store."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation import export, load, report
from curation.errors import NotChecked, UsageError
from curation.export import Manifest, Treatment
from curation.export.formats import export_format
from curation.files import write_parquet, write_text
from curation.measure.lookup import read_knowledge
from curation.progress import Progress, ignore, part
from curation.project.decisions import People
from curation.project.duplicates import Clustering
from curation.project.examples import now
from curation.project.exports import Releasing
from curation.project.findings import Inspecting
from curation.project.jobs import JobDesk
from curation.project.measuring import Trials
from curation.project.verdict import Judging
from curation.readiness.answerable import answerable
from curation.records import (
    DATASET_SCHEMA,
    FINDINGS_SCHEMA,
    Columns,
    Dataset,
    Findings,
    Imported,
    Verdict,
)
from curation.store import database, examples

DATABASE = "project.db"
EVALUATION = "evaluation.parquet"
KNOWLEDGE = "knowledge.txt"
REPORTS = ("html", "md", "json")


@dataclass(frozen=True)
class Loaded:
    """What became of one file: rows stored and rejected, or that it was in the project already."""

    name: str
    stored: int
    rejected: int
    reasons: Mapping[str, int]
    already: bool
    imported: Imported


class Project(JobDesk, People, Clustering, Inspecting, Trials, Judging, Releasing):
    """One set of examples with everything found and decided about it, in a folder."""

    @classmethod
    def open(cls, folder: Path, create: bool = False) -> "Project":
        """The project in `folder`. Raises UsageError when there is none and `create` is not set."""
        if not (folder / DATABASE).exists():
            if not create:
                raise UsageError(
                    f"There is no project in {folder}. Load a file into it first: curation load FILE --project {folder}"
                )
            folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, database.open_database(folder / DATABASE))

    @classmethod
    @contextmanager
    def temporary(cls, files: Sequence[Path]) -> Iterator["Project"]:
        """A project that is gone when the block ends, named after the files it is for: what file mode works in."""
        with tempfile.TemporaryDirectory(prefix="curation-") as folder:
            project = cls.open(Path(folder), create=True)
            project.name = ", ".join(path.name for path in files)
            try:
                yield project
            finally:
                project.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    # -- load

    def load(
        self, path: Path, columns: Columns | None = None, name: str | None = None, progress: Progress = ignore
    ) -> Loaded:
        """Store the rows of one file. A file with the same bytes is not loaded twice."""
        imported = load.load(path, columns, name, part(progress, 0.0, 0.8))
        counts = reason_counts(imported.rejected)
        # Not inside the transaction: a job's progress is itself written to the database and would wait for this one.
        progress(0.85, "storing")
        with database.write(self.engine) as connection:
            already = examples.find_source(connection, imported.digest) is not None
            if not already:
                examples.add_imported(connection, imported, now())
        progress(1.0, "stored")
        return Loaded(imported.name, len(imported.dataset), imported.rejected.num_rows, counts, already, imported)

    @staticmethod
    def preview(path: Path, columns: Columns | None = None, name: str | None = None) -> Imported:
        """The first rows of a file as they would be read."""
        return load.preview(path, columns, name=name)

    def rejected(self) -> pa.Table:
        """The rows that could not be read, with reasons."""
        with database.read(self.engine) as connection:
            return examples.read_rejected(connection)

    # -- look for faults

    def check(self, only: Sequence[str] = (), seed: int = 0, progress: Progress = ignore) -> Findings:
        """Run all checks (or those named) and store the findings and the order of review."""
        self.known_checks(only)
        clusters = self.clusters() or self.dedup(progress=part(progress, 0.0, 0.3))
        return self.inspect(clusters, self.evaluation(), only, seed, part(progress, 0.3, 1.0))

    def hold_against(self, path: Path, columns: Columns | None = None, progress: Progress = ignore) -> int:
        """Keep a file as the evaluation set that no training row may overlap; returns its rows."""
        evaluation = load.load(path, columns, progress=progress).dataset
        write_parquet(self.folder / EVALUATION, evaluation.table)
        return len(evaluation)

    def evaluation(self) -> Dataset | None:
        """The evaluation set, None where none was given."""
        path = self.folder / EVALUATION
        return Dataset(pq.read_table(path, schema=DATASET_SCHEMA)) if path.exists() else None

    def analyse(self, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Duplicates, checks and the verdict, one after the other; before the first time a quick look at the labels."""
        self.quick_look(seed, part(progress, 0.0, 0.02))
        self.dedup(progress=part(progress, 0.02, 0.25))
        self.check(seed=seed, progress=part(progress, 0.25, 0.7))
        return self.verdict(seed=seed, progress=part(progress, 0.7, 1.0))

    def label_set(self) -> list[str]:
        """The labels in use, commonest first, then those declared in the context that no row has yet."""
        used = [name for name, _ in self.label_counts()]
        return [*used, *(name for name in self.context().task.labels if name not in used)]

    def people_found(self, dataset: Dataset) -> list[Findings]:
        """What audits and team rounds found, and how many answers stand in the knowledge base where there is one."""
        found = [self.review_runs()]
        if (self.folder / KNOWLEDGE).exists():
            passages, _ = read_knowledge(self.folder / KNOWLEDGE, send_private=True)
            run = answerable(dataset, passages, self.policy().items["substance"].settings["template"])
            found.append(Findings(FINDINGS_SCHEMA.empty_table(), (run,)))
        return found

    def hold_knowledge(self, path: Path) -> int:
        """Keep a text file as the knowledge base that answers are looked up in; returns its passages."""
        passages, _ = read_knowledge(path, send_private=True)
        write_text(self.folder / KNOWLEDGE, path.read_text("utf-8-sig"))
        return len(passages)

    # -- take away

    def export(
        self,
        out: Path,
        formats: Sequence[str] = ("parquet",),
        treatment: Treatment = "keep",
        seed: int = 0,
        progress: Progress = ignore,
    ) -> Manifest:
        """Write the clean, leak-free set with its report and manifest to the folder `out`.

        Where examples changed since duplicates, checks or the verdict were last looked at, they are looked at again.
        `treatment` says what becomes of rows with personal data or keys: keep, leave_out or mask.
        """
        steps = [self.step(kind) for kind in ("dedup", "check", "verdict")]
        if not all(step.ran and not step.stale for step in steps):
            self.analyse(seed, part(progress, 0.0, 0.8))
            progress = part(progress, 0.8, 1.0)
        reports = {f"report.{suffix}": self.report(suffix) for suffix in REPORTS}
        marks = None if self.is_classification() else self.marks(part(progress, 0.0, 0.2))
        return self.release(out, reports, formats, treatment, marks, seed, part(progress, 0.2, 1.0))

    @staticmethod
    def export_formats() -> dict[str, str]:
        """What each export format is called, by name."""
        return {name: plugin.title for name, plugin in export_format.all().items()}

    def report(self, suffix: str) -> str:
        """The report as html, md or json text. Raises NotChecked before there is a verdict."""
        body = self.last_verdict()
        if body is None:
            raise NotChecked("There is no verdict to report yet: run the checks first.")
        return report.render(body["verdict"], body["evidence"], {**self.summary(), **self.judged()}, suffix)

    def summary(self) -> dict[str, Any]:
        """Counts for the report: rows, sources, labels, clusters and findings by check."""
        titles, counts = self.check_titles(), self.finding_counts()
        return {
            "name": self.name,
            "totals": {key: n for key, n in self.totals().items() if not key.startswith("status_")},
            "path": (self.last_verdict() or {}).get("path", []),
            "versions": {"curation": version("curation"), **export.library_versions()},
            "sources": [
                {"name": s.name, "stored": s.stored, "rejected": s.rejected} for s in self.sources() if s.active
            ],
            "labels": len(self.label_counts()),
            "clusters": [{"kind": k, "clusters": n, "rows": rows} for k, n, rows in self.cluster_counts()],
            "checks": [
                {
                    "check": run.check,
                    "title": titles[run.check],
                    "status": run.status,
                    "reason": run.reason,
                    "findings": counts.get(run.check, 0),
                }
                for run in self.check_runs()
            ],
        }


def reason_counts(rejected: pa.Table) -> dict[str, int]:
    """How many rows were rejected for each reason."""
    return dict(Counter(rejected["reason"].to_pylist()))


def findings_by_row(dataset: Dataset, findings: Findings) -> pa.Table:
    """Findings with the row each is about: row, id, check, confidence, message, suggestion, evidence."""
    rows = pa.table({"id": dataset.table["id"], "row": dataset.table["row"]})
    position = pc.index_in(findings.table["id"], rows["id"])
    table = findings.table.append_column("row", rows["row"].take(position))
    return table.select(["row", "id", "check", "confidence", "message", "suggestion", "evidence"])
