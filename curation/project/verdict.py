"""class Judging: the verdict of a project, what it rests on, and trying other answers and thresholds out."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from curation import export, readiness, report
from curation.errors import NotChecked, UsageError
from curation.project.findings import Checks
from curation.project.model_review.known import model_lines
from curation.project.place import Settings, now
from curation.project.place.access import needs
from curation.project.reader import Basis, Counts, Reader, facts_of
from curation.readiness import Policy, Study, Tried
from curation.readiness.verdict.sentences import MINUTES_TO_JUDGE
from curation.records import Costs, Facts, Option, Question, Snapshot, StoredVerdict, Verdict, stored_json
from curation.records.context import Context
from curation.records.progress import Progress, ignore, part
from curation.store import database, queue, results


class Planner:
    """What people may try before anything is measured: scores of a prompt, and the rows that would show a gain."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.place = settings, settings.place

    @needs("viewer")
    def with_prompt_score(self, context: Context, score: float) -> Context:
        """The context had its best prompt scored this much, whether or not one was measured."""
        rows = int(self.settings.policy().items["base_model"].settings["planned_rows"])
        return readiness.with_prompt_score(context, score, rows)

    @staticmethod
    def prompt_score(context: Context) -> float | None:
        """The score of the best measured prompt that no hard need rules out."""
        best = readiness.best_prompt(readiness.scored(context))
        return best.score if best else None

    @staticmethod
    def lift(context: Context) -> float:
        """The smallest gain worth the work: as declared, else 5 points or a third of the best prompt's errors."""
        return readiness.lift(context)

    @staticmethod
    def rows_to_see(lifts: Iterable[float], base: float) -> dict[float, int]:
        """Held-out rows both systems must answer for each of these lifts over `base` to be found 4 times in 5."""
        return {lift: readiness.rows_for(lift, base) for lift in lifts}


def _is_of_same_rows(one: Study, other: Study) -> bool:
    """Whether what two studies work out of the rows, findings aside, is the same."""
    first, second = one.facts, other.facts
    return (
        one.policy.digest == other.policy.digest
        and (first.context, first.seed, first.dataset.digest) == (second.context, second.seed, second.dataset.digest)
        and first.dataset.is_classification == second.dataset.is_classification
        and first.clusters.table.equals(second.clusters.table)
    )


