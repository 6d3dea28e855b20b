"""One test a gate, on evidence made by hand."""

from dataclasses import replace
from typing import Any

from curation.readiness import Policy, gate_path, judge, load_policy
from curation.readiness.arms import scored
from curation.records import Evidence, Verdict
from curation.records.context import Arm, Context, Difference, Knowledge, Needs, Task

POLICY = replace(load_policy(), draws=40)
FULL = load_policy()
TASK = Task("accuracy", 0.88, 0.05, "classification")
FEW = Arm("few_shot", 0.70, 500)
ESTIMATES = ("noise", "learnability", "curve", "economics")
GATES = ["0", "1", "1b", "2", "3", "4a", "4b", "3b", "4c", "5", "5b", "5c", "6", "7", "8"]


def item(id: str, value: float, low: float | None = None, high: float | None = None, **more: Any) -> Evidence:
    low, high = value if low is None else low, value if high is None else high
    rule = POLICY.items.get(id)
    status = more.pop("status", None) or (rule.status(value, low, high) if rule else "ok")
    kind = more.pop("kind", "estimated" if id in ESTIMATES else "counted")
    return Evidence(id, id, status, kind, value=value, low=low, high=high, message=f"What {id} says.", **more)


GOOD = {
    "integrity": item("integrity", 0.0),
    "conflicts": item("conflicts", 0.0),
    "noise": item("noise", 0.02, 0.01, 0.04, detail={"caps": True}),
    "effective_size": item("effective_size", 900),
    "coverage": item("coverage", 0.0, detail={"rows_needed": 0, "classes_needed": 0}),
    "learnability": item("learnability", 0.7, 0.68, 0.72, detail={"kind": "labels", "rows": 900, "classes": 9}),
    "curve": item("curve", 0.5, 0.4, 0.6, detail={"metric": "accuracy", "score": 0.8, "doubling": [0.02, 0.01, 0.03]}),
    "economics": item("economics", 2.0, 1.0, 3.0, detail={"calls_needed": 300_000}),
}


def decide(*changed: Evidence, context: Context = Context(TASK, arms=(FEW,)), policy: Policy = POLICY) -> Verdict:
    evidence = {**GOOD, **{one.id: one for one in changed}}
    found = judge(evidence.values(), context, policy, "digest", 0)
    path = gate_path(evidence.values(), context, POLICY)
    stops = [step for step in path if step.status == "stopped"]
    assert [(step.id, step.outcome) for step in stops] == [(found.gate, found.outcome)]
    assert [step.id for step in path] == GATES
    after = [step.status for step in path[path.index(stops[0]) + 1 :]]
    assert set(after) <= {"not evaluated"}
    return found


def arms(*given: Arm, task: Task = TASK, **parts: Any) -> Context:
    return Context(task, arms=given, **parts)


def test_0_unsound_data_comes_first() -> None:
    for id, value in (("integrity", 0.03), ("conflicts", 0.06), ("leakage", 0.2)):
        found = decide(item(id, value, fix=f"Mend {id}."), context=arms(Arm("zero_shot", 0.99, 5000)))
        assert (found.outcome, found.gate) == ("fix_data", "0")
        assert found.reasons[0] == f"What {id} says."
        assert found.next_step.startswith(f"Mend {id}.")


def test_1_a_prompt_that_surely_meets_the_target_is_enough() -> None:
    found = decide(context=arms(Arm("zero_shot", 0.92, 1000)))
    assert (found.outcome, found.gate) == ("prompt", "1")
    assert "92 %" in found.reasons[0]
    assert "88 %" in found.reasons[0]


def test_1_a_prompt_that_meets_the_target_by_luck_is_not() -> None:
    assert decide(context=arms(Arm("zero_shot", 0.90, 60))).gate != "1"


def test_1_a_prompt_too_slow_or_hosted_does_not_count() -> None:
    slow = Arm("few_shot", 0.95, 2000, latency_ms=900)
    found = decide(context=arms(slow, needs=Needs(p95_latency_ms=100)))
    assert (found.outcome, found.gate) == ("lora", "7")
    assert "100 ms" in found.reasons[1]
    hosted = Arm("few_shot", 0.95, 2000, hosted=True)
    assert decide(context=arms(hosted, needs=Needs(privacy=True))).outcome == "lora"
    assert decide(context=arms(hosted, needs=Needs(offline=True))).outcome == "lora"
    assert decide(context=arms(hosted)).outcome == "prompt"


