"""Audit and Team, walked through as people walk through them, without a browser."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.decisions import BulkDecision
from curation.project.rounds import AuditResult, VoteAnswer
from curation.readiness.policy import load_policy
from curation.records import Action, Agreement, Estimate, Example, Filter, Precision, Round
from curation.sampling.intervals import wilson
from curation.ui import state
from curation.ui.audit import sentences as audit
from curation.ui.team import sentences as team
from curation.ui.widgets import new_label, vote_card
from tests.read_rows import read

APP = Path(__file__).parents[2] / "app.py"
LABELS = ("refund", "delivery", "account")


def write(path: Path, rows: int) -> Path:
    lines = [f"question number {n} about {LABELS[n % 3]},{LABELS[n % 3]}" for n in range(rows)]
    path.write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of forty labelled questions; nothing has been checked."""
    folder = tmp_path_factory.mktemp("people")
    made = Project.open(folder / "Questions", create=True)
    made.examples.load(write(folder / "questions.csv", 40))
    made.close()
    return made.folder


@pytest.fixture
def questions(made_once: Path, home: Path) -> Iterator[Project]:
    """A copy of it in the app's own folder."""
    made = Project.open(Path(shutil.copytree(made_once, home / "projects" / "Questions")))
    yield made
    made.close()


@pytest.fixture
def large_home(tmp_path: Path, questions: Project) -> Project:
    """The same with two hundred."""
    questions.examples.load(write(tmp_path / "many.csv", 200))
    return questions


def show(page: str) -> AppTest:
    return opened(page, "Questions")


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception


def waiting(project: Project) -> Example:
    """The example on this reviewer's screen."""
    turn = project.rounds.audit_next(state.reviewer())
    assert turn is not None
    assert turn.example is not None
    return turn.example


def answer_rest(project: Project, answer: VoteAnswer) -> None:
    while (turn := project.rounds.audit_next("somebody else")) and turn.example:
        project.rounds.vote(turn.round.id, turn.example.id, "somebody else", answer)


def texts(test: AppTest) -> str:
    kinds = ("text", "caption", "markdown", "toast", "subheader", "header")
    shown = "\n".join(str(element.value) for kind in kinds for element in getattr(test, kind))
    return shown.replace("\\", "")  # Markdown's escapes, which nobody sees


def test_an_audit_walked_to_its_result_shows_the_figure(questions: Project) -> None:
    test = show("audit")
    press(test, "Draw the rows")
    for n in range(8):
        shown = waiting(questions)
        assert shown.input in texts(test)
        assert test.get("progress")[0].proto.text == f"{n} of 40 answered"
        press(test, "Wrong" if n % 2 == 0 else "Right")
    answer_rest(questions, "right")
    test.run()
    assert "10 % of the labels are wrong: every row was judged." in texts(test)
    assert "40 random rows answered: 4 wrong, 36 right." in texts(test)
    told = questions.rounds.audit_result()
    assert told is not None
    assert told.found is not None
    assert told.found.rate == (0.1, 0.1, 0.1)


def test_pressing_a_label_says_wrong_and_what_is_right_and_one_press_corrects_it(questions: Project) -> None:
    test = show("audit")
    press(test, "Draw the rows")
    first = waiting(questions)
    other = next(label for label in LABELS if label != first.label)
    press(test, other)
    press(test, str(waiting(questions).label))  # its own label is no correction
    answer_rest(questions, "right")
    test.run()
    told = questions.rounds.audit_result()
    assert told is not None
    assert told.wrong == {first.id: other}
    assert "1 row was judged wrong. It still goes into the export" in texts(test)
    assert test.dataframe[-1].value["What happens"].tolist() == [f"Will be relabelled to {other}"]
    press(test, "Yes, do it")
    assert test.dataframe[-1].value["What happens"].tolist() == [f"Relabelled to {other}"]
    assert "still goes into the export" not in texts(test)
    corrected = questions.examples.stored.get(first.id)
    assert corrected is not None
    assert (corrected.label, corrected.status) == (other, "labelled")


def test_undo_brings_the_example_back_and_its_answer_counts_no_more(questions: Project) -> None:
    test = show("audit")
    press(test, "Draw the rows")
    first = waiting(questions)
    press(test, "Wrong")
    assert first.input not in texts(test)
    press(test, "Undo")
    assert first.input in texts(test)
    assert questions.rounds.audit_result() is not None
    assert questions.rounds.audit_result().answered == 0  # type: ignore[union-attr]  # asserted above
    press(test, "Right")
    assert questions.rounds.audit_result().wrong == {}  # type: ignore[union-attr]  # asserted above


