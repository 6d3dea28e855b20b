"""Every evidence item on awkward datasets, and the figures people act on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from readiness_scenarios import Scenario, context, findings, label_noise, questions, text_checks

from curation.dedup import dedup
from curation.errors import Cancelled
from curation.label_model.linear_svm import MOST_FITTED
from curation.readiness import assess, judge, load_policy, work_plan
from curation.records import CheckRun, Evidence, Facts, Findings, dataset
from curation.records.context import Arm, Context, Knowledge
from curation.sampling.intervals import wilson

POLICY = load_policy()
AWKWARD: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "no rows": [],
    "one row": [{"input": "a", "label": "x"}],
    "identical rows": [{"input": "a b", "output": "c d"}] * 30,
    "empty strings": [{"input": "", "output": ""}] * 30,
    "no words": [{"input": f"{'!' * n}", "output": "?!"} for n in range(40)],
    "no labels": [{"input": f"question {n}", "output": f"answer {n}"} for n in range(40)],
    "one class": [{"input": f"question {n}", "label": "x"} for n in range(40)],
    "a class a row": [{"input": f"question {n}", "label": f"x{n}"} for n in range(40)],
    "mostly unlabelled": [{"input": f"question {n}", "label": "ab"[n % 2] if n < 4 else None} for n in range(40)],
    "hostile": [{"input": "\u202e\x00<script>" + "= " * n, "output": "{{7*7}}"} for n in range(30)],
}


def facts(rows: Sequence[Mapping[str, Any]], context: Context = Context(), runs: Sequence[CheckRun] = ()) -> Facts:
    return Scenario("", rows, context, tuple(runs)).facts()


def items(given: Facts) -> dict[str, Evidence]:
    return {item.id: item for item in assess(given, POLICY)}


@pytest.mark.parametrize("rows", AWKWARD.values(), ids=AWKWARD.keys())
def test_every_item_answers_or_says_why_not(rows: Sequence[Mapping[str, Any]]) -> None:
    found = items(facts(rows))
    assert set(found) == set(POLICY.items)
    for item in found.values():
        assert item.title
        assert item.message
        assert item.origin
        assert len(item.rows) <= 5
        if item.status == "missing":
            assert item.message.endswith(".")
            assert item.value is item.low is item.high is None
        elif item.status != "not_applicable":
            assert item.value is not None
            assert item.low is not None
            assert item.high is not None
            assert item.low <= item.value <= item.high
            assert np.isfinite([item.low, item.value, item.high]).all()
    assert assess(facts(rows), POLICY) == tuple(found.values())


def test_it_reports_progress_and_stops_when_asked() -> None:
    given = facts(questions(3, 20))
    seen: list[float] = []
    assess(given, POLICY, lambda done, message: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def stop(done: float, message: str) -> None:
        if done > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        assess(given, POLICY, stop)


def test_unlabelled_rows_are_work_and_not_faults() -> None:
    rows = [*questions(3, 20), *({"input": f"new question {n}", "label": None} for n in range(60))]
    found = items(facts(rows))
    assert found["integrity"].value == 0.0
    assert found["effective_size"].value == 60
    assert found["coverage"].status == "ok"
    assert "60 rows have no label yet. Of the other 60, 60 count" in found["effective_size"].message


def test_rejected_rows_count_against_integrity_and_a_missing_full_stop_does_not() -> None:
    rows = [{"input": f"question {n}", "output": f"answer number {n}"} for n in range(97)]
    scenario = Scenario("", rows, Context(), text_checks(), flagged={"truncated": range(40)})
    found = items(replace(scenario.facts(), rejected=3))["integrity"]
    assert found.value == pytest.approx(0.03)
    assert found.status != "fail"  # its low end is under the threshold
    assert items(replace(scenario.facts(), rejected=13))["integrity"].status == "fail"


def test_only_identical_inputs_conflict_and_the_most_frequent_answer_stays() -> None:
    rows = [
        {"input": "Where is my card?", "label": "card"},
        {"input": "where  is my CARD?", "label": "delivery"},
        {"input": "Where is my card, please?", "label": "lost"},
        *questions(2, 20),
    ]
    found = items(facts(rows))["conflicts"]
    assert found.detail["rows"] == 1
    assert found.value == pytest.approx(1 / 43)


def test_answers_that_differ_by_date_are_change_and_not_conflict() -> None:
    rows = [
        {"input": f"price of {n}?", "output": f"{5 + year} dollars", "created": f"202{year}-01-01"}
        for n in range(20)
        for year in (4, 5)
    ]
    found = items(facts(rows))
    assert found["conflicts"].value == 0.0
    assert found["volatility"].status == "fail"
    undated = [{**row, "created": None} for row in rows]
    assert items(facts(undated))["conflicts"].status == "fail"


def test_words_that_age_are_a_question_and_a_declared_pace_is_an_answer() -> None:
    rows = [{"input": f"When was {n} founded?", "output": f"Company {n} was founded in {1900 + n}."} for n in range(60)]
    stable = items(facts(rows))["volatility"]
    assert (stable.status, stable.value) == ("warn", 1.0)
    assert items(facts(rows, Context(knowledge=Knowledge("weekly"))))["volatility"].status == "fail"


def test_random_labels_are_no_pattern_and_not_ninety_percent_noise() -> None:
    rng = np.random.default_rng(0)
    rows = [{**row, "label": f"label {rng.integers(4)}"} for row in questions(4, 60)]
    found = items(facts(rows, runs=[label_noise(0.7, 0.26, 0.27)]))
    assert found["noise"].status == "missing"
    assert found["learnability"].status == "fail"


def test_an_audit_by_people_goes_before_the_estimate() -> None:
    audit = CheckRun("audit", "done", summary={"reviewed": 100, "wrong": 30})
    found = items(facts(questions(4, 30), runs=[label_noise(0.02), audit]))["noise"]
    assert (found.kind, found.value, found.status) == ("measured", 0.3, "fail")
    small = CheckRun("audit", "done", summary={"reviewed": 10, "wrong": 3})
    assert items(facts(questions(4, 30), runs=[label_noise(0.02), small]))["noise"].kind == "estimated"


def test_shuffled_answers_are_no_pattern_and_real_ones_are() -> None:
    rng = np.random.default_rng(0)
    rows = [
        {"input": f"tell me of topic{n % 40} part{n}", "output": f"topic{n % 40} is fine and part{n} too"}
        for n in range(240)
    ]
    real = items(facts(rows))["learnability"]
    assert real.status == "ok"
    assert real.value is not None
    assert real.value > 0.4
    outputs = rng.permutation([row["output"] for row in rows])
    mixed = [{**row, "output": str(output)} for row, output in zip(rows, outputs)]
    assert items(facts(mixed))["learnability"].status == "fail"


def test_near_copies_count_once_and_never_help_a_score() -> None:
    rows = questions(10, 4)
    many, origins = [], []
    for n, row in enumerate(rows):
        for copy in range(10):
            many.append({**row, "input": f"{row['input']} {'again ' * copy}"})
            origins.append(n * 10)
    found = items(Scenario("", many, Context(), originals=origins).facts())
    assert found["effective_size"].value == 40
    assert found["duplication"].value == pytest.approx(0.9)
    assert found["coverage"].detail["smallest"] == 4


def test_a_declared_class_without_rows_fails_coverage() -> None:
    context = Context().with_labels(("label 0", "label 1", "label 2"))
    found = items(facts(questions(2, 30), context))["coverage"]
    assert found.status == "fail"
    assert found.detail["absent"] == ["label 2"]
    assert items(facts(questions(2, 30)))["coverage"].status == "ok"


def test_a_single_class_is_nothing_to_tell_apart() -> None:
    found = items(facts(questions(1, 60)))["coverage"]
    assert found.status == "fail"
    assert "no other class to learn" in found.message
    assert found.fix == "Collect about 10 more rows in another class."


def test_declared_classes_written_otherwise_are_those_of_the_data() -> None:
    written = Context().with_labels(("Label 0", "LABEL_1"))
    assert items(facts(questions(2, 30), written))["coverage"].status == "ok"
    others = items(facts(questions(3, 30), written))["coverage"]
    assert others.status == "warn"
    assert others.message.endswith("1 label of the data is not among those you declared: “label 2”.")


def test_rows_without_a_label_are_labelled_before_new_ones_are_collected() -> None:
    rows = [*questions(3, 4), *({"input": f"waiting {n}", "label": None} for n in range(200))]
    found = items(facts(rows))
    until = "until 3 classes have enough."
    assert found["coverage"].fix == f"Label more of the 200 rows you have that have no label yet, {until}"
    said = (
        "200 rows have no label yet. Of the other 12, 12 count: near-duplicates and rows that contradict others do not."
    )
    assert found["effective_size"].message == said
    assert found["effective_size"].fix == "Label at least 38 of the 200 rows you have that have no label yet."


@pytest.mark.parametrize(
    ("waiting", "fix"),
    [
        (300, "Label at least 50 of the 300 rows you have that have no label yet."),
        (30, "Label the 30 rows you have that have no label yet, and collect at least 20 more distinct rows."),
    ],
)
def test_a_set_without_labels_asks_for_labels_and_collects_only_what_is_missing_beyond(waiting: int, fix: str) -> None:
    given = facts([{"input": f"waiting {n}", "label": None} for n in range(waiting)])
    given = replace(given, dataset=replace(given.dataset, classification=True))
    found = items(given)["effective_size"]
    assert found.message == f"{waiting} rows have no label yet, so no row counts."
    assert found.fix == fix
    told = judge((found,), context(0.9), POLICY, "", 0)
    assert (told.outcome, told.headline) == ("collect", f"Not yet: {fix[0].lower()}{fix[1:]}")
    assert told.next_step.startswith(fix)
    step = work_plan((found,), context(0.9), POLICY).steps[0]
    few = "Label about 50 of the 300 rows you have that have no label yet."
    more = "Label the 30 rows you have that have no label yet, and add about 20 distinct rows."
    assert (step.words, step.low) == ((few, 50) if waiting == 300 else (more, 50))


def test_templates_with_another_number_count_once() -> None:
    rows = [
        {"input": f"{words} {n * 37}", "label": f"label {k}"}
        for k, words in enumerate(("where is the parcel with the long number", "please pay back the money for invoice"))
        for n in range(40)
    ]
    data = dataset(rows)
    found = items(Facts(data, dedup(data), findings(data, {}, ()), Context(), 0, 0))
    assert found["effective_size"].value == 2


def test_surest_guesses_are_heard_where_the_model_is_near_and_never_on_hard_texts() -> None:
    said = label_noise(0.30, 0.62, 0.5)  # 30 % flips of two labels told by their words, 1,000 rows
    hard = label_noise(0.17, 0.655, 0.51)  # irony, labels right
    flipped, right = (items(facts(questions(2, 40), runs=[run]))["noise"] for run in (said, hard))
    assert (flipped.status, right.status) == ("missing", "missing")
    assert flipped.detail["strays"][0] == pytest.approx(0.30)
    assert "strays" not in right.detail


def test_answers_that_reword_a_part_of_the_input_do_not_belong_elsewhere() -> None:
    said = [f"The red{n} box holds green{n} pens and blue{n} ink. What does it hold?" for n in range(200)]
    right = [{"input": one, "output": f"green{n} pens besides blue{n} ink"} for n, one in enumerate(said)]
    other = [{**row, "output": right[(n + 7) % 200]["output"]} if n < 60 else row for n, row in enumerate(right)]
    runs = [CheckRun(name, "done") for name in ("refusal", "placeholder")]
    found, swapped = (items(facts(rows, runs=runs))["noise"] for rows in (right, other))
    assert found.detail["strays"][0] == 0.0
    assert swapped.detail["strays"][0] == pytest.approx(0.30)


def test_a_dozen_rows_a_class_are_too_few_to_call_labels_wrong() -> None:
    runs = [label_noise(0.25, 0.7)]
    few, enough = (items(facts(questions(5, each), runs=runs))["noise"] for each in (12, 40))
    assert few.status == "missing"
    assert "judge 60 random rows" in few.message
    assert enough.status == "fail"


def test_misfits_that_no_audit_has_looked_at_are_not_counted_as_wrong() -> None:
    rows = [{"input": f"Where is parcel {n * 37}?", "output": f"It lies in room {n * 91}."} for n in range(200)]
    given = Scenario("", rows, Context(), text_checks(), flagged={"mismatch": range(10)}).facts()
    table = given.findings.table
    sure = table.set_column(table.schema.get_field_index("confidence"), "confidence", pa.array([1.0] * 4 + [0.4] * 6))
    found = items(replace(given, findings=Findings(sure, given.findings.runs)))["noise"]
    assert found.value == 0.0


def test_misfits_count_once_an_audit_has_measured_how_often_they_are_right() -> None:
    rows = [{"input": f"Where is parcel {n * 37}?", "output": f"It lies in room {n * 91}."} for n in range(200)]
    flagged = {"mismatch": range(40), "placeholder": range(100, 104)}
    alone = items(Scenario("", rows, Context(), text_checks(), flagged=flagged).facts())["noise"]
    # a fifth looks swapped, and nobody has looked at one: to be judged before anybody trains
    assert (alone.status, alone.detail["strays"][0]) == ("missing", pytest.approx(40 / 200))
    assert "judge 60 random rows" in alone.message
    told = {
        "reviewed": 30,
        "wrong": 2,
        "precision": {"mismatch": {"reviewed": 20, "value": 0.5, "low": 0.3, "high": 0.7}},
    }
    few = CheckRun("audit", "done", summary=told)
    found = items(Scenario("", rows, Context(), (*text_checks(), few), flagged=flagged).facts())["noise"]
    assert found.kind == "estimated"
    assert found.value == pytest.approx((4 + 40 * 0.5) / 200)
    assert found.low == pytest.approx(wilson(4 + 40 * 0.3, 200)[1])
    assert found.high == pytest.approx(wilson(4 + 40 * 0.7, 200)[2])


def test_one_class_nearly_everywhere_fails_coverage() -> None:
    rows = [*questions(1, 300), *({"input": f"other thing {n}", "label": "rare"} for n in range(20))]
    assert items(facts(rows))["coverage"].status == "fail"


def test_style_and_substance_are_told_apart() -> None:
    style = [{"input": f"do task{n} for me", "output": f"Could you please do task{n} for me?"} for n in range(60)]
    found = items(facts(style))["substance"]
    assert found.detail["says"] == "style"
    novel = [
        {"input": f"What is item{n}?", "output": f"A kind{n} of tool{n} from place{n} made by maker{n}"}
        for n in range(60)
    ]
    assert items(facts(novel))["substance"].status == "warn"


def test_holdout_power_is_the_published_table() -> None:
    for n, points in ((30, 19.9), (100, 10.4), (500, 4.8), (2000, 2.5)):
        found = items(facts([], Context(arms=(Arm("few_shot", 0.8, n),))))["holdout_power"]
        assert found.value is not None
        assert 100 * found.value == pytest.approx(points, abs=0.5)


def test_hundreds_of_answers_are_judged_without_a_linear_model_for_each() -> None:
    rows, rng = questions(MOST_FITTED + 20, 5), np.random.default_rng(0)
    found = items(facts(rows))
    pattern, copy = found["learnability"], found["retrieval"]
    assert (pattern.status, pattern.detail["classes"]) == ("ok", MOST_FITTED + 20)
    assert "learned from 1,600 rows" in pattern.message
    assert "mean row of each answer" in found["curve"].message
    assert pattern.detail["asked_rows"] == 1600
    assert pattern.value is not None
    assert copy.value is not None
    assert copy.value <= pattern.detail["score"][0] > 0.5

    labels = rng.permutation([row["label"] for row in rows]).tolist()
    shuffled = items(facts([{**row, "label": label} for row, label in zip(rows, labels)]))["learnability"]
    assert shuffled.value is not None
    assert shuffled.value < 0.02


def test_where_answers_are_many_a_sample_is_asked_and_all_other_rows_are_learned_from() -> None:
    given = facts(questions(MOST_FITTED + 20, 5))
    rule = POLICY.items["learnability"]
    asking = replace(rule, settings={**rule.settings, "proxy_rows": 400})
    few = {item.id: item for item in assess(given, replace(POLICY, items={**POLICY.items, "learnability": asking}))}
    pattern, whole = few["learnability"], items(given)["learnability"]
    assert (pattern.detail["rows"], pattern.detail["learned_rows"]) == (400, 1600)
    assert "learned from 1,600 rows and tested on 400 of them while held back" in pattern.message
    assert pattern.low is not None
    assert pattern.high is not None
    assert whole.value is not None
    assert pattern.low <= whole.value <= pattern.high


def test_few_answers_are_judged_by_the_linear_model_and_say_nothing_of_another() -> None:
    pattern = items(facts(questions(10, 20)))["learnability"]
    assert "mean row" not in pattern.message
    assert "method" not in pattern.detail
