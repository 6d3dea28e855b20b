"""What a verdict says in each case: nothing done already is asked for, nothing unknown is said firmly."""

from dataclasses import replace

import pyarrow as pa
import pytest
from readiness_scenarios import clusters, findings, questions
from test_readiness_gates import FEW, FULL, GOOD, POLICY, TASK, arms, decide, item

from curation.errors import UsageError
from curation.readiness import judge, work_plan
from curation.readiness.evidence import Known
from curation.readiness.evidence.coverage import _message as classes
from curation.readiness.evidence.economics import economics
from curation.readiness.evidence.leakage import leakage
from curation.readiness.study import Study
from curation.records import CheckRun, Evidence, Facts, dataset
from curation.records.context import Arm, Context, Knowledge, Needs, Prices, Traffic, parse_context
from curation.records.progress import ignore

LEAKED = {"evaluation_rows": 10, "leaked_rows": 3}
UNPRICED = Evidence("economics", "money", "missing", message="Needs calls per month")


def test_without_prices_it_is_unknown_and_not_denied_that_tuning_pays() -> None:
    found = decide(UNPRICED)
    assert (found.outcome, found.gate) == ("stay_with_prompt", "8")
    assert found.headline.startswith("Stay with the prompt for now: whether tuning pays is not known")
    assert found.next_step.startswith("Give calls a month, token counts and prices first")
    with_prices = decide(item("economics", 40.0, 30.0, 50.0, detail={"calls_needed": 300_000}))
    assert with_prices.headline == "Stay with the prompt: fine-tuning is not worth it here."
    unmeasured = decide(UNPRICED, context=arms())
    assert "not shown to pay" in unmeasured.nearest_flip
    assert "not worth" not in unmeasured.nearest_flip
    plan = work_plan([*GOOD.values(), UNPRICED], arms(FEW), POLICY)
    assert "not worth" not in plan.summary


def test_what_was_measured_and_suffices_is_put_to_use() -> None:
    tuned = decide(context=arms(FEW, Arm("lora", 0.93, 800)))
    assert tuned.next_step.startswith("Use the tuned model")
    assert "Train a LoRA and score it" not in tuned.next_step
    examples = decide(context=arms(FEW, Arm("retrieved_few_shot", 0.93, 800)))
    assert examples.next_step.startswith("Use the prompt with retrieved examples")
    short = decide(context=arms(FEW, Arm("lora", 0.80, 2000)))
    assert short.next_step.startswith("A LoRA is worth it, but the one measured is not shown")


def test_a_tuned_model_that_meets_the_target_still_says_what_it_costs() -> None:
    never = item("economics", 1200.0, detail={"calls_needed": 300_000})
    found = decide(never, context=arms(FEW, Arm("lora", 0.93, 800)))
    assert (found.outcome, found.gate) == ("lora", "6")
    assert "What economics says." in found.reasons


def test_money_names_bills_volume_and_missing_fields() -> None:
    context = Context(
        TASK,
        traffic=Traffic(1000, 1500, 80, 60),
        prices=Prices(input_per_million=0.5, output_per_million=1.5, hosting_per_month=500.0),
    )
    said = economics(Known({}, context, POLICY)).message
    assert "never earned back at 1,000 calls a month" in said
    assert "It pays within 12 months from about" in said
    assert "Not counted: training, engineering and what right answers are worth; to count them, give" in said
    assert "the size of the model" in said


def test_an_arm_a_hard_need_rules_out_is_named_with_why() -> None:
    hosted = Arm("retrieved_few_shot", 0.95, 800, hosted=True)
    found = decide(context=arms(FEW, hosted, needs=Needs(offline=True)))
    named = "the prompt with retrieved examples scores 95 % on 800 rows, but it needs a hosted model"
    assert any(named in reason for reason in found.reasons)


def test_no_more_rows_are_asked_for_than_there_are() -> None:
    blank = [Evidence(id, id, "missing", message="not checked: none") for id in POLICY.items if id != "effective_size"]
    few = item("effective_size", 11, status="ok", detail={"usable": 11})
    for context in (arms(FEW), arms(), Context()):
        said = judge([*blank, few], context, FULL, "d", 0).next_step
        assert "100 rows" not in said
        assert "more than there are" not in said
        if "held-out rows" in said:
            assert "11 held-out rows" in said