def test_a_blind_card_shows_no_finding_and_the_team_card_no_label(questions: Project) -> None:
    questions.verdict.analyse()
    test = show("team")
    press(test, "Draw the rows")
    turn = questions.rounds.team_next(state.reviewer())
    assert turn is not None
    assert turn.example is not None
    assert turn.example.input in texts(test)
    assert turn.example.label not in [str(element.value) for element in test.text]
    assert "sure)" not in texts(test)


def test_a_team_round_hides_others_answers_until_one_has_finished(questions: Project) -> None:
    turn = None
    questions.rounds.start_team(rows=12, overlap=2)
    for who in ("ann", "bob"):
        while (turn := questions.rounds.team_next(who)) and turn.example:
            differs = who == "bob" and turn.done < 3
            answer = LABELS[(LABELS.index(str(turn.example.label)) + differs) % 3]
            questions.rounds.vote(turn.round.id, turn.example.id, who, "label", answer)
    test = show("team")  # a third person: only the three disputed rows are left
    assert "ann" not in texts(test)
    for _ in range(3):
        press(test, "Don't know")
    shown = texts(test)
    assert "9 of 12 rows got the same answer from everybody" in shown
    frames = [frame.value for frame in test.dataframe]
    disputed = frames[0]
    assert list(disputed.columns) == ["Input", "ann's answer", "bob's answer", "Consensus"]
    assert len(disputed) == 3
    assert frames[1]["Reviewer"].tolist() == ["ann", "bob"]
    press(test, "Yes, do it")
    counts = questions.examples.stored.totals()
    assert counts["decided"] == 9


def test_the_headline_says_share_and_range() -> None:
    found = Estimate((0.07, 0.04, 0.12), 100, 93, 7, 0, ())
    assert audit.headline(found, True) == "About 7 % of the labels are wrong (4 to 12 %)."
    none = Estimate((0.0, 0.0, 0.026), 100, 100, 0, 0, ())
    assert audit.headline(none, False) == "No wrong answers were found; at most 2.6 % of them are."


@pytest.mark.parametrize(
    ("rate", "reviewed", "says"),
    [
        ((0.15, 0.11, 0.2), 100, "clean the set"),
        ((0.07, 0.04, 0.12), 100, "shows a warning"),
        ((0.02, 0.01, 0.04), 100, "the answers are good enough"),
        ((0.02, 0.01, 0.04), 40, "From 50 answered rows on"),
    ],
)
def test_the_meaning_follows_the_verdicts_own_rule(rate: tuple[float, float, float], reviewed: int, says: str) -> None:
    rule = load_policy(None).items["noise"]
    assert says in audit.meaning(result({}, "", Estimate(rate, reviewed, 0, 0, 0, ())), rule)


def test_what_nobody_could_tell_is_said() -> None:
    found = Estimate((0.07, 0.02, 0.17), 95, 88, 7, 5, ())
    assert "The reviewers could not judge 5 rows" in audit.basis(found)


def test_precision_is_a_share_with_its_range_or_a_dash() -> None:
    rows = (Precision("label_noise", 40, 10, 5, 0, wilson(5, 10)), Precision("mismatch", 3, 0, 0, 0, None))
    frame = audit.precision_frame(rows, {"label_noise": "Wrong labels"})
    assert frame["Flags that are right"].tolist() == ["50 % (27 to 73 %)", "–"]
    assert frame["Check"].tolist() == ["Wrong labels", "Mismatch"]


def result(wrong: dict[str, str], still: str, found: Estimate | None = None, random: int = 100) -> AuditResult:
    round = Round(1, "audit", {"strata": {"none": 900}, "flags": [[[], ""]] * random + [[["empty"], "empty"]]}, 0, "")
    return AuditResult(round, random + 1, 0, found, "", wrong, dict.fromkeys(wrong, "card"), frozenset(still))


def test_correcting_says_what_happens_to_each_row() -> None:
    rows = [Example(n, id, "f.csv", n, f"in {n}", "a", "a", "in", "a", "a", None, "{}", 0, status, "")
            for n, (id, status) in enumerate(zip("xyz", ("labelled", "undecided", "accepted"), strict=True))]  # fmt: skip
    told = result({"x": "refund", "y": "", "z": ""}, "xy")
    frame = audit.wrong_frame(rows, told)
    assert frame["Answer judged wrong"].tolist() == ["card"] * 3  # as it was judged, not as it was imported
    assert frame["What happens"].tolist() == [
        "Will be relabelled to refund", "Will be left out", "Stays: accepted by a person since",
    ]  # fmt: skip
    assert audit.settle_line(told).startswith("1 row gets the label a reviewer gave and 1 row is left out, also")
    assert vote_card.settled(BulkDecision("b", 2, 1, "")) == "2 rows decided. 1 row had been decided before."


