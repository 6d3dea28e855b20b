"""Kinds of sets that a guess used to judge wrongly, each made from a seed, judged whole: rows, checks, verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from generated import WORDS, filled, reworded, sentence, signed
from readiness_scenarios import MODEL, PRICES, context, few_shot, questions

from curation.checks import run
from curation.dedup import dedup
from curation.readiness import assess, judge, load_policy
from curation.readiness.answerable import answerable
from curation.records import Facts, Findings, Verdict, dataset
from curation.records.context import Arm, Context, Knowledge, Needs
from curation.records.progress import ignore

POLICY = replace(load_policy(), draws=60, resamples=100)
CHECKS = ("label_noise", "mismatch", "refusal", "placeholder", "truncated")
Rows = Sequence[Mapping[str, Any]]


def verdict(rows: Rows, said: Context, passages: Sequence[str] = ()) -> Verdict:
    data = dataset(rows)
    clusters = dedup(data)
    found = run(data, clusters, only=CHECKS)
    if passages:
        knowledge = answerable(data, passages, POLICY.items["substance"].settings["template"])
        found = Findings(found.table, (*found.runs, knowledge))
    facts = Facts(data, clusters, found, said)
    return judge(assess(facts, POLICY, ignore), said, POLICY, data.digest, 0)


def item(found: Verdict, id: str) -> Any:
    return next(one for one in found.evidence if one.id == id)


def opinions(rows: int, length: int, seed: int = 0) -> list[dict[str, Any]]:
    """Two labels that few words tell apart: hard for word counts, right all the same."""
    rng = np.random.default_rng(seed)
    made = []
    for n in range(rows):
        own = rng.choice(WORDS[:40] if n % 2 else WORDS[30:70], 2)
        text = rng.permutation([*own, *rng.choice(WORDS[100:], 10)])[:length]
        made.append({"input": " ".join(text), "label": ("good", "bad")[n % 2]})
    return made


@pytest.mark.parametrize(("rows", "length"), [(100, 12), (400, 12), (400, 4), (1500, 4)])
def test_right_labels_in_few_rows_or_words_are_never_cleaned(rows: int, length: int) -> None:
    found = verdict(opinions(rows, length), context(0.92, few_shot(0.80)))
    assert found.outcome != "clean"


def test_flips_that_a_competent_model_sees_are_cleaned_first() -> None:
    rows = questions(6, 120)
    rng = np.random.default_rng(8)
    for n in rng.choice(len(rows), len(rows) * 3 // 10, replace=False):
        rows[n]["label"] = f"label {rng.integers(6)}"
    found = verdict(rows, context(0.95, few_shot(0.6)))
    assert found.outcome == "clean"
    assert "estimate" in found.headline


def rated(text_of: int = 500) -> list[dict[str, Any]]:
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(text_of):
        good = int(rng.integers(0, 6))
        words = [*rng.choice(WORDS[:6], good), *rng.choice(WORDS[6:12], 5 - good), *rng.choice(WORDS[20:], 6)]
        rows.append({"input": " ".join(rng.permutation(words)), "label": f"{good * 0.9 + rng.random() * 0.5:.1f}"})
    return rows


def test_ratings_in_tenths_are_a_scale_and_no_classes() -> None:
    found = verdict(rated(), context(0.93, few_shot(0.80), task={"metric": "within_one"}))
    assert found.outcome == "lora"
    assert item(found, "coverage").status == "not_applicable"
    assert item(found, "noise").status == "missing"


def test_a_dated_change_of_label_policy_is_mended_before_anybody_trains() -> None:
    rows = []
    for n, row in enumerate(questions(6, 120, hidden=0.2)):
        late = n % 2
        moved = late and row["label"] == "label 1"
        label = "label 2" if moved else row["label"]
        rows.append({**row, "label": label, "created": f"2026-{7 + n % 5 if late else 1 + n % 5:02}-{1 + n % 28:02}"})
    found = verdict(rows, context(0.95, few_shot(0.75)))
    assert found.outcome == "fix_data"
    assert "2026" in " ".join(found.reasons)


def test_where_it_runs_is_asked_before_a_prompt_is_called_enough_offline() -> None:
    rows, offline = questions(6, 40, hidden=0.3), Needs(offline=True)
    unsaid = context(0.85, Arm("few_shot", 0.93, 1000), needs=offline)
    found = verdict(rows, unsaid)
    assert found.outcome == "cannot_judge"
    assert "where" in found.headline
    here = verdict(rows, context(0.85, Arm("few_shot", 0.93, 1000, hosted=False), needs=offline))
    assert here.outcome == "prompt"
    away = verdict(rows, context(0.85, Arm("few_shot", 0.93, 1000, hosted=True), needs=offline))
    assert away.outcome not in ("prompt", "cannot_judge")


def test_a_small_gain_measured_on_thousands_of_rows_counts_where_few_errors_are_left() -> None:
    tuned = Arm("lora", 0.98, 4000, difference=0.03, difference_low=0.025, difference_high=0.035)
    found = verdict(
        questions(6, 40, hidden=0.3), context(0.975, Arm("few_shot", 0.95, 4000), tuned, task={"minimum_lift": None})
    )
    assert found.outcome == "lora"


def test_hosting_left_blank_is_asked_for_and_never_better_than_given() -> None:
    rows = questions(6, 40, hidden=0.3)
    blank = context(0.88, few_shot(0.70), prices=replace(PRICES, hosting_per_month=None))
    found = verdict(rows, blank)
    assert found.outcome == "stay_with_prompt"
    assert "hosting" in found.headline
    assert "Give calls per month" not in " ".join(found.reasons)
    assert verdict(rows, context(0.88, few_shot(0.70))).outcome == "lora"
    dear = context(0.88, few_shot(0.70), prices=replace(PRICES, hosting_per_month=1e6))
    assert verdict(rows, dear).outcome == "stay_with_prompt"


def test_long_documents_are_too_long_only_for_a_model_that_reads_less() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for n in range(60):
        body = " ".join(rng.choice(WORDS, 6000))
        rows.append({"input": f"{body} The code is {WORDS[n]}{n}.", "output": f"The code is {WORDS[n]}{n}."})
    task = {"kind": "extraction", "metric": "exact_match"}
    reads = {size: context(0.9, few_shot(0.6, 300), task=task, model=replace(MODEL, context_tokens=size))
             for size in (128_000, 4_096)}  # fmt: skip
    assert item(verdict(rows, reads[128_000]), "integrity").value == 0.0
    assert verdict(rows, reads[4_096]).outcome == "fix_data"


def test_graded_scores_are_known_better_than_shares() -> None:
    task = {"kind": "rewriting", "metric": "chrf"}
    graded = context(0.70, Arm("few_shot", 0.66, 150, sd=0.12), task=task)
    found = item(verdict(polite(), graded), "base_model")
    assert found.high - found.low < 0.04


def polite(rows: int = 300) -> list[dict[str, Any]]:
    rng = np.random.default_rng(6)
    made = []
    for n in range(rows):
        wish = f"send {' '.join(rng.choice(WORDS, 3, replace=False))} to room {n}"
        made.append({"input": f"{wish} now", "output": f"Could you please {wish}? Thank you for your help."})
    return made


def test_flips_in_two_classes_do_not_ask_for_more_of_the_same() -> None:
    rows = questions(10, 50, hidden=0.2)
    rng = np.random.default_rng(4)
    mixed = [n for n, row in enumerate(rows) if row["label"] in ("label 0", "label 1")]
    for n in rng.choice(mixed, 25, replace=False):
        rows[n]["label"] = "label 1" if rows[n]["label"] == "label 0" else "label 0"
    assert verdict(rows, context(0.88, few_shot(0.70))).outcome not in ("collect", "not_learnable")


def facts(style: bool) -> tuple[list[dict[str, Any]], list[str]]:
    rng = np.random.default_rng(9)
    rows, passages = [], []
    for n in range(240):
        answer = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n * 7}"
        passages.append(f"The part {WORDS[n]} number {n} is kept in {answer} since then.")
        said = f"Thanks for asking. It is kept in {answer}. Anything else we can do?" if style else answer
        rows.append({"input": f"Where is the part {WORDS[n]} number {n} kept?", "output": said})
    return rows, passages


def test_one_template_with_other_facts_is_read_row_by_row_and_one_said_again_tells_nothing_of_style() -> None:
    rows, passages = facts(style=True)
    known = item(verdict(rows, context(0.7, task={"kind": "question_answering"}), passages), "substance")
    # Three words in fifteen say where; the others are asked or usual wording.
    assert (known.value, known.high - known.low < 0.05) == (pytest.approx(0.2, abs=0.01), True)
    same = [{"input": f"How do I clean kettle {n}?", "output": f"Wipe it with a cloth, {n} times."} for n in range(40)]
    told = item(verdict(same, context(0.9, task={"kind": "generation", "metric": "judged"})), "substance")
    assert (told.status, "teaches 1 thing" in told.message) == ("missing", True)


def test_facts_in_a_house_style_are_looked_up_and_the_style_is_tuned_where_documents_leave_a_gap() -> None:
    rows, passages = facts(style=True)
    knows = {"knowledge": Knowledge("monthly", source_available=True), "task": {"kind": "question_answering"}}
    enough = context(0.70, few_shot(0.40, 400), Arm("knowledge_base", 0.78, 400), **knows)
    assert verdict(rows, enough, passages).outcome == "retrieve"
    gap = context(0.92, few_shot(0.40, 400), Arm("knowledge_base", 0.72, 400), **knows)
    assert verdict(rows, gap, passages).outcome == "retrieve_and_lora"


def test_several_right_texts_to_an_input_are_no_contradictions() -> None:
    rng = np.random.default_rng(2)
    asked = [sentence(rng, 8) for _ in range(80)]
    rows = [{"input": text, "output": f"{sentence(rng, 6)} {text}"} for text in asked for _ in range(5)]
    found = verdict(rows, context(0.8, few_shot(0.6, 400), task={"kind": "rewriting", "metric": "judged"}))
    assert found.outcome != "fix_data"
    assert item(found, "conflicts").status in ("ok", "not_applicable")


def test_short_answers_of_which_a_third_belong_elsewhere_are_checked_before_anybody_trains() -> None:
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(400):
        words = rng.choice(WORDS, 30, replace=False)
        rows.append({"input": " ".join(words) + ". Which is it?", "output": str(words[int(rng.integers(30))])})
    said = context(0.85, few_shot(0.55, 300), task={"kind": "extraction", "metric": "exact_match"})
    assert verdict(rows, said).outcome == "lora"
    moved = rng.choice(len(rows), 120, replace=False)
    for n, other in zip(moved, np.roll(moved, 1), strict=True):
        rows[n] = {**rows[n], "output": rows[other]["output"]}
    found = verdict(rows, said)
    assert found.outcome in ("clean", "cannot_judge")
    assert "Audit first" in found.headline or found.outcome == "clean"


def test_a_trial_of_a_tuned_model_on_twenty_rows_changes_nothing() -> None:
    rows = questions(6, 40, hidden=0.3)
    without = verdict(rows, context(0.88, few_shot(0.70)))
    tried = verdict(rows, context(0.88, few_shot(0.70), Arm("lora", 0.75, 20)))
    failed = verdict(rows, context(0.88, few_shot(0.70), Arm("lora", 0.20, 8)))
    assert without.outcome == tried.outcome == failed.outcome == "lora"


def test_a_prompt_below_the_commonest_label_is_not_good_enough() -> None:
    rows = [*questions(1, 260), *[{**row, "label": "label 9"} for row in questions(1, 40, seed=5)]]
    rows = [{**row, "input": f"{row['input']} {WORDS[n]} {WORDS[-n]}"} for n, row in enumerate(rows)]
    found = verdict(rows, context(0.80, Arm("few_shot", 0.85, 1000)))
    assert found.outcome in ("cannot_judge", "classifier")


@cache
def sixty(named: bool) -> tuple[tuple[str, str], ...]:
    rng = np.random.default_rng(0)
    texts = [sentence(rng) for _ in range(60)]
    wrap = signed if named else (lambda text, rng: text)
    pairs = [(wrap(reworded(text, rng), rng), f"label {n % 6}") for n, text in enumerate(texts) for _ in range(20)]
    return tuple(pairs)


@pytest.mark.parametrize("named", [False, True])
def test_sixty_texts_in_twenty_rewordings_count_as_sixty(named: bool) -> None:
    rows = [{"input": text, "label": label} for text, label in sixty(named)]
    found = verdict(rows, context(0.9, few_shot(0.6)))
    assert 50 <= item(found, "effective_size").value <= 80


def test_thirty_templates_are_thirty_patterns() -> None:
    rng = np.random.default_rng(1)
    templates = [f"{sentence(rng, 7)[:-1]} {{name}} {sentence(rng, 3)[:-1]} {{number}}." for _ in range(30)]
    rows = [
        {"input": filled(templates[n % 30], rng), "output": f"We answer number {n % 30}: {templates[n % 30][:30]}"}
        for n in range(900)
    ]
    found = verdict(rows, context(0.9, few_shot(0.6), task={"kind": "generation", "metric": "judged"}))
    assert 28 <= item(found, "effective_size").value <= 40
    assert found.outcome == "collect"


def test_one_template_filled_forty_times_is_one_row_in_right_english() -> None:
    rows = [
        {"input": f"How do I clean kettle {n}?", "output": f"Wipe it with a damp cloth, {n} times."} for n in range(40)
    ]
    found = verdict(rows, context(0.9, task={"kind": "generation", "metric": "judged"}))
    assert "on 1 held-out row (" in found.next_step