def test_1b_too_little_left_to_win() -> None:
    found = decide(context=arms(Arm("few_shot", 0.87, 2000)))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "1b")


def test_1b_wrong_labels_lower_what_is_left_unless_cleaning_them_comes_first() -> None:
    noisy = item("noise", 0.09, 0.08, 0.11, detail={"caps": True}, kind="measured")
    close = arms(Arm("few_shot", 0.89, 5000), task=replace(TASK, target=0.95))
    found = decide(noisy, context=close)
    assert (found.outcome, found.gate) == ("stay_with_prompt", "1b")
    assert "missing to what wrong labels leave reachable" in found.reasons[0]
    audited = item("noise", 0.3, 0.28, 0.32, detail={"caps": True}, kind="measured")
    assert decide(audited, context=close).outcome == "clean"
    assert decide(replace(noisy, kind="estimated"), context=close).gate != "1b"


def test_2_looked_up_documents_that_meet_the_target_are_enough() -> None:
    found = decide(context=arms(FEW, Arm("knowledge_base", 0.93, 500)))
    assert (found.outcome, found.gate) == ("retrieve", "2")
    assert "meets the target" in found.reasons[0]
    local = Arm("knowledge_base", 0.93, 500, hosted=False)
    assert decide(context=arms(FEW, local, needs=Needs(offline=True))).outcome == "retrieve"
    unknown = decide(context=arms(FEW, replace(local, hosted=None), needs=Needs(offline=True)))
    assert unknown.outcome == "cannot_judge"
    assert "nobody said where it runs" in unknown.reasons[0]
    assert "where the measured model runs" in unknown.headline
    near = decide(context=arms(FEW, Arm("knowledge_base", 0.88, 2000)))
    assert (near.outcome, near.gate) == ("retrieve", "2")
    assert "the documents win" in near.reasons[0]
    little = decide(context=arms(FEW, Arm("knowledge_base", 0.72, 500)))
    assert little.outcome == "lora"


def test_2_a_little_knowledge_that_stands_in_the_documents_or_must_be_cited_is_looked_up() -> None:
    some = item("substance", 0.16, 0.15, 0.17, detail={"template": 0.7, "answerable": 0.9})
    assert decide(some).outcome == "retrieve"
    assert decide(replace(some, detail={"template": 0.7, "answerable": 0.1})).outcome == "lora"
    unseen = replace(some, detail={"template": 0.7, "answerable": None})
    assert decide(unseen, context=arms(FEW, knowledge=Knowledge(must_cite=True))).outcome == "retrieve"
    style = replace(some, value=0.05, low=0.04, high=0.06)
    assert decide(style).outcome == "lora"
    assert decide(some, item("noise", 0.99, 0.98, 1.0, kind="measured")).outcome == "clean"


def test_3_copying_counts_for_nothing_where_the_usual_answer_does_as_well() -> None:
    copy = item("retrieval", 0.97, 0.96, 0.98)
    lopsided = {**GOOD["coverage"].detail, "largest_rate": 0.96}
    assert decide(copy).outcome == "retrieved_examples"
    assert decide(copy, replace(GOOD["coverage"], detail=lopsided)).outcome == "lora"


def test_2_facts_that_change_are_looked_up() -> None:
    changing = item("volatility", 0.1, status="fail", detail={"declared_fires": True})
    assert decide(changing).outcome == "retrieve"
    offline = arms(FEW, needs=Needs(offline=True))
    assert decide(changing, context=offline).outcome == "retrieve"


def test_2_new_knowledge_needs_an_origin_to_be_looked_up() -> None:
    novel = item("substance", 0.5, 0.45, 0.55, detail={"template": 0.1})
    assert decide(novel, context=arms(FEW, task=replace(TASK, kind="question_answering"))).outcome == "retrieve"
    found_there = replace(novel, detail={"template": 0.1, "answerable": 0.9})
    assert decide(found_there, context=arms(FEW, task=replace(TASK, kind="generation"))).outcome == "retrieve"
    unknown = decide(novel, context=arms(FEW, task=replace(TASK, kind="generation")))
    assert unknown.outcome == "lora"
    assert "Where does the new knowledge" in unknown.next_step
    cite = arms(FEW, task=replace(TASK, kind="generation"), knowledge=Knowledge(must_cite=True))
    assert decide(novel, context=cite).outcome == "retrieve"


