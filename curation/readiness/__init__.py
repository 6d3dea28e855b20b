"""Readiness: Facts -> Evidence -> Verdict. Whether to fine-tune on this dataset, and what to do instead."""

from collections.abc import Iterable
from dataclasses import replace

from curation.errors import CurationError, NotChecked
from curation.readiness.arms import best_prompt, lift, near_target, scored, with_prompt_score
from curation.readiness.costs import costs
from curation.readiness.evidence import evidence as items
from curation.readiness.evidence import missing
from curation.readiness.gates.reading import OUTCOMES, reading_of
from curation.readiness.gates.walk import path
from curation.readiness.holdout import rows_for
from curation.readiness.marks import marks, marks_of
from curation.readiness.policy import load_policy, parse_policy, policy_text, stored_policy, thresholds
from curation.readiness.rules import Policy
from curation.readiness.study import Study
from curation.readiness.texts.dates import halves
from curation.readiness.texts.topics import CROWDED, ORIGIN, THIN, by_topic, said_of, topics_of
from curation.readiness.verdict.decide import judge
from curation.readiness.verdict.first_look import first_look
from curation.readiness.verdict.next_step import to_know
from curation.readiness.verdict.plan import review_first, work_plan
from curation.readiness.verdict.questions import questions
from curation.readiness.verdict.stored import compare, declared, stored_verdict
from curation.readiness.verdict.what_if import Tried, what_if
from curation.records import Evidence, Facts, GateStep
from curation.records.context import Context, parse_context, read_context, write_context
from curation.records.progress import Progress, ignore, part

__all__ = [
    "CROWDED", "ORIGIN", "OUTCOMES", "THIN", "Policy", "Study", "Tried", "assess", "best_prompt", "compare", "costs",
    "declared", "first_look", "gate_path", "gather", "halves", "judge", "lift", "load_policy", "marks", "marks_of",
    "near_target", "parse_context", "parse_policy", "policy_text", "questions", "read_context", "review_first",
    "rows_for", "said_of", "scored", "stored_policy", "stored_verdict", "thresholds", "to_know", "topics_of",
    "what_if", "with_prompt_score", "work_plan", "write_context",
]  # fmt: skip


def assess(facts: Facts, policy: Policy, progress: Progress = ignore) -> tuple[Evidence, ...]:
    """Every evidence item, each behind those it needs; one that cannot judge is missing, with the reason.

    The result depends on the seed in `facts` and on nothing else but its content; the order of rows does not matter.
    """
    return gather(Study(facts, policy), progress)


def gather(study: Study, progress: Progress = ignore) -> tuple[Evidence, ...]:
    """As `assess`; the study keeps what was worked out on the way, the rows behind each item among it."""
    policy, plugins = study.policy, items.ordered()
    made: dict[str, Evidence] = {}
    for n, (id, plugin) in enumerate(plugins.items()):
        if id not in policy.items:
            raise CurationError(f"the evidence item {id!r} has no table [items.{id}] in policy.toml; write one")
        step = part(progress, n / len(plugins), (n + 1) / len(plugins))
        step(0.0, plugin.title)
        study.found.clear()
        study.found.update({need: made[need] for need in plugin.needs})
        try:
            made[id] = replace(plugin.function(study, step), title=plugin.title)
        except NotChecked as reason:
            made[id] = missing(policy, id, plugin.title, str(reason))
    for id in sorted(set(policy.items) - set(plugins)):
        made[id] = missing(policy, id, id.replace("_", " ").capitalize(), "not built")
    progress(1.0, "evidence gathered")
    topics = topics_of(study.facts.findings)
    return tuple(by_topic(item, topics) for item in made.values())


def gate_path(evidence: Iterable[Evidence], context: Context, policy: Policy) -> tuple[GateStep, ...]:
    """How each gate went, in order, for showing the way to the outcome."""
    return path(reading_of(evidence, context, policy))
