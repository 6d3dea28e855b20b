"""The thresholds a verdict is decided by: read from a TOML file, each with where it comes from."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from curation.errors import UsageError, nearest
from curation.readiness.evidence import evidence
from curation.readiness.rules import Policy, rule_of
from curation.records import Rule, Threshold

MOST_DRAWS = 100_000
"""Keeps a mistyped number from running for hours."""


def load_policy(path: str | Path | None = None) -> Policy:
    """The policy in a TOML file, laid over the built-in one; None is the built-in one alone.

    A file names only what it changes. Raises UsageError on a file that is missing, is not TOML, names an unknown item
    or threshold, or gives a value of the wrong type or out of range.
    """
    whole = _built_in()
    if path is not None:
        whole = _laid_over(whole, _read(Path(path)), str(path), "")
    return _made(whole, str(path or "policy.toml"))


def stored_policy(path: Path) -> tuple[Policy, tuple[str, ...]]:
    """The policy a project keeps, and what it names that an earlier version had and this one has not: left out.

    Raises as `load_policy` on everything else.
    """
    gone: list[str] = []
    whole = _laid_over(_built_in(), _read(path), str(path), "", gone)
    return _made(whole, str(path)), tuple(gone)


def parse_policy(text: str, where: str) -> Policy:
    """The policy a TOML text makes of the built-in one; `where` names it in messages. Raises as `load_policy`."""
    return _made(_laid_over(_built_in(), _parsed(text, where), where, ""), where)


def _built_in() -> dict[str, Any]:
    """The policy as it comes, with the rules that other packages' evidence items bring."""
    whole = tomllib.loads(resources.files("curation.readiness").joinpath("policy.toml").read_text("utf-8"))
    brought = {name: plugin.parts.get("rule") for name, plugin in evidence.all().items() if not plugin.is_ours}
    items = {name: dict(rule) for name, rule in brought.items() if rule and name not in whole["items"]}
    return {**whole, "items": {**whole["items"], **items}}


def _made(whole: dict[str, Any], where: str) -> Policy:
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    for name in ("draws", "resamples"):
        number = whole["method"][name]
        if type(number) is not int or not 1 <= number <= MOST_DRAWS:
            raise UsageError(f"{where}: method.{name} must be a whole number from 1 to {MOST_DRAWS:,}, not {number!r}")
    items = {name: rule_of(name, values, where) for name, values in whole["items"].items()}
    return Policy(items, whole["method"]["draws"], whole["method"]["resamples"], digest)


def _read(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise UsageError(f"cannot read the policy file {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error.reason}; save it as UTF-8") from error


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not a TOML file: {error}; correct it or leave the file out") from error


def _laid_over(base: Any, change: Any, where: str, at: str, gone: list[str] | None = None) -> Any:
    """`change` over `base`; unknown names raise UsageError, or are added to `gone` where that is given."""
    if not isinstance(base, dict):
        return change
    if not isinstance(change, dict):
        raise UsageError(f"{where}: {at or 'the file'} must be a table, not {change!r}")
    known = set(base) | ({item.name for item in fields(Rule)} - {"id"} if at.startswith("items.") else set())
    unknown = [name for name in change if name not in known]
    if gone is not None and unknown:
        gone += [f"{at}{name}".removeprefix("items.") for name in unknown]
        change = {name: value for name, value in change.items() if name in known}
        unknown = []
    if unknown:
        raise UsageError(f"{where}: no policy field {at + unknown[0]!r}; {nearest(unknown[0], known)}")
    if at.startswith("items.") and {"fail", "warn"} & set(change) and "source" not in change:
        was = ", ".join(f"{name} {base[name]:g}" for name in ("fail", "warn") if name in change and name in base)
        change = {**change, "origin": "policy", "source": f"set in this project ({was or 'none'} built in)"}
    merged = {key: _laid_over(base[key], change[key], where, f"{at}{key}.", gone) for key in change if key in base}
    return {**base, **{key: value for key, value in change.items() if key not in base}, **merged}


METHOD_SOURCE = "500 draws put a share within 4 points at 90 %"


def thresholds(policy: Policy, built_in: Policy) -> tuple[Threshold, ...]:
    """Every number of the policy beside the built-in one, in the order of the policy."""
    return tuple(_all(policy, built_in))


def _all(policy: Policy, built_in: Policy) -> Iterator[Threshold]:
    for id, rule in policy.items.items():
        usual = built_in.items[id]
        for name in ("fail", "warn"):
            value, was = getattr(rule, name), getattr(usual, name)
            if value is not None or was is not None:
                yield Threshold(f"{id}.{name}", id, name, rule.unit, value, was, rule.origin, rule.source)
        for name, value in rule.settings.items():
            was = usual.settings.get(name)
            yield Threshold(f"{id}.settings.{name}", id, name, "setting", value, was, usual.origin, usual.source)
    for name in ("draws", "resamples"):
        value, was = getattr(policy, name), getattr(built_in, name)
        yield Threshold(f"method.{name}", "method", name, "setting", value, was, "policy", METHOD_SOURCE)


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
