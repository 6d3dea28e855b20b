"""Costs of each way, held-out rows, thresholds of one's own, and style against substance row by row."""

from dataclasses import replace

import numpy as np
import pytest
from generated import WORDS
from hypothesis import given
from hypothesis import strategies as st
from readiness_scenarios import Scenario, clean_and_large, label_noise, questions, text_checks

from curation.errors import Cancelled, NotChecked, UsageError
from curation.readiness import (
    costs,
    load_policy,
    marks,
    parse_policy,
    policy_text,
    thresholds,
)
from curation.readiness.evidence import evidence
from curation.readiness.holdout import LARGEST, rows_for
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.context import Arm, Context
from curation.records.progress import ignore
from curation.ui.readiness import charts
from curation.ui.readiness.sentences import volume_frame

POLICY = load_policy()
DETAIL = {"effective": 1000, "usable": 1000, "unlabelled": 100, "characters": 400.0, "input_characters": 300.0}
SIZE = Evidence("effective_size", "Rows", "ok", value=1000, low=1000, high=1000, detail=DETAIL)
TOLD = replace(clean_and_large().context, arms=(Arm("few_shot", 0.7, 500),))


def test_what_pays_and_from_where_agree_with_the_lines_drawn() -> None:
    made = costs([SIZE], TOLD, POLICY)
    ways = {one.id: one for one in made.options}
    assert list(ways) == ["prompt", "retrieved_few_shot", "lora", "full"]
    assert ways["prompt"].month(made.calls)[0] == pytest.approx(2_000_000 * (1500 * 0.5 + 60 * 1.5) / 1e6)
    assert ways["retrieved_few_shot"].month(1000)[0] > ways["prompt"].month(1000)[0]
    assert ways["full"].once[0] > ways["lora"].once[0] > 100 / 60 * 25
    for one in made.options:
        value, low, high = one.first_year(made.calls)
        assert low <= value <= high
    needed = made.calls_needed
    assert needed is not None
    day = 8 * 25.0

    def saved(calls: float) -> float:
        return ways["prompt"].first_year(calls)[0] - ways["lora"].first_year(calls)[0]

    assert saved(needed * 1.01) > 0
    assert 12 * (ways["prompt"].month(needed)[0] - ways["lora"].month(needed)[0]) == pytest.approx(day, rel=0.01)
    assert saved(needed * 0.99) < day
    assert made.saved == pytest.approx(
        ways["prompt"].first_year(made.calls)[0] - ways["lora"].first_year(made.calls)[0], rel=1e-6
    )
    drawn = volume_frame(made)
    assert min(drawn["Calls a month"]) < needed < max(drawn["Calls a month"])
    names = charts.line_names(drawn)
    assert set(names["Way"]) == set(drawn["Way"])
    ends = np.log(names["At"])  # the dearest first, each a line of text below the one before
    assert (-np.diff(ends) > 0.999 * charts.LINE_HEIGHT / 300 * np.log(max(drawn["High"]) / min(drawn["Low"]))).all()


def test_the_strongest_input_comes_first_and_volume_matters_more_than_gpu_price() -> None:
    names = [one.name for one in costs([SIZE], TOLD, POLICY).movers]
    assert names.index("calls a month") < names.index("price of a GPU hour")
    spreads = [one.spread for one in costs([SIZE], TOLD, POLICY).movers]
    assert spreads == sorted(spreads, reverse=True)


def test_missing_prices_are_named_and_a_ruled_out_way_says_why() -> None:
    with pytest.raises(NotChecked, match="calls per month"):
        costs([SIZE], Context(), POLICY)
    hosted = replace(TOLD, needs=replace(TOLD.needs, offline=True), arms=(Arm("few_shot", 0.7, 500, hosted=True),))
    assert "offline" in costs([SIZE], hosted, POLICY).options[0].barred


def test_the_published_table_of_held_out_rows() -> None:
    for rows, points in ((50, 14.6), (100, 10.4), (200, 7.4), (500, 4.8), (1000, 3.4), (2000, 2.5)):
        assert rows_for((points - 0.55) / 100) > rows >= rows_for((points + 0.45) / 100)


@given(st.floats(0.01, 0.2), st.floats(0.1, 0.79))
def test_more_rows_show_smaller_lifts(lift: float, base: float) -> None:
    assert rows_for(lift / 2, base) > rows_for(lift, base)


def test_what_cannot_be_seen_is_said() -> None:
    assert rows_for(0.0) == rows_for(0.3, 0.8) == LARGEST