def test_2_offline_skips_retrieval_unless_facts_change() -> None:
    novel = item("substance", 0.5, 0.45, 0.55)
    context = arms(FEW, task=replace(TASK, kind="question_answering"), needs=Needs(offline=True))
    assert decide(novel, context=context).outcome == "lora"


def test_2_retrieval_and_tuning_together_when_documents_leave_a_gap_in_style() -> None:
    changing = item("volatility", 0.1, status="fail")
    style = item("substance", 0.15, 0.1, 0.2, detail={"template": 0.6})
    with_documents = arms(FEW, Arm("knowledge_base", 0.75, 500))
    assert decide(changing, style, context=with_documents).outcome == "retrieve_and_lora"
    no_style = replace(style, detail={"template": 0.05})
    assert decide(changing, no_style, context=with_documents).outcome == "retrieve"
    good_enough = arms(FEW, Arm("knowledge_base", 0.87, 3000))
    assert decide(changing, style, context=good_enough).outcome == "retrieve"
    noisy = item("noise", 0.2, 0.15, 0.25)
    assert decide(changing, style, noisy, context=with_documents).outcome == "retrieve"


def test_3_looked_up_examples_that_meet_the_target() -> None:
    found = decide(context=arms(FEW, Arm("retrieved_few_shot", 0.93, 800)))
    assert (found.outcome, found.gate) == ("retrieved_examples", "3")


def test_3_copying_stands_in_only_for_label_metrics_unmeasured_and_not_offline() -> None:
    copy = item("retrieval", 0.95, 0.93, 0.97)
    assert decide(copy).outcome == "retrieved_examples"
    assert decide(copy, context=arms(FEW, task=replace(TASK, metric="judged"))).outcome == "lora"
    assert decide(copy, context=arms(FEW, needs=Needs(offline=True))).outcome == "lora"
    assert decide(copy, context=arms(FEW, Arm("retrieved_few_shot", 0.6, 500))).outcome == "lora"


def test_3_copying_names_no_prompt_where_a_need_rules_out_every_prompt_scored() -> None:
    copy = item("retrieval", 0.95, 0.93, 0.97)
    away = Arm("few_shot", 0.7, 500, hosted=True, latency_ms=900)
    assert decide(copy, context=arms(away)).outcome == "retrieved_examples"
    for needs in (Needs(privacy=True), Needs(p95_latency_ms=200)):
        assert decide(copy, context=arms(away, needs=needs)).outcome != "retrieved_examples"
    near = replace(away, name="zero_shot", hosted=False, score=0.6)
    assert decide(copy, context=arms(away, near, needs=Needs(privacy=True))).outcome == "retrieved_examples"


def test_4a_wrong_answers_are_cleaned_and_the_gain_is_named() -> None:
    found = decide(item("noise", 0.2, 0.16, 0.24, detail={"caps": True}, kind="measured"))
    assert (found.outcome, found.gate) == ("clean", "4a")
    assert "16 to 24 points" in found.reasons[0]
    assert decide(item("agreement", 0.5, 0.4, 0.6, kind="measured")).outcome == "clean"


def test_4a_an_estimate_says_that_it_is_one_and_anything_measured_overrules_it() -> None:
    guess = item("noise", 0.16, 0.11, 0.20, detail={"caps": True})
    found = decide(guess)
    assert (found.outcome, found.gate) == ("clean", "4a")
    assert "estimate" in found.headline
    assert "random" in found.next_step
    assert decide(guess, context=arms()).outcome == "need_unproven"
    better = decide(guess, context=arms(FEW, Arm("lora", 0.92, 500)))
    assert better.outcome == "lora"
    steps = gate_path({**GOOD, "noise": guess}.values(), arms(FEW, Arm("lora", 0.92, 500)), POLICY)
    assert "does not count" in next(step.reason for step in steps if step.id == "4a")


def test_4a_a_noise_rate_that_may_be_low_does_not_stop() -> None:
    assert decide(item("noise", 0.12, 0.08, 0.16, detail={"caps": True})).outcome == "lora"