class Verdicts:
    """From what is stored to the verdict, its evidence, costs, work plan and report."""

    def __init__(self, reader: Reader, findings: Checks) -> None:
        self.reader, self.findings = reader, findings
        self.place, self.settings, self.measuring = reader.place, reader.settings, reader.measuring
        self.planner = Planner(reader.settings)
        self._drawn: Study | None = None

    @needs("curator")
    def analyse(self, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Duplicates, checks and the verdict, one after the other; before the first time a quick look at the labels.

        All three are of the moment it begins: what people decide meanwhile makes them out of date.
        """
        self.findings.quick_look(seed, part(progress, 0.0, 0.02))
        return self.run(self.place.as_of(self.reader.basis), seed, part(progress, 0.02, 1.0))

    @needs("curator")
    def run(self, basis: Basis, seed: int, progress: Progress) -> Verdict:
        clusters = self.reader.cluster(basis, part(progress, 0.0, 0.235))
        with self.findings.engine(len(basis.curated.dataset)):
            findings = self.findings.run(basis, clusters, (), seed, part(progress, 0.235, 0.695))
            facts = facts_of(basis, clusters, findings, seed)
            return self._draw(facts, basis.policy, basis.snapshot, part(progress, 0.695, 1.0))

    @needs("curator")
    def judge(self, context: Context | None = None, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Judge readiness from the stored findings and the context, and store the verdict.

        Where the duplicates or findings are of an earlier snapshot, the verdict belongs to none and is out of date.
        """
        if context is not None:
            self.settings.save_context(context)
        self.findings.refresh_readings()
        basis, facts, is_one = self.place.as_of(
            lambda of: (*self._facts(of, seed), self.reader.is_of(of, ("dedup", "check")))
        )
        return self._draw(facts, basis.policy, basis.snapshot if is_one else None, progress)

    def _draw(self, facts: Facts, policy: Policy, snapshot: Snapshot | None, progress: Progress = ignore) -> Verdict:
        """Judge readiness from these facts and store the verdict as of the snapshot, None where they are of several."""
        rows = len(facts.dataset)
        with (
            self.settings.counter() as counter,
            self.findings.engine(rows) as engine,
            self.findings.shared(rows) as folder,
        ):
            study = Study(facts, policy, counter, engine, folder)
            evidence = readiness.gather(study, progress)
        self._drawn = study
        verdict = readiness.judge(evidence, facts.context, policy, facts.dataset.digest, facts.seed)
        stored = readiness.stored_verdict(
            verdict, facts.context, policy, study.behind, readiness.topics_of(facts.findings)
        )
        at = snapshot.at if snapshot else now()
        put_first = partial(queue.put_first, first=readiness.review_first(stored.plan) if stored.plan else ())
        with database.write(self.place.engine, replace=put_first) as connection:
            results.save_result(connection, "verdict", stored_json(stored), at, snapshot)
        return verdict

    @needs("viewer")
    def marks(self, facts: Facts, policy: Policy, progress: Progress = ignore) -> pa.Table:
        """Which rows are style and which are better looked up, see `readiness.marks_of`."""
        drawn, study = self._drawn, Study(facts, policy)
        self._drawn = None  # it holds the texts of all rows, and an export needs memory of its own
        if drawn is not None and _is_of_same_rows(drawn, study):
            study = drawn
        with self.findings.engine(len(facts.dataset)) as engine:
            return readiness.marks_of(study, engine, progress)

    @needs("viewer")
    def facts(self, seed: int = 0) -> Facts:
        """What a verdict is drawn from now. Raises NotChecked before duplicates and checks have run."""
        return self.place.as_of(lambda of: self._facts(of, seed))[1]

    def _facts(self, of: Snapshot, seed: int) -> tuple[Basis, Facts]:
        clusters, findings = self.reader.duplicates.stored.current(), self.findings.stored.current()
        if clusters is None or findings is None:
            raise NotChecked("Duplicates and checks have not run yet: run the checks first.")
        basis = self.reader.basis(of)
        return basis, facts_of(basis, clusters, findings, seed)

    @needs("viewer")
    def last(self) -> StoredVerdict | None:
        """The newest verdict with all that is kept beside it; None before the first."""
        with database.read(self.place.engine) as connection:
            return results.read_verdict(connection)

    @needs("viewer")
    def required(self) -> StoredVerdict:
        """The newest verdict. Raises NotChecked before there is one."""
        stored = self.last()
        if stored is None:
            raise NotChecked("There is no verdict yet: run the checks first.")
        return stored

    @needs("viewer")
    def what_if(self, context: Context) -> Tried:
        """The last verdict had this been the context; nothing is stored. Raises NotChecked before there is one."""
        verdict = self.required().verdict
        return readiness.what_if(verdict.evidence, context, self.settings.policy(), verdict.dataset, verdict.seed)

    @staticmethod
    def near_target(context: Context) -> str:
        """That the target lies nearer to the best prompt than the smallest gain worth the work; "" where not."""
        return readiness.near_target(context)

    @needs("viewer")
    def costs(self, context: Context | None = None) -> Costs[Option]:
        """What each way of doing the task costs. Raises NotChecked naming the prices and counts that are missing."""
        evidence = self.required().verdict.evidence
        return readiness.costs(evidence, context or self.measuring.context(), self.settings.policy())

    @needs("viewer")
    def review_first(self) -> tuple[str, ...]:
        """The examples the work plan asks people to look at, the most useful first; none before there is a verdict."""
        stored = self.last()
        return readiness.review_first(stored.plan) if stored and stored.plan else ()

    @needs("viewer")
    def changes(self) -> list[str]:
        """What the newest verdict says otherwise than the one before it, a sentence each; none for a first one."""
        with database.read(self.place.engine) as connection:
            earlier, later = results.earlier_verdict(connection), results.read_verdict(connection)
        return [] if earlier is None or later is None else readiness.compare(earlier, later)

    @needs("viewer")
    def of_topics(self) -> tuple[list[str], list[str], list[str]]:
        """What the newest run of the checks found of topics, a sentence each: what to collect more of (topics of the
        evaluation set that training rows hardly have), where faults are crowded, and topics of one origin."""
        found = self.findings.stored.current()
        wanted, crowded, origin = (
            readiness.said_of(found, check) for check in (readiness.THIN, readiness.CROWDED, readiness.ORIGIN)
        )
        return wanted, crowded, origin

    @needs("viewer")
    def is_current(self) -> bool:
        """Whether the newest verdict was drawn under the context and the thresholds in force."""
        stored = self.last()
        if stored is None:
            return False
        same = stored.context in (None, readiness.write_context(self.measuring.context()))
        return same and stored.verdict.policy == self.settings.policy().digest

    @needs("viewer")
    def report(self, suffix: str, of: Counts | None = None, besides: Mapping[str, Any] | None = None) -> str:
        """The report as html, md or json text. Raises NotChecked before there is a verdict, UsageError on another form.

        `of` are the counts of the set it tells of, left out those of now; `besides` is what else it says, as
        `report.render` takes it (`Exports.report` gives rows, examples, date and who).
        """
        if suffix.removeprefix(".").lower() not in report.SUFFIXES:
            raise UsageError(f"A report is written as html, md or json, not {suffix!r}: name one of these.")
        stored = self.required()
        said = {"context": readiness.declared(stored), "changes": self.changes(), "to_know": self.to_know()}
        return report.render(stored, {**self._summary(of or self.reader.counts()), **said, **(besides or {})}, suffix)

    @needs("viewer")
    def to_know(self) -> dict[str, str]:
        """By evidence id, the measurement that would tell what was not checked, with its time. Raises as `required`."""
        evidence = self.required().verdict.evidence
        return readiness.to_know(evidence, self.measuring.context(), self.settings.policy())

    @needs("viewer")
    def minutes_to_judge(self) -> float:
        """Minutes that a person takes to judge a row: as declared, else the usual ones."""
        return self.reader.settings.context().prices.label_minutes_per_row or MINUTES_TO_JUDGE

    @needs("viewer")
    def questions(self) -> tuple[Question, ...]:
        """The few open questions whose answers would move this verdict most. Raises as `required`."""
        verdict = self.required().verdict
        return readiness.questions(verdict.evidence, self.measuring.context(), self.settings.policy(), verdict.seed)

    @needs("viewer")
    def first_look(self) -> tuple[str, ...]:
        """What the small stand-in models show by themselves, in two or three sentences. Raises as `required`."""
        return readiness.first_look(self.required().verdict.evidence)

    def _summary(self, of: Counts) -> dict[str, Any]:
        """Counts for the report: rows, sources, labels, clusters and findings by check; what is known of a model."""
        model = self.reader.calibration.report()
        titles, counts = self.findings.titles(), self.findings.stored.counts()
        return {
            "name": self.place.name,
            "totals": {key: n for key, n in of.totals.items() if not key.startswith("status_")},
            "versions": export.library_versions(),
            "sources": [{"name": name, "stored": n, "rejected": rejected} for name, n, rejected in of.sources],
            "labels": of.labels,
            "clusters": [
                {"kind": k, "clusters": n, "rows": rows} for k, n, rows in self.reader.duplicates.stored.counts()
            ],
            "checks": [
                {
                    "check": run.check,
                    "title": titles[run.check],
                    "status": run.status,
                    "reason": run.reason,
                    "findings": counts.get(run.check, 0),
                }
                for run in self.findings.stored.runs()
            ],
            **({"model": model_lines(model)} if model else {}),
        }
