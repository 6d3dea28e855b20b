"""Readiness: Facts -> Evidence -> Verdict. Whether to fine-tune on this dataset, and what to do instead."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from curation.context import Context
from curation.errors import NotChecked
from curation.progress import Progress, ignore, part
from curation.readiness.arms import scored
from curation.readiness.context_file import parse_context, read_context, write_context
from curation.readiness.decide import judge
from curation.readiness.evidence import evidence as items
from curation.readiness.gate import OUTCOMES, Reading
from curation.readiness.gates import GateStep, path
from curation.readiness.policy import Policy, load_policy
from curation.readiness.study import Study
from curation.records import Evidence, Facts, Verdict

__all__ = [
    "OUTCOMES", "GateStep", "Policy", "assess", "gate_path", "judge", "load_policy", "parse_context", "read_context",
    "verdict_json", "write_context",
]  # fmt: skip


def assess(facts: Facts, policy: Policy, progress: Progress = ignore) -> tuple[Evidence, ...]:
    """Every evidence item of the policy, in its order; one that cannot judge is missing, with the reason.

    The result depends on the seed in `facts` and on nothing else but its content; the order of rows does not matter.
    """
    study = Study(facts, policy)
    plugins = items.all()
    found = []
    for n, id in enumerate(policy.items):
        step = part(progress, n / len(policy.items), (n + 1) / len(policy.items))
        if id not in plugins:
            found.append(_missing(policy, id, id.replace("_", " ").capitalize(), "not built"))
            continue
        step(0.0, plugins[id].title)
        try:
            found.append(replace(plugins[id].function(study, step), title=plugins[id].title))
        except NotChecked as reason:
            found.append(_missing(policy, id, plugins[id].title, str(reason)))
    progress(1.0, "evidence gathered")
    return tuple(found)


def _missing(policy: Policy, id: str, title: str, why: str) -> Evidence:
    rule = policy.items[id]
    return Evidence(id, title, "missing", origin=f"{rule.origin}: {rule.source}", message=f"not checked: {why}")


def gate_path(evidence: Iterable[Evidence], context: Context, policy: Policy) -> tuple[GateStep, ...]:
    """How each gate went, in order, for showing the way to the outcome."""
    return path(Reading({item.id: item for item in evidence}, scored(context), context, policy))


_EVIDENCE_KEYS = ("id", "value", "low", "high", "threshold", "origin", "status", "kind", "fix", "rows")
_VERDICT_KEYS = (
    "outcome", "provisional", "headline", "reasons", "stability", "nearest_flip", "next_step", "evidence", "coverage",
    "policy", "dataset", "seed",
)  # fmt: skip


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as the contract's JSON object: plain dicts, lists, strings, finite numbers, booleans and null."""
    whole: Mapping[str, Any] = asdict(verdict)
    short = {key: whole[key] for key in _VERDICT_KEYS}
    short["reasons"] = list(verdict.reasons)
    short["evidence"] = [
        {key: item[key] for key in _EVIDENCE_KEYS} | {"rows": list(item["rows"])} for item in whole["evidence"]
    ]
    return short