def test_4b_too_few_rows_or_a_curve_still_getting_steeper() -> None:
    assert decide(item("effective_size", 30)).outcome == "collect"
    thin = item("coverage", 0.4, detail={"rows_needed": 70, "classes_needed": 6})
    found = decide(thin)
    assert (found.outcome, found.gate) == ("collect", "4b")
    assert found.nearest_flip == "With 70 more rows in 6 classes, the verdict would be “fine-tune with LoRA”."
    steep = {"metric": "accuracy", "score": 0.6, "doubling": [0.1, 0.08, 0.12]}
    assert decide(item("curve", 1.4, 1.2, 1.6, detail=steep)).outcome == "collect"
    assert decide(item("curve", 1.4, 1.0, 1.6, detail=steep)).outcome == "lora"
    assert decide(item("curve", 1.4, 1.2, 1.6, detail={**steep, "doubling": [0.02, 0.01, 0.03]})).outcome == "lora"
    assert decide(item("curve", 1.4, 1.2, 1.6, detail={**steep, "competent": False})).outcome == "lora"
    assert decide(item("curve", 1.4, 1.2, 1.6, detail=steep), context=arms()).outcome == "need_unproven"
    assert decide(item("curve", 1.4, 1.2, 1.6, detail={**steep, "score": 0.95})).outcome == "lora"
    other_metric = arms(FEW, task=replace(TASK, metric="token_f1"))
    assert decide(item("curve", 1.4, 1.2, 1.6, detail=steep), context=other_metric).outcome == "lora"


def test_4b_a_tuned_model_that_meets_the_target_shows_that_the_rows_are_enough() -> None:
    thin = item("coverage", 0.4, detail={"rows_needed": 70, "classes_needed": 6})
    assert decide(thin, context=arms(FEW, Arm("lora", 0.93, 800))).outcome == "lora"
    assert decide(thin, context=arms(FEW, Arm("lora", 0.88, 800))).outcome == "collect"


def plain(score: float, **detail: Any) -> Evidence:
    band = [score, score - 0.01, score + 0.01]
    majority = detail.get("majority", 0.1)
    whole = {
        "majority": majority, "usual": majority, "dominant": majority > 0.9, "balanced_accuracy": band,
        "accuracy": band, "macro_f1": band, "recalls": {"a": band}, "rows_of": {"a": 90}, "rows": 900, "classes": 10,
        "largest_rate": majority, "kind": "labels", "how": "", **detail,
    }  # fmt: skip
    return item("classifier", *band, detail=whole, kind="measured", status="ok")


def test_3b_a_plain_classifier_that_meets_the_target_needs_no_language_model() -> None:
    found = decide(plain(0.91))
    assert (found.outcome, found.gate) == ("classifier", "3b")
    alone = decide(plain(0.91), context=arms())
    assert (alone.outcome, alone.provisional) == ("classifier", True)
    assert decide(plain(0.88)).outcome == "lora"
    assert decide(plain(0.91, majority=0.88)).outcome == "lora"
    rare = {"majority": 0.95, "balanced_accuracy": [0.6, 0.5, 0.7]}
    assert decide(plain(0.995, **rare), context=arms(task=replace(TASK, target=0.9))).outcome == "need_unproven"
    wanted = replace(TASK, recall_of=("a",))
    assert decide(plain(0.91), context=arms(FEW, task=wanted)).outcome == "classifier"
    missed = {"recalls": {"a": [0.7, 0.6, 0.8]}}
    assert decide(plain(0.91, **missed), context=arms(FEW, task=wanted)).outcome == "lora"
    assert decide(plain(0.91), item("effective_size", 30)).outcome == "collect"
    assert decide(context=arms(FEW, Arm("classifier", 0.93, 900))).outcome == "classifier"


