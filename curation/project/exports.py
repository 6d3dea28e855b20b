"""What leaves a project: the export, whether it is as it was written, who approved it."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from curation import export, readiness
from curation.checks.empty import blank
from curation.errors import CurationError, GateNotPassed, NotChecked, UsageError
from curation.export import LEAKED, Layout, Manifest
from curation.export.formats import export_format
from curation.measure.results import by_label
from curation.project.meaning import Meaning
from curation.project.meaning.subset import Some, kept_line, smaller
from curation.project.meaning.topics import NONE as NO_TOPICS
from curation.project.place import now, today
from curation.project.place.access import needs, require
from curation.project.reader import Basis, Results, facts_of
from curation.project.verdict import Verdicts
from curation.records import (
    LIKELY,
    OF_THE_SET,
    PRIVATE_CHECKS,
    Actor,
    Approval,
    Clusters,
    Dataset,
    Event,
    Facts,
    Findings,
    Purpose,
    Snapshot,
    StoredVerdict,
    Treatment,
)
from curation.records.context import Context
from curation.records.progress import Progress, ignore, part
from curation.records.settings import options
from curation.review.before_after import Change, as_text, change, chosen, corrected, texts
from curation.review.curate import Curated, collapse, removed_rows
from curation.store import clusters, database, decisions, events, findings, results
from curation.store.database.chain import canonical
from curation.store.examples import Numbers
from curation.text.private import mask
from curation.text.turns.bad_answers import bad_rows
from curation.wording import ARMS, NO_CLASSIFIER, SNAPSHOT, word

EXPORT = "export"
SHOWN = 120
"""Characters of a topic's most central row in the report."""
TOPICS = {"wanted": readiness.THIN, "crowded": readiness.CROWDED, "origins": readiness.ORIGIN}
"""What a report says of topics, by the check that found it."""
REPORTS = ("html", "md", "json")


