"""For somebody who has said little about the task: what the data shows by itself, and the few questions that matter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from curation.readiness.gates.reading import Reading, reading_of
from curation.readiness.rules import Policy
from curation.readiness.verdict.plan import EXAMPLE_TARGET
from curation.readiness.verdict.sentences import first_rows
from curation.readiness.verdict.stability import draw, entropy, entropy_removed
from curation.readiness.verdict.what_if import told_again
from curation.records import PROMPTED, TUNED, Evidence, Question
from curation.records.context import Context, Knowledge, Needs, Task
from curation.wording import QUESTIONS, percent

MOST = 5
"""Questions asked at once: what fits on one screen."""
DRAWS = 200
"""Readings each answer is tried on (policy): enough to put questions in order, a tenth of a second each."""
FIRST = ("goal", "score", "recall")
"""Asked before all others, in this order: without them no other answer moves anything."""
LEAST_BITS = 0.02
"""A question whose answer removes less doubt is not asked; 200 draws cannot tell it from none."""
FAST_LABELS, FAST_TEXTS, FAST_AGEING = 0.1, 0.2, 0.5
"""How likely it is taken that answers change monthly: of labels, of texts, of texts with many amounts and dates
(policy)."""
OFFLINE = 0.3
"""How likely it is taken that it must work offline (policy)."""
ASKED_FOR_SOURCE = ("", "question_answering", "generation")
"""Kinds of task whose answers may hold knowledge; in the others the words follow from the input."""


FIELDS: Mapping[str, tuple[str, ...]] = {
    "goal": ("task.metric", "task.target"),
    "score": ("arm.name", "arm.score", "arm.n"),
    "recall": ("task.recall_of",),
    "changes": ("knowledge.changes",),
    "source": ("knowledge.source_available", "knowledge.must_cite"),
    "volume": (
        "traffic.calls_per_month", "traffic.prompt_tokens", "traffic.output_tokens", "prices.input_per_million",
        "prices.output_per_million",
    ),
    "needs": ("needs.offline", "needs.privacy"),
}  # fmt: skip
"""The fields of the context that a question fills in."""
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "recall": ('["the rare label"]',),
    "changes": ('"yearly"',),
    "source": ("true", "false"),
    "volume": ("10000", "800", "50", "0.5", "1.5"),
    "needs": ("false", "true"),
}
"""What may stand in these fields, as TOML."""


def questions(evidence: Sequence[Evidence], context: Context, policy: Policy, seed: int = 0) -> tuple[Question, ...]:
    """At most five questions nobody has answered yet, those first without which no other answer moves the verdict.

    The rest in the order of how much their answers would move it; one that cannot matter for this kind of set is not
    asked. Where no target is given, one of 90 % stands in for the time of asking.
    """
    items = {item.id: item for item in evidence}
    asked = [id for id in FIELDS if _is_open(id, items, context)]
    goal = context.task.target if context.task.target is not None else EXAMPLE_TARGET
    metric = context.task.metric or _metric(items)
    aimed = replace(context, task=replace(context.task, target=goal, metric=metric))
    few = replace(policy, draws=min(DRAWS, policy.draws))
    bits = {id: _bits(id, evidence, aimed, few, seed) for id in asked}
    rank = {id: n for n, id in enumerate(FIELDS)}
    asked = [id for id in asked if id in (*FIRST, "source") or bits[id] >= LEAST_BITS]
    asked.sort(key=lambda id: (FIRST.index(id) if id in FIRST else len(FIRST), -bits[id], rank[id]))
    reading = reading_of(evidence, context, policy)
    return tuple(_question(id, bits[id], reading) for id in asked[:MOST])


def _is_open(id: str, items: Mapping[str, Evidence], context: Context) -> bool:
    """Whether nobody has answered it and the answer can matter for this set."""
    task, knowledge = context.task, context.knowledge
    if id == "goal":
        return task.target is None or not task.metric
    if id == "score":
        return not any(arm.name in (*PROMPTED, *TUNED) for arm in context.arms)
    if id == "recall":
        return not task.recall_of and _largest(items) > 0.9
    if id == "changes":
        return knowledge.changes == "unknown"
    if id == "source":
        return not (knowledge.source_available or knowledge.must_cite) and _may_hold_knowledge(items, task)
    if id == "volume":
        return "economics" in items and items["economics"].status == "missing"
    # what is not ticked is not known to be "no": asked as long as nothing else was said either
    return context.needs == Needs() and (task, knowledge) == (Task(), Knowledge())


def _largest(items: Mapping[str, Evidence]) -> float:
    classes = items.get("coverage")
    return float(classes.detail.get("largest_rate", 0.0)) if classes else 0.0


def _may_hold_knowledge(items: Mapping[str, Evidence], task: Task) -> bool:
    """Free text that answers questions, or whose kind is mixed: neither labels nor plainly style."""
    found = items.get("substance")
    if found is None or found.value is None or task.kind not in ASKED_FOR_SOURCE:
        return False
    return task.kind == "question_answering" or found.detail.get("says") != "style"


def _metric(items: Mapping[str, Evidence]) -> str:
    """The metric taken for the time of asking: accuracy for labels, people's judgement for free text."""
    found = items.get("substance")
    return "accuracy" if found is None or found.status == "not_applicable" else "judged"