def test_4c_no_pattern_needs_models_that_fail_too() -> None:
    lopsided = replace(GOOD["coverage"], detail={**GOOD["coverage"].detail, "largest_rate": 0.4})
    few = item("learnability", 0.0, -0.02, 0.02, detail={"kind": "labels", "rows": 200, "classes": 9})
    plenty = replace(few, detail={**few.detail, "rows": 450})
    assert decide(plenty, context=arms()).outcome == "need_unproven"
    assert decide(plenty).outcome == "lora"
    failing = arms(Arm("few_shot", 0.33, 500))
    assert decide(few, lopsided, context=failing).outcome == "collect"
    found = decide(plenty, lopsided, context=failing)
    assert (found.outcome, found.gate) == ("not_learnable", "4c")
    assert "fails too" in found.reasons[0]
    text = item("learnability", 0.0, -0.02, 0.02, detail={"kind": "text", "rows": 200})
    exact = replace(TASK, metric="exact_match")
    assert decide(text, context=arms(Arm("few_shot", 0.01, 500), task=exact)).outcome == "not_learnable"
    assert decide(text, context=arms(FEW, task=exact)).outcome == "lora"


def test_5_nobody_knows_without_a_target_or_a_measured_prompt() -> None:
    for context in (arms(), arms(FEW, task=Task())):
        found = decide(context=context)
        assert (found.outcome, found.gate) == ("need_unproven", "5")
    assert decide(context=arms()).provisional
    assert not decide(context=arms(FEW)).provisional
    tuned = decide(context=arms(Arm("lora", 0.95, 900)))
    assert (tuned.outcome, tuned.provisional) == ("lora", True)
    short = decide(context=arms(Arm("lora", 0.85, 900)))
    assert (short.outcome, short.gate) == ("cannot_judge", "5b")
    assert "score the base model" in short.reasons[0]


def test_5_without_a_target_the_gates_about_scores_are_not_evaluated() -> None:
    context = arms(Arm("zero_shot", 0.99, 5000), Arm("retrieved_few_shot", 0.99, 5000), task=Task())
    steps = {step.id: step.status for step in gate_path(GOOD.values(), context, POLICY)}
    assert {steps[id] for id in ("1", "1b", "3", "3b", "5b", "5c", "6", "7", "8")} == {"not evaluated"}


def test_5b_an_interval_around_the_smallest_lift_decides_nothing() -> None:
    found = decide(context=arms(Arm("few_shot", 0.82, 200)))
    assert (found.outcome, found.gate) == ("cannot_judge", "5b")
    assert "scored rows would decide it" in found.reasons[0]


def test_6_a_measured_tuned_model_speaks_for_itself() -> None:
    assert decide(context=arms(FEW, Arm("lora", 0.93, 800))).gate == "6"
    worse = decide(context=arms(FEW, Arm("lora", 0.69, 500)))
    assert (worse.outcome, worse.gate) == ("stay_with_prompt", "6")
    unsure = decide(context=arms(FEW, Arm("lora", 0.71, 500)))
    assert (unsure.outcome, unsure.gate) == ("cannot_judge", "6")
    short = arms(FEW, Arm("lora", 0.80, 2000), needs=Needs(gpus=True, accept_forgetting=True))
    assert decide(context=short).outcome == "full_fine_tune"
    light = decide(context=arms(FEW, Arm("lora", 0.80, 2000)))
    assert (light.outcome, light.gate) == ("lora", "7")
    assert "10 points" in light.reasons[0]
    assert "can win" not in light.reasons[0]


def test_5b_a_tuned_model_that_was_measured_need_not_be_guessed() -> None:
    unsure = Arm("few_shot", 0.82, 300)
    assert decide(context=arms(unsure)).outcome == "cannot_judge"
    found = decide(context=arms(unsure, Arm("lora", 0.95, 1000)))
    assert (found.outcome, found.gate) == ("lora", "6")
    assert decide(context=arms(unsure, Arm("lora", 0.86, 300))).outcome == "cannot_judge"


def test_6_a_measured_whole_tuning_is_not_recommended_where_it_fails_too() -> None:
    able = Needs(gpus=True, accept_forgetting=True)
    light = Arm("lora", 0.80, 2000)
    meets = decide(context=arms(FEW, light, Arm("full", 0.93, 800), needs=able))
    assert meets.outcome == "full_fine_tune"
    assert "the fully tuned model scores 93 %" in meets.reasons[0]
    assert meets.next_step.startswith("Use the tuned model")
    assert decide(context=arms(FEW, light, Arm("full", 0.79, 2000), needs=able)).outcome == "lora"


