"""class Judging: the verdict of a project, what it rests on, and trying other answers and thresholds out."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from curation import readiness
from curation.context import Context
from curation.errors import NotChecked
from curation.files import write_text
from curation.progress import Progress, ignore
from curation.project.examples import CONTEXT, Desk, now
from curation.readiness import Policy, Study, Threshold, Tried
from curation.records import Dataset, Facts, Findings, Verdict
from curation.store import database, results

POLICY = "policy.toml"


class Judging(Desk):
    """From what is stored to the verdict, its evidence, costs and work plan."""

    def facts(self, seed: int = 0) -> Facts:
        """What the verdict is drawn from. Raises NotChecked before duplicates and checks have run."""
        clusters, findings = self.clusters(), self.findings()
        if clusters is None or findings is None:
            raise NotChecked("Duplicates and checks have not run yet: run the checks first.")
        known = set(clusters.table["id"].to_pylist())
        dataset = self.curated().dataset
        mask = [example in known for example in dataset.values("id")]
        found = Findings.join([findings, *self.people_found(dataset)])
        return Facts(dataset.where(mask), clusters, found, self.full_context(), self.totals()["rejected"], seed)

    def people_found(self, dataset: Dataset) -> list[Findings]:
        """What audits and team rounds found in these examples; nothing here, the desk of people tells it."""
        return []

    def with_measured(self, context: Context) -> Context:
        """The context with arms measured here; nothing here, the desk of trials adds them."""
        return context

    def full_context(self) -> Context:
        """What people declared, and the arms measured in this project."""
        return self.with_measured(self.context())

    def verdict(self, context: Context | None = None, seed: int = 0, progress: Progress = ignore) -> Verdict:
        """Judge readiness from the stored findings and the context, and store the verdict."""
        if context is not None:
            self.save_context(context)
        facts, policy = self.facts(seed), self.policy()
        study = Study(facts, policy)
        evidence = readiness.gather(study, progress)
        verdict = readiness.judge(evidence, facts.context, policy, facts.dataset.digest, seed)
        body = readiness.body(verdict, facts.context, policy, study.behind)
        with database.write(self.engine) as connection:
            results.save_result(connection, "verdict", body, now())
            results.put_first(connection, readiness.review_first(readiness.plan_of(body)) if "plan" in body else ())
        return verdict

    def what_if(self, context: Context) -> Tried:
        """The last verdict had this been the context; nothing is stored. Raises NotChecked before there is one."""
        body = self._judged()
        made, verdict = readiness.evidence_of(body), body["verdict"]
        return readiness.what_if(made, context, self.policy(), verdict["dataset"], verdict["seed"])

    def costs(self, context: Context | None = None) -> readiness.Costs:
        """What each way of doing the task costs. Raises NotChecked naming the prices and counts that are missing."""
        return readiness.costs(readiness.evidence_of(self._judged()), context or self.full_context(), self.policy())

    def review_first(self) -> tuple[str, ...]:
        """The examples the work plan asks people to look at, the most useful first; none before there is a verdict."""
        body = self.last_verdict() or {}
        return readiness.review_first(readiness.plan_of(body)) if "plan" in body else ()

    def marks(self, progress: Progress = ignore) -> pa.Table:
        """Whether each example is style or substance (see `readiness.marks`). Raises NotChecked before checks ran."""
        return readiness.marks(self.facts(), self.policy(), progress)

    def verdict_changes(self) -> list[str]:
        """What the newest verdict says otherwise than the one before it, a sentence each; none for a first one."""
        with database.read(self.engine) as connection:
            earlier = results.earlier_result(connection, "verdict")
        body = self.last_verdict()
        return [] if earlier is None or body is None else readiness.compare(earlier, body)

    def judged(self) -> dict[str, Any]:
        """What the report tells besides verdict and evidence: plan, costs, changed thresholds, context, history."""
        body = self.last_verdict() or {}
        parts = {name: body[name] for name in ("plan", "costs", "policy") if body.get(name)}
        told = {"context": readiness.declared(body), "changes": self.verdict_changes()}
        return {**parts, **told}

    def _judged(self) -> dict[str, Any]:
        body = self.last_verdict()
        if body is None:
            raise NotChecked("There is no verdict yet: run the checks first.")
        return body

    # -- what people declare

    def save_context(self, context: Context) -> None:
        """Write `context.toml`, whole or not at all."""
        write_text(self.folder / CONTEXT, readiness.write_context(context))

    @staticmethod
    def parse_context(text: str) -> Context:
        """The context a TOML text describes."""
        return readiness.parse_context(text, CONTEXT)

    def policy(self) -> Policy:
        """The thresholds in force: the built-in ones, and over them `policy.toml` in the project's folder."""
        path = self.folder / POLICY
        return readiness.load_policy(path if path.exists() else None)

    def thresholds(self) -> tuple[Threshold, ...]:
        """Every threshold in force beside the built-in one."""
        return readiness.thresholds(self.policy(), readiness.load_policy())

    def save_thresholds(self, values: Mapping[str, float | None]) -> None:
        """Write `policy.toml` with what differs from the built-in thresholds; names are those of `thresholds()`.

        Raises UsageError on a value out of range, and then nothing is written.
        """
        text = readiness.policy_text(values, readiness.load_policy())
        readiness.parse_policy(text, POLICY)
        write_text(self.folder / POLICY, text)

    def reset_policy(self) -> None:
        """Go back to the built-in thresholds."""
        (self.folder / POLICY).unlink(missing_ok=True)

    def verdict_is_current(self) -> bool:
        """Whether the newest verdict was drawn under the context and the thresholds in force."""
        body = self.last_verdict()
        if body is None:
            return False
        same = body.get("context") in (None, readiness.write_context(self.full_context()))
        return same and body["verdict"]["policy"] == self.policy().digest
