"""Whether tuning pays: what nobody gave, what right answers are worth, a day of work, documents, and what-if."""

from dataclasses import replace
from typing import Any

import pytest
from readiness_scenarios import MODEL, PRICES, TRAFFIC

from curation.readiness import costs, load_policy
from curation.readiness.evidence import Known
from curation.readiness.evidence.economics import economics
from curation.readiness.money import Ways, money, work_left
from curation.records import Evidence
from curation.records.context import Arm, Context, Difference, Prices, Task, Traffic, Value

POLICY = load_policy()
RULE = POLICY.items["economics"]
TASK = Task("accuracy", 0.88, 0.05, "classification")
FEW = Arm("few_shot", 0.70, 500)
DETAIL = {"effective": 1000, "usable": 1000, "unlabelled": 0, "characters": 400.0, "input_characters": 300.0}
SIZE = Evidence("effective_size", "Rows", "ok", value=1000, low=1000, high=1000, detail=DETAIL)
NOISE = Evidence("noise", "Noise", "ok", "measured", value=0.02, low=0.01, high=0.04, detail={"caps": True})
FULL = Context(TASK, traffic=TRAFFIC, prices=PRICES, model=MODEL, arms=(FEW,))
SMALL = replace(TRAFFIC, calls_per_month=1000)


def economics_of(context: Context = FULL, *more: Evidence) -> Evidence:
    return economics(Known({"effective_size": SIZE, **{one.id: one for one in more}}, context, POLICY))


def priced(**changed: Any) -> Context:
    return replace(FULL, prices=replace(PRICES, **changed))


def test_hosting_left_blank_is_never_better_than_given() -> None:
    assert economics_of().status == "ok"
    blank = economics_of(priced(hosting_per_month=None))
    assert blank.status == "missing"
    assert "the price of hosting the tuned model is not given" in blank.message
    assert "Give that price first" in blank.message
    assert blank.detail["first_to_give"] == "the price of hosting the tuned model"
    assert blank.detail["prompt_month"] == pytest.approx(1680)
    assert economics_of(priced(hosting_per_month=5000.0)).status == "warn"


def test_where_it_does_not_pay_even_without_hosting_that_is_known() -> None:
    idle = replace(priced(hosting_per_month=None), traffic=replace(TRAFFIC, calls_per_month=10))
    made = economics_of(idle)
    assert made.status == "warn"
    assert "Not counted: hosting" in made.message
    assert "give the price of hosting the tuned model" in made.message


def test_what_a_right_answer_is_worth_decides_what_bills_do_not() -> None:
    low_volume = replace(priced(hosting_per_month=500.0), traffic=SMALL)
    assert economics_of(low_volume).status == "warn"
    worth = replace(low_volume, value=Value(right_answer=10.0, engineering_days=1.0, day_rate=400.0))
    made = economics_of(worth, NOISE)
    assert made.status == "ok"
    assert made.detail["gain"] == pytest.approx([0.18, 0.0, 0.22], abs=0.01)
    assert not made.detail["gain_measured"]
    value, low, high = made.detail["value_month"]
    assert value == pytest.approx(1000 * 10 * 0.18)
    assert low == pytest.approx(0.0, abs=200) and high > value
    assert "which nobody has measured" in made.message


def test_a_measured_gain_replaces_what_is_possible_at_most() -> None:
    lora = Arm("lora", 0.75, 500)
    same = Difference("lora", "few_shot", 0.05, 0.03, 0.07, 500)
    worth = replace(FULL, arms=(FEW, lora), differences=(same,), value=Value(right_answer=1.0))
    made = economics_of(worth)
    assert made.detail["gain"] == [0.05, 0.03, 0.07]
    assert made.detail["gain_measured"]
    assert "It wins 5 points (3 to 7), as measured, which is worth" in made.message
    worse = replace(worth, differences=(replace(same, value=-0.05, low=-0.07, high=-0.03),))
    assert (
        economics_of(worse).detail["saving_month"][0]
        < economics_of(replace(worth, value=Value())).detail["saving_month"][0]
    )


def test_overlap_of_texts_is_no_number_of_right_answers() -> None:
    text = replace(FULL, task=replace(TASK, metric="chrf"), value=Value(right_answer=10.0))
    made = economics_of(text)
    assert made.detail["value_month"] == [0.0, 0.0, 0.0]
    assert "what right answers are worth, as nothing says how many more there would be" in made.detail["left_out"]


def test_engineering_days_are_part_of_what_tuning_costs_once() -> None:
    built = economics_of(replace(FULL, value=Value(engineering_days=10.0, day_rate=600.0)))
    assert built.detail["engineering"] == 6000
    assert built.detail["capex"][0] == pytest.approx(economics_of().detail["capex"][0] + 6000)
    assert built.value is not None and built.value > 4
    assert "engineering" not in built.detail["left_out"]
    days_alone = economics_of(replace(FULL, value=Value(engineering_days=10.0)))
    assert "engineering" in days_alone.detail["left_out"]
    assert "the price of a day" in days_alone.message


def test_nobody_tunes_for_less_than_a_days_work_a_year() -> None:
    few_calls = replace(FULL, traffic=SMALL, model=replace(MODEL, retrains_per_year=0))
    made = economics_of(few_calls)
    assert made.value is not None and made.value < 12
    assert made.status == "warn"
    assert made.detail["too_small"]
    assert "less than a day of work costs (200 USD)" in made.message
    assert made.detail["calls_needed"] == pytest.approx(200 / 12 / 0.00071, rel=0.02)
    cheap_day = replace(few_calls, value=Value(day_rate=5.0))
    assert economics_of(cheap_day).status == "ok"
    unknown = replace(few_calls, prices=replace(PRICES, label_hour=None))
    assert economics_of(unknown).detail["day"] == RULE.settings["day"] == 268


