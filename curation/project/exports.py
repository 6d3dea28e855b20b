"""What leaves a project: the export, whether it is as it was written, who approved it."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation import export, readiness
from curation.checks.empty import blank
from curation.errors import CurationError, GateNotPassed, NotChecked
from curation.export import LEAKED, Approval, Layout, Manifest
from curation.export.formats import export_format
from curation.export.recipes import recipe
from curation.progress import Progress, ignore, part
from curation.project.place import now
from curation.project.reader import Basis, Results, facts_of
from curation.project.verdict import Verdicts
from curation.records import Clusters, Dataset, Event, Facts, Findings, Snapshot
from curation.review.curate import Curated, collapse, removed_rows
from curation.settings import options
from curation.store import database, decisions, events, results
from curation.store.database.chain import canonical
from curation.text.private import mask, personal_rows
from curation.wording import SNAPSHOT

EXPORT = "export"
REPORTS = ("html", "md", "json")


@dataclass(frozen=True)
class Material:
    """What an export is written from, all of one snapshot: `decisions` are counts by action, `body` the verdict as it
    is kept, `marks` which rows are for retrieval or style, `checks` the settings of checks that are not built in."""

    snapshot: Snapshot
    curated: Curated
    rejected: pa.Table
    decisions: Mapping[str, int]
    clusters: Clusters
    findings: Findings | None
    body: Mapping[str, Any] | None
    marks: pa.Table | None = None
    seed: int = 0
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


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
        since = ", ".join(dict.fromkeys(SNAPSHOT[name] for name in self.changed))
        since = f"changed since: {since}" if since else ""
        return (
            "" if self.is_current else f"This export is older than the project: {'; '.join(filter(None, (by, since)))}."
        )


class Exports:
    """Writing, verifying and approving the export of a project."""

    def __init__(self, verdict: Verdicts) -> None:
        self.verdict, self.reader, self.place = verdict, verdict.reader, verdict.place
        self.held_out = verdict.measuring.held_out

    def write(
        self,
        out: Path,
        formats: Sequence[str] = ("parquet",),
        layout: Layout = Layout(),
        seed: int = 0,
        progress: Progress = ignore,
    ) -> Manifest:
        """Write the clean, leak-free set with its report and manifest to the folder `out`.

        All of it is of the moment this begins: duplicates, checks and the verdict run again where they are not.
        Raises UsageError on a layout there cannot be, CurationError where others store results of another moment
        meanwhile.
        """
        layout.checked()
        basis, rejected, actions, is_of = self.place.as_of(self._exported)
        if not is_of:
            self.verdict.run(basis, seed, part(progress, 0.0, 0.8))
            progress = part(progress, 0.8, 1.0)
        with database.consistent(self.place.engine):
            made = self._results_of(basis)
            reports = {f"report.{suffix}": self.verdict.report(suffix, basis.counts) for suffix in REPORTS}
            is_classification = self.reader.examples.is_classification()
        facts = facts_of(basis, made.clusters, made.findings)
        _check_fit(facts, basis, made)
        marks = None if is_classification else readiness.marks(facts, basis.policy, part(progress, 0.0, 0.2))
        found = (made.clusters, made.findings, made.body)
        material = Material(basis.snapshot, basis.curated, rejected, actions, *found, marks, seed, basis.checks)
        return self.release(out, reports, formats, layout, material, part(progress, 0.2, 1.0))

    def _exported(self, of: Snapshot) -> tuple[Basis, pa.Table, dict[str, int], bool]:
        with database.read(self.place.engine) as connection:
            actions = decisions.action_counts(connection)
        return self.reader.basis(of), self.reader.examples.stored.rejected(), actions, self.reader.is_of(of)

    def _results_of(self, basis: Basis) -> Results:
        """What the steps found of this snapshot. Raises CurationError where that is not what is stored."""
        clusters, findings, body = (
            self.reader.duplicates.stored.current(),
            self.verdict.findings.stored.current(),
            self.verdict.last(),
        )
        if clusters is None or findings is None or body is None or not self.reader.is_of(basis.snapshot):
            raise CurationError(
                "Duplicates, checks and the verdict are not of one moment: somebody ran them again while this export "
                "was prepared. Nothing was written; export again."
            )
        return Results(clusters, findings, body)

    @staticmethod
    def formats() -> dict[str, str]:
        """What each export format is called, by name."""
        return {name: plugin.title for name, plugin in export_format.all().items()}

    @staticmethod
    def format_settings() -> dict[str, Any]:
        """The built-in settings of each format that has any a person may change, by its name."""
        return {name: plugin.settings for name, plugin in export_format.all().items() if options(plugin.settings)}

    @staticmethod
    def recipes() -> dict[str, Any]:
        """The recipes there are, with title, help and built-in settings, by name."""
        return recipe.all()

    def material(self, snapshot: Snapshot) -> Material:
        """What is stored to export, of this snapshot: for `as_of`. Raises NotChecked before duplicates were found."""
        clusters = self.reader.duplicates.stored.current()
        if clusters is None:
            raise NotChecked("Duplicates have not been looked for, so splits could leak: run the checks first.")
        with database.read(self.place.engine) as connection:
            counts = decisions.action_counts(connection)
        found = (self.verdict.findings.stored.current(), self.verdict.last())
        return Material(
            snapshot,
            self.reader.examples.curated(),
            self.reader.examples.stored.rejected(),
            counts,
            clusters,
            *found,
            checks=self.reader.settings.checks(),
        )

    def release(
        self,
        out: Path,
        reports: Mapping[str, str],
        formats: Sequence[str],
        layout: Layout = Layout(),
        of: Material | None = None,
        progress: Progress = ignore,
    ) -> Manifest:
        """Write a clean set to the folder `out`, with these report files by name; left out, `of` is what is stored."""
        of = of or self.place.as_of(self.material)
        kept, removed = leaving(of)
        held, scored = self.held_out.never_trained_on(of.curated.dataset, of.clusters)
        personal = personal_rows(of.findings) if of.findings else frozenset()
        rows = export.Rows(kept, removed, of.rejected, of.clusters, of.marks, personal, held, scored)
        options = export.Options(
            out,
            formats,
            layout.format_settings(),
            layout.shares,
            layout.weight,
            layout.treatment,
            mask,
            of.seed,
            layout.cap_per_label,
            layout.balance,
            layout.recipe_settings(),
            self.held_out.note_trained,
        )
        provenance = export.Provenance(
            of.body["verdict"] if of.body else None,
            of.body["evidence"] if of.body else (),
            of.decisions,
            {"dedup": of.clusters.settings} | ({"checks": of.checks} if of.checks else {}),
            reports=reports,
        )
        manifest = export.export(rows, options, provenance, progress)
        self._record("export", export.digest(out), {"snapshot": asdict(of.snapshot), "rows": len(kept)})
        return manifest

    def _record(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        with database.write(self.place.engine) as connection:
            events.append(connection, Event(kind, subject, canonical(payload), self.place.actor.name, now()))
            database.bump(connection)

    def digest(self) -> str:
        """The digest of the rows an export would hold now, before personal data is left out or masked."""
        return leaving(self.place.as_of(self.material))[0].digest

    def personal_total(self) -> int:
        """In how many rows an export would hold personal data or keys were found."""
        of = self.place.as_of(self.material)
        return len(personal_rows(of.findings) & set(leaving(of)[0].values("id"))) if of.findings else 0

    def last(self) -> Manifest | None:
        """The manifest of the export in the project's folder."""
        return export.read(self.place.folder / EXPORT) if (self.place.folder / EXPORT).exists() else None

    def handed_in_train(self) -> int:
        """How many examples kept for measuring stand in the train part of the last export: handed out after it."""
        clusters, held = self.reader.duplicates.stored.current(), self.held_out.held().ids
        if clusters is None or not held or not self.held_out.trained():
            return 0
        return len(
            self.held_out.trained()
            & self.held_out.never_trained_on(self.reader.examples.curated().dataset, clusters)[0]
        )

    def report_html(self) -> bytes:
        """The report in that export, as HTML."""
        return (self.place.folder / EXPORT / "report.html").read_bytes()

    def verify(self) -> list[str]:
        """What has changed in that export since it was written, one sentence each."""
        return export.verify(self.place.folder / EXPORT)

    def zip(self) -> bytes:
        """That export as one ZIP; its entries carry no time, so the same export gives the same bytes."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted((self.place.folder / EXPORT).iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
        return whole.getvalue()

    def approve(self, name: str, waivers: Mapping[str, str], folder: Path | None = None) -> Approval:
        """Record that a person approves an export of this project as it is, left out the one in its own folder.

        It is noted in the project too. Raises as `export.approve` and `age` do.
        """
        folder = folder or self.place.folder / EXPORT
        self.age(folder)
        approval = export.approve(folder, name, waivers, now())
        payload = {"name": approval.name, "outcome": approval.outcome, "waivers": dict(approval.waivers)}
        self._record("approval", approval.manifest, payload)
        return approval

    def approval(self) -> tuple[Approval | None, list[str]]:
        """Who approved that export, and why the approval does not hold any more (nothing where it does)."""
        folder = self.place.folder / EXPORT
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
        folder = folder or self.place.folder / EXPORT
        source, subject = export.read(folder).source, export.digest(folder)
        with database.consistent(self.place.engine) as connection:
            event = events.newest(connection, "export", subject)
            if event is not None:
                before, now_on = results.snapshot_from(json.loads(event.payload)["snapshot"]), self.place.snapshot()
                later = decisions.count_since(connection, before.decision)
                changed = tuple(name for name in before.changed(now_on) if name != "decision")
                return Age(later, changed)
        # It was written before exports were noted in their project, or by a process that was killed at its end.
        if self._exports_now(source):
            return Age()
        raise GateNotPassed(
            f"{folder}: this export is not from the project {self.place.name}, or it was written before exports were "
            "noted in their project and that one has changed since. Name the project it was made from, or export and "
            "approve again."
        )

    def _exports_now(self, source: str) -> bool:
        try:
            return leaving(self.place.as_of(self.material))[0].is_of(source)
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


def _check_fit(facts: Facts, basis: Basis, made: Results) -> None:
    """Nothing where the results were worked out from these very rows; else raises CurationError."""
    dataset = basis.curated.dataset
    if made.clusters.table["id"].equals(dataset.table["id"]) and facts.dataset.is_of(made.body["verdict"]["dataset"]):
        return
    raise CurationError(
        "The duplicates or the verdict are stored as newer than the rows they were computed from. Nothing was "
        "written; run the checks again, then export."
    )