@dataclass(frozen=True)
class Material:
    """What an export is written from, all of one snapshot: `decisions` are counts by action, `marks` which rows
    are for retrieval or style, `checks` the settings of checks that are not built in, `date` (ISO) the day of it."""

    snapshot: Snapshot
    curated: Curated
    rejected: pa.Table
    decisions: Mapping[str, int]
    clusters: Clusters
    findings: Findings | None
    verdict: StoredVerdict | None
    marks: pa.Table | None = None
    seed: int = 0
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    date: str = ""
    context: Context = Context()

    @cached_property
    def leaving(self) -> tuple[Dataset, pa.Table]:
        """The rows an export keeps, and the removed with reasons: in review, evaluation, empty rows and repeats."""
        return _leaving(self.curated, self.clusters, self.findings)


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

    usual_layout: ClassVar[Layout] = Layout()
    """How an export is divided and written where nobody chose otherwise."""

    def __init__(self, verdict: Verdicts, meaning: Meaning) -> None:
        self.verdict, self.reader, self.place, self.meaning = verdict, verdict.reader, verdict.place, meaning
        self.held_out, self.topics = verdict.measuring.held_out, verdict.findings.topics

    @needs("curator")
    def write(
        self,
        out: str | Path,
        formats: Sequence[str] = ("parquet",),
        layout: Layout = Layout(),
        seed: int = 0,
        progress: Progress = ignore,
        date: str = "",
    ) -> Manifest:
        """Write the clean, leak-free set with its report and manifest to the folder `out`.

        The report is dated `date` (ISO), left out today (UTC). All of it is of the moment this begins: duplicates,
        checks and the verdict run again where they are not.
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
            found = (made.clusters, made.findings, made.verdict)
            material = Material(basis.snapshot, basis.curated, rejected, actions, *found, None, seed, basis.checks)
            material = replace(material, date=date or today(), context=basis.context)
            besides = self._besides(material)
            reports = {f"report.{suffix}": self.verdict.report(suffix, basis.counts, besides) for suffix in REPORTS}
            is_classification = self.reader.examples.is_classification()
        facts = facts_of(basis, made.clusters, made.findings)
        _check_fit(facts, basis, made)
        marks = None if is_classification else self.verdict.marks(facts, basis.policy, part(progress, 0.0, 0.2))
        material = replace(material, marks=marks)
        return self.release(Path(out), reports, formats, layout, material, part(progress, 0.2, 1.0))

    @needs("viewer")
    def report(self, suffix: str, date: str = "", seed: int = 0) -> str:
        """The report as html, md or json text, dated `date` (ISO), left out today (UTC).

        Raises NotChecked before there is a verdict.
        """
        self.verdict.required()
        material = replace(self.place.as_of(self.material), seed=seed, date=date or today())
        return self.verdict.report(suffix, None, self._besides(material))

    def _besides(self, of: Material) -> dict[str, Any]:
        """What a report says of these rows, when it was made and by whom."""
        kept, removed = of.leaving
        gone = export.by_reason(removed)
        counts = export.counted(of.verdict.verdict.evidence if of.verdict else (), len(kept), gone)
        note = export.counted_line(counts, gone, len(kept), "kept")
        rows = {"kept": len(kept), "rejected": of.rejected.num_rows, "removed": gone, "note": note}
        labels = Counter(label for label in kept.values("label") if label is not None)
        scores = self._scores(of.curated.dataset)
        classes = [{"label": name, "rows": n} | scores.get(name, {}) for name, n in sorted(labels.items())]
        return {
            "date": of.date,
            "who": "" if self.place.actor == Actor.local() else self.place.actor.name,
            "rows": rows,
            "corrected": corrected(kept, of.curated.states),
            "classes": classes,
            "examples": [asdict(one) for one in self._before_after(of, kept, removed)],
            **{name: said for name, check in TOPICS.items() if (said := readiness.said_of(of.findings, check))},
            **self._set(),
        }

    def _topics(self) -> dict[str, str]:
        """The topic of each row by its id. Raises UsageError where none were found."""
        found = self.topics.by_id()
        if found is None:
            raise UsageError(NO_TOPICS)
        return {id: mask(names[0]) for id, names in found.items() if names}

    def _set(self) -> dict[str, Any]:
        """What is in the set: its topics with their rows, and what the evaluation set has more of."""
        if self.topics.kept() is None:
            return {}
        whole = [topic for topic in self.topics.all() if topic.within < 0]
        titles = self.verdict.findings.titles()
        made = [
            {
                "name": mask(topic.name), "rows": topic.rows, "undecided": topic.undecided,
                "labels": dict(topic.labels), "findings": {titles.get(name, name): n for name, n in topic.findings},
                "central": [mask(example.input[:SHOWN]) for example in topic.central[:1]],
            }
            for topic in whole
        ]  # fmt: skip
        return {"topics": made, "topics_stale": self.topics.is_stale()}

    def _scores(self, dataset: Dataset) -> dict[str, dict[str, Any]]:
        """By label, how many of its scored rows the best arm measured here gets right, with a 90 % interval."""
        measured = self.held_out.measurement()
        arms = [arm for arm in measured.arms if arm.scores] if measured else []
        if not arms:
            return {}
        best = max(arms, key=lambda arm: (arm.score, arm.name))
        labels = dict(zip(dataset.values("id"), dataset.values("label"), strict=True))
        by = f"the {word(ARMS, best.name).noun}"
        return {
            label: {"score": score, "low": low, "high": high, "n": n, "by": by}
            for label, ((score, low, high), n) in by_label(best.scores, labels).items()
        }

    def _before_after(self, of: Material, kept: Dataset, removed: pa.Table) -> list[Change]:
        """A few rows before and after, personal data masked."""
        picked = chosen(kept, removed, of.curated.states, of.seed)
        now_on = texts([id for one in picked for id in (one.id, one.keeper) if id], removed, kept.table)
        imported = {
            one.id: as_text(one.imported_input, one.imported_output, one.imported_label)
            for one in self.reader.examples.stored.get_all([one.id for one in picked])
        }
        made = [change(one, imported.get(one.id, ""), now_on) for one in picked]
        return [Change(mask(one.what), mask(one.before), mask(one.after)) for one in made]

    @needs("curator")
    def classifier(
        self, out: Path, seed: int | None = None, personal: Treatment = "keep", progress: Progress = ignore
    ) -> export.Classifier:
        """Write the plain classifier of the verdict, learned from all rows an export would keep, to the folder `out`.

        The verdict runs again where it is not of this moment, or not of this `seed`. Raises UsageError where the
        answers are no labels or too few, or `out` holds something else; CurationError as `write` does.
        """
        export.check_classifier_place(out)
        basis, _, _, is_of = self.place.as_of(self._exported)
        stored = self.verdict.last() if is_of else None
        scored = stored.verdict.item("classifier") if stored else None
        if scored is None or (seed is not None and scored.detail.get("seed", seed) != seed):
            self.verdict.run(basis, seed or 0, part(progress, 0.0, 0.8))
        with database.consistent(self.place.engine):
            made = self._results_of(basis)
        item = made.verdict.verdict.item("classifier")
        if item is None or item.value is None:
            why = f"{item.message} {NO_CLASSIFIER[item.status]}" if item else NO_CLASSIFIER["missing"]
            raise UsageError(f"There is no classifier to take away. {why}")
        progress(0.8, "learning from all rows")
        leaving, _ = _leaving(basis.curated, made.clusters, made.findings)
        kept, found = export.treated(leaving, made.findings.personal_rows(), personal, mask)
        written = export.write_classifier(out, *export.fitted(kept, item.detail, found))
        payload = {"snapshot": asdict(basis.snapshot), "rows": written.rows, "classifier": True}
        self._record("export", hashlib.sha256(written.to_json()).hexdigest(), payload)
        progress(1.0, "classifier written")
        return written

    def _exported(self, of: Snapshot) -> tuple[Basis, pa.Table, dict[str, int], bool]:
        with database.read(self.place.engine) as connection:
            actions = decisions.action_counts(connection)
        return self.reader.basis(of), self.reader.examples.stored.rejected(), actions, self.reader.is_of(of)

    def _results_of(self, basis: Basis) -> Results:
        """What the steps found of this snapshot. Raises CurationError where that is not what is stored."""
        clusters, findings, verdict = (
            self.reader.duplicates.stored.current(),
            self.verdict.findings.stored.current(),
            self.verdict.last(),
        )
        if clusters is None or findings is None or verdict is None or not self.reader.is_of(basis.snapshot):
            raise CurationError(
                "Duplicates, checks and the verdict are not of one moment: somebody ran them again while this export "
                "was prepared. Nothing was written; export again."
            )
        return Results(clusters, findings, verdict)

    @staticmethod
    def formats() -> dict[str, str]:
        """What each export format is called, by name."""
        return {name: plugin.title for name, plugin in export_format.all().items()}

    @staticmethod
    def recipes() -> dict[str, str]:
        """What each recipe for a trainer is called, by name."""
        return {name: plugin.title for name, plugin in export.recipe.all().items()}

    @staticmethod
    def settings(kind: Literal["format", "recipe"]) -> dict[str, Any]:
        """The built-in settings of each format or recipe that has any a person may change, by its name."""
        plugins = export_format.all() if kind == "format" else export.recipe.all()
        return {name: plugin.settings for name, plugin in plugins.items() if options(plugin.settings)}

    @needs("viewer")
    def material(self, snapshot: Snapshot) -> Material:
        """What is stored to export, of this snapshot: for `as_of`. Raises NotChecked before duplicates were found."""
        clusters = self._clusters()
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
            context=self.reader.settings.context(),
        )

    @needs("curator")
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
        kept, removed = of.leaving
        held, scored = self.held_out.never_trained_on(of.curated.dataset, of.clusters)
        personal = of.findings.personal_rows() if of.findings else frozenset()
        topics = self._topics() if layout.topic else {}
        chosen: dict[str, Any] = {}
        if layout.subset:
            gone = personal if layout.treatment == "leave_out" else frozenset()
            some = Some(kept, removed, held | gone, _suspects(of.findings), layout.subset, of.seed)
            kept, removed, chosen = smaller(self.meaning, some, part(progress, 0.0, 0.5))
            progress = part(progress, 0.5, 1.0)
        rows = export.Rows(kept, removed, of.rejected, of.clusters, of.marks, personal, held, scored, topics)
        options = layout.options(out, formats, mask, of.seed, self.held_out.note_trained)
        provenance = export.Provenance(
            of.verdict.verdict if of.verdict else None,
            of.decisions,
            {"dedup": of.clusters.settings} | ({"checks": of.checks} if of.checks else {}) | chosen,
            reports=reports,
            record=export.Record(of.date or today(), self.place.actor.name, self._head()),
            context=of.context,
            tokenizer=self.reader.settings.tokenizer(),
        )
        with self.reader.settings.counter() as counter:
            manifest = export.export(rows, replace(options, counter=counter), provenance, progress)
        self._record("export", export.digest(out), {"snapshot": asdict(of.snapshot), "rows": len(kept)})
        return manifest

    def _record(self, kind: str, subject: str, payload: Mapping[str, Any], at: str = "") -> None:
        with database.write(self.place.engine) as connection:
            events.append(connection, Event(kind, subject, canonical(payload), self.place.actor.name, at or now()))
            database.bump(connection)

    @needs("viewer")
    def digest(self) -> str:
        """The digest of the rows an export would hold now, before personal data is left out or masked."""
        return self.place.as_of(self.material).leaving[0].digest

    @needs("viewer")
    def personal_total(self) -> int:
        """In how many rows an export would hold personal data or keys were found."""
        return self.place.as_of(lambda _: self._personal_total())

    def _personal_total(self) -> int:
        # of the rows alone on which it depends: reading a million takes seven seconds
        some = clusters.with_their_clusters(findings.rows_with(PRIVATE_CHECKS))
        found = self.verdict.findings.stored.current(some)
        if found is None or not found.personal_rows():
            return 0
        kept, _ = _leaving(self.reader.examples.curated(some), self._clusters(some), found)
        return len(found.personal_rows() & set(kept.values("id")))

    def _clusters(self, some: Numbers | None = None) -> Clusters:
        found = self.reader.duplicates.stored.current(some)
        if found is None:
            raise NotChecked("Duplicates have not been looked for, so splits could leak: run the checks first.")
        return found

    @needs("viewer")
    def last(self) -> Manifest | None:
        """The manifest of the export in the project's folder."""
        return export.read(self.place.folder / EXPORT) if (self.place.folder / EXPORT).exists() else None

    @needs("viewer")
    def handed_in_train(self) -> int:
        """How many examples kept for measuring stand in the train part of the last export: handed out after it."""
        clusters, held = self.reader.duplicates.stored.current(), self.held_out.held().ids
        if clusters is None or not held or not self.held_out.trained():
            return 0
        return len(
            self.held_out.trained()
            & self.held_out.never_trained_on(self.reader.examples.curated().dataset, clusters)[0]
        )

    @staticmethod
    def remarks(manifest: Manifest) -> list[str]:
        """What to know about an export, in sentences: other rows than the verdict counts, rows kept for measuring, and
        what its formats cannot carry."""
        lines = (export.difference(manifest), export.held_line(manifest), kept_line(manifest.settings))
        return [line for line in lines if line] + export.lost_lines(manifest)

    def _head(self) -> str:
        """The hash of the last thing people did here, "" where nobody did anything."""
        with database.read(self.place.engine) as connection:
            return events.read_head(connection).hash

    @needs("viewer")
    def report_html(self) -> bytes:
        """The report in that export, as HTML."""
        return (self.place.folder / EXPORT / "report.html").read_bytes()

    @needs("viewer")
    def removed_csv(self) -> bytes:
        """The rows left out of that export, each with its reason, as CSV that a spreadsheet opens."""
        return export.removed_csv(self.place.folder / EXPORT)

    @needs("viewer")
    def verify(self) -> list[str]:
        """What has changed in that export since it was written, one sentence each."""
        return export.verify(self.place.folder / EXPORT)

    @needs("viewer")
    def zip(self) -> bytes:
        """That export as one ZIP; its entries carry no time, so the same export gives the same bytes."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted((self.place.folder / EXPORT).iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
        return whole.getvalue()

    @needs("admin", who=("name",))
    def approve(
        self, name: str, waivers: Mapping[str, str], folder: Path | None = None, purpose: Purpose = "llm"
    ) -> Approval:
        """Record that a person approves an export of this project as it is, left out the one in its own folder.

        It is noted in the project too. Raises as `export.approve` and `age` do.
        """
        folder = folder or self.place.folder / EXPORT
        self.age(folder)
        at = now()
        approval = export.approve(folder, name, waivers, at, purpose)
        payload = {"name": approval.name, "outcome": approval.outcome, "waivers": dict(approval.waivers)}
        payload |= {} if purpose == "llm" else {"purpose": purpose}
        self._record("approval", approval.manifest, payload, at)
        return approval

    @needs("viewer")
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

    @needs("viewer")
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
            return self.place.as_of(self.material).leaving[0].is_of(source)
        except NotChecked:
            return False


def _leaving(curated: Curated, clusters: Clusters, findings: Findings | None) -> tuple[Dataset, pa.Table]:
    found = set(findings.of("leakage").table["id"].to_pylist()) if findings else set()
    leaks = [id in found for id in curated.dataset.values("id")]
    out = curated.dataset.where(leaks).table
    leaked = removed_rows(out, [LEAKED] * out.num_rows)
    full, empty = _without_empty(curated, curated.dataset.where([not leak for leak in leaks]))
    kept, repeats = collapse(full, clusters, curated.states)
    return kept, pa.concat_tables([curated.removed, leaked, empty, repeats])


def _without_empty(curated: Curated, rows: Dataset) -> tuple[Dataset, pa.Table]:
    """The rows that have something to learn from, and the others with what is empty in them.

    A row stays that a person accepted, edited or chose to keep as it is, and one whose only answer is a bad one. In a
    classification set a row nobody labelled is not empty but waiting, and `collapse` says so.
    """
    table = rows.table
    if curated.dataset.is_classification:
        labelled = table["label"].is_valid().to_pylist()
        inputs = _blanks(table["input"])
        empty = dict.fromkeys((n for n in _blanks(table["output"]) if labelled[n]), "empty output")
        empty |= dict.fromkeys((n for n in inputs if labelled[n]), "empty input")
    else:
        outputs, bad = _blanks(table["output"]), bad_rows(table)
        # Where no row has an output, the set waits for its labels or answers.
        why = "empty output" if len(outputs) < len(rows) else "not labelled yet"
        empty = {n: why for n in outputs if n not in bad}
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
    if made.clusters.table["id"].equals(dataset.table["id"]) and facts.dataset.is_of(made.verdict.verdict.dataset):
        return
    raise CurationError(
        "The duplicates or the verdict are stored as newer than the rows they were computed from. Nothing was "
        "written; run the checks again, then export."
    )


def row_lines(exports: Exports) -> list[str]:
    """How many rows an export would keep now, and how many it leaves out and why, in sentences."""
    of = exports.place.as_of(exports.material)
    kept, removed = of.leaving
    return [f"Rows kept: {len(kept):,}.", *export.left_out_lines(export.by_reason(removed), of.rejected.num_rows)]


def misfit(exports: Exports, folder: Path | None = None) -> str:
    """Why an export of this project, left out the one in its own folder, or its approval is not as this project's
    record says; "" where it is, or there is none."""
    require(exports.place, "viewer")
    folder = folder or exports.place.folder / EXPORT
    if not folder.exists():
        return ""
    changed = export.verify(folder)
    if changed:
        return f"The export in {folder} is not as it was written: {changed[0]}"
    subject, approval = export.digest(folder), export.read_approval(folder)
    with database.read(exports.place.engine) as connection:
        noted = events.newest(connection, "export", subject)
        approved = events.of_subject(connection, "approval", subject)
    if noted is None and not exports._exports_now(export.read(folder).source):
        return (
            f"The export in {folder} is not noted in the project: something else wrote it, or it was stopped at "
            "its end. Export again."
        )
    said = {(event.at, payload["name"], payload["outcome"], canonical(payload["waivers"])) for event in approved
            for payload in [json.loads(event.payload)]}  # fmt: skip
    if approval and (approval.at, approval.name, approval.outcome, canonical(dict(approval.waivers))) not in said:
        return f"The approval in {folder} by {approval.name} is not noted in the project: approve it again."
    return ""


def _suspects(findings: Findings | None) -> frozenset[str]:
    """The rows that a check found more likely wrong than not."""
    if findings is None:
        return frozenset()
    columns = (findings.table[name].to_pylist() for name in ("id", "confidence", "suggestion"))
    return frozenset(id for id, sure, said in zip(*columns, strict=True) if sure >= LIKELY and said != OF_THE_SET)