def test_the_verdict_on_money_does_not_hang_on_the_currency() -> None:
    names = [
        n for n, v in vars(PRICES).items() if isinstance(v, float) and n not in ("label_minutes_per_row", "batch_share")
    ]
    dear = replace(
        PRICES, **{name: 1000 * getattr(PRICES, name) for name in names if getattr(PRICES, name) is not None}
    )
    for calls in (1000, 20_000, 2_000_000):
        volume = replace(TRAFFIC, calls_per_month=calls)
        one, other = (
            economics_of(replace(FULL, traffic=volume)),
            economics_of(replace(FULL, traffic=volume, prices=dear)),
        )
        assert (one.status, one.value) == (other.status, pytest.approx(other.value))


def test_a_service_that_trains_by_the_token_needs_no_gpu_price() -> None:
    made = economics_of(priced(training_per_million=8.0, gpu_hour=None, gpu_tflops=None))
    tokens = 1000 * 400 / 4 * 3
    assert made.detail["training"][0] == pytest.approx(4 * tokens * 8 / 1e6)
    assert made.detail["training"][1] < made.detail["training"][0] < made.detail["training"][2]
    assert "training" not in made.detail["left_out"]


def test_cached_prompts_and_batches_lower_both_bills() -> None:
    half = economics_of(priced(batch_share=0.5)).detail
    assert half["prompt_month"] == pytest.approx(840)
    assert half["tuned_month"] < economics_of().detail["tuned_month"]
    cached = replace(priced(cached_input_per_million=0.05), traffic=replace(TRAFFIC, cached_prompt_share=0.9))
    assert economics_of(cached).detail["prompt_month"] < 600


def test_an_arm_that_says_what_a_call_costs_is_believed() -> None:
    own = replace(FULL, arms=(replace(FEW, cost=0.01),), prices=replace(PRICES, input_per_million=None))
    assert economics_of(own).detail["prompt_month"] == pytest.approx(20_000)
    lora = Arm("lora", 0.86, 500, cost=0.0001)
    both = replace(FULL, arms=(FEW, lora))
    assert economics_of(both).detail["tuned_month"] == pytest.approx(200, rel=0.05)
    measured = replace(FEW, prompt_tokens=1500.0, output_tokens=60.0, cost=1500 * 0.5e-6 + 60 * 1.5e-6)
    cached = replace(FULL, arms=(measured,), traffic=replace(TRAFFIC, cached_prompt_share=0.9),
                     prices=replace(PRICES, cached_input_per_million=0.05))  # fmt: skip
    assert economics_of(cached).detail["prompt_month"] < 600


def test_looked_up_documents_are_paid_for_in_every_call() -> None:
    documents = replace(FULL, arms=(FEW, Arm("knowledge_base", 0.85, 500, prompt_tokens=10_000.0, output_tokens=60.0)))
    made = economics_of(documents)
    assert made.detail["prompt_month"] == pytest.approx(2_000_000 * (10_000 * 0.5 + 60 * 1.5) / 1e6)
    ways = {one.id: one for one in costs([SIZE], documents, POLICY).options}
    assert ways["knowledge_base"].month(1000)[0] > 5 * ways["prompt"].month(1000)[0]


def test_wrong_answers_are_a_cost_of_the_prompt_in_the_table() -> None:
    worth = replace(FULL, value=Value(right_answer=0.1))
    made, usual = costs([SIZE], worth, POLICY), costs([SIZE], FULL, POLICY)
    ways = {one.id: one for one in made.options}
    lost = ways["prompt"].month(2_000_000)[0] - {one.id: one for one in usual.options}["prompt"].month(2_000_000)[0]
    assert lost == pytest.approx(2_000_000 * 0.1 * 0.18)
    saved = ways["prompt"].first_year(made.calls)[0] - ways["lora"].first_year(made.calls)[0]
    assert made.saved == pytest.approx(saved)
    assert made.saved > usual.saved


def test_new_inputs_are_among_those_that_move_the_saving() -> None:
    worth = replace(
        priced(batch_share=0.5, training_per_million=8.0, cached_input_per_million=0.1),
        value=Value(0.01, 5.0, 500.0), traffic=replace(TRAFFIC, cached_prompt_share=0.4),
    )  # fmt: skip
    names = {one.name for one in costs([SIZE], worth, POLICY).movers}
    assert names >= {
        "worth of a right answer", "days of engineering", "price of a day of engineering", "price of training tokens",
        "share of the price that a batch call costs", "price of cached input tokens", "share of the prompt that is cached",
    }  # fmt: skip


def test_what_is_not_known_widens_and_what_is_sure_does_not() -> None:
    noise = replace(NOISE, value=0.1, low=0.02, high=0.3)
    wide, narrow = economics_of(FULL, noise), economics_of(FULL, replace(noise, low=0.1, high=0.1))
    assert wide.high is not None and wide.low is not None and narrow.high is not None and narrow.low is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)
    guessed = replace(FULL, traffic=replace(TRAFFIC, tuned_prompt_tokens=None))
    found = economics_of(guessed)
    assert "that the tuned model's prompt is the input alone" in found.detail["taken"]
    assert found.detail["saving_month"][1] < found.detail["saving_month"][0] < found.detail["saving_month"][2]


def test_money_needs_what_no_arm_says() -> None:
    bare = Context(TASK, traffic=Traffic(1000, None, None, None), prices=Prices(hosting_per_month=0.0))
    with pytest.raises(Exception, match="needs prompt tokens, output tokens, the price of input tokens"):
        money(bare, Ways(), work_left({}, bare, POLICY), RULE)
