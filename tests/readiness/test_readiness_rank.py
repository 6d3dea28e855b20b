"""The rank of evidence, on evidence and arms of any kind: measurements outrank guesses in every gate."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from test_readiness_gates import GOOD, TASK, item

from curation.readiness import load_policy
from curation.readiness.arms import scored
from curation.readiness.gates.reading import TRAINING, Reading
from curation.readiness.gates.walk import walk
from curation.records import Evidence
from curation.records.context import Arm, Context

POLICY = load_policy()
share = st.floats(0, 1)
rows = st.integers(50, 5000)


def guesses(noise: float, pattern: float, ratio: float) -> dict[str, Evidence]:
    """Estimates that say what they like, beside counts that are in order."""
    steep = {"metric": "accuracy", "score": 0.4, "doubling": [0.1, 0.08, 0.12]}
    return {
        **GOOD,
        "noise": item("noise", noise, max(0.0, noise - 0.02), min(1.0, noise + 0.02), detail={"caps": True}),
        "learnability": replace(GOOD["learnability"], value=pattern, low=pattern, high=pattern, status="fail"),
        "curve": item("curve", ratio, ratio, ratio, detail=steep),
    }


def outcome(items: dict[str, Evidence], *arms: Arm, target: float = 0.88) -> str:
    context = Context(replace(TASK, target=target), arms=arms)
    return walk(Reading(items, scored(context), context, POLICY)).outcome


@given(share, st.floats(-0.1, 0.0), st.floats(0, 3))
def test_with_nothing_measured_estimates_decide_nothing(noise: float, pattern: float, ratio: float) -> None:
    assert outcome(guesses(noise, pattern, ratio)) == "need_unproven"


@given(share, st.floats(-0.1, 0.0), st.floats(0, 3), st.floats(0.3, 0.8), st.floats(0.92, 1.0), rows)
def test_a_tuned_model_measured_to_meet_the_target_is_believed_before_any_estimate(
    noise: float, pattern: float, ratio: float, prompt: float, tuned: float, n: int
) -> None:
    arms = (Arm("few_shot", prompt, n), Arm("lora", tuned, 2000))
    assert outcome(guesses(noise, pattern, ratio), *arms) in ("lora", "stay_with_prompt")


@given(st.floats(0, 0.99), rows, rows, share)
def test_a_better_prompt_never_speaks_for_tuning(score: float, n: int, m: int, tuned: float) -> None:
    lora = Arm("lora", tuned, m)
    worse = outcome(GOOD, Arm("few_shot", score, n), lora)
    better = outcome(GOOD, Arm("few_shot", min(1.0, score + 0.1), n), lora)
    if worse in ("prompt", "stay_with_prompt"):
        assert better not in TRAINING


@given(st.floats(0, 0.95), rows)
def test_more_certainty_about_the_same_score_never_turns_an_answer_round(score: float, n: int) -> None:
    few, many = (outcome(GOOD, Arm("few_shot", score, k)) for k in (n, 100 * n))
    sides = {frozenset(("prompt", "lora")), frozenset(("stay_with_prompt", "lora"))}
    assert frozenset((few, many)) not in sides
