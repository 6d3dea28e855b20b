"""class Inspecting: the checks of a project, what they found, and what acting on all of a filter would decide."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from curation import checks
from curation.checks.labels.preview import preview
from curation.errors import NotChecked, UsageError
from curation.progress import Progress, ignore
from curation.project.examples import Desk
from curation.project.steps import Basis
from curation.records import LIKELY, Action, Clusters, Filter, FindingRow, Findings, Pair, Scope
from curation.review.queue import order_of_review
from curation.settings import changed, differences, options
from curation.store import (
    database,
    examples,
    findings,
    pages,
    results,
)
from curation.store.settings import read_setting, write_setting

CHECKS = "checks"
"""The key of the checks' settings in the store."""
Act = Literal["suggestion", "reject", "accept"]
"""What can be done to all findings of a filter: follow their suggestions, leave the rows out, call them right."""


class Inspecting(Desk):
    """Running the checks, and questions about their findings: each reads only what it returns."""

    def inspect(
        self,
        basis: Basis,
        clusters: Clusters,
        only: Sequence[str] = (),
        seed: int = 0,
        progress: Progress = ignore,
    ) -> Findings:
        """Run all checks (or those named) and store the findings and the order of review.

        `clusters` are those of the same snapshot.
        """
        settings = self.check_settings()
        settings["leakage"] = replace(settings["leakage"], evaluation=basis.evaluation)
        found = checks.run(basis.curated.dataset, clusters, only, settings, seed, progress)
        with database.write(self.engine) as connection:
            results.save_findings(connection, found, order_of_review(found, seed), basis.snapshot)
        return found

    @staticmethod
    def built_in_settings() -> dict[str, Any]:
        """The built-in settings of each check that has any a person may change, by its name."""
        return {name: plugin.settings for name, plugin in checks.check.all().items() if options(plugin.settings)}

    def check_settings(self) -> dict[str, Any]:
        """The settings of each of these checks in this project.

        What was stored counts as built in where a check no longer knows it.
        """
        with database.read(self.engine) as connection:
            stored = read_setting(connection, CHECKS) or {}
        return {name: _set(settings, stored.get(name, {})) for name, settings in self.built_in_settings().items()}

    def save_check_settings(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Change the settings of the checks named to these and, where none are given, to the built-in ones.

        What the checks found is out of date then. Raises UsageError on a value a setting may not have; nothing is
        stored then.
        """
        built_in, before = self.built_in_settings(), self.check_settings()
        after = before | {name: changed(built_in[name], chosen) for name, chosen in values.items()}
        if after == before:
            return
        stored = {name: differences(settings, built_in[name]) for name, settings in after.items()}
        with database.write(self.engine) as connection:
            write_setting(connection, CHECKS, {name: chosen for name, chosen in stored.items() if chosen} or None)

    def quick_look(self, seed: int = 0, progress: Progress = ignore) -> bool:
        """Whether first suspects were stored for people to look at until the checks end; no verdict counts them.

        Nothing is stored where the checks ended before: what they found is better than a quick look. Nor where labels
        cannot be judged.
        """
        if self.step("check").ran:
            return False
        snapshot, dataset = self.as_of(lambda of: (of, self.curated().dataset))
        try:
            found = preview(dataset, seed, progress)
        except NotChecked:
            return False
        with database.write(self.engine) as connection:
            results.save_findings(connection, found, order_of_review(found, seed), snapshot, kind="preview")
        return True

    @staticmethod
    def known_checks(only: Sequence[str]) -> None:
        """Nothing, if there is a check of each of these names; else raises UsageError listing the checks."""
        unknown = sorted(set(only) - set(checks.check.all()))
        if unknown:
            raise UsageError(f"There is no check named {unknown[0]!r}. Checks: {', '.join(checks.check.all())}.")

    @staticmethod
    def check_titles() -> dict[str, str]:
        """What each check is called, by name."""
        return {name: plugin.title for name, plugin in checks.check.all().items()}

    def is_quick_look(self) -> bool:
        """Whether what is stored are the suspects of the quick look, because the checks have not come to their end."""
        with database.read(self.engine) as connection:
            return results.is_quick_look(connection)

    # -- what was found

    def finding_counts(self, sure: float = LIKELY) -> dict[str, int]:
        """Findings by check that are at least this sure."""
        with database.read(self.engine) as connection:
            return results.finding_counts(connection, sure)

    def finding_labels(self, check: str) -> list[tuple[str, int]]:
        """(label, likely findings of a check), commonest first."""
        with database.read(self.engine) as connection:
            return results.finding_labels(connection, check, LIKELY)

    def finding_page(self, filter: Filter, after: tuple[float, int] | None, limit: int) -> list[FindingRow]:
        """The next findings, surest first."""
        with database.read(self.engine) as connection:
            return pages.finding_page(connection, filter, after, limit)

    def finding_total(self, filter: Filter) -> int:
        """How many findings the filter leaves."""
        with database.read(self.engine) as connection:
            return pages.finding_total(connection, filter)

    def finding_choices(self, filter: Filter) -> tuple[dict[str, int], list[tuple[str, int]]]:
        """Findings by check, and (label, findings), each of what the rest of the filter leaves."""
        with database.read(self.engine) as connection:
            by_check = findings.check_counts(connection, filter)
            return by_check, findings.label_counts(connection, filter)

    def confidence_counts(self, filter: Filter) -> list[tuple[float, int]]:
        """(lower edge, findings) by confidence, whatever the filter's own threshold."""
        with database.read(self.engine) as connection:
            return findings.confidence_counts(connection, filter)

    def label_pairs(self, filter: Filter, limit: int) -> list[Pair]:
        """The pairs of a given and a suggested label with most findings in the filter."""
        with database.read(self.engine) as connection:
            sizes = dict(examples.label_counts(connection))
            return findings.pairs(connection, filter, sizes, limit)

    # -- acting on all of it

    def finding_scope(self, filter: Filter) -> Scope:
        """How much the filter holds."""
        with database.read(self.engine) as connection:
            return findings.scope(connection, filter)

    def suggested_scopes(self, filter: Filter) -> dict[str, Scope]:
        """How much of the filter has a suggestion to follow, by kind: relabel, drop, replace."""
        with database.read(self.engine) as connection:
            return findings.suggested_scopes(connection, filter)

    def changes(self, filter: Filter, act: Act) -> list[tuple[str, Action, str]]:
        """(example, action, value) for every example in the filter that nobody has decided."""
        with database.read(self.engine) as connection:
            if act == "suggestion":
                return [(id, *followed(said)) for id, said in findings.suggestions(connection, filter)]
            return [(id, act, "") for id in findings.open_examples(connection, filter)]

    # -- how far to trust a flag

    def flags_judged(self, filter: Filter) -> tuple[int, int]:
        """(flags people found right, flags people found wrong) in the filter, of examples decided one by one."""
        with database.read(self.engine) as connection:
            return findings.judged(connection, filter)


def _set(settings: Any, stored: Mapping[str, Any]) -> Any:
    for name, value in stored.items():
        with suppress(UsageError):
            settings = changed(settings, {name: value})
    return settings


def followed(suggestion: str) -> tuple[Action, str]:
    """The decision that follows a suggestion. Raises ValueError for one that asks a person to look."""
    action, _, value = suggestion.partition(":")
    if action == "relabel":
        return "label", value
    if action == "replace":
        return "edit", json.dumps({"output": value}, ensure_ascii=False)
    if action == "drop":
        return "reject", ""
    raise ValueError(f"nothing to follow in {suggestion!r}")