def test_changing_answers_without_a_source_need_one_first() -> None:
    changing = item("volatility", 0.1, status="fail", detail={"declared_fires": True})
    assert "Make one first" in decide(changing).next_step
    there = arms(FEW, knowledge=Knowledge("monthly", source_available=True))
    assert decide(changing, context=there).next_step.startswith("Set up retrieval over the source")


def test_where_to_train_depends_on_the_gpus() -> None:
    assert "rent one for training" in decide().next_step
    assert "your own GPUs" in decide(context=arms(FEW, needs=Needs(gpus=True))).next_step
    offline = decide(context=arms(FEW, needs=Needs(offline=True))).next_step
    assert "To answer offline you need a GPU on that machine" in offline


def test_classes_are_counted_in_plain_english() -> None:
    assert classes(10, 0, 0, 10, 34) == "Each of the 10 classes has at least 34 distinct rows."
    assert classes(10, 1, 0, 10, 1) == "1 of 10 classes (10 %) has fewer than 10 distinct rows; the smallest has 1."
    assert classes(10, 4, 2, 10, 0).endswith("have fewer than 10 distinct rows, 2 of them none at all.")


def test_a_figure_that_would_change_the_answer_has_a_human_name() -> None:
    steep = {"metric": "accuracy", "score": 0.6, "doubling": [0.1, 0.08, 0.12]}
    curve = item("curve", 1.09, 1.09, 1.2, detail=steep)
    said = decide(curve, context=arms(replace(FEW, n=100_000))).nearest_flip
    assert "the gain from the last rows, over that from the first, were 1.10 times instead of 1.09 times" in said


def test_a_wrong_choice_lists_the_choices_once() -> None:
    with pytest.raises(UsageError) as error:
        parse_context('[task]\nmetric = "zzz"', "context.toml")
    assert str(error.value).count("token_f1") == 1


def test_nothing_left_is_said_in_words_and_not_as_no_points() -> None:
    noisy = item("noise", 0.09, 0.085, 0.095, detail={"caps": True}, kind="measured")
    found = decide(noisy, context=arms(Arm("few_shot", 0.945, 3000), task=replace(TASK, target=0.99)))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "1b")
    assert "nothing is missing to what wrong labels leave reachable" in found.reasons[0]


def test_leaked_rows_are_told_apart_into_equal_and_alike() -> None:
    data = dataset(questions(2, 2))
    made = findings(data, {"leakage": [0, 1, 2]}, [CheckRun("leakage", "done", summary=LEAKED)])
    told = pa.array(['{"similarity": 1.0}', '{"similarity": 0.9}', '{"similarity": 0.8}'])
    place = made.table.schema.get_field_index("evidence")
    kind = made.table.schema.field(place).type
    told_apart = replace(made, table=made.table.set_column(place, made.table.schema.field(place), told.cast(kind)))
    for found, ending in ((told_apart, "share a passage with one."), (made, "")):
        facts = Facts(data, clusters(data), found, Context(), 0, 0)
        said = leakage(Study(facts, POLICY), ignore).message
        assert "3 rows of 10 in the evaluation set" in said
        assert "equal or closely resemble rows of the training data." in said
        assert ("Of the training rows" in said) == bool(ending)
        assert said.endswith(ending)
        assert ("1 equals an evaluation row and 2 closely resemble" in said) == bool(ending)


def test_what_is_at_fault_comes_before_what_is_merely_near() -> None:
    apart = item("agreement", 0.0, -0.01, 0.01, kind="measured")
    found = decide(apart)
    assert found.outcome == "clean"
    assert found.nearest_flip.startswith("If the agreement between reviewers were 0.67 instead of 0.00")


def test_examples_are_tried_before_training_where_only_a_plain_prompt_was() -> None:
    plain = decide(context=arms(Arm("zero_shot", 0.70, 500)))
    assert plain.outcome == "lora"
    assert plain.next_step.startswith("First score a prompt with fixed examples")
    assert "First score" not in decide(context=arms(FEW)).next_step


def test_a_change_that_alters_nothing_anybody_does_comes_last() -> None:
    found = decide(context=arms(Arm("zero_shot", 0.92, 1000)))
    assert found.outcome == "prompt"
    assert found.nearest_flip == (
        "If the plain prompt scored 85 % instead of 92 % on 1,000 rows, the verdict would be “cannot be decided yet”."
    )
