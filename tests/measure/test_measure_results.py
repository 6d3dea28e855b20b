"""Intervals, paired differences and early stops are what their sources say."""

import json
from dataclasses import replace

import numpy as np
import pytest

from curation.endpoint.ledger import Prices
from curation.measure.plan import Task
from curation.measure.results import Origin, arm_result, differences
from curation.measure.trial import Tally, interim_sizes, is_clear
from curation.records import (
    Amounts,
    ArmResult,
    AskedRun,
    ImportedRun,
    Measurement,
    Run,
    measurement_json,
    parse_measurement,
)
from curation.sampling.exact import clopper_pearson


def arm(name: str, scores: list[float], **more: object) -> ArmResult:
    tally = Tally(name, {f"r{n}": score for n, score in enumerate(scores)})
    made = arm_result(tally, "", Prices(), Origin("m", "accuracy", "now"), Task("accuracy"))
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_paired_difference_is_newcombes_with_mcnemars_exact_p() -> None:
    # 36 rows right in both, 12 only in the first, 2 only in the second
    first = [1.0] * 48 + [0.0] * 2
    second = [1.0] * 36 + [0.0] * 12 + [1.0] * 2
    (one,) = differences([arm("zero_shot", second), arm("few_shot", first)])
    assert (one.first, one.second, one.n) == ("few_shot", "zero_shot", 50)
    assert one.value == pytest.approx(0.2)
    assert 0.05 < one.low < 0.2 < one.high < 0.33
    assert one.p == pytest.approx(0.0129, abs=1e-4)


def test_no_disagreement_still_has_an_interval() -> None:
    (one,) = differences([arm("zero_shot", [1.0] * 20), arm("few_shot", [1.0] * 20)])
    assert one.value == 0
    assert one.low < 0 < one.high
    assert one.p == 1


def test_scores_between_0_and_1_are_compared_row_by_row() -> None:
    rng = np.random.default_rng(1)
    second = rng.random(100) * 0.5
    (one,) = differences([arm("few_shot", list(second + 0.3)), arm("zero_shot", list(second))])
    assert one.value == pytest.approx(0.3)
    assert one.high - one.low < 0.003  # every row differs by the same
    assert one.p is None


def test_only_measured_arms_and_shared_rows_are_compared() -> None:
    whole, part, none = arm("few_shot", [1.0] * 9), arm("zero_shot", [0.0] * 4), arm("full", [1.0], reason="failed")
    (one,) = differences([whole, part, none])
    assert one.n == 4


def test_interim_sizes_double_and_end_with_all() -> None:
    assert interim_sizes(200) == [25, 50, 100, 200]
    assert interim_sizes(40) == [25, 40]
    assert interim_sizes(10) == [10]
    assert interim_sizes(0) == []


def test_an_answer_is_clear_only_far_from_the_decision() -> None:
    assert clopper_pearson(0, 25, 0.001)[1] == pytest.approx(1 - 0.001 ** (1 / 25))
    assert is_clear([0.0] * 25, 0.8, 0.05)
    assert is_clear([1.0] * 50, 0.8, 0.05)
    assert not is_clear([1.0] * 20 + [0.0] * 5, 0.8, 0.05)
    assert not is_clear([0.0] * 25, None, 0.05)


def test_early_looks_seldom_mislead() -> None:
    """An arm exactly at the target is called clear at 25, 50 or 100 of 200 rows in under 1 of 100 runs."""
    rng = np.random.default_rng(0)
    misled = 0
    for _ in range(1000):
        scores = (rng.random(200) < 0.8).astype(float)
        misled += any(is_clear(list(scores[:n]), 0.8, 0.0) for n in interim_sizes(200)[:-1])
    assert misled / 1000 < 0.01


@pytest.mark.parametrize(
    "run",
    [
        AskedRun(metric="accuracy", rows=3, arms=("lora",), refused=("temperature",), caps=Amounts(9), made=3),
        ImportedRun(metric="accuracy", rows=3, imported="o.csv", unknown=1, reasons={"lora": "failed"}),
    ],
    ids=["asked", "imported"],
)
def test_a_measurement_survives_storing(run: Run) -> None:
    arms = (arm("lora", [1.0, 0.0, 1.0], prompt_tokens=10.0, borrowed={"full": 1}), arm("zero_shot", [0.0, 0.0, 0.0]))
    one = Measurement(arms, tuple(differences(arms)), run)
    kept = json.loads(json.dumps(measurement_json(one)))
    assert parse_measurement(kept) == one
    assert kept["arms"][0]["n"] == 3
    earlier = {
        **kept,
        "run": {name: kept["run"][name] for name in ("metric", "rows", "imported") if name in kept["run"]},
    }
    assert (parse_measurement(earlier).arms, parse_measurement(earlier).run.stands) == (arms, ())


def test_an_arm_is_what_the_verdict_reads() -> None:
    one = arm("lora", [1.0, 0.0, 1.0], prompt_tokens=10.0, latency_ms=5.0, hosted=True)
    assert one.low < one.score < one.high
    made = one.arm()
    assert made is not None
    assert (made.name, made.n, made.score, made.hosted) == ("lora", 3, pytest.approx(2 / 3), True)
    assert arm("lora", [1.0], reason="most questions failed").arm() is None