def test_a_project_says_only_what_it_changes_and_gets_it_back() -> None:
    values: dict[str, float | None] = {one.name: one.value for one in thresholds(POLICY, POLICY)}
    assert policy_text(values, POLICY) == ""
    text = policy_text({**values, "noise.fail": 0.2, "curve.settings.flat": 0.9, "method.draws": 50}, POLICY)
    mine = parse_policy(text, "policy.toml")
    assert (mine.items["noise"].fail, mine.items["curve"].settings["flat"], mine.draws) == (0.2, 0.9, 50)
    assert mine.digest != POLICY.digest
    changed = {one.name: one for one in thresholds(mine, POLICY) if one.is_changed}
    assert set(changed) == {"noise.fail", "curve.settings.flat", "method.draws"}
    assert changed["noise.fail"].built_in == 0.1
    assert "set in this project" in changed["noise.fail"].source
    assert policy_text({"noise.fail": None}, POLICY) == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("noise.fail", 10.0, "write 0.1 for 10 %"),
        ("noise.warn", 0.3, "at most the value it fails at"),
        ("effective_size.warn", 20.0, "at least the value it fails at"),
        ("curve.settings.sizes", 2.0, "between 4 and 16"),
        ("curve.settings.reach", 8.0, "between 1 and 4"),
        ("learnability.settings.text_rows", -1.0, "0 or more"),
        ("method.draws", 0.5, "whole number"),
        ("noise.fail", float("nan"), "a number"),
    ],
)
def test_a_threshold_out_of_range_is_refused(name: str, value: float, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_policy(policy_text({name: value}, POLICY), "policy.toml")


def test_rows_are_marked_and_a_cluster_never_stands_on_both_sides() -> None:
    style = [{"input": f"do task{n} for me", "output": f"Could you please do task{n} for me?"} for n in range(30)]
    novel = [
        {"input": f"What is item{n}?", "output": f"A kind{n} of tool{n} from place{n} by maker{n}"} for n in range(5)
    ]
    dated = [{"input": "do this task for me", "output": "Could you please do this task for me today?"}]
    rows = [*style, *novel, *dated]
    origins = [*range(len(rows) - 1), 0]
    found = marks(Scenario("", rows, Context(), text_checks(), origins).facts(), POLICY).to_pylist()
    assert [row["id"] for row in found] == Scenario("", rows, Context()).facts().dataset.values("id")
    by_mark = [row["mark"] for row in found]
    assert by_mark[1:30] == ["style"] * 29
    assert by_mark[30:35] == ["retrieval"] * 5
    assert by_mark[0] == by_mark[35] == "retrieval"
    assert [row["volatile"] for row in found[:1] + found[35:]] == [False, True]
    assert all(abs(row["copied"] + row["template"] + row["novel"] - 1) < 1e-9 for row in found)


OPENING = f"There are {' '.join(f'kind{n} maker{n} place{n}' for n in range(60))}.\n"


def facts_told(opening: str = "") -> list[dict[str, str]]:
    """Answers of words that stand nowhere else."""
    return [{"input": f"{opening}What is item{n}?", "output": f"kind{n} by maker{n} from place{n}"} for n in range(60)]


def word_by_word() -> list[dict[str, str]]:
    """Answers whose every word goes with one of the input's."""
    rng = np.random.default_rng(0)
    drawn = [rng.choice(15, 4, replace=False) for _ in range(60)]
    return [
        {"input": " ".join(f"house{k}" for k in some), "output": " ".join(f"maison{k}" for k in some)} for some in drawn
    ]


def common_words() -> list[dict[str, str]]:
    """Answers of words that many answers have, whatever was asked."""
    rng = np.random.default_rng(0)
    return [{"input": f"topic{n}", "output": " ".join(rng.choice(WORDS[:40], 4, replace=False))} for n in range(60)]


@pytest.mark.parametrize("kind", ["question_answering", "generation"])
@pytest.mark.parametrize(
    ("rows", "retrieved_in"),
    [
        (facts_told(), ("question_answering", "generation")),
        (facts_told(OPENING), ("question_answering", "generation")),
        (word_by_word(), ()),
        (common_words(), ("question_answering",)),
    ],
)
def test_rows_are_marked_by_the_words_that_readiness_counts(
    rows: list[dict[str, str]], retrieved_in: tuple[str, ...], kind: str
) -> None:
    said = replace(Context(), task=replace(Context().task, kind=kind))
    facts = Scenario("", rows, said, text_checks()).facts()
    item = evidence.all()["substance"].function(Study(facts, POLICY), ignore)
    retrieved = marks(facts, POLICY)["mark"].to_pylist().count("retrieval")
    assert (item.status, retrieved) == (("warn", 60) if kind in retrieved_in else ("ok", 0))


def test_labels_are_style_and_marking_can_be_stopped() -> None:
    labelled = Scenario("", questions(2, 10), Context(), (label_noise(0.0),)).facts()
    assert set(marks(labelled, POLICY)["mark"].to_pylist()) == {"style"}
    assert marks(Scenario("", [], Context()).facts(), POLICY).num_rows == 0

    def stop(done: float, message: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        marks(Scenario("", [{"input": "a", "output": "b"}], Context()).facts(), POLICY, stop)
