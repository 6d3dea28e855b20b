"""Evidence items: Study -> Evidence. One file an item, found by the registry; thresholds stand in policy.toml.

An item of another package brings its thresholds in `rule={...}` where it is registered.

An item names the items it reads in `needs=(...)` where it is registered and sees no others, so the order in which items
are gathered follows from the items themselves. What it draws at random comes from `study.generator(id)`, its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from curation.errors import NotChecked
from curation.readiness.rules import Policy, rule_of
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status
from curation.records.context import Context
from curation.records.progress import Progress
from curation.registry import Plugin, Registry
from curation.sampling.intervals import Interval
from curation.wording import percent, sentence, span

Item = Callable[[Study, Progress], Evidence]
"""`function(study, progress) -> Evidence`; raises NotChecked where it cannot judge."""


def _form(plugin: Plugin[Item]) -> None:
    if plugin.is_ours:
        return
    rule = plugin.parts.get("rule")
    if not isinstance(rule, Mapping):
        raise TypeError("its decorator names no rule, a mapping with the fields that policy.toml has for an item")
    rule_of(plugin.name, rule, plugin.origin)


evidence: Registry[Item] = Registry(__name__, "evidence", form=_form)

SHOWN_ROWS = 5
"""Rows to look at beside a number (records.Evidence)."""


@dataclass(frozen=True)
class Known:
    """What an item that follows from declarations reads: the items it needs, the context and the policy.

    When it is told anew, `found` holds the item as it was as well.
    """

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


def derived(id: str, title: str, needs: Sequence[str] = ()) -> Callable[[Follow], Follow]:
    """Register an item that follows wholly from the items it needs, the context and the policy."""

    def register(function: Follow) -> Follow:
        @wraps(function)
        def item(study: Study, progress: Progress) -> Evidence:
            return function(Known(study.found, study.facts.context, study.policy))

        evidence(id, title, needs=needs)(item)
        return follows(id)(function)

    return register


@dataclass(frozen=True)
class Figure:
    """What an item found: a value with its 90 % interval, a sentence on it, what would better it, rows to look at.

    `status` is given where it does not follow from the item's rule alone. `detail` are further figures, by name.
    """

    interval: Interval
    message: str
    kind: Kind = "counted"
    status: Status | None = None
    fix: str = ""
    rows: Sequence[str] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


def rated(study: Study | Known, id: str, figure: Figure) -> Evidence:
    """Evidence with the status its rule gives (or that of the figure), its threshold and where that comes from.

    The fix is kept only when the status is not ok. The title is filled in by `assess`.
    """
    rule = study.policy.items[id]
    value, low, high = (float(number) for number in figure.interval)
    status = figure.status or rule.status(value, low, high)
    if isinstance(study, Study):
        study.behind[id] = tuple(figure.rows)
    return Evidence(
        id=id,
        title="",
        status=status,
        kind=figure.kind,
        value=value,
        low=low,
        high=high,
        threshold=rule.threshold(status),
        origin=f"{rule.origin}: {rule.source}",
        message=figure.message,
        fix=figure.fix if status != "ok" else "",
        rows=tuple(figure.rows[:SHOWN_ROWS]),
        detail={**figure.detail, "unit": rule.unit},
    )


def not_applicable(study: Study | Known, id: str, why: str, detail: Mapping[str, Any] | None = None) -> Evidence:
    """Evidence that has no meaning for this dataset, and why."""
    rule = study.policy.items[id]
    return Evidence(id, "", "not_applicable", origin=f"{rule.origin}: {rule.source}", message=why, detail=detail or {})


def missing(policy: Policy, id: str, title: str, why: str) -> Evidence:
    """Evidence that could not be gathered, and why."""
    rule = policy.items[id]
    return Evidence(id, title, "missing", origin=f"{rule.origin}: {rule.source}", message=sentence(why))


def with_model(
    study: Study, id: str, make: Callable[[Study], Evidence], say: Callable[[Mapping[str, Any], Evidence], str]
) -> Evidence:
    """The item as `make` gives it, with what `say` has to tell of a model that read the rows; without one as it is.

    The model adds a sentence and `detail["model"]`, never a value: its readings sharpen the audit before they come
    here, and what it says without an audit is an estimate that decides nothing. An item that cannot be told says so all
    the same. Raises NotChecked as `make` does where no model read rows.
    """
    run = study.run("model_quality")
    if run.status != "done":
        return make(study)
    try:
        found = make(study)
    except NotChecked as reason:
        found = missing(study.policy, id, "", str(reason))
    message = f"{found.message} {say(run.summary, found)}".strip()
    return replace(found, message=message, detail={**found.detail, "model": dict(run.summary)})


def in_words(interval: Sequence[float]) -> str:
    """A share with its 90 % interval."""
    value, low, high = interval
    return f"{percent(value)} ({span(low, high)})"