def _bits(id: str, evidence: Sequence[Evidence], context: Context, policy: Policy, seed: int) -> float:
    """Bits of doubt that the answer removes: as measured over draws, or by trying every answer out on them."""
    if id in ("score", "volume"):
        item = {"score": "base_model", "volume": "economics"}[id]
        made = draw(_reading(evidence, context, policy), seed)
        return max(0.0, entropy_removed(made, item)) if item in made.places else 0.0
    answers = _answers(id, context, evidence)
    shares = [(chance, draw(_reading(evidence, told, policy), seed).shares()) for chance, told in answers]
    outcomes = sorted({name for _, share in shares for name in share})
    mean = [sum(chance * share.get(name, 0.0) for chance, share in shares) for name in outcomes]
    return entropy(np.array(mean)) - sum(chance * entropy(np.array(list(share.values()))) for chance, share in shares)


def _answers(id: str, context: Context, evidence: Sequence[Evidence]) -> list[tuple[float, Context]]:
    """How likely each answer is taken to be, and the context under it."""
    task, knowledge, needs = context.task, context.knowledge, context.needs
    if id == "goal":
        return [(0.25, replace(context, task=replace(task, target=target))) for target in (0.7, 0.8, 0.9, 0.95)]
    if id == "changes":
        fast = _fast({item.id: item for item in evidence})
        never, monthly = (replace(context, knowledge=replace(knowledge, changes=pace)) for pace in ("never", "monthly"))
        return [(1 - fast, never), (fast, monthly)]
    if id == "source":
        from_documents = replace(knowledge, source_available=True, must_cite=True)
        return [(0.5, context), (0.5, replace(context, knowledge=from_documents))]
    if id == "needs":
        return [(1 - OFFLINE, context), (OFFLINE, replace(context, needs=replace(needs, offline=True)))]
    return [(1.0, context)]


def _fast(items: Mapping[str, Evidence]) -> float:
    """How likely it is that right answers change monthly or faster, before anybody says so."""
    found = items.get("volatility")
    if found is None or found.value is None:
        return FAST_LABELS
    return FAST_AGEING if found.status != "ok" else FAST_TEXTS


def _reading(evidence: Sequence[Evidence], context: Context, policy: Policy) -> Reading:
    found = told_again(evidence, context, policy)
    return reading_of(found, context, policy)


def _question(id: str, bits: float, reading: Reading) -> Question:
    word = QUESTIONS[id]
    return Question(id, word.title, f"{word.sentence}{_because(id, reading)}", FIELDS[id], _example(id, reading), bits)


def _because(id: str, reading: Reading) -> str:
    """What in this set makes the question matter, as a further sentence; "" where nothing does."""
    ageing, new = reading.known("volatility"), reading.known("substance")
    if id == "changes" and ageing is not None and (ageing.value or 0.0) > 0:
        return f" Here {percent(ageing.value or 0.0)} of the answers hold amounts, dates or versions."
    if id == "source" and new is not None and (new.value or 0.0) > 0:
        return f" Here {percent(new.value or 0.0)} of their words stand neither in the input nor in many answers."
    return ""


def _example(id: str, reading: Reading) -> str:
    """What to write into the context file, with figures that stand for the reader's own.

    The examples of several questions together are one context file.
    """
    if id == "goal":
        metric = reading.context.task.metric or _metric(reading.items)
        return f'task.metric = "{metric}"\ntask.target = {EXAMPLE_TARGET:g}'
    if id == "score":
        return f'arm = [{{name = "few_shot", score = 0.7, n = {first_rows(reading)}}}]'
    return "\n".join(f"{field} = {value}" for field, value in zip(FIELDS[id], EXAMPLES[id], strict=True))
