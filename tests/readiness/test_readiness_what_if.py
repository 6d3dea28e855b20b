"""Trying a context out gives what judging again under it would give."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readiness_scenarios import MODEL, PRICES, TRAFFIC, Scenario, label_noise, questions, text_checks

from curation.readiness import (
    assess,
    compare,
    gate_path,
    judge,
    load_policy,
    stored_verdict,
)
from curation.readiness.verdict.what_if import what_if
from curation.records import Evidence, parse_stored, stored_json
from curation.records.context import Arm, Context, Knowledge, Needs, Prices, Task

POLICY = load_policy()
LEARN, CURVE = POLICY.items["learnability"], POLICY.items["curve"]
QUICK = replace(
    POLICY,
    draws=20,
    resamples=20,
    items={
        **POLICY.items,
        "learnability": replace(LEARN, settings={**LEARN.settings, "holdouts": 2}),
        "curve": replace(CURVE, settings={**CURVE.settings, "sizes": 4, "resamples": 4}),
    },
)
DATED = [
    {"input": f"price of {n}?", "output": f"{5 + n % 3 + year} dollars", "created": f"202{year}-01-01"}
    for n in range(12)
    for year in (4, 5)
]
SETS = {
    "labels": lambda told: Scenario("", questions(3, 12), told, (label_noise(0.03),)),
    "text with dates": lambda told: Scenario("", DATED, told, text_checks()),
    "nothing": lambda told: Scenario("", [{"input": "", "output": ""}], told),
}
prompts = st.builds(
    Arm, name=st.sampled_from(["zero_shot", "few_shot", "retrieved_few_shot", "knowledge_base", "lora"]),
    score=st.floats(0, 1), n=st.integers(1, 3000), prompt_tokens=st.none() | st.floats(1, 1e4), hosted=st.booleans(),
)  # fmt: skip
contexts = st.builds(
    Context,
    task=st.builds(
        Task, target=st.none() | st.floats(0, 1),
        metric=st.sampled_from(["", "accuracy", "exact_match", "judged", "macro_f1", "balanced_accuracy", "recall"]),
        minimum_lift=st.sampled_from([0.0, 0.005, 0.05]), kind=st.sampled_from(["", "question_answering"]),
        recall_of=st.sampled_from([(), ("label 1",), ("label 0", "nowhere")]),
    ),
    knowledge=st.builds(Knowledge, changes=st.sampled_from(["unknown", "never", "yearly", "monthly", "daily"])),
    needs=st.builds(Needs, offline=st.booleans(), privacy=st.booleans(), quality_only=st.booleans()),
    traffic=st.sampled_from([TRAFFIC, replace(TRAFFIC, calls_per_month=10), replace(TRAFFIC, output_tokens=None)]),
    prices=st.sampled_from([PRICES, replace(PRICES, input_per_million=None), replace(PRICES, hosting_per_month=900.0)]),
    model=st.just(MODEL),
    arms=st.lists(prompts, max_size=3).map(tuple),
)  # fmt: skip


@cache
def before(name: str, pace: str) -> tuple[Evidence, ...]:
    return assess(SETS[name](Context(knowledge=Knowledge(pace))).facts(), QUICK)


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(told=contexts, pace=st.sampled_from(["unknown", "monthly"]))
def test_it_is_what_gathering_everything_again_would_give(name: str, told: Context, pace: str) -> None:
    again = assess(SETS[name](told).facts(), QUICK)
    tried = what_if(before(name, pace), told, QUICK, "digest", 0)
    assert tried.evidence == again
    assert tried.verdict == judge(again, told, QUICK, "digest", 0)
    assert tried.path == gate_path(again, told, QUICK)


def test_a_kept_verdict_is_read_back_whole_and_can_be_tried_with() -> None:
    told = Context(Task("accuracy", 0.9), arms=(Arm("few_shot", 0.6, 300),))
    made = assess(SETS["labels"](told).facts(), QUICK)
    stored = stored_verdict(judge(made, told, QUICK, "d", 0), told, QUICK)
    kept = parse_stored(json.loads(json.dumps(stored_json(stored))))
    assert kept == stored
    assert kept.plan is not None
    assert kept.plan.outcome == kept.verdict.outcome
    other = replace(told, task=Task("accuracy", 0.5))
    assert what_if(kept.verdict.evidence, other, QUICK).verdict == what_if(made, other, QUICK).verdict


@pytest.mark.parametrize("prices", [PRICES, Prices()], ids=["priced", "no prices"])
def test_costs_are_kept_or_why_there_are_none(prices: Prices) -> None:
    told = Context(Task("accuracy", 0.9), prices=prices, traffic=TRAFFIC, arms=(Arm("few_shot", 0.6, 300),))
    made = assess(SETS["labels"](told).facts(), QUICK)
    stored = stored_verdict(judge(made, told, QUICK, "d", 0), told, QUICK)
    assert parse_stored(json.loads(json.dumps(stored_json(stored)))) == stored
    assert (stored.costs is None, "price" in stored.costs_missing) == ((prices == Prices()),) * 2


def test_what_earlier_versions_kept_is_read() -> None:
    told = Context(Task("accuracy", 0.9), arms=(Arm("few_shot", 0.6, 300),))
    made = assess(SETS["labels"](told).facts(), QUICK)
    stored = stored_verdict(judge(made, told, QUICK, "d", 0), told, QUICK)
    body = json.loads(json.dumps(stored_json(stored)))
    first = parse_stored({key: body[key] for key in ("verdict", "evidence", "path")})
    assert (first.verdict, first.path) == (stored.verdict, stored.path)
    assert (first.plan, first.costs, first.costs_missing, first.changed, first.context) == (None, None, "", (), None)
    assert compare(first, stored) == []
    later = {**body, "unknown": 1, "evidence": [{**item, "unknown": 1} for item in body["evidence"]]}
    assert parse_stored(later) == stored


def test_comparing_names_the_answer_the_cause_and_what_moved() -> None:
    low, high = (Context(Task("accuracy", target), arms=(Arm("few_shot", 0.6, 3000),)) for target in (0.5, 0.9))
    first, second = (
        stored_verdict(judge(made, told, QUICK, "d", 0), told, QUICK)
        for told in (low, high)
        for made in [assess(SETS["labels"](told).facts(), QUICK)]
    )
    told = compare(first, second)
    assert told[0].startswith("The verdict was “a good prompt is enough” and is now “")
    assert told[1] == "Changed since then: what you declared about the task."
    assert any(line.startswith("The base model with a good prompt: needs a look before, in order now") for line in told)
    assert compare(first, first) == []
