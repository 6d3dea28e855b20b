"""One threshold of the verdict: what an item's rule may say, and all rules as a policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from curation.errors import UsageError
from curation.records import Rule

UNITS = ("share", "points", "rows", "months", "ratio", "alpha", "needs", "count")
"""share and points are fractions of one; alpha is Krippendorff's."""
ORIGINS = ("published", "measured", "policy")

SETTING_LIMITS: Mapping[str, tuple[float, float]] = {
    "learnability.holdouts": (2, 20), "learnability.proxy_rows": (100, 1_000_000), "curve.sizes": (4, 16),
    "curve.ratio": (0.3, 0.95), "curve.resamples": (2, 1000), "curve.reach": (1, 4), "economics.mfu_low": (0.01, 1.0),
    "economics.mfu_high": (0.01, 1.0), "economics.never": (12, 100_000), "economics.characters_per_token": (0.5, 20),
    "holdout_power.holdout_share": (0.01, 0.9), "base_model.planned_rows": (10, 1_000_000),
}  # fmt: skip
"""Settings a wrong value of which would break the method; reach: nothing is forecast beyond four times the rows."""
LARGEST = 1e9
"""Keeps a mistyped number out."""


@dataclass(frozen=True)
class Policy:
    """All rules by item id, the figures of the method, and `digest`: SHA-256 over everything in it."""

    items: Mapping[str, Rule]
    draws: int
    resamples: int
    digest: str


def rule_of(name: str, values: Mapping[str, Any], where: str) -> Rule:
    """The rule of an item from its fields. Raises UsageError on a value of the wrong type or out of range."""

    def wrong(key: str, needs: str) -> UsageError:
        return UsageError(f"{where}: items.{name}.{key} must be {needs}, not {values.get(key)!r}")

    for key in ("fail", "warn", "minutes"):
        if not _is_number(values.get(key, 0)):
            raise wrong(key, "a number")
    for key, allowed in (("worse", ("above", "below")), ("origin", ORIGINS), ("unit", UNITS)):
        if values.get(key, allowed[0]) not in allowed:
            raise wrong(key, "one of " + ", ".join(allowed))
    for key in ("fail_on", "warn_on"):
        if values.get(key, "value") not in ("value", "low", "high"):
            raise wrong(key, "one of value, low, high")
    if not isinstance(values.get("inclusive", False), bool) or not isinstance(values.get("source", ""), str):
        raise wrong("inclusive", "true or false, and source a text")
    if not all(_is_number(number) for number in values.get("settings", {}).values()):
        raise wrong("settings", "numbers")
    prior = values.get("prior")
    if prior is not None and not (len(prior) == 2 and all(map(_is_number, prior)) and prior[0] <= prior[1]):
        raise wrong("prior", "two numbers, the lower one first")
    _limits(name, values, wrong)
    return Rule(id=name, **{**values, "prior": None if prior is None else (float(prior[0]), float(prior[1]))})


def _limits(name: str, values: Mapping[str, Any], wrong: Callable[[str, str], UsageError]) -> None:
    """Raise on a share that is none, on a warning that comes after the failure, and on settings out of their limits."""
    fail, warn = values.get("fail"), values.get("warn")
    for key, number in (("fail", fail), ("warn", warn)):
        if number is not None and values.get("unit") in ("share", "points") and not -1 <= number <= 1:
            raise wrong(key, f"a fraction of one (write {number / 100:g} for {number:g} %)")
        if number is not None and values.get("unit") not in ("points", "alpha") and number < 0:
            raise wrong(key, "0 or more")
    above = values.get("worse", "above") == "above"
    if fail is not None and warn is not None and (warn > fail if above else warn < fail):
        raise wrong("warn", f"{'at most' if above else 'at least'} the value it fails at, {fail!r}")
    for key, number in values.get("settings", {}).items():
        low, high = SETTING_LIMITS.get(f"{name}.{key}", (0, LARGEST))
        if not low <= number <= high:
            between = f"between {low:g} and {high:g}" if high < LARGEST else f"{low:g} or more"
            raise UsageError(str(wrong("settings", between)).replace(".settings", f".settings.{key}", 1))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
