"""Evidence items: Study -> Evidence. One file an item, found by the registry; thresholds stand in policy.toml."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from curation.context import Context
from curation.progress import Progress
from curation.readiness.policy import Policy
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status
from curation.registry import Registry
from curation.sampling.intervals import Interval
from curation.wording import sentence

Item = Callable[[Study, Progress], Evidence]
"""`function(study, progress) -> Evidence`; raises NotChecked where it cannot judge."""

evidence: Registry[Item] = Registry(__name__)

SHOWN_ROWS = 5
"""Rows to look at beside a number (records.Evidence)."""


@dataclass(frozen=True)
class Known:
    """What an item that follows from declarations reads: the items found before it, the context and the policy."""

    found: Mapping[str, Evidence]
    context: Context
    policy: Policy

    def item(self, id: str) -> Evidence | None:
        """The item when it has a value."""
        found = self.found.get(id)
        return found if found is not None and found.value is not None else None


Follow = Callable[[Known], Evidence]
FOLLOWS: dict[str, Follow] = {}
"""Items that depend on the context, each with how it is told anew when only the context changes (see `what_if`)."""


def follows(id: str) -> Callable[[Follow], Follow]:
    """Register how an item is told anew from what was measured before and another context."""

    def register(function: Follow) -> Follow:
        FOLLOWS[id] = function
        return function

    return register


def derived(id: str, title: str) -> Callable[[Follow], Follow]:
    """Register an item that follows wholly from other items, the context and the policy."""

    def register(function: Follow) -> Follow:
        @wraps(function)
        def item(study: Study, progress: Progress) -> Evidence:
            return function(Known(study.found, study.facts.context, study.policy))

        evidence(id, title)(item)
        return follows(id)(function)

    return register


def reading(
    study: Study | Known,
    id: str,
    interval: Interval,
    message: str,
    *,
    kind: Kind = "measured",
    status: Status | None = None,
    fix: str = "",
    rows: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> Evidence:
    """Evidence with the status its rule gives (or `status`), its threshold and where that comes from.

    `fix` is kept only when the status is not ok. The title is filled in by `assess`.
    """
    rule = study.policy.items[id]
    value, low, high = (float(number) for number in interval)
    found = status or rule.status(value, low, high)
    if isinstance(study, Study):
        study.behind[id] = tuple(rows)
    return Evidence(
        id=id,
        title="",
        status=found,
        kind=kind,
        value=value,
        low=low,
        high=high,
        threshold=rule.threshold(found),
        origin=f"{rule.origin}: {rule.source}",
        message=message,
        fix=fix if found != "ok" else "",
        rows=tuple(rows[:SHOWN_ROWS]),
        detail={**(detail or {}), "unit": rule.unit},
    )


def not_applicable(study: Study | Known, id: str, why: str, detail: Mapping[str, Any] | None = None) -> Evidence:
    """Evidence that has no meaning for this dataset, and why."""
    rule = study.policy.items[id]
    return Evidence(id, "", "not_applicable", origin=f"{rule.origin}: {rule.source}", message=why, detail=detail or {})


def missing(policy: Policy, id: str, title: str, why: str) -> Evidence:
    """Evidence that could not be gathered, and why."""
    rule = policy.items[id]
    return Evidence(id, title, "missing", origin=f"{rule.origin}: {rule.source}", message=sentence(why))
