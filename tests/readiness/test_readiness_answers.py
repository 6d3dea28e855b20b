"""What the answers are, and that every item judges them as that."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from generated import WORDS, sentence
from readiness_scenarios import Scenario, questions, text_checks

from curation.dedup import dedup
from curation.readiness import Study, assess, load_policy
from curation.readiness.texts.answers import number_of
from curation.records import CheckRun, Evidence, Facts, dataset
from curation.records.context import Context, Task

POLICY = load_policy()
NO_TASK = Task()
NOTHING_SAID = Context()
Rows = Sequence[Mapping[str, Any]]


def items(rows: Rows, context: Context = NOTHING_SAID, runs: Sequence[CheckRun] = ()) -> dict[str, Evidence]:
    return {item.id: item for item in assess(Scenario("", rows, context, tuple(runs)).facts(), POLICY)}


def kind(rows: Rows, task: Task = NO_TASK) -> str:
    return Study(Scenario("", rows, Context(task)).facts(), POLICY).answer_kind


def labelled(labels: Sequence[object], seed: int = 0) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [{"input": sentence(rng), "label": str(label)} for label in labels]


def several(separator: str, rows: int = 400, labels: int = 12) -> list[dict[str, Any]]:
    """Rows with one to three labels, each told by words of its own."""
    rng = np.random.default_rng(1)
    made = []
    for _ in range(rows):
        chosen = sorted(rng.choice(labels, rng.integers(1, 4), replace=False))
        own = [word for k in chosen for word in rng.choice(WORDS[4 * k : 4 * k + 4], 2, replace=False)]
        text = " ".join(rng.permutation([*own, *rng.choice(WORDS[100:], 6)]))
        names = [f"intent {k}" for k in chosen]
        made.append({"input": text, "label": json.dumps(names) if separator == "[" else separator.join(names)})
    return made


@pytest.mark.parametrize("text, number", [
    ("4.5", 4.5), ("$1,299.00", 1299.0), ("12,5 %", 12.5), ("1.234,5", 1234.5), ("-3", -3.0), ("7 stars", 7.0),
    ("4/5", 4.0), ("room 7", None), ("1.2.3", None), ("", None), ("A7", None), ("20 questions a day", None),
])  # fmt: skip
def test_numbers_are_read_with_their_units(text: str, number: float | None) -> None:
    assert number_of(text) == number


def test_ratings_in_tenths_prices_and_counts_are_numbers() -> None:
    rng = np.random.default_rng(0)
    assert kind(labelled([f"{rating:.1f}" for rating in rng.uniform(0, 5, 200)])) == "numbers"
    assert kind(labelled([f"${price:.2f}" for price in rng.uniform(3, 900, 200)])) == "numbers"
    assert kind(labelled(rng.poisson(40, 200))) == "numbers"
    outputs = [{"input": sentence(rng), "output": str(n)} for n in rng.integers(100, 9999, 200)]
    assert kind(outputs) == "numbers"


def test_codes_of_classes_are_labels() -> None:
    rng = np.random.default_rng(0)
    assert kind(labelled(rng.integers(0, 2, 200))) == "labels"
    assert kind(labelled(rng.integers(1, 6, 200))) == "labels"
    assert kind(labelled(rng.integers(-1, 2, 200))) == "labels"
    assert kind(labelled(rng.permutation(77).tolist()[:60]), Task(kind="classification")) == "labels"
    assert kind(labelled(rng.integers(1, 6, 200)), Task(metric="within_one")) == "numbers"


@pytest.mark.parametrize("separator", [", ", ";", "[", "#"])
def test_several_labels_a_row_are_the_same_however_they_are_written(separator: str) -> None:
    sets = [Study(Scenario("", several(one), NOTHING_SAID).facts(), POLICY) for one in (separator, "|")]
    assert sets[0].answer_kind == sets[1].answer_kind == "sets"
    assert sets[0].label_sets == sets[1].label_sets


def test_several_labels_a_row_are_judged_label_by_label() -> None:
    found = items(several("|"))
    assert found["coverage"].detail["classes"] == 12
    assert found["coverage"].detail["sets"] > 100
    assert found["coverage"].status == "ok"
    assert "several labels each" in found["coverage"].message
    pattern = found["learnability"]
    assert (pattern.status, pattern.detail["kind"]) == ("ok", "sets")
    assert set(pattern.detail["by_label"]) == {f"intent {k}" for k in range(12)}
    assert pattern.value is not None
    assert pattern.value > 0.3
    assert pattern.detail["competent"]
    assert found["curve"].detail["metric"] == "label_f1"
    assert found["noise"].status == "missing"
    assert "sets of labels" in found["noise"].message
    assert found["retrieval"].status == "not_applicable"


def test_random_sets_of_labels_show_no_pattern() -> None:
    rows, rng = several("|"), np.random.default_rng(2)
    mixed = [{**row, "label": rows[n]["label"]} for row, n in zip(rows, rng.permutation(len(rows)))]
    assert items(mixed)["learnability"].status == "fail"


def test_commas_within_names_of_labels_make_no_sets() -> None:
    names = ("Card, lost", "Card, stolen", "Transfer, failed", "Other")
    found = items([{**row, "label": names[int(row["label"][-1])]} for row in questions(4, 30)])
    assert found["coverage"].detail["classes"] == 4
    assert found["learnability"].detail["kind"] == "labels"


def test_a_declared_label_that_no_set_holds_is_absent() -> None:
    declared = Context().with_labels((*(f"intent {k}" for k in range(12)), "intent 99"))
    assert items(several("|"), declared)["coverage"].detail["absent"] == ["intent 99"]


def test_numbers_that_follow_from_the_words_are_a_pattern_and_random_ones_are_none() -> None:
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(400):
        good, bad = rng.integers(0, 4, 2)
        words = [*rng.choice(WORDS[:6], good), *rng.choice(WORDS[6:12], bad), *rng.choice(WORDS[20:], 5)]
        rating = 2.5 + 0.6 * (good - bad) + rng.normal(0, 0.2)
        rows.append({"input": " ".join(rng.permutation(words)), "label": f"{rating:.1f}"})
    found = items(rows)
    assert found["coverage"].status == "not_applicable"
    assert found["learnability"].detail["kind"] == "numbers"
    assert found["learnability"].status == "ok"
    assert found["learnability"].value is not None
    assert found["learnability"].value > 0.5
    assert found["curve"].detail["metric"] == "correlation"
    mixed = [{**row, "label": rows[n]["label"]} for row, n in zip(rows, rng.permutation(400))]
    assert items(mixed)["learnability"].status == "fail"


def test_numbers_that_differ_little_do_not_contradict_each_other() -> None:
    rows = [{"input": f"{word} and {word}", "label": f"{n % 50 / 10}"} for n, word in enumerate(WORDS[:200])]
    near = {**rows[30], "label": "3.1"}
    assert items([*rows, near])["conflicts"].detail["rows"] == 0
    far = {**rows[30], "label": "4.9"}
    assert items([*rows, far])["conflicts"].detail["rows"] == 1


def test_several_texts_people_wrote_to_an_input_are_references_and_no_fault() -> None:
    rng = np.random.default_rng(4)
    rows = [{"input": f"describe {place}", "output": sentence(rng, 12)} for place in WORDS[:60] for _ in range(8)]
    found = items(rows, runs=text_checks())
    assert found["conflicts"].status == "ok"
    assert found["conflicts"].detail["references"] == {"inputs": 60, "rows": 480}
    assert "several references" in found["conflicts"].message
    assert found["effective_size"].value == 480
    for asked in ("question_answering", "extraction"):
        strict = items(rows, Context(Task(kind=asked)))["conflicts"]
        assert (strict.status, strict.detail["rows"]) == ("fail", 420)


def test_texts_written_on_other_days_to_one_input_are_no_change_over_time() -> None:
    rng = np.random.default_rng(5)
    rows = [
        {
            "input": f"describe {place}",
            "output": f"{sentence(rng, 12)} In {2000 + n} it was so.",
            "created": f"2024-01-0{n + 1}",
        }
        for place in WORDS[:60]
        for n in range(8)
    ]
    found = items(rows)
    assert found["conflicts"].detail["dated"] == 0
    assert found["volatility"].status != "fail"


def test_two_ways_of_writing_a_label_are_one() -> None:
    rows = [
        {**row, "label": row["label"].upper() if n % 5 == 0 else row["label"]} for n, row in enumerate(questions(3, 20))
    ]
    found = items([*rows, {**rows[0], "label": f"{rows[0]['label'].lower()} "}])
    assert found["coverage"].detail["classes"] == 3
    assert found["conflicts"].detail["rows"] == 0


def test_texts_without_spaces_are_read_by_their_characters() -> None:
    rng = np.random.default_rng(6)
    subjects = ["银行卡丢失", "转账失败", "密码忘记", "汇率查询", "账户关闭", "余额不足"]
    rest = list("我们今天想要问你关于这个事情可以帮忙处理一下吗谢谢请快点回复因为很着急现在马上需要知道答案是什么")
    rows = []
    for n in range(240):
        subject = subjects[n % 6]
        text = "".join(rng.permutation(rest)[:8]) + subject + "".join(rng.permutation(rest)[:8])
        rows.append({"input": text, "output": f"关于{subject}的问题" + "".join(rng.permutation(rest)[:6])})
    data = dataset(rows)
    empty = Scenario("", rows, Context()).facts().findings
    found = {item.id: item for item in assess(Facts(data, dedup(data), empty), POLICY)}
    assert found["learnability"].value is not None
    assert found["learnability"].value > 0.4
    shares = found["substance"].detail
    assert shares["copied"] > 0.15
    assert shares["copied"] + shares["template"] + shares["novel"] == pytest.approx(1.0)
