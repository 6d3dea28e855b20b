"""The work plan names the topics to collect more of, and those in which the faults to mend are crowded."""

import json
from typing import Any

import pyarrow as pa

from curation.readiness import by_topic, halves, said_of, topics_of
from curation.readiness.texts.topics import CROWDED, THIN, Topics, with_topics
from curation.records import FINDINGS_SCHEMA, Evidence, Findings, Plan, PlanStep


def findings(check: str, *evidence: dict[str, Any]) -> Findings:
    rows = [
        {"id": f"{check}{n}", "check": check, "confidence": 0.8, "message": "see jane.doe@mail-provider.net", "suggestion": "collect",
         "evidence": json.dumps(one)}
        for n, one in enumerate(evidence)
    ]  # fmt: skip
    return Findings(pa.Table.from_pylist(rows, FINDINGS_SCHEMA))


THINNED = findings(THIN, *({"like": [f"cancel  booking {n}", "x"], "wanted": 40 - n} for n in range(5)))
FAULTY = findings(
    CROWDED,
    {"check": "label_noise", "topic": "refund, money", "rows": 12, "of": 40},
    {"check": "empty", "topic": "hello", "rows": 6, "of": 9},
)
STEPS = (
    PlanStep("coverage", "Add about 100 rows.", 100, 100),
    PlanStep("noise", "Correct the answers of about 20 rows."),
    PlanStep("base_model", "Score the base model."),
)
PLAN = Plan("collect", "lora", STEPS, (1.0, 2.0), "Two steps.")


def test_a_step_that_collects_names_the_thinnest_topics_and_one_that_mends_those_with_most_faults() -> None:
    found = Topics(topics_of(THINNED).thin, topics_of(FAULTY).crowded)
    made = with_topics(PLAN, found)
    assert made.steps[0].words == (
        "Add about 100 rows. Begin with what the evaluation set asks and your rows hardly have: about 40 like “cancel "
        "booking 0”, about 39 like “cancel booking 1”, about 38 like “cancel booking 2” and 2 topics more "
        "(a small model's guess)."
    )
    assert made.steps[1].words == (
        "Correct the answers of about 20 rows. Begin with the topic “refund, money” (12 of its 40 rows): "
        "one cause is likely there."
    )
    assert made.steps[2] == STEPS[2]
    assert (made.outcome, made.goal, made.minutes, made.summary) == (
        PLAN.outcome,
        PLAN.goal,
        PLAN.minutes,
        PLAN.summary,
    )


def test_without_such_findings_the_plan_stays_and_texts_are_masked() -> None:
    none = findings("empty", {"like": ["x"], "wanted": 1})
    assert with_topics(PLAN, topics_of(none)) == PLAN
    assert said_of(None, THIN) == []
    assert said_of(THINNED, THIN) == ["see [email]"] * 5
    secret = topics_of(findings(THIN, {"like": ["write to jane.doe@mail-provider.net " + "x" * 99], "wanted": 3}))
    assert secret.thin[0].like.startswith("write to [email] xxx")
    assert len(secret.thin[0].like) == 60


def test_what_an_item_says_and_asks_for_names_its_topics_too() -> None:
    found = Topics(topics_of(THINNED).thin, topics_of(FAULTY).crowded)
    few = Evidence("coverage", "", "fail", value=0.5, message="Half are thin.", fix="Collect about 100 more rows.")
    assert by_topic(few, found).fix.startswith(
        "Collect about 100 more rows. Begin with what the evaluation set asks and your rows hardly have: about 40 like"
    )
    wrong = Evidence("noise", "", "warn", value=0.1, message="About 10 % of the labels look wrong.")
    assert by_topic(wrong, found).message == (
        "About 10 % of the labels look wrong. They are most crowded in the topic “refund, money” (12 of its 40 rows)."
    )
    fine = Evidence("noise", "", "ok", value=0.01, message="About 1 % of the labels look wrong.")
    unknown = Evidence("curve", "", "missing", message="It was not drawn.", fix="Draw it.")
    assert [by_topic(item, found) for item in (fine, unknown)] == [fine, unknown]
    assert by_topic(wrong, Topics()) == wrong


def test_the_time_is_halved_by_the_dates_rows_carry() -> None:
    early, late = "before 2024-03-02", "2024-03-02 or later"
    assert halves(["2024-01-01", "2024-03-02", "", None, "2024-03-01", "2024-05-05"]) == [
        early,
        late,
        "",
        "",
        early,
        late,
    ]
    assert halves(["2024-01-01"] * 5 + ["2024-02-01"]) == ["before 2024-02-01"] * 5 + ["2024-02-01 or later"]
    assert halves(["2024-01-01", "2024-01-01", ""]) == ["", "", ""]
