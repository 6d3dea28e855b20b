"""The verdict as it is stored: plain JSON values, and back; and what a verdict says otherwise than an earlier one."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from curation.context import Context, write_context
from curation.errors import NotChecked
from curation.readiness.arms import scored
from curation.readiness.costs import costs, costs_json
from curation.readiness.gates.reading import Reading
from curation.readiness.gates.walk import path
from curation.readiness.policy import Policy, load_policy, thresholds
from curation.readiness.verdict.plan import Plan, Rows, Step, work_plan
from curation.records import Evidence, Verdict
from curation.wording import OUTCOMES, STATUSES, number

_EVIDENCE_KEYS = ("id", "value", "low", "high", "threshold", "origin", "status", "kind", "fix", "rows")
_VERDICT_KEYS = (
    "outcome", "provisional", "headline", "reasons", "stability", "nearest_flip", "next_step", "evidence", "coverage",
    "policy", "dataset", "seed", "grounds",
)  # fmt: skip


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as the contract's JSON object: plain dicts, lists, strings, finite numbers, booleans and null."""
    whole: Mapping[str, Any] = asdict(verdict)
    short = {key: whole[key] for key in _VERDICT_KEYS}
    short["reasons"], short["grounds"] = list(verdict.reasons), list(verdict.grounds)
    short["evidence"] = [
        {key: item[key] for key in _EVIDENCE_KEYS} | {"rows": list(item["rows"])} for item in whole["evidence"]
    ]
    return short


def body(verdict: Verdict, context: Context, policy: Policy, rows: Rows | None = None) -> dict[str, Any]:
    """All that is kept of a verdict: verdict, evidence, path, plan, costs, changed thresholds, and the context as TOML.

    `rows` names the rows behind each item (`Study.behind`). Where prices are missing, costs hold only the reason.
    """
    items = verdict.evidence
    steps = path(Reading({item.id: item for item in items}, scored(context), context, policy))
    try:
        money = costs_json(costs(items, context, policy))
    except NotChecked as reason:
        money = {"missing": str(reason)}
    changed = [asdict(one) for one in thresholds(policy, load_policy()) if one.is_changed]
    return {
        "verdict": verdict_json(verdict),
        "evidence": [asdict(item) for item in items],
        "path": [asdict(step) for step in steps],
        "plan": asdict(work_plan(items, context, policy, rows)),
        "costs": money,
        "policy": changed,
        "context": write_context(context),
    }


def evidence_of(kept: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """The evidence of a kept verdict."""
    return tuple(Evidence(**{**item, "rows": tuple(item["rows"])}) for item in kept["evidence"])


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """The work plan of a kept verdict."""
    made = kept["plan"]
    steps = [
        Step(**{**one, "minutes": tuple(one["minutes"]), "examples": tuple(one["examples"])}) for one in made["steps"]
    ]
    return Plan(**{**made, "steps": tuple(steps), "minutes": tuple(made["minutes"])})


def declared(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What people had declared when the verdict was drawn: section -> field -> value, measured arms left out."""
    whole = tomllib.loads(kept.get("context", ""))
    return {section: fields for section, fields in whole.items() if isinstance(fields, dict)}


def compare(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[str]:
    """What the later kept verdict says otherwise than the earlier one, a sentence each, the outcome first."""
    before, after = earlier["verdict"], later["verdict"]
    told = []
    if before["outcome"] != after["outcome"]:
        told.append(
            f"The verdict was “{OUTCOMES[before['outcome']].noun}” and is now “{OUTCOMES[after['outcome']].noun}”."
        )
    else:
        told.append(f"The verdict is as before: “{OUTCOMES[after['outcome']].noun}”.")
    causes = {
        "the data": before["dataset"] != after["dataset"],
        "the thresholds": before["policy"] != after["policy"],
        "what you declared about the task": "context" in earlier and earlier["context"] != later.get("context"),
    }
    changed = [cause for cause, is_other in causes.items() if is_other]
    if changed:
        told.append(f"Changed since then: {', '.join(changed)}.")
    was = {item["id"]: item for item in earlier["evidence"]}
    if before == after and not changed:
        return []
    told += [line for item in later["evidence"] if (line := _moved(was.get(item["id"]), item))]
    return told


def _moved(was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> str:
    """How an item stands otherwise: another status, or a value outside the earlier interval; "" when neither."""
    if was is None:
        return f"{now['title']}: new, {STATUSES[now['status']].noun}."
    values = ""
    if was["value"] is not None and now["value"] is not None and was["value"] != now["value"]:
        values = f", from {_number(was)} to {_number(now)}"
    if was["status"] != now["status"]:
        return f"{now['title']}: {STATUSES[was['status']].noun} before, {STATUSES[now['status']].noun} now{values}."
    outside = values and was["low"] is not None and not was["low"] <= now["value"] <= was["high"]
    return f"{now['title']}{values}." if outside else ""


def _number(item: Mapping[str, Any]) -> str:
    return number(float(item["value"]), item["detail"], None)
