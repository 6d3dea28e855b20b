"""Arms: the best of several prompts, where models run, what fails by form, and a target nearer than the lift."""

from dataclasses import replace
from typing import Any

import pytest

from curation.errors import NotChecked
from curation.readiness import load_policy
from curation.readiness.arms import best_prompt, interval_of, near_target, rescored, rows_to_tell, scored
from curation.readiness.evidence import Known
from curation.readiness.evidence.base_model import base_model
from curation.readiness.evidence.format_faults import format_faults
from curation.readiness.evidence.headroom import headroom
from curation.records.context import Arm, Context, Difference, Model, Task, Traffic
from curation.sampling.intervals import first, wilson

POLICY = load_policy()
TASK = Task("accuracy", 0.88, 0.05, "classification")


def context(*arms: Arm, task: Task = TASK, **parts: Any) -> Context:
    return Context(task, arms=arms, **parts)


def known(made: Context) -> Known:
    return Known({}, made, POLICY)


def test_a_prompt_alone_counts_in_full_and_the_best_of_equals_for_less() -> None:
    alone = best_prompt(scored(context(Arm("few_shot", 0.70, 200))))
    assert alone is not None
    assert (alone.score, alone.low, alone.high) == wilson(140, 200)
    three = context(Arm("few_shot", 0.70, 200), Arm("zero_shot", 0.70, 200), Arm("retrieved_few_shot", 0.69, 200))
    best = best_prompt(scored(three))
    assert best is not None
    assert 0.675 < best.score < 0.69
    assert best.choice == pytest.approx(best.arm.score - best.score)
    far = best_prompt(scored(context(Arm("few_shot", 0.70, 200), Arm("zero_shot", 0.30, 200))))
    assert far is not None
    assert far.score == pytest.approx(0.70, abs=1e-4)


def test_the_order_of_prompts_stays_and_tuned_models_are_left_alone() -> None:
    arms = scored(context(Arm("few_shot", 0.72, 100), Arm("zero_shot", 0.715, 400), Arm("lora", 0.9, 100)))
    by_name = {one.arm.name: one for one in arms}
    assert by_name["few_shot"].score >= by_name["zero_shot"].score
    assert by_name["lora"].score == pytest.approx(0.9)
    assert best_prompt(arms) == by_name["few_shot"]


def test_pairing_says_how_much_the_choice_could_give() -> None:
    two = (Arm("few_shot", 0.70, 300), Arm("zero_shot", 0.70, 300))
    close = Difference("few_shot", "zero_shot", 0.0, -0.01, 0.01, 300)
    apart = Difference("few_shot", "zero_shot", 0.0, -0.08, 0.08, 300)
    losses = [scored(context(*two, differences=(one,)))[0].choice for one in (close, apart)]
    assert losses[0] < 0.005 < losses[1]


def test_the_message_says_what_was_scored_and_what_it_counts_for() -> None:
    two = context(Arm("few_shot", 0.70, 100), Arm("zero_shot", 0.69, 100))
    entered, told = base_model(known(two)), base_model(known(replace(two, measured=frozenset({"few_shot"}))))
    assert entered.message.startswith("As entered, the best of 2 prompts")
    assert (entered.kind, told.kind) == ("declared", "measured")
    assert "The best of 2 measured prompts" in told.message
    assert "scores 70 % on 100 rows; it was chosen for its score, so" in told.message
    assert "chosen" not in base_model(known(context(Arm("few_shot", 0.70, 100)))).message


def test_model_size_and_place_are_named_and_what_nobody_said_is_unknown() -> None:
    here = Arm("few_shot", 0.70, 500, hosted=False, model="gemma-3-4b", parameters=4e9)
    told = base_model(known(context(here)))
    assert "Gemma-3-4b, 4 billion parameters, on your own machines." in told.message
    (arm,) = told.detail["arms"]
    assert (arm["model"], arm["parameters"], arm["hosted"]) == ("gemma-3-4b", 4e9, "no")
    unsaid = base_model(known(context(Arm("few_shot", 0.70, 500))))
    assert "Model not named, size not given, nobody said where it runs." in unsaid.message
    assert unsaid.detail["arms"][0]["hosted"] == "unknown"
    assert base_model(known(context(replace(here, hosted=True)))).detail["arms"][0]["hosted"] == "yes"


