"""Every page, driven without a browser: empty, with examples, and after the checks."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.records import Filter
from curation.ui import state
from tests.ended import ended

APP = Path(__file__).parents[2] / "app.py"
FOLDERS = {path.parent.name for path in Path(state.__file__).parents[1].glob("*/page.py")}
PAGES = sorted(FOLDERS - {"members"})  # which is there only where people sign in: tests/ui/test_members_page.py


@pytest.fixture
def checked(checked_once: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(checked_once, tmp_path / "checked"))


def show(page: str, project: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("CURATION_HOME", str(home))
    return opened(page, project)


def texts(test: AppTest) -> str:
    return "\n".join(
        str(element.value) for kind in ("text", "caption", "markdown", "toast") for element in getattr(test, kind)
    )


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_project_says_what_to_do(page: str, checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show(page, "Empty", checked, monkeypatch)
    assert test.title
    assert any(word in texts(test) for word in ("Load", "load", "Drop", "waiting"))


@pytest.mark.parametrize("page", PAGES)
def test_a_checked_project_shows_its_verdict_on_every_page(
    page: str, checked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show(page, "Tickets", checked, monkeypatch)
    project = Project.open(checked / "projects" / "Tickets")
    headline = project.verdict.required().verdict.headline
    project.close()
    assert headline in texts(test)


def test_the_strip_has_one_button_for_what_comes_next(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def button(page: str) -> str:
        test = show(page, "Tickets", checked, monkeypatch)
        return next((one.label for one in test.button if one.key == "next-step"), "")

    with Project.open(checked / "projects" / "Tickets") as project:
        suspects = project.decisions.queue.total(Filter())
        assert button("overview") == f"Review {suspects} suspects"
        assert button("review") == ""  # it would lead here
        waiting = [example.id for _, example in project.decisions.queue.page(Filter(), -1, suspects)]
        project.decisions.decide_all([(id, "accept", "") for id in waiting])
        rows = project.decisions.queue.total(Filter("unlabelled"))
        assert button("overview") == f"Label {rows} rows"
        project.decisions.decide_all([(id, "reject", "") for id in project.rows.stored.ids(Filter("unlabelled"))])
        project.decisions.decide_all([(id, "accept", "") for id in project.rows.stored.ids(Filter())])
        assert button("overview") == "Run the checks again"


def test_the_button_of_what_comes_next_keeps_who_reviews(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("overview", "Tickets", checked, monkeypatch)
    next(box for box in test.text_input if box.label == "Reviewer").set_value("Martina").run()
    next(one for one in test.button if one.key == "next-step").click().run()
    assert not test.exception
    assert next(box for box in test.text_input if box.label == "Reviewer").value == "Martina"


def test_results_out_of_date_come_with_the_button_that_renews_them(
    checked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered(page: str) -> bool:
        test = show(page, "Tickets", checked, monkeypatch)
        return any(one.label == "Run the checks again" and one.key != "next-step" for one in test.button)

    with Project.open(checked / "projects" / "Tickets") as project:
        assert not offered("overview")
        waiting = project.decisions.queue.page(Filter(), -1, project.decisions.queue.total(Filter()))
        project.decisions.decide_all([(example.id, "reject", "") for _, example in waiting[1:]])
        assert offered("overview")
        assert not offered("review")  # a row still waits
        project.decisions.decide(waiting[0][1].id, "reject", 0)
        test = show("review", "Tickets", checked, monkeypatch)
        next(box for box in test.selectbox if box.label == "Queue").set_value("").run()
        assert "Nothing is waiting in this queue." in texts(test)
        press(test, "Run the checks again")
        assert ended(project).state == "done"


def test_review_decides_the_example_on_screen_and_undoes_it(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("review", "Tickets", checked, monkeypatch)
    project = Project.open(checked / "projects" / "Tickets")
    shown = project.decisions.queue.page(Filter(), -1, 1)[0][1]
    assert shown.input.split("\n")[0][:30] in texts(test)
    next(button for button in test.button if button.label == "Leave out").click().run()
    after = project.examples.stored.get(shown.id)
    assert after is not None
    assert after.status == "rejected"
    next(button for button in test.button if button.label == "Undo").click().run()
    undone = project.examples.stored.get(shown.id)
    assert undone is not None
    assert undone.status == "undecided"
    assert shown.input.split("\n")[0][:30] in texts(test)
    project.close()


def test_the_suggested_label_is_one_press_away(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("review", "Tickets", checked, monkeypatch)
    next(box for box in test.selectbox if box.label == "Queue").set_value("label_noise").run()
    assert not test.exception
    project = Project.open(checked / "projects" / "Tickets")
    shown = project.decisions.queue.page(Filter("label_noise"), -1, 1)[0][1]
    suggested = project.findings.stored.of_example(shown.id)[0].suggestion.removeprefix("relabel:")
    next(button for button in test.button if button.label == f"Suggested: {suggested}").click().run()
    assert not test.exception
    after = project.examples.stored.get(shown.id)
    assert after is not None
    assert (after.label, after.status) == (suggested, "labelled")
    project.decisions.undo(project.decisions.of(shown.id)[0].reviewer)
    project.close()


def test_a_conflict_is_shown_and_nothing_is_overwritten(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("review", "Tickets", checked, monkeypatch)
    project = Project.open(checked / "projects" / "Tickets")
    shown = project.decisions.queue.page(Filter(), -1, 1)[0][1]
    project.decisions.decide(shown.id, "accept", shown.version, reviewer="somebody else")
    next(button for button in test.button if button.label == "Leave out").click().run()
    after = project.examples.stored.get(shown.id)
    assert after is not None
    assert after.status == "accepted"
    assert "Somebody else has just decided" in texts(test)
    project.decisions.undo("somebody else")
    project.close()


@pytest.fixture
def half_labelled(home: Path, project_of: Callable[..., Project]) -> Project:
    """A project of thirty questions, two thirds of them without a label."""
    labels = ["delivery", "refund", ""]
    lines = [f"question {n} about something,{labels[n % 2] if n % 3 == 0 else ''}" for n in range(30)]
    return project_of({"half.csv": "text,category\n" + "\n".join(lines) + "\n"}, home / "projects" / "Half")


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception


def queue_box(test: AppTest) -> Any:
    return next(box for box in test.selectbox if box.label == "Queue")


def keys(test: AppTest) -> dict[str, str]:
    """The labels on number keys."""
    return {button.proto.shortcut: button.label for button in test.button if button.proto.shortcut.isdigit()}


def test_the_queue_chosen_stays_while_its_rows_are_labelled_and_after_leaving_the_page(
    half_labelled: Project, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show("review", "Half", home, monkeypatch)
    queue_box(test).set_value("unlabelled").run()
    options = list(queue_box(test).options)
    for left in range(20, 14, -1):
        assert f"{left} waiting in this queue, {20 - left} handled in all" in texts(test)
        press(test, "delivery")
        assert queue_box(test).value == "unlabelled"
    assert list(queue_box(test).options) == options  # the browser knows an option by its text
    test.switch_page(str(state.page_file("overview").relative_to(APP.parent)))
    test.run()
    test.switch_page(str(state.page_file("review").relative_to(APP.parent)))
    test.run()
    assert queue_box(test).value == "unlabelled"
    assert "14 waiting in this queue" in texts(test)


def test_a_queue_handed_over_stays_when_another_file_brings_new_queues(
    half_labelled: Project, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show("review", "Half", home, monkeypatch)
    handed = Filter(text="question 1", sure=1e-9)
    test.session_state["review-filter-Half"] = handed
    test.session_state["review-queue-Half"] = state.FROM_FINDINGS
    test.session_state["review-text-Half"] = handed.text
    test.run()
    assert queue_box(test).value == state.FROM_FINDINGS
    half_labelled.verdict.analyse()
    test.run()
    assert not test.exception
    assert queue_box(test).value == state.FROM_FINDINGS
    assert next(box for box in test.text_input if box.label == "Text contains").value == "question 1"


def test_number_keys_stay_with_their_labels_as_labels_come_and_go(
    half_labelled: Project, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show("review", "Half", home, monkeypatch)
    queue_box(test).set_value("all").run()
    assert keys(test) == {"1": "delivery", "2": "refund"}
    changed = [
        example.id for example in half_labelled.examples.stored.get_all(half_labelled.examples.dataset().values("id"))
    ]
    half_labelled.decisions.decide(changed[1], "label", 0, "account", "somebody else")
    test.run()
    assert keys(test) == {"1": "delivery", "2": "refund", "3": "account"}
    gone = [example for example in half_labelled.examples.stored.get_all(changed) if example.label == "delivery"]
    half_labelled.decisions.decide_all([(example.id, "label", "billing") for example in gone], "somebody else")
    test.run()
    assert keys(test) == {"2": "refund", "3": "account", "4": "billing"}


def test_saving_the_context_writes_the_file(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("readiness", "Tickets", checked, monkeypatch)
    next(box for box in test.checkbox if box.label.startswith("Must work offline")).check()
    next(button for button in test.button if button.label == "Save and judge again").click().run()
    assert "offline = true" in (checked / "projects" / "Tickets" / "context.toml").read_text()
    project = Project.open(checked / "projects" / "Tickets")
    assert ended(project).state == "done"
    project.close()


def test_a_plugin_that_was_left_out_is_named_beside_every_page(checked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "The plug-in check.shouting of tools 0.3 is left out: ModuleNotFoundError: No module named '*nowhere*'."
    monkeypatch.setattr("curation.registry._left_out", {"check.shouting": sentence})
    app = show("load", "Empty", checked, monkeypatch)
    (warning,) = app.sidebar.warning
    assert warning.value.replace("\\", "") == sentence
    assert r"\*nowhere\*" in warning.value
