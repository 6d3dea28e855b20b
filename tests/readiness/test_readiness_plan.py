"""The work plan: what to do, in which order, and that every step of it is needed."""

from dataclasses import replace
from functools import cache

import pytest
from readiness_scenarios import SCENARIOS, Scenario, context, few_shot, label_noise, questions

from curation.readiness import Study, gather, load_policy, review_first, work_plan
from curation.readiness.arms import scored
from curation.readiness.gates.reading import TRAINING, Reading
from curation.readiness.gates.walk import walk
from curation.readiness.verdict.plan import move
from curation.readiness.verdict.what_if import told_again
from curation.records import Evidence, Plan
from curation.records.context import Context, Task

POLICY = load_policy()
CURVE = POLICY.items["curve"]
QUICK = replace(POLICY, items={**POLICY.items, "curve": replace(CURVE, settings={**CURVE.settings, "sizes": 4})})


@cache
def gathered(name: str) -> tuple[Scenario, tuple[Evidence, ...], dict[str, tuple[str, ...]]]:
    scenario = SCENARIOS[name]()
    study = Study(scenario.facts(), QUICK)
    return scenario, gather(study), study.behind


def plan(name: str, declared: Context | None = None) -> Plan:
    scenario, evidence, behind = gathered(name)
    told = declared or scenario.context
    return work_plan(told_again(evidence, told, QUICK), told, QUICK, behind)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_plan_says_what_the_answer_is_after_each_step(name: str) -> None:
    scenario, _, _ = gathered(name)
    for declared in (scenario.context, replace(scenario.context, arms=()), Context()):
        made = plan(name, declared)
        assert made.summary
        assert made.goal == (made.steps[-1].then if made.steps else made.outcome)
        assert sum(step.minutes[0] for step in made.steps) == made.minutes[0] <= made.minutes[1]
        assert all(step.low <= step.high for step in made.steps)
        if made.outcome in TRAINING:
            assert not made.steps


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("clean and large", []),
        ("few rows of many classes", ["coverage"]),
        ("many copies of few rows", ["coverage"]),
        ("changing prices", []),
        ("base model is good", []),
        ("flipped labels", ["noise"]),
        ("leaked evaluation", ["leakage"]),
        ("offline device", []),
    ],
)
def test_the_plan_holds_just_what_stands_in_the_way(name: str, about: list[str]) -> None:
    assert [step.about for step in plan(name).steps] == about


def test_collecting_names_the_classes_and_allows_for_repetition() -> None:
    (step,) = plan("many copies of few rows").steps
    assert step.low == 160  # a fifth of 40 classes may stay small: 32 classes of 5 rows lack 5 each
    assert step.high == 1000  # all 200 missing rows, when only one in five of those collected is new
    assert set(step.labels.values()) == {5}
    assert plan("many copies of few rows").goal == "lora"


def test_cleaning_names_the_rows_to_begin_with_and_its_time() -> None:
    scenario = Scenario(
        "clean", questions(10, 40), context(0.88, few_shot(0.6)), (label_noise(0.19, 0.75),),
        flagged={"label_noise": list(range(100))},
    )  # fmt: skip
    study = Study(scenario.facts(), QUICK)
    made = work_plan(gather(study), scenario.context, QUICK, study.behind)
    (step,) = made.steps
    assert (step.low, step.high) == (68, 84)
    assert step.minutes == (60.0, 60.0 + 84.0)
    assert len(step.examples) == 84
    assert review_first(made) == step.examples
    assert set(step.examples) <= set(scenario.facts().dataset.values("id"))


def test_rows_of_scarce_labels_are_shown_with_the_step_and_not_put_before_people() -> None:
    made = plan("few rows of many classes")
    first = made.steps[0]
    shown = replace(made, steps=(replace(first, about="coverage", examples=("a", "b")),))
    assert review_first(shown) == ()
    assert review_first(replace(shown, steps=(*shown.steps, replace(first, about="noise", examples=("c",))))) == ("c",)


def test_without_a_measured_base_model_it_is_measured_before_data_is_collected() -> None:
    scenario, _, _ = gathered("few rows of many classes")
    made = plan("few rows of many classes", replace(scenario.context, arms=()))
    assert [step.about for step in made.steps] == ["base_model", "coverage"]
    assert "60 held-out rows" in made.steps[0].words
    assert "75 % or less" in made.steps[0].words


def test_without_a_target_the_plan_asks_for_one_first() -> None:
    scenario, _, _ = gathered("clean and large")
    made = plan("clean and large", replace(scenario.context, task=Task(), arms=()))
    assert [step.about for step in made.steps] == ["target", "base_model"]
    assert made.goal == "lora"


def test_a_volume_that_would_pay_is_named_where_only_money_stands_in_the_way() -> None:
    scenario, _, _ = gathered("clean and large")
    seldom = replace(scenario.context, traffic=replace(scenario.context.traffic, calls_per_month=100))
    made = plan("clean and large", seldom)
    assert (made.outcome, made.steps) == ("stay_with_prompt", ())
    assert "calls a month on" in made.summary


def test_leaving_any_step_out_ends_elsewhere() -> None:
    for name in SCENARIOS:
        scenario, evidence, behind = gathered(name)
        made = plan(name)
        reading = Reading({item.id: item for item in evidence}, scored(scenario.context), scenario.context, QUICK)
        found = [move(step.about, reading, behind) for step in made.steps]
        for left_out in found:
            after = reading
            for one in found:
                if one is not left_out and one is not None:
                    after = one[1](after)
            assert walk(after).outcome != made.goal
