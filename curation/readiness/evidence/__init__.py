"""Evidence items: Study -> Evidence. One file an item, found by the registry; thresholds stand in policy.toml."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curation.progress import Progress
from curation.readiness.intervals import Interval
from curation.readiness.study import Study
from curation.records import Evidence, Kind, Status
from curation.registry import Registry

Item = Callable[[Study, Progress], Evidence]
"""`function(study, progress) -> Evidence`; raises NotChecked where it cannot judge."""

evidence: Registry[Item] = Registry(__name__)

SHOWN_ROWS = 5
"""Rows to look at beside a number (records.Evidence)."""


def reading(
    study: Study,
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


def not_applicable(study: Study, id: str, why: str) -> Evidence:
    """Evidence that has no meaning for this dataset, and why."""
    rule = study.policy.items[id]
    return Evidence(id, "", "not_applicable", origin=f"{rule.origin}: {rule.source}", message=why)


def percent(share: float) -> str:
    """A share 0..1 as a percentage, one decimal below ten: "3.4 %", "27 %"."""
    number = 100 * share
    if 0 < number < 0.05:
        return "under 0.1 %"
    return f"{number:.0f} %" if abs(number) >= 9.95 or number == round(number) else f"{number:.1f} %"


def span(low: float, high: float) -> str:
    """Two shares as a range: "2.1 to 4.9 %"."""
    first, last = percent(low), percent(high)
    if first == last:
        first, last = f"{100 * low:.1f} %", f"{100 * high:.1f} %"
    return last if first == last else f"{first.removesuffix(' %')} to {last}"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 row", "2,400 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
