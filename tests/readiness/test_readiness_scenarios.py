"""Twelve situations and what must not change their verdicts."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from readiness_scenarios import (
    HARD,
    SCENARIOS,
    Scenario,
    base_model_is_good,
    clean_and_large,
    leaked_evaluation,
    offline_device,
    questions,
)

from curation.readiness import Policy, assess, judge, load_policy
from curation.records import Facts, Verdict
from curation.records.context import Context, Prices

POLICY = replace(load_policy(), draws=100, resamples=200)
CURVE = POLICY.items["curve"]
QUICK = replace(POLICY, items={**POLICY.items, "curve": replace(CURVE, settings={**CURVE.settings, "sizes": 4})})
ALL = pytest.mark.parametrize("make", SCENARIOS.values(), ids=SCENARIOS.keys())
Make = Callable[[], Scenario]


def verdict(scenario: Scenario, seed: int = 0, policy: Policy = QUICK) -> Verdict:
    return judged(scenario.facts(seed), policy)


def judged(facts: Facts, policy: Policy) -> Verdict:
    return judge(assess(facts, policy), facts.context, policy, facts.dataset.digest, facts.seed)


@cache
def usual(make: Make) -> Verdict:
    return verdict(make(), policy=POLICY)


@ALL
def test_the_verdict_and_the_gate_that_gives_it(make: Make) -> None:
    scenario, found = make(), usual(make)
    assert (found.outcome, found.gate) == (scenario.expected, scenario.gate)
    assert not found.provisional
    assert 3 <= len(found.reasons) <= 5
    assert found.nearest_flip
    assert found.next_step
    assert sum(found.stability.values()) == pytest.approx(1.0)


@ALL
def test_without_a_measured_base_model_it_is_provisional_and_never_says_tune(make: Make) -> None:
    scenario = make()
    found = verdict(replace(scenario, context=replace(scenario.context, arms=())))
    assert found.provisional
    assert found.outcome in {scenario.expected, "need_unproven"} - {"lora", "stay_with_prompt"}


@ALL
def test_the_order_of_rows_changes_nothing(make: Make) -> None:
    scenario = make()
    facts = scenario.facts()
    order = np.random.default_rng(1).permutation(len(facts.dataset))
    shuffled = replace(
        facts,
        dataset=facts.dataset.take(order),
        clusters=replace(facts.clusters, table=facts.clusters.table.take(order)),
    )
    assert judged(shuffled, POLICY) == usual(make)


@ALL
def test_exact_duplicates_other_label_names_and_other_money_change_nothing(make: Make) -> None:
    scenario = make()
    names = {f"label {n}": f"{(n * 31) % 77}-renamed" for n in range(77)}
    rows = [{**row, **({"label": names[row["label"]]} if "label" in row else {})} for row in scenario.rows]
    renamed = scenario.context.with_labels(names[name] for name in scenario.context.label_names)
    originals = [*scenario.originals, *scenario.originals[::3]] if scenario.originals else ()
    other = replace(
        scenario,
        rows=[*rows, *rows[::3]],
        originals=originals,
        context=scaled(renamed, 110.0),
    )
    assert verdict(other).outcome == scenario.expected


def scaled(context: Context, by: float) -> Context:
    names = ("input_per_million", "output_per_million", "tuned_input_per_million", "tuned_output_per_million")
    names += ("hosting_per_month", "cached_input_per_million", "gpu_hour", "label_hour")
    prices: Prices = replace(context.prices, **{name: getattr(context.prices, name) * by for name in names})
    return replace(context, prices=prices)


def test_a_larger_evaluation_proves_that_the_prompt_suffices() -> None:
    assert verdict(base_model_is_good(2000)).outcome == "prompt"


def test_a_tiny_worthwhile_lift_leaves_it_undecided() -> None:
    found = verdict(base_model_is_good(400, lift=0.005))
    assert (found.outcome, found.gate) == ("cannot_judge", "5b")
    assert "scored rows would decide it" in found.reasons[0]


def test_after_the_leaked_rows_are_gone_the_score_without_them_decides() -> None:
    assert verdict(leaked_evaluation(0, 0.78)).outcome == "lora"


def test_more_clean_rows_never_turn_tuning_into_collecting() -> None:
    scenario = clean_and_large()
    more = [*scenario.rows, *questions(20, 40, seed=99, hidden=HARD)]
    assert verdict(replace(scenario, rows=more)).outcome == "lora"


def test_offline_wins_although_the_money_never_comes_back() -> None:
    found = verdict(offline_device())
    money = next(item for item in found.evidence if item.id == "economics")
    assert money.status == "warn"
    assert "offline" in found.reasons[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_gives_the_same_outcome(seed: int) -> None:
    assert verdict(clean_and_large(), seed).outcome == "lora"
