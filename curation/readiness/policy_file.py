"""A project's own thresholds: what can be changed, what is changed, and the file that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from curation.readiness.policy import Policy

METHOD_SOURCE = "500 draws put a share within 4 points at 90 %"


@dataclass(frozen=True)
class Threshold:
    """One number of the policy; `name` says where it stands (`noise.fail`, `curve.settings.flat`, `method.draws`).

    `built_in` is what ships with the product; None is no threshold.
    """

    name: str
    item: str
    field: str
    unit: str
    value: float | None
    built_in: float | None
    origin: str
    source: str

    @property
    def is_changed(self) -> bool:
        return self.value != self.built_in


def thresholds(policy: Policy, built_in: Policy) -> tuple[Threshold, ...]:
    """Every number of the policy beside the built-in one, in the order of the policy."""
    return tuple(_all(policy, built_in))


def _all(policy: Policy, built_in: Policy) -> Iterator[Threshold]:
    for id, rule in policy.items.items():
        usual = built_in.items[id]
        for field in ("fail", "warn"):
            value, was = getattr(rule, field), getattr(usual, field)
            if value is not None or was is not None:
                yield Threshold(f"{id}.{field}", id, field, rule.unit, value, was, rule.origin, rule.source)
        for field, value in rule.settings.items():
            was = usual.settings.get(field)
            yield Threshold(f"{id}.settings.{field}", id, field, "setting", value, was, usual.origin, usual.source)
    for field in ("draws", "resamples"):
        value, was = getattr(policy, field), getattr(built_in, field)
        yield Threshold(f"method.{field}", "method", field, "setting", value, was, "policy", METHOD_SOURCE)


def policy_text(values: Mapping[str, float | None], built_in: Policy) -> str:
    """The TOML that sets these thresholds (by `Threshold.name`), holding only what differs from the built-in ones.

    A threshold emptied (None) goes back to the built-in one.
    """
    usual = {one.name: one.built_in for one in thresholds(built_in, built_in)}
    whole: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value == usual.get(name):
            continue
        *path, last = name.split(".") if name.startswith("method.") else ("items", *name.split("."))
        place = whole
        for part in path:
            place = place.setdefault(part, {})
        place[last] = int(value) if float(value).is_integer() else float(value)
    return tomli_w.dumps(whole)
