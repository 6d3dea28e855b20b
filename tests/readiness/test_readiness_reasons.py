"""Reasons say how they are known and never speak against each other; the next measurement is cheap."""

import re
from dataclasses import replace
from functools import cache

import pytest
from readiness_scenarios import SCENARIOS
from test_readiness_gates import FEW, FULL, arms, decide, item

from curation.readiness import assess, judge, load_policy
from curation.records import Evidence, Verdict
from curation.records.context import Arm, Context, Prices
from curation.wording import firmness

POLICY = replace(load_policy(), resamples=100)
AGAINST = (
    ("retrieval", "the answers differ in style"),
    ("Stay with the prompt: fine-tuning is not worth it", "earned back"),
    ("clean the answers first", "times the rows would bring"),
    ("Fix the data first", "About 0 % of the"),
    ("collect more examples", "a small model is right"),
    ("Audit first", "Cheapest next measurement: score the base model"),
)
"""A headline, and what must not stand below it."""


@cache
def verdict(name: str, told: str) -> Verdict:
    """The verdict of a scenario whose person told all, no arms or nothing; worked out once, as it never differs."""
    scenario = SCENARIOS[name]()
    context = {"all": scenario.context, "no arms": replace(scenario.context, arms=()), "nothing": Context()}[told]
    facts = replace(scenario.facts(), context=context)
    return judge(assess(facts, POLICY), context, POLICY, facts.dataset.digest, 0)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("told", ["all", "no arms", "nothing"])
def test_no_sentence_speaks_against_the_headline_and_each_says_how_it_is_known(name: str, told: str) -> None:
    found = verdict(name, told)
    below = " ".join((*found.reasons, found.next_step))
    for start, against in AGAINST:
        assert not (start in found.headline and against in below), found
    assert len(found.grounds) == len(found.reasons)
    known = {"counted", "measured", "declared", "estimated", "missing"}
    assert {kind for ground in found.grounds for kind in ground.split(" and ")} <= known
    assert len(set(found.reasons)) == len(found.reasons)
    assert found.next_step.count("First ") <= 1


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("arms_too", [True, False])
def test_what_is_called_cheapest_takes_an_hour_at_most(name: str, arms_too: bool) -> None:
    said = verdict(name, "all" if arms_too else "no arms").next_step
    assert "working day" not in said
    assert not re.search(r"Cheapest.*\d hours", said)


def test_a_measured_score_is_a_measured_reason_and_prices_are_an_estimate() -> None:
    room = item("headroom", 0.18, 0.15, 0.2, kind="measured")
    found = decide(room)
    assert found.grounds[:2] == ("measured", "estimated")
    assert found.reasons[1] == "What economics says."
    assert decide(item("integrity", 0.05, status="fail")).grounds[0] == "counted"
    assert decide(context=arms()).grounds[0] == "missing"
    needs = replace(Context().needs, offline=True)
    told = arms(replace(FEW, hosted=False), needs=needs)
    offline = decide(room, item("economics", 40.0, 30.0, 50.0), context=told)
    assert offline.grounds[:2] == ("measured", "declared")
    assert offline.reasons[1].startswith("You declared that it must work offline")


def test_an_estimate_that_a_measurement_overrules_is_not_repeated_as_if_it_stood() -> None:
    noisy = item("noise", 0.16, 0.12, 0.2, status="fail", detail={"caps": True})
    found = decide(noisy, context=arms(FEW, Arm("lora", 0.92, 1500)))
    assert found.outcome == "lora"
    assert "What noise says." not in found.reasons
    said = next(reason for reason in found.reasons if reason.startswith("What noise says."))
    assert "does not count" in said or "outranks" in said


def test_an_audit_comes_first_in_headline_reasons_and_next_step_alike() -> None:
    noisy = item("noise", 0.2, 0.15, 0.25, status="fail", detail={"caps": True})
    found = decide(noisy, context=arms())
    assert found.headline.startswith("Audit first")
    assert found.reasons[0] == "What noise says."
    assert found.next_step.startswith("First have people judge 60 rows")
    assert "Then score the base model" in found.next_step


def test_reviewers_agree_within_the_hour_whatever_a_row_takes() -> None:
    unknown = Evidence("agreement", "Reviewers agree", "missing", message="Nobody was asked.")
    slow = arms(FEW, prices=Prices(label_minutes_per_row=3.0))
    said = decide(unknown, context=slow, policy=FULL).next_step
    assert "hours" not in said


def test_rows_that_would_have_to_be_written_are_no_cheap_measurement_but_a_trial_is_named() -> None:
    few = item("effective_size", 300, status="ok", detail={"usable": 300})
    found = decide(few, context=arms(Arm("few_shot", 0.82, 300)), policy=FULL)
    assert found.outcome == "cannot_judge"
    assert "Cheapest next measurement" not in found.next_step
    assert "To settle it" in found.next_step
    assert "train a LoRA once and score it on the same rows" in found.next_step


def test_firmness_answers_the_verdict_shown() -> None:
    once = firmness(
        {"lora": 0.79, "prompt": 0.17, "stay_with_prompt": 0.04, "need_unproven": 0.0}, "need_unproven", True
    )
    assert "Once measured, most likely “fine-tune with LoRA” (79 %)" in once
    assert "not known yet" not in once
    open = firmness({"need_unproven": 0.94, "clean": 0.06}, "need_unproven", True)
    assert open.startswith("Open:")
    assert "%" not in open
    still = firmness({"collect": 0.8, "prompt": 0.2}, "collect", True)
    assert "most likely still “collect more examples first” (80 %), else “a good prompt is enough” (20 %)." in still
    first = firmness({"fix_data": 1.0}, "fix_data", True)
    assert first == "Provisional, as no model has been measured; but whatever one scores, this comes first."
    assert firmness({"need_unproven": 1.0}, "need_unproven").startswith("Open:")
    firm = firmness({"lora": 0.95, "collect": 0.05}, "lora")
    assert firm.startswith("Firm:")
    assert firm.endswith("95 give this verdict, 5 “collect more examples first”.")
    assert firmness({"lora": 1.0}, "lora").endswith("wherever it lies within its range, the verdict is the same.")
    assert firmness({"lora": 0.5, "collect": 0.5}, "lora").startswith("Not firm:")
    assert firmness({"clean": 1.0}, "clean", grounds=["estimated", "counted"]).startswith("Firm, if the estimate holds")
    assert firmness({"clean": 1.0}, "clean", grounds=["measured", "estimated"]).startswith("Firm:")


def test_a_count_in_order_is_not_what_would_change_the_verdict() -> None:
    near = item("integrity", 0.019, status="ok")
    assert "unusable" not in decide(near).nearest_flip
    assert "unusable" in decide(item("integrity", 0.021, status="fail")).nearest_flip