def test_6_too_small_a_win_is_not_worth_it() -> None:
    found = decide(context=arms(Arm("few_shot", 0.70, 2000), Arm("lora", 0.73, 8000)))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "6")
    assert "wins at most" in found.reasons[0]
    unsure = decide(context=arms(Arm("few_shot", 0.70, 2000), Arm("lora", 0.735, 2000)))
    assert (unsure.outcome, unsure.gate) == ("cannot_judge", "6")
    assert "score both on about 2,255 rows" in unsure.reasons[0]


def test_6_a_trial_on_a_few_rows_changes_nothing() -> None:
    for score in (0.6, 0.7, 0.8):
        found = decide(context=arms(FEW, Arm("lora", score, 20)))
        assert (found.outcome, found.gate) == ("lora", "7"), score


def test_6_a_paired_difference_counts_for_more_than_two_scores() -> None:
    few, lora = Arm("few_shot", 0.80, 200), Arm("lora", 0.86, 200)
    assert decide(context=arms(few, lora)).outcome == "cannot_judge"
    paired = replace(lora, difference=0.06, difference_low=0.05, difference_high=0.07)
    assert decide(context=arms(few, paired)).outcome == "lora"
    same = Difference("few_shot", "lora", -0.06, -0.07, -0.05, 200)
    assert decide(context=arms(few, lora, differences=(same,))).outcome == "lora"


def test_graded_scores_have_the_interval_of_their_spread() -> None:
    chrf = Task("chrf", 0.60, 0.03, "rewriting")
    few, lora = Arm("few_shot", 0.52, 150), Arm("lora", 0.60, 150)
    assert decide(context=arms(few, replace(lora, sd=0.1, difference=None), task=chrf)).outcome == "lora"
    spread = scored(arms(replace(few, sd=0.1), task=chrf))[0]
    assert (round(spread.low, 3), round(spread.high, 3)) == (0.506, 0.533)
    families = scored(arms(replace(few, sd=0.1, groups=25), task=chrf))[0]
    assert families.low < 0.49


def test_nobody_having_said_what_is_worth_the_work_a_third_of_the_errors_is() -> None:
    unsaid = replace(TASK, target=0.98, minimum_lift=None)
    found = decide(context=arms(Arm("few_shot", 0.95, 6000), task=unsaid))
    assert found.outcome == "lora"
    assert decide(context=arms(Arm("few_shot", 0.95, 6000), task=replace(unsaid, minimum_lift=0.05))).gate == "1b"


def test_5c_replies_that_fail_by_form_are_mended_before_tuning() -> None:
    found = decide(context=arms(replace(FEW, form_faults=0.25)))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "5c")
    assert "keep the form" in found.headline
    assert decide(context=arms(replace(FEW, form_faults=0.05))).outcome == "lora"


def test_1_a_prompt_that_does_no_better_than_the_commonest_label_is_not_good_enough() -> None:
    rare = replace(GOOD["coverage"], detail={**GOOD["coverage"].detail, "largest_rate": 0.99})
    found = decide(rare, context=arms(Arm("few_shot", 0.985, 5000), task=replace(TASK, target=0.975)))
    assert found.outcome == "cannot_judge"
    assert "commonest label" in found.headline


def test_6_a_tuned_model_that_breaks_a_need_speaks_against_tuning() -> None:
    slow = Arm("lora", 0.95, 500, latency_ms=2000)
    limit = Needs(p95_latency_ms=500)
    found = decide(context=arms(replace(FEW, latency_ms=100), slow, needs=limit))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "6")
    assert "2,000 ms" in found.reasons[0]
    none = decide(context=arms(replace(FEW, latency_ms=900), slow, needs=limit))
    assert (none.outcome, none.gate) == ("cannot_judge", "6")
    assert none.headline == "It cannot be decided yet: nothing measured meets the hard needs you declared."
    assert "smaller or faster model" in none.next_step


def test_7_money_or_a_hard_need_or_quality_at_any_price() -> None:
    late = item("economics", 40.0, 30.0, 50.0, detail={"calls_needed": 300_000})
    assert decide().outcome == "lora"
    assert decide(late).outcome == "stay_with_prompt"
    for needs in (Needs(offline=True), Needs(privacy=True), Needs(quality_only=True), Needs(p95_latency_ms=50)):
        assert decide(late, context=arms(FEW, needs=needs)).outcome == "lora"
    fast = Arm("few_shot", 0.70, 500, latency_ms=20)
    assert decide(late, context=arms(fast, needs=Needs(p95_latency_ms=50))).outcome == "stay_with_prompt"


