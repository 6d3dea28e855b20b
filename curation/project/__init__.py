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

from curation import export, load, readiness, report
from curation.context import Context
from curation.errors import CurationError, NotChecked, UsageError
from curation.export import Manifest, Treatment
from curation.export.formats import export_format
from curation.files import write_parquet, write_text
from curation.measure.lookup import read_knowledge
from curation.progress import Progress, ignore, part
from curation.project.decisions import People
from curation.project.duplicates import Clustering
from curation.project.examples import EVALUATION, KNOWLEDGE, now
from curation.project.exports import Material, Releasing
from curation.project.findings import Inspecting
from curation.project.jobs import JobDesk
from curation.project.measuring import Trials
from curation.project.steps import (
    Basis,
    Counts,
    Results,
    facts_of,
)
from curation.project.verdict import Judging
from curation.records import (
    DATASET_SCHEMA,
    Actor,
    Clusters,
    Columns,
    Dataset,
    Facts,
    Findings,
    Imported,
    Snapshot,
    Verdict,
)
from curation.store import database, decisions, examples, results

DATABASE = "project.db"
STEPS = ("dedup", "check", "verdict")
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
    def open(cls, folder: Path, create: bool = False, actor: Actor | None = None) -> "Project":
        """The project in `folder`, opened by `actor` (left out, whoever works at this computer).

        Raises UsageError when there is none and `create` is not set.
        """
        if not (folder / DATABASE).exists():
            if not create:
                raise UsageError(
                    f"There is no project in {folder}. Load a file into it first: curation load FILE --project {folder}"
                )
            folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, database.open_database(folder / DATABASE), actor)

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
        basis, clusters = self.as_of(lambda of: (self._basis(of), self._clusters_of(of)))
        if clusters is None:
            clusters = self._cluster(basis, part(progress, 0.0, 0.3))
        return self.inspect(basis, clusters, only, seed, part(progress, 0.3, 1.0))

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
        """Duplicates, checks and the verdict, one after the other; before the first time a quick look at the labels.

        All three are of the moment it begins: what people decide meanwhile makes them out of date.
        """
        self.quick_look(seed, part(progress, 0.0, 0.02))
        return self._analyse(self.as_of(self._basis), seed, part(progress, 0.02, 1.0))

    def _analyse(self, basis: Basis, seed: int, progress: Progress) -> Verdict:
        clusters = self._cluster(basis, part(progress, 0.0, 0.235))
        findings = self.inspect(basis, clusters, (), seed, part(progress, 0.235, 0.695))
        facts = facts_of(basis, clusters, findings, seed)
        return self.judge(facts, basis.policy, basis.snapshot, part(progress, 0.695, 1.0))

    def verdict(self, context: Context | None = None, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Judge readiness from the stored findings and the context, and store the verdict.

        Where the duplicates or findings are of an earlier snapshot, the verdict belongs to none and is out of date.
        """
        if context is not None:
            self.save_context(context)
        basis, facts, is_one = self.as_of(lambda of: (*self._facts(of, seed), self._is_of(of, ("dedup", "check"))))
        return self.judge(facts, basis.policy, basis.snapshot if is_one else None, progress)

    def facts(self, seed: int = 0) -> Facts:
        """What a verdict is drawn from now. Raises NotChecked before duplicates and checks have run."""
        return self.as_of(lambda of: self._facts(of, seed))[1]

    def _facts(self, of: Snapshot, seed: int) -> tuple[Basis, Facts]:
        clusters, findings = self.clusters(), self.findings()
        if clusters is None or findings is None:
            raise NotChecked("Duplicates and checks have not run yet: run the checks first.")
        basis = self._basis(of)
        return basis, facts_of(basis, clusters, findings, seed)

    def _basis(self, of: Snapshot) -> Basis:
        """What the steps read; for `as_of`."""
        path = self.folder / KNOWLEDGE
        return Basis(
            snapshot=of,
            curated=self.curated(),
            settings=self.dedup_settings(),
            evaluation=self.evaluation(),
            context=self.full_context(),
            policy=self.policy(),
            reviewed=self.review_runs(),
            passages=tuple(read_knowledge(path, send_private=True)[0]) if path.exists() else None,
            counts=self._counts(),
        )

    def _counts(self) -> Counts:
        files = tuple((s.name, s.stored, s.rejected) for s in self.sources() if s.active)
        return Counts(self.totals(), files, len(self.label_counts()))

    def _cluster(self, basis: Basis, progress: Progress) -> Clusters:
        return self.cluster(basis.curated.dataset, basis.settings, basis.snapshot, progress)

    def _clusters_of(self, of: Snapshot) -> Clusters | None:
        return self.clusters() if self._is_of(of, ("dedup",)) else None

    def _is_of(self, of: Snapshot, steps: Sequence[str] = STEPS) -> bool:
        """Whether the stored results of these steps were worked out from this snapshot."""
        with database.read(self.engine) as connection:
            made = {step: results.snapshot_of(connection, step) for step in steps}
        return all(snapshot is not None and not snapshot.changed(of, step) for step, snapshot in made.items())

    def label_set(self) -> list[str]:
        """The labels in use, commonest first, then those declared in the context that no row has yet."""
        used = [name for name, _ in self.label_counts()]
        return [*used, *(name for name in self.context().task.labels if name not in used)]

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

        All of it is of the moment this begins: duplicates, checks and the verdict run again where they are not.
        `treatment` says what becomes of rows with personal data or keys: keep, leave_out or mask.
        Raises CurationError where others store results of another moment meanwhile.
        """
        basis, rejected, actions, is_of = self.as_of(self._exported)
        if not is_of:
            self._analyse(basis, seed, part(progress, 0.0, 0.8))
            progress = part(progress, 0.8, 1.0)
        with database.consistent(self.engine):
            made = self._results_of(basis)
            reports = {f"report.{suffix}": self.report(suffix, basis.counts) for suffix in REPORTS}
            is_classification = self.is_classification()
        facts = facts_of(basis, made.clusters, made.findings)
        _check_fit(facts, basis, made)
        marks = None if is_classification else readiness.marks(facts, basis.policy, part(progress, 0.0, 0.2))
        found = (made.clusters, made.findings, made.body)
        material = Material(basis.snapshot, basis.curated, rejected, actions, *found, marks, seed)
        return self.release(out, reports, formats, treatment, material, part(progress, 0.2, 1.0))

    def _exported(self, of: Snapshot) -> tuple[Basis, pa.Table, dict[str, int], bool]:
        with database.read(self.engine) as connection:
            actions = decisions.action_counts(connection)
        return self._basis(of), self.rejected(), actions, self._is_of(of)

    def _results_of(self, basis: Basis) -> Results:
        """What the steps found of this snapshot. Raises CurationError where that is not what is stored."""
        clusters, findings, body = self.clusters(), self.findings(), self.last_verdict()
        if clusters is None or findings is None or body is None or not self._is_of(basis.snapshot):
            raise CurationError(
                "Duplicates, checks and the verdict are not of one moment: somebody ran them again while this export "
                "was prepared. Nothing was written; export again."
            )
        return Results(clusters, findings, body)

    @staticmethod
    def export_formats() -> dict[str, str]:
        """What each export format is called, by name."""
        return {name: plugin.title for name, plugin in export_format.all().items()}

    def report(self, suffix: str, of: Counts | None = None) -> str:
        """The report as html, md or json text. Raises NotChecked before there is a verdict.

        `of` are the counts of the set it tells of, left out those of now.
        """
        body = self.last_verdict()
        if body is None:
            raise NotChecked("There is no verdict to report yet: run the checks first.")
        summary = self.summary(of or self._counts())
        return report.render(body["verdict"], body["evidence"], {**summary, **self.judged()}, suffix)

    def summary(self, of: Counts) -> dict[str, Any]:
        """Counts for the report: rows, sources, labels, clusters and findings by check."""
        titles, counts = self.check_titles(), self.finding_counts()
        return {
            "name": self.name,
            "totals": {key: n for key, n in of.totals.items() if not key.startswith("status_")},
            "path": (self.last_verdict() or {}).get("path", []),
            "versions": {"curation": version("curation"), **export.library_versions()},
            "sources": [{"name": name, "stored": n, "rejected": rejected} for name, n, rejected in of.sources],
            "labels": of.labels,
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


def _check_fit(facts: Facts, basis: Basis, made: Results) -> None:
    """Nothing where the results were worked out from these very rows; else raises CurationError."""
    dataset = basis.curated.dataset
    if (
        made.clusters.table["id"].equals(dataset.table["id"])
        and facts.dataset.digest == made.body["verdict"]["dataset"]
    ):
        return
    raise CurationError(
        "The duplicates or the verdict are stored as newer than the rows they were worked out from. Nothing was "
        "written; run the checks again, then export."
    )


def reason_counts(rejected: pa.Table) -> dict[str, int]:
    """How many rows were rejected for each reason."""
    return dict(Counter(rejected["reason"].to_pylist()))


def findings_by_row(dataset: Dataset, findings: Findings) -> pa.Table:
    """Findings with the row each is about: row, id, check, confidence, message, suggestion, evidence."""
    rows = pa.table({"id": dataset.table["id"], "row": dataset.table["row"]})
    position = pc.index_in(findings.table["id"], rows["id"])
    table = findings.table.append_column("row", rows["row"].take(position))
    return table.select(["row", "id", "check", "confidence", "message", "suggestion", "evidence"])