def test_a_long_prompt_is_held_against_what_the_model_reads() -> None:
    long = Arm("knowledge_base", 0.8, 300, prompt_tokens=10_000)
    fits = base_model(known(context(long, model=Model(context_tokens=128_000)))).message
    assert "Its prompt of 10,000 tokens fits into the 128,000 that the model reads at once." in fits
    short = context(Arm("few_shot", 0.8, 300), traffic=Traffic(prompt_tokens=10_000), model=Model(context_tokens=8192))
    assert "does not fit into the 8,192" in base_model(known(short)).message
    assert "tokens" not in base_model(known(context(long))).message


def test_a_target_nearer_than_the_lift_is_said() -> None:
    near = context(Arm("few_shot", 0.85, 2000))
    assert "lies 3 points above the best prompt (85 %), and a gain under 5 points is not worth the work" in near_target(
        near
    )
    made = headroom(known(near))
    assert made.detail["too_near"]
    assert near_target(near) in made.message
    assert not near_target(context(Arm("few_shot", 0.70, 2000)))
    assert not near_target(context(Arm("few_shot", 0.95, 2000)))


def test_the_room_item_says_what_a_tuned_model_won_on_the_same_rows() -> None:
    same = Difference("lora", "few_shot", 0.1, 0.08, 0.12, 400)
    made = headroom(known(context(Arm("few_shot", 0.70, 400), Arm("lora", 0.80, 400), differences=(same,))))
    assert made.detail["won"] == {"lora": [0.1, 0.08, 0.12]}
    assert headroom(
        known(context(Arm("few_shot", 0.70, 400), task=replace(TASK, minimum_lift=None)))
    ).origin.startswith("policy")


def test_graded_scores_on_150_rows_decide_what_a_share_could_not() -> None:
    chrf = replace(TASK, metric="chrf", target=0.60)
    spread = Arm("few_shot", 0.52, 150, sd=0.15, groups=150)
    low, high = interval_of(spread, "chrf")[1:]
    assert high - low < 0.045
    room = headroom(known(context(spread, task=replace(chrf, minimum_lift=0.03))))
    assert room.status == "ok"
    shared = interval_of(replace(spread, groups=30), "chrf")
    assert shared[2] - shared[1] > 1.9 * (high - low)


def rows_to_decide(share: float, line: float) -> int | None:
    """Fewest independent rows whose Wilson interval around the share leaves out the line."""

    def clear(n: int) -> bool:
        _, low, high = wilson(share * n, n)
        return not low <= line <= high

    return first(clear, 1_000_000)


def test_rows_to_tell_follow_the_spread_of_the_scores() -> None:
    (share,) = scored(context(Arm("few_shot", 0.70, 200)))
    assert rows_to_tell(share, "accuracy", 0.75) == rows_to_decide(0.70, 0.75)
    (even,) = scored(context(Arm("few_shot", 0.70, 200, sd=0.15)))
    wanted = rows_to_tell(even, "chrf", 0.75)
    assert wanted is not None
    assert wanted < (rows_to_decide(0.70, 0.75) or 0) / 5
    assert rescored(even, "chrf", 0.70, wanted).high < 0.75
    (families,) = scored(context(Arm("few_shot", 0.70, 200, groups=20)))
    assert rescored(families, "accuracy", 0.70, 400).arm.groups == 40


def test_replies_that_fail_by_form_are_counted_before_anybody_tunes() -> None:
    made = format_faults(
        known(context(Arm("few_shot", 0.7, 200, form_faults=0.12), Arm("zero_shot", 0.5, 200, form_faults=0.4)))
    )
    assert (made.value, made.status, made.kind) == (pytest.approx(0.12), "warn", "measured")
    assert made.low is not None and made.low < 0.12
    assert "structured output" in made.fix
    assert made.detail["arms"] == {"few_shot": 0.12, "zero_shot": 0.4}
    none = format_faults(known(context(Arm("few_shot", 0.7, 200, form_faults=0.0))))
    assert (none.value, none.status, none.fix) == (0.0, "ok", "")
    for arms in ((), (Arm("few_shot", 0.7, 200),)):
        with pytest.raises(NotChecked):
            format_faults(known(context(*arms)))