def test_too_few_rows_for_the_verdict_are_said_before_during_and_after_the_work() -> None:
    rule = load_policy(None).items["noise"]
    assert audit.needed_line(rule, 900).startswith("From 50 answered rows on the verdict uses the audit; with")
    assert audit.needed_line(rule, 20).startswith("From 20 answered rows")  # all of a small set
    assert audit.still_needed(result({}, "", random=60), rule) == (
        "From 50 answered rows on the verdict uses the audit."
    )
    few = audit.still_needed(result({}, "", random=40), rule)
    assert "the 40 drawn at random here are too few" in few
    assert "at least 50 rows" in few
    enough = Estimate((0.02, 0.01, 0.04), 50, 49, 1, 0, ())
    assert audit.still_needed(result({}, "", enough, 60), rule) == ""


def test_an_audit_of_few_rows_says_so_on_its_page(large_home: Project) -> None:
    test = show("audit")
    assert "From 50 answered rows on the verdict uses the audit; with fewer" in texts(test)
    large_home.rounds.start_audit(40)
    test.run()
    assert "the 40 drawn at random here are too few" in texts(test)


def test_after_suggestions_were_followed_the_audit_judges_and_corrects_what_it_shows(questions: Project) -> None:
    first, second = questions.examples.stored.get_all(questions.examples.dataset().values("id")[:2])
    bulk: list[tuple[str, Action, str]] = [(one.id, "label", "account") for one in (first, second)]
    questions.decisions.decide_all(bulk, state.reviewer(), "Followed the suggestions: Wrong labels")
    test = show("audit")
    press(test, "Draw the rows")
    round = questions.rounds.audit_result().round.id  # type: ignore[union-attr]  # it was drawn
    questions.rounds.vote(round, first.id, "somebody else", "wrong", "refund")
    questions.rounds.vote(round, second.id, "somebody else", "wrong")
    answer_rest(questions, "right")
    test.run()
    assert "Followed the suggestions" not in texts(test)  # that stroke was not made here
    frame = test.dataframe[-1].value
    assert frame["Answer judged wrong"].tolist() == ["account", "account"]
    assert sorted(frame["What happens"]) == ["Will be left out", "Will be relabelled to refund"]
    press(test, "Yes, do it")
    assert sorted(test.dataframe[-1].value["What happens"]) == ["Left out", "Relabelled to refund"]
    assert "still goes into the export" not in texts(test)
    assert not [button for button in test.button if button.label.startswith("Correct")]
    now = [questions.examples.stored.get(one.id) for one in (first, second)]
    assert [(one.label, one.status) for one in now if one] == [("refund", "labelled"), ("account", "rejected")]
    press(test, "Undo all of it")
    assert "2 rows were judged wrong" in texts(test)
    assert questions.examples.stored.get(first.id).label == "account"  # type: ignore[union-attr]  # the bulk stroke stands


def test_the_team_page_offers_to_take_back_only_what_was_adopted_there(questions: Project) -> None:
    questions.rounds.start_team(rows=12, overlap=2)
    for who in ("ann", "bob"):
        while (turn := questions.rounds.team_next(who)) and turn.example:
            questions.rounds.vote(turn.round.id, turn.example.id, who, "label", str(turn.example.label))
    others = questions.examples.dataset().values("id")[:1]
    questions.decisions.decide_all([(id, "reject", "") for id in others], state.reviewer(), "Left out: Wrong labels")
    test = show("team")
    assert not [button for button in test.button if button.label == "Undo all of it"]
    press(test, "Yes, do it")
    press(test, "Undo all of it")
    assert questions.examples.stored.totals()["decided"] == 1


@pytest.mark.parametrize(
    ("alpha", "says"),
    [
        ((0.9, 0.85, 0.95), "agree well"),
        ((0.82, 0.7, 0.9), "agree fairly"),
        ((0.3, 0.1, 0.5), "agree too little"),
        ((-0.2, -0.4, 0.0), "less than chance"),
        ((0.5, 0.0, 1.0), "48 of 60 rows got the same answer from everybody, but alpha may be anything from 0.00"),
    ],
)
def test_agreement_is_said_in_plain_words(alpha: tuple[float, float, float], says: str) -> None:
    assert says in team.agreement_line(Agreement(alpha, 60, 3, 48, 0.5))


