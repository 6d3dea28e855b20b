"""The readiness page: questions and plan, trying answers out, keeping them, and thresholds of one's own."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.errors import UsageError
from curation.project import Project
from curation.readiness.arms import scored
from curation.records import Filter, GateStep
from curation.records.context import Arm, Context, Data, Task, Value
from curation.ui.readiness import context_form, sentences
from curation.ui.readiness.questions import answered
from curation.wording import firmness
from tests.ended import ended

TOLD = Context(Task("accuracy", 0.9, kind="classification"), arms=(Arm("few_shot", 0.6, 400),))


@pytest.fixture(scope="module")
def judged_once(checked_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one project that has a target and a measured prompt."""
    home = tmp_path_factory.mktemp("readiness")
    shutil.copytree(checked_once / "projects" / "Tickets", home / "projects" / "Tickets")
    with Project.open(home / "projects" / "Tickets") as project:
        project.verdict.judge(TOLD)
    return home


@pytest.fixture
def judged(judged_once: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(judged_once, tmp_path / "judged"))


@pytest.fixture
def project(judged: Path) -> Iterator[Project]:
    opened = Project.open(judged / "projects" / "Tickets")
    yield opened
    opened.close()


def show(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("CURATION_HOME", str(home))
    return opened("readiness", "Tickets")


def texts(test: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("text", "caption", "markdown") for e in getattr(test, kind))


def test_the_seed_questions_stand_at_their_gates_and_one_settles_it(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = texts(show(judged, monkeypatch))
    assert "2. Can the base model do it with better prompting?" in shown
    assert "3. Can retrieval or examples do it? Is it style or substance?" in shown
    stages = sentences.stages(project.verdict.required().path)
    states = [stage.state for stage in stages]
    assert states.count("stopped") == 1
    assert set(states[states.index("stopped") + 1 :]) <= {"skipped"}
    plan = project.verdict.required().plan
    assert plan is not None
    assert plan.summary in shown


def test_trying_out_changes_the_answer_at_once_and_stores_nothing(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.verdict.last()
    test = show(judged, monkeypatch)
    slider = next(one for one in test.slider if one.label == "Good enough from (%)")
    slider.set_value(50.0).run()
    assert not test.exception
    assert "Do not fine-tune: a good prompt already meets the target." in texts(test)
    assert project.verdict.last() == before
    assert project.settings.context() == TOLD


@pytest.mark.parametrize("told", [TOLD, Context(), Context(Task("accuracy"))])
def test_untouched_the_try_out_says_what_the_verdict_says(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch, told: Context
) -> None:
    project.settings.save_context(told)
    verdict = project.verdict.judge()
    line = firmness(verdict.stability, verdict.outcome, verdict.provisional, verdict.grounds)
    shown = texts(show(judged, monkeypatch))
    assert shown.count(line) == 2
    assert shown.count(verdict.nearest_flip) == 2
    project.settings.save_context(TOLD)
    project.verdict.judge()


def test_a_question_without_a_target_is_not_asked_rather_than_passed() -> None:
    steps = [GateStep(id, "", "not evaluated", "no target score is given") for id in ("1", "1b", "3")]
    found = sentences.stages(steps)
    assert [(one.state, one.lines) for one in found[1:3]] == [
        ("unasked", ("Give a target score, and this question can be answered.",))
    ] * 2
    mixed = sentences.stages([GateStep("2", "", "passed", "Nothing changes."), steps[2]])[2]
    assert (mixed.state, mixed.lines[1]) == ("passed", "The rest needs a target score.")


def test_what_is_measured_and_what_is_guessed_stand_apart(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(judged, monkeypatch)
    titles = [one.value for one in test.subheader]
    order = ["Counted and measured", "Entered by you", "Estimated (guesses)", "Not checked"]
    shown = [title for title in titles if title in order]
    assert shown == [title for title in order if title in shown]
    assert {"Counted and measured", "Not checked"} <= set(shown)
    evidence = project.verdict.required().verdict.evidence
    assert {item.kind for item in sentences.grouped(evidence)["known"]} <= {"counted", "measured"}
    shown = texts(test)
    assert "What would tell: Let two people review the same 50 rows (about 25 minutes)." in shown
    for text, kinds in sentences.grounded(project.verdict.required().verdict):
        assert text in shown
        assert kinds


@pytest.fixture
def untold(judged: Path, project: Project) -> Path:
    """The same project, about which nobody has said anything."""
    project.settings.save_context(Context())
    project.verdict.judge()
    return judged


def test_a_newcomer_gets_a_first_look_and_five_questions(
    untold: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(untold, monkeypatch)
    shown = texts(test)
    assert "A plain classifier gets" in shown
    assert "Four questions that matter most for this set" in [one.value for one in test.header]
    for number, one in enumerate(project.verdict.questions(), 1):
        assert f"{number}. {one.title}" in shown
    assert "All fields" in [one.label for one in test.expander]


def test_answers_are_saved_and_judged_and_not_asked_again(
    untold: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(untold, monkeypatch)

    def keyed(kind: str, key: str) -> Any:
        return next(one for one in getattr(test, kind) if one.key == key)

    keyed("selectbox", "question-goal-metric").set_value("accuracy")
    keyed("number_input", "question-goal-target").set_value(90.0)
    keyed("number_input", "question-score").set_value(60.0)
    keyed("number_input", "question-n").set_value(400)
    next(one for one in test.button if one.label == "Save and judge again").click().run()
    assert not test.exception
    kept = project.settings.context()
    assert (kept.task.metric, kept.task.target) == ("accuracy", 0.9)
    assert kept.arms == (Arm("few_shot", 0.6, 400),)
    assert kept.traffic == Context().traffic
    assert ended(project).state == "done"
    assert {"goal", "score"} & {one.id for one in project.verdict.questions()} == set()


def test_a_score_without_its_rows_is_no_arm_yet() -> None:
    said = {"goal": {"task.target": 0.8, "task.metric": "accuracy"}, "score": {"arm": None}}
    assert answered(Context(), said) == Context(Task("accuracy", 0.8))


def test_the_arms_table_keeps_what_it_does_not_show_and_knows_where_a_model_runs() -> None:
    given = (Arm("few_shot", 0.6, 400, latency_ms=300.0, model="large", hosted=True), Arm("lora", 0.8, 300))
    frame = context_form.arms_frame(given)
    assert list(frame["Hosted"]) == ["Yes", "Don't know"]
    assert context_form.edited_arms(given, frame) == given
    frame.loc[1, ["Score (%)", "Hosted", "Model"]] = [85.0, "No", "small"]
    frame.loc[2] = ["zero_shot", "", 50.0, 100, "Don't know"]
    frame.loc[3] = ["full", "", None, None, None]
    first, second, third = context_form.edited_arms(given, frame)
    assert first == given[0]
    assert second == Arm("lora", 0.85, 300, model="small", hosted=False)
    assert third == Arm("zero_shot", 0.5, 100)


def test_a_target_nearer_than_the_gain_worth_the_work_is_said_on_the_form(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.settings.save_context(replace(TOLD, task=Task("accuracy", 0.63, 0.05, "classification")))
    assert "tuning can never be the answer" in texts(show(judged, monkeypatch))


def test_saving_the_untouched_form_changes_nothing_that_was_said(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = replace(TOLD, data=Data(consent=True, personal_data_handled=False), value=Value(right_answer=0.5))
    project.settings.save_context(said)
    test = show(judged, monkeypatch)
    next(one for one in test.button if one.label == "Save and judge again").click().run()
    assert not test.exception
    assert project.settings.context() == said
    assert ended(project).state == "done"


def test_what_is_saved_elsewhere_is_shown_in_the_form_and_not_taken_back_by_it(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(judged, monkeypatch)

    def target() -> Any:
        return next(one for one in test.number_input if str(one.key).startswith("task-") and "target" in str(one.key))

    assert target().value == 90.0
    told = replace(TOLD, task=replace(TOLD.task, target=0.7))
    project.settings.save_context(told)
    test.run()
    assert target().value == 70.0
    assert "What is saved has changed since this form was filled." in texts(test)
    next(one for one in test.checkbox if one.label == "We have GPUs").set_value(True)
    next(one for one in test.button if one.label == "Save and judge again").click().run()
    assert project.settings.context() == replace(told, needs=replace(told.needs, gpus=True))
    assert ended(project).state == "done"


def test_keeping_saves_the_answers_but_no_imagined_score(
    judged: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(judged, monkeypatch)
    next(one for one in test.slider if one.label == "Good enough from (%)").set_value(80.0)
    next(one for one in test.slider if one.label == "Best prompt scores (%)").set_value(75.0).run()
    next(one for one in test.button if one.label == "Keep these").click().run()
    assert not test.exception
    kept = project.settings.context()
    assert kept.task.target == 0.8
    assert kept.arms == TOLD.arms
    assert kept.traffic.calls_per_month is None
    assert ended(project).state == "done"


def test_a_project_judges_by_its_own_thresholds_until_they_are_taken_back(project: Project) -> None:
    usual = project.verdict.judge()
    project.settings.save_thresholds({"effective_size.fail": 5000.0, "effective_size.warn": 6000.0})
    assert not project.verdict.is_current()
    strict = project.verdict.judge()
    assert strict.outcome == "collect"
    assert strict.policy != usual.policy
    assert project.verdict.is_current()
    assert "Thresholds set in this project" in project.verdict.report("html")
    assert any("thresholds" in line for line in project.verdict.changes())
    assert sentences.changed_line(project.settings.thresholds()) == "2 thresholds are set in this project."
    project.settings.reset_policy()
    assert project.verdict.judge() == usual


def test_an_edited_cell_is_saved_and_an_impossible_one_is_refused(project: Project) -> None:
    found = project.settings.thresholds()
    row = next(n for n, one in enumerate(found) if one.name == "noise.fail")
    titles = {"noise": "Wrong answers"}
    frame = sentences.threshold_frame(found, titles)
    columns = ["Evidence", "Threshold", "Value", "Built in", "Unit"]
    assert list(frame.iloc[row][columns]) == ["Wrong answers", "fails at", 10.0, 10.0, "%"]
    project.settings.save_thresholds(sentences.edited_values(found, {row: {"Value": 20.0}}, titles))
    assert project.settings.policy().items["noise"].fail == 0.2  # shares in the file, as ever
    again = project.settings.thresholds()
    assert list(sentences.threshold_frame(again, titles).iloc[row][columns])[2:4] == [20.0, 10.0]
    for value in (120.0, -1.0):
        with pytest.raises(UsageError, match=r"Wrong answers, fails at: .* is no per cent"):
            sentences.edited_values(again, {row: {"Value": value}}, titles)
    emptied = sentences.edited_values(again, {row: {"Value": None}}, titles)
    project.settings.save_thresholds(emptied)
    assert project.settings.policy().items["noise"].fail == 0.1
    rows = next(n for n, one in enumerate(found) if one.name == "effective_size.fail")
    assert list(frame.iloc[rows][columns])[2:] == [50.0, 50.0, "rows"]
    assert sentences.edited_values(found, {rows: {"Value": 60}}, titles)["effective_size.fail"] == 60


def test_the_plan_puts_the_rows_to_look_at_first(project: Project) -> None:
    project.settings.save_thresholds({"noise.fail": 0.01, "noise.warn": 0.005})
    project.verdict.judge()
    first = project.verdict.review_first()
    assert len(set(first)) == len(first)
    suspects = [row.example.id for row in project.findings.stored.page(project_filter(project), None, 500)]
    assert set(first) <= set(suspects)
    project.settings.reset_policy()
    project.verdict.judge()


def project_filter(project: Project):  # type: ignore[no-untyped-def]
    return Filter(check="label_noise")


def test_the_page_says_what_a_lift_takes(project: Project) -> None:
    needed = project.verdict.planner.rows_to_see(sentences.LIFTS, 0.8)
    line = sentences.lift_line(0.05, 0.8, 200, needed[0.05])
    assert "460 rows" in line
    assert "200 rows are there." in line
    assert "nothing can improve" in sentences.lift_line(0.1, 0.95, 200, 460)
    frame = sentences.lift_frame(0.8, 1500, needed)
    assert list(frame["You have enough"]) == ["No", "No", "Yes", "Yes", "Yes"]


def test_an_imagined_score_takes_the_place_of_the_best_prompt_only(project: Project) -> None:
    told = Context(TOLD.task, arms=(Arm("zero_shot", 0.4, 100), Arm("few_shot", 0.6, 400), Arm("lora", 0.9, 100)))
    chosen = {
        "target": 0.9, "lift": 0.05, "changes": "never", "offline": False, "privacy": False, "quality": False,
        "calls": 1000, "hosting_per_month": 400.0, "right_answer": 0.5, "engineering_days": 3.0, "day_rate": 600.0,
        "parameters": 8e9,
    }  # fmt: skip
    tried = sentences.tried_context(project.verdict.planner.with_prompt_score(told, 0.7), chosen)
    assert [(one.arm.name, one.score) for one in scored(tried)] == [
        ("few_shot", 0.7),
        ("lora", 0.9),
        ("zero_shot", 0.4),
    ]
    assert (tried.task.target, tried.knowledge.changes, tried.traffic.calls_per_month) == (0.9, "never", 1000)
    assert (tried.value.right_answer, tried.value.engineering_days, tried.value.day_rate) == (0.5, 3.0, 600.0)
    assert (tried.prices.hosting_per_month, tried.model.parameters) == (400.0, 8e9)
    assert (project.verdict.planner.prompt_score(told), project.verdict.planner.prompt_score(tried)) == (0.6, 0.7)
    unmeasured = project.verdict.planner.with_prompt_score(Context(), 0.7)
    assert [(one.name, one.score, one.n) for one in unmeasured.arms] == [("few_shot", 0.7, 200)]
    assert sentences.tried_context(told, chosen).arms == told.arms