def test_8_says_at_which_volume_it_flips() -> None:
    found = decide(item("economics", 14.0, 10.0, 18.0, detail={"calls_needed": 300_000}))
    assert (found.outcome, found.gate) == ("stay_with_prompt", "8")
    assert found.nearest_flip == "From 300,000 calls a month, the verdict would be “fine-tune with LoRA”."


def test_what_was_not_checked_is_never_called_clean() -> None:
    blank = [Evidence(id, id, "missing", message="not checked: no reason") for id in POLICY.items]
    found = judge(blank, arms(FEW), POLICY, "digest", 0)
    path = gate_path(blank, arms(FEW), POLICY)
    assert path[0].reason.startswith("Not checked")
    assert found.coverage["missing"] == len(POLICY.items)
    assert found.outcome != "lora"


def test_no_evidence_at_all_still_gives_a_verdict() -> None:
    found = judge([], Context(), POLICY, "digest", 0)
    assert found.outcome == "need_unproven"
    assert found.provisional


def test_stability_is_a_share_of_readings_and_repeats_with_the_seed() -> None:
    close = arms(Arm("few_shot", 0.80, 200))
    first, again = decide(context=close, policy=FULL), decide(context=close, policy=FULL)
    assert first.stability == again.stability
    assert abs(sum(first.stability.values()) - 1) < 1e-9
    assert {"lora", "cannot_judge"} <= {name for name, share in first.stability.items() if share > 0.2}
    firm = decide(context=arms(Arm("few_shot", 0.40, 5000)), policy=FULL)
    assert firm.stability["lora"] > 0.99


def test_the_next_measurement_is_the_one_that_settles_most() -> None:
    unknown = Evidence("economics", "money", "missing", message="not checked: no prices")
    assert "prices" in decide(unknown, policy=FULL).next_step
    assert "900 held-out rows" in decide(context=arms(Arm("few_shot", 0.80, 500)), policy=FULL).next_step


def test_without_a_target_it_says_which_targets_would_decide() -> None:
    found = decide(context=arms(FEW, task=Task(metric="accuracy")))
    assert found.nearest_flip.startswith(
        "The target decides: with a low one the verdict would be “a good prompt is enough”"
    )
    assert "LoRA" in found.nearest_flip
    assert "Give a metric and a target" in found.next_step
    nothing = decide(context=Context())
    assert "score the base model" in nothing.next_step


def test_a_verdict_that_trains_says_on_what() -> None:
    assert "(SFT)" in decide().next_step
    pairs = replace(GOOD["effective_size"], detail={"preference_pairs": 400})
    assert "400 pairs of a better and a worse answer (DPO)" in decide(pairs).next_step


def test_a_small_tuned_model_against_a_large_prompted_one_is_said_to_be_two_models() -> None:
    large = replace(FEW, model="large", parameters=70e9)
    small = Arm("lora", 0.93, 800, model="small", parameters=8e9)
    said = " ".join(decide(context=arms(large, small)).reasons)
    assert "another and smaller model" in said
    assert "distillation" not in " ".join(decide(context=arms(large, replace(small, model="large"))).reasons)


def test_7_nobody_trains_on_answers_that_stand_elsewhere_and_that_nobody_checked() -> None:
    unknown = Evidence("noise", "noise", "missing", message="This task is too hard for the small model.")
    text = Evidence("coverage", "coverage", "not_applicable", message="The answers are free text.")
    assert decide(unknown, text).outcome == "lora"
    unknown = replace(unknown, detail={"strays": [0.28, 0.25, 0.31]})
    found = decide(unknown, text, policy=FULL)
    assert (found.outcome, found.gate) == ("cannot_judge", "7")
    assert found.headline.startswith("Audit first")
    assert found.next_step.startswith("First have people judge 60 rows drawn at random")
    assert max(found.stability, key=lambda name: found.stability[name]) == "lora"
    assert decide(unknown, text, context=arms(FEW, Arm("lora", 0.93, 800))).outcome == "lora"
    labels = decide(replace(unknown, detail={}))
    assert labels.outcome == "lora"
    assert labels.next_step.startswith("First have people judge 60 rows drawn at random")