def test_nearly_one_answer_is_too_little_variety_to_tell_and_no_disagreement() -> None:
    told = team.agreement_line(Agreement((0.0, -0.05, 0.0), 20, 2, 19, 0.975))
    assert told.startswith("19 of 20 rows got the same answer from everybody, but nearly all answers are the same")
    assert "too little variety to measure agreement" in told
    assert "agree too little" not in told


def test_the_last_answer_can_be_taken_back(questions: Project) -> None:
    questions.rounds.start_team(rows=2, overlap=2)
    test = show("team")
    press(test, "Don't know")
    press(test, "Don't know")
    press(test, "Undo my last answer")
    assert questions.rounds.team_next(state.reviewer()).done == 1  # type: ignore[union-attr]  # a round was started
    assert "1 of 2 answered" in str(test.get("progress")[0].proto.text)


def test_a_half_typed_label_is_never_taken_for_a_new_one(questions: Project) -> None:
    questions.rounds.start_team(rows=2, overlap=2)
    test = show("team")
    assert not next(box for box in test.selectbox if box.label == "The right label").proto.accept_new_options
    field = next(one for one in test.text_input if one.label == "Name of the new label")
    field.set_value("Refund ")
    press(test, "Add this label")
    assert "“refund” is a label already and differs only in case or spaces" in texts(test)
    next(one for one in test.text_input if one.label == "Name of the new label").set_value("ref")
    press(test, "Add this label")
    assert "“refund” begins like this" in texts(test)
    assert questions.rounds.team_result().votes == ()  # type: ignore[union-attr]  # a round was started
    press(test, "Add this label")
    assert [vote.answer for vote in questions.rounds.team_result().votes] == ["ref"]  # type: ignore[union-attr]


def test_labels_that_begin_alike_are_named_first() -> None:
    labels = ["transfer_fee_charged", "refund"]
    assert new_label.longer("transfer_fe", labels) == ["transfer_fee_charged"]
    assert new_label.refusal("transfer_fe", labels) == ""
    assert new_label.refusal("refund", labels).startswith("“refund” is a label already. Choose")


def test_rows_drawn_for_checks_alone_are_told_apart(questions: Project) -> None:
    drawn = questions.rounds.start_audit(20)
    assert audit.drawn_line(drawn) == "20 at random."
    flags = [[["truncated"], ""]] * 60 + [[["truncated"], "truncated"]] * 13
    told = audit.drawn_line(replace(drawn, settings={"flags": flags}))
    assert told == "60 at random and 13 more from rare checks, which count only for those checks' precision."


def test_a_new_verdict_on_old_checks_stays_out_of_date(questions: Project) -> None:
    questions.verdict.analyse()
    first = questions.decisions.queue.page(Filter("all"), -1, 1)[0][1]
    questions.decisions.decide(first.id, "reject", first.version)
    questions.verdict.judge()
    assert questions.place.step("verdict").stale
    assert "Out of date" in texts(show("overview"))
    questions.verdict.analyse()
    assert "Out of date" not in texts(show("overview"))


def read_by_a_model(project: Project) -> None:
    """A model has read all questions and calls every tenth wrong."""
    ids = sorted(project.examples.dataset().values("id"))
    read(project, {id: ("wrong" if n % 10 == 0 else "right", "account") for n, id in enumerate(ids)})


def test_what_is_known_of_a_model_that_read_the_rows_stands_on_audit_and_team(questions: Project) -> None:
    questions.rounds.start_team(10)
    assert "The model that read the rows" not in headers(show("audit")) + headers(show("team"))
    read_by_a_model(questions)
    questions.rounds.start_audit(40)
    answer_rest(questions, "right")
    page = show("audit")
    assert "The model that read the rows" in headers(page)
    assert "m read 40 rows and calls 4 of them (10 %) wrong." in texts(page)
    assert "On 40 rows people found no wrong answer, so nobody can tell what share it finds" in texts(page)
    assert "Where it says wrong, it is right in 0 %." in texts(page)  # every row was judged


def test_suggestions_are_chosen_on_review_only_where_a_model_read_rows(questions: Project) -> None:
    assert "What the model says" not in [box.label for box in show("review").selectbox]
    read_by_a_model(questions)
    page = show("review")
    box = next(box for box in page.selectbox if box.label == "What the model says")
    assert box.value == "hidden"
    box.select("shown").run()
    assert not page.exception
    assert questions.rounds.suggestions.setting() == "shown"


def test_rows_left_out_for_a_suggestion_are_said() -> None:
    assert audit.suggested_line(0) == ""
    assert audit.suggested_line(12) == (
        "12 rows were decided with a model's suggestion on screen before: left out of these figures."
    )


def headers(test: AppTest) -> list[str]:
    return [header.value for header in test.header]
