"""class Project: every verb of the product as one short method; the only place where the rooms meet the store."""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation import checks, dedup, export, load, readiness, report
from curation.checks.leakage import Settings as LeakageSettings
from curation.context import Context
from curation.dedup import Settings as DedupSettings
from curation.desk import now
from curation.errors import NotChecked, UsageError
from curation.export import Manifest
from curation.export.formats import export_format
from curation.files import write_parquet, write_text
from curation.job_desk import JobDesk
from curation.people import People
from curation.progress import Progress, ignore, part
from curation.readiness.context_file import parse_context, read_context, write_context
from curation.readiness.policy import Policy, load_policy
from curation.records import (
    DATASET_SCHEMA,
    Clusters,
    Columns,
    Dataset,
    Facts,
    Findings,
    Imported,
    Verdict,
)
from curation.review.curate import collapse, removed_rows
from curation.review.queue import order_of_review
from curation.store import database, decisions, examples, results
from curation.store.settings import read_setting, write_setting
from curation.trials import Trials

DATABASE = "project.db"
CONTEXT = "context.toml"
EVALUATION = "evaluation.parquet"
EXPORT = "export"
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


class Project(JobDesk, People, Trials):
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
        counts: dict[str, int] = {}
        for reason in imported.rejected["reason"].to_pylist():
            counts[reason] = counts.get(reason, 0) + 1
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

    def dedup(self, settings: DedupSettings | None = None, progress: Progress = ignore) -> Clusters:
        """Find near-duplicate clusters among the examples as decided so far, and store them."""
        clusters = dedup.dedup(self.curated().dataset, settings or self.dedup_settings(), progress)
        with database.write(self.engine) as connection:
            results.save_clusters(connection, clusters, now())
        return clusters

    def dedup_settings(self) -> DedupSettings:
        """How near-duplicates are found in this project."""
        with database.read(self.engine) as connection:
            return DedupSettings(**(read_setting(connection, "dedup") or {}))

    def save_dedup_settings(self, settings: DedupSettings) -> None:
        """Find near-duplicates in another way from now on."""
        with database.write(self.engine) as connection:
            write_setting(connection, "dedup", asdict(settings))

    def check(self, only: Sequence[str] = (), seed: int = 0, progress: Progress = ignore) -> Findings:
        """Run all checks (or those named) and store the findings and the order of review."""
        self.known_checks(only)
        clusters = self.clusters() or self.dedup(progress=part(progress, 0.0, 0.3))
        dataset = self.curated().dataset
        settings = {"leakage": LeakageSettings(evaluation=self.evaluation())}
        findings = checks.run(dataset, clusters, only, settings, seed, part(progress, 0.3, 1.0))
        with database.write(self.engine) as connection:
            results.save_findings(connection, findings, order_of_review(findings, seed), now())
        return findings

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
        """Duplicates, checks and the verdict, one after the other."""
        self.dedup(progress=part(progress, 0.0, 0.25))
        self.check(seed=seed, progress=part(progress, 0.25, 0.7))
        return self.verdict(seed=seed, progress=part(progress, 0.7, 1.0))

    @staticmethod
    def known_checks(only: Sequence[str]) -> None:
        """Nothing, if there is a check of each of these names; else raises UsageError listing the checks."""
        unknown = sorted(set(only) - set(checks.check.all()))
        if unknown:
            raise UsageError(f"There is no check named {unknown[0]!r}. Checks: {', '.join(checks.check.all())}.")

    def label_set(self) -> list[str]:
        """The labels in use, commonest first, then those declared in the context that no row has yet."""
        used = [name for name, _ in self.label_counts()]
        return [*used, *(name for name in self.context().task.labels if name not in used)]

    @staticmethod
    def check_titles() -> dict[str, str]:
        """What each check is called, by name."""
        return {name: plugin.title for name, plugin in checks.check.all().items()}

    @staticmethod
    def differences(left: str, right: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
        """Both texts as (changed, text) spans."""
        spans = dedup.marks(left, right)
        return [(op != "same", text) for op, text in spans[0]], [(op != "same", text) for op, text in spans[1]]

    @staticmethod
    def guards(left: str, right: str) -> set[str]:
        """In what two texts differ that no removal may overlook: number, date, name, negation."""
        return set(dedup.guarded(left, right))

    # -- decide

    def facts(self, seed: int = 0) -> Facts:
        """What the verdict is drawn from. Raises NotChecked before duplicates and checks have run."""
        clusters, findings = self.clusters(), self.findings()
        if clusters is None or findings is None:
            raise NotChecked("Duplicates and checks have not run yet: run the checks first.")
        known = set(clusters.table["id"].to_pylist())
        dataset = self.curated().dataset
        mask = [example in known for example in dataset.values("id")]
        return Facts(dataset.where(mask), clusters, findings, self.context(), self.totals()["rejected"], seed)

    def verdict(self, context: Context | None = None, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Judge readiness from the stored findings and the context, and store the verdict."""
        if context is not None:
            self.save_context(context)
        facts, policy = self.facts(seed), self.policy()
        evidence = readiness.assess(facts, policy, progress)
        verdict = readiness.judge(evidence, facts.context, policy, facts.dataset.digest, seed)
        path = readiness.gate_path(evidence, facts.context, policy)
        body = {
            "verdict": readiness.verdict_json(verdict),
            "evidence": [asdict(e) for e in evidence],
            "path": [asdict(step) for step in path],
        }
        with database.write(self.engine) as connection:
            results.save_result(connection, "verdict", body, now())
        return verdict

    def context(self) -> Context:
        """What people told us about the task: `context.toml` in the project's folder."""
        path = self.folder / CONTEXT
        return read_context(path) if path.exists() else Context()

    def save_context(self, context: Context) -> None:
        """Write `context.toml`, whole or not at all."""
        write_text(self.folder / CONTEXT, write_context(context))

    def parse_context(self, text: str) -> Context:
        """The context a TOML text describes."""
        return parse_context(text, CONTEXT)

    def policy(self) -> Policy:
        """The thresholds in force."""
        return load_policy(None)

    # -- take away

    def export(
        self, out: Path, formats: Sequence[str] = ("parquet",), seed: int = 0, progress: Progress = ignore
    ) -> Manifest:
        """Write the clean, leak-free set with its report and manifest to the folder `out`.

        Where examples changed since duplicates, checks or the verdict were last looked at, they are looked at again.
        """
        steps = [self.step(kind) for kind in ("dedup", "check", "verdict")]
        if not all(step.ran and not step.stale for step in steps):
            self.analyse(seed, part(progress, 0.0, 0.8))
            progress = part(progress, 0.8, 1.0)
        clusters = self.clusters()
        if clusters is None:
            raise NotChecked("Duplicates have not been looked for, so splits could leak: load examples first.")
        curated = self.curated()
        kept, leaked = self._without_leakage(curated.dataset)
        kept, repeats = collapse(kept, clusters, curated.states)
        body = self.last_verdict()
        with database.read(self.engine) as connection:
            counts = decisions.action_counts(connection)
        return export.export(
            kept,
            pa.concat_tables([curated.removed, leaked, repeats]),
            self.rejected(),
            clusters,
            out,
            formats=formats,
            verdict_json=body["verdict"] if body else None,
            extra_files={f"report.{suffix}": self.report(suffix) for suffix in REPORTS},
            settings={"dedup": clusters.settings},
            decisions=counts,
            seed=seed,
            progress=progress,
        )

    def _without_leakage(self, dataset: Dataset) -> tuple[Dataset, pa.Table]:
        findings = self.findings()
        found = set(findings.of("leakage").table["id"].to_pylist()) if findings else set()
        leaks = [id in found for id in dataset.values("id")]
        out = dataset.where(leaks).table
        reason = "stands in the evaluation set"
        return dataset.where([not leak for leak in leaks]), removed_rows(out, [reason] * out.num_rows)

    @staticmethod
    def export_formats() -> dict[str, str]:
        """What each export format is called, by name."""
        return {name: plugin.title for name, plugin in export_format.all().items()}

    def last_export(self) -> Manifest | None:
        """The manifest of the export in the project's folder."""
        return export.read(self.folder / EXPORT) if (self.folder / EXPORT).exists() else None

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

    def report(self, suffix: str) -> str:
        """The report as html, md or json text. Raises NotChecked before there is a verdict."""
        body = self.last_verdict()
        if body is None:
            raise NotChecked("There is no verdict to report yet: run the checks first.")
        return report.render(body["verdict"], body["evidence"], self.summary(), suffix)

    def summary(self) -> dict[str, Any]:
        """Counts for the report: rows, sources, labels, clusters and findings by check."""
        titles, counts = self.check_titles(), self.finding_counts()
        return {
            "name": self.name,
            "totals": {key: n for key, n in self.totals().items() if not key.startswith("status_")},
            "path": (self.last_verdict() or {}).get("path", []),
            "versions": {"curation": version("curation"), **export.library_versions()},
            "sources": [{"name": s.name, "stored": s.stored, "rejected": s.rejected} for s in self.sources()],
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


def findings_by_row(dataset: Dataset, findings: Findings) -> pa.Table:
    """Findings with the row each is about: row, id, check, confidence, message, suggestion, evidence."""
    rows = pa.table({"id": dataset.table["id"], "row": dataset.table["row"]})
    position = pc.index_in(findings.table["id"], rows["id"])
    table = findings.table.append_column("row", rows["row"].take(position))
    return table.select(["row", "id", "check", "confidence", "message", "suggestion", "evidence"])
