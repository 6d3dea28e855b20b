"""The findings page: filters and their effect, acting on all of a filter, the quick look, personal data masked."""

import json
import shutil
from pathlib import Path

import pytest
from pages_ui import opened
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.decisions import BulkDecision
from curation.project.jobs import DecideAll, UndoAll
from curation.records import CheckRun, Columns, Filter, Pair, Precision, Scope
from curation.records.progress import ignore
from curation.sampling.intervals import Interval
from curation.ui import state
from curation.ui.findings import bulk, checks, mixed_up, trust
from curation.ui.widgets import bulk_actions, formatting, parts, steps

APP = Path(__file__).parents[2] / "app.py"
TITLES = {"label_noise": "Wrong labels", "pii": "Personal data"}


TALK = {
    "refund": ("send return repay credit transfer give", "money cash payment charge amount deposit"),
    "login": ("reset unlock recover open change forgot", "password account login code pin profile"),
    "parcel": ("find track locate await miss follow", "parcel package box delivery courier shipment"),
}


def talk(label: str) -> list[str]:
    """36 different questions about one thing."""
    verbs, things = (words.split() for words in TALK[label])
    return [f"{verb} {'my' if n % 2 else 'the'} {thing} {verb}" for verb in verbs for n, thing in enumerate(things)]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a checked set of labels, some of them wrong, and a checked set of free text."""
    home = tmp_path_factory.mktemp("findings")
    rows = [f"{text},{label}" for label in TALK for text in talk(label)]
    for n in (0, 10, 20, 31):
        rows[n] = f"{talk('refund')[n]},login"  # wrong
    rows += ["my mail is ada.lovelace@engines.co.uk for the account,login"]
    labels = Project.open(home / "projects" / "Labels", create=True)
    (home / "labels.csv").write_text("text,category\n" + "\n".join(rows) + "\n", encoding="utf-8")
    labels.examples.load(home / "labels.csv")
    labels.findings.check()
    labels.close()
    prose = Project.open(home / "projects" / "Prose", create=True)
    lines = [
        {"prompt": f"Say {n} in words", "completion": "" if n % 9 == 0 else f"In words it is {n}."} for n in range(30)
    ]
    (home / "prose.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    prose.examples.load(home / "prose.jsonl")
    prose.findings.check()
    prose.close()
    return home


@pytest.fixture
def home(made_once: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made_once, tmp_path / "findings"))


def show(project: str, home: Path, monkeypatch: pytest.MonkeyPatch, filter: Filter | None = None) -> AppTest:
    monkeypatch.setenv("CURATION_HOME", str(home))
    return opened("findings", project, {} if filter is None else {f"findings-filter-{project}": filter})


def texts(test: AppTest) -> str:
    shown = [str(element.value) for kind in ("text", "caption", "toast") for element in getattr(test, kind)]
    marked = [json.loads(element.proto.json or "{}").get("spans", []) for element in test.get("bidi_component")]
    return "\n".join([*shown, *("".join(text for _, text in spans) for spans in marked)])


def figures(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def press(test: AppTest, label: str, key: str = "") -> None:
    next(button for button in test.button if button.label == label and key in (button.key or "")).click().run()
    assert not test.exception


RARE = Filter("class_imbalance")
WRONG = Filter(check="label_noise", given="login", suggested="refund")


def test_the_threshold_shows_at_once_what_it_leaves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Labels", home, monkeypatch)
    project = Project.open(home / "projects" / "Labels")
    for sure in (0, 50, 95):
        test.slider[0].set_value(sure).run()
        scope = project.findings.stored.scope(Filter(sure=sure / 100))
        assert figures(test)["Findings"] == f"{scope.findings:,}"
        assert figures(test)["Rows"] == f"{scope.rows:,}"
        guessed = "Expect about half of them to be right" in texts(test)
        assert guessed == bool(project.findings.stored.total(Filter("label_noise", sure=sure / 100)))
    project.close()


def test_filters_combine_and_can_be_cleared(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Labels", home, monkeypatch)
    before = figures(test)
    next(box for box in test.selectbox if box.label == "Check").set_value("label_noise").run()
    next(box for box in test.selectbox if box.label == "Label").set_value("login").run()
    test.text_input(key=next(box.key for box in test.text_input if box.label == "Search")).set_value(" the ").run()
    project = Project.open(home / "projects" / "Labels")
    left = project.findings.stored.page(Filter(check="label_noise", label="login", text=" the ", sure=0.5), None, 9)
    project.close()
    assert figures(test)["Rows"] == str(len(left)) == "3"
    assert set(test.dataframe[1].value["Check"]) == {"Wrong labels"}
    press(test, "Clear the filter")
    assert figures(test) == before


def test_labels_mixed_up_are_listed_and_a_pair_narrows_the_findings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = show("Labels", home, monkeypatch)
    assert "Labels confused with each other" in [header.value for header in test.header]
    first = test.dataframe[0].value.iloc[0]
    assert (first["Labelled"], first["Reads like"]) == ("login", "refund")
    # of the four that were mixed up; with static embeddings one is less sure
    assert first["Rows"] >= 3
    test = show("Labels", home, monkeypatch, WRONG)
    assert "Only rows labelled “login” that read like “refund”." in texts(test)
    assert figures(test)["Rows"] == "4"
    press(test, "Show all pairs")
    assert "Only rows labelled" not in texts(test)


def test_all_suggestions_are_followed_in_one_stroke_and_taken_back_in_one_press(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.open(home / "projects" / "Labels")
    ids = [row.example.id for row in project.findings.stored.page(WRONG, None, 9)]
    project.decisions.decide(ids[0], "accept", 0, reviewer="bo")
    test = show("Labels", home, monkeypatch, WRONG)
    assert "Relabels 3 rows of 1 class. 1 row decided by people already stays." in texts(test)
    press(test, "Yes, do it", "follow")
    assert [project.examples.stored.get(id).label for id in ids] == ["login", "refund", "refund", "refund"]  # type: ignore[union-attr]
    named = "Followed the suggestions: Wrong labels, “login” read as “refund”, at least 0 % sure (3 decisions), "
    assert named in texts(test)
    assert figures(test)["Decided rows"] == "4"
    press(test, "Undo all of it")
    assert [project.examples.stored.get(id).label for id in ids] == ["login"] * 4  # type: ignore[union-attr]
    assert "decisions in one stroke" not in texts(test)
    project.decisions.undo("bo")
    project.close()


def test_leaving_out_and_marking_right_say_how_many_rows_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Labels", home, monkeypatch, WRONG)
    assert "Leaves out 4 rows of 1 class." in texts(test)
    assert "Accepts 4 rows of 1 class." in texts(test)
    press(test, "Yes, do it", "leave-out")
    project = Project.open(home / "projects" / "Labels")
    assert len(project.examples.curated().removed) == 4
    press(test, "Undo all of it")
    assert len(project.examples.curated().removed) == 0
    project.close()


def test_review_opens_with_the_same_filter(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Labels", home, monkeypatch, WRONG)
    press(test, "Review them one by one (4)")
    handed = test.session_state["review-filter-Labels"]
    project = Project.open(home / "projects" / "Labels")
    assert project.decisions.queue.total(handed) == 4
    shown = project.decisions.queue.page(handed, -1, 1)[0][1]
    project.close()
    assert next(box for box in test.selectbox if box.label == "Queue").value == state.FROM_FINDINGS
    assert "4 waiting" in texts(test)
    assert shown.input in texts(test)


def test_free_text_has_no_picture_but_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Prose", home, monkeypatch)
    assert "The outputs of this set are free text, not labels, so no labels can be confused." in texts(test)
    assert int(figures(test)["Rows"]) >= 4


def test_the_quick_look_is_marked_until_the_checks_end(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.open(tmp_path / "home" / "projects" / "New", create=True)
    project.examples.load(home / "labels.csv")
    assert project.findings.quick_look()
    test = show("New", tmp_path / "home", monkeypatch)
    assert "The full checks did not finish" in texts(test)
    assert test.dataframe[0].value.iloc[0]["Reads like"] == "refund"
    project.findings.check()
    project.close()
    test.run()
    assert "Quick look" not in texts(test) + "".join(str(badge.value) for badge in test.markdown)


def test_personal_data_is_masked_until_this_session_asks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = show("Labels", home, monkeypatch, Filter(check="pii"))
    assert "my mail is [email] for the account" in texts(test)
    assert not any("ada.lovelace" in table.value.to_string() for table in test.dataframe)
    next(toggle for toggle in test.toggle if toggle.label == "Show personal data").set_value(True).run()
    assert "my mail is ada.lovelace@engines.co.uk for the account" in texts(test)


def test_many_decisions_go_through_a_file_in_the_background(project: Project, tmp_path: Path) -> None:
    ids = project.examples.dataset().values("id")
    project.decisions.decide(ids[0], "accept", 0)
    path = tmp_path / "changes.json"
    path.write_text(json.dumps([(id, "label", "refund") for id in ids]), encoding="utf-8")
    done = DecideAll(str(path), "ana", "all of it").run(project, ignore)
    assert done == {"decided": 8, "passed_over": 1}
    assert not path.exists()
    made = project.decisions.newest_bulk("ana")
    assert made is not None
    assert UndoAll(made.batch, "ana").run(project, ignore) == {"undone": 8}
    assert project.decisions.newest_bulk("ana") is None


def test_what_a_stroke_would_do_is_said_in_full() -> None:
    whole = Scope(findings=260, rows=250, classes=12, decided=13)
    scopes = {"relabel": Scope(226, 226, 9, 12), "drop": Scope(4, 4, 2, 1), "replace": Scope(1, 1, 0, 0)}
    assert bulk.follow_line(scopes, whole) == (
        "Relabels 214 rows of 9 classes, leaves out 3 rows and replaces the output of 1 row. "
        "13 rows decided by people already stay. 19 rows without a suggestion stay as they are."
    )
    assert bulk.follow_line({}, Scope(2, 2, 0, 0)) == ("Changes nothing. 2 rows without a suggestion stay as they are.")
    assert bulk.planned_line(4) == "Review holds 4 more rows that the work plan asks people to look at."
    assert bulk.idle_line(whole, scopes) == ""
    assert bulk.idle_line(whole, {}) == "No row that nobody has decided has a suggestion to follow."
    assert bulk.idle_line(Scope(1, 1, 1, 1), {}) == "The one row was decided by people; bulk acts pass these over."
    assert bulk.all_line("Leaves out", whole) == (
        "Leaves out 237 rows of 12 classes. 13 rows decided by people already stay."
    )
    assert bulk_actions.decided_line(BulkDecision("b", 214, 12, "x")) == (
        "Decided: 214 rows. 12 rows decided by people already stay."
    )


def test_labels_given_from_nothing_are_no_answers_and_can_be_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.open(tmp_path / "projects" / "Bare", create=True)
    asked = [(text, label) for label in TALK for text in talk(label)]
    lines = ["text,label", *(f"{text}," for text, _ in asked), "may I bring a dog,animals"]
    (tmp_path / "bare.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project.examples.load(tmp_path / "bare.csv", columns=Columns(("text",), label="label"))
    ids = project.examples.dataset().values("id")
    for n, (id, (_, label)) in enumerate(zip(ids[:-1], asked, strict=True)):
        project.decisions.decide(id, "label", 0, "login" if n in (0, 10, 20, 31) else label)
    project.verdict.analyse()
    suspects, imbalance = project.decisions.queue.total(Filter()), project.findings.stored.total(RARE)
    assert suspects >= 3
    assert imbalance == 1
    step = steps.next_step(project)
    assert step is not None
    assert step.label == f"Review {suspects} suspects"  # the rare label is not one of them
    test = show("Bare", tmp_path, monkeypatch)
    assert figures(test)["Rows"] == str(suspects)
    assert f"All {suspects} rows were decided by people; bulk acts pass these over." in texts(test)
    assert "flags were right" not in texts(test)
    frame = test.dataframe[1].value
    assert frame.loc[frame["Check"] == "Rare and dominant labels", "Sure"].isna().all()
    press(test, f"Review them one by one ({suspects})")
    shown = project.decisions.queue.page(Filter(), -1, 1)[0][1]
    assert shown.status == "labelled"
    assert shown.input in texts(test) + str([area.value for area in test.text_area])
    test = show("Bare", tmp_path, monkeypatch, RARE)
    assert "90 % sure" not in texts(test).replace("At least 90 % sure", "")
    assert not [button for button in test.button if button.label == "Accept"]
    assert "about labels or the whole set, so there is no row to decide" in texts(test)
    project.close()


def trusted(check: str, counts: dict[str, int], known: dict[str, Interval], judged: tuple[int, int] = (0, 0)) -> str:
    titles = {"label_noise": "Wrong labels", "pii": "Personal data", "empty": "Empty rows", "mismatch": "Mismatch"}
    return " ".join(trust.trust_lines(Filter(check=check, sure=0.5), counts, known, judged, titles))


def test_only_checks_that_guess_are_trusted_by_half_and_only_until_they_are_audited() -> None:
    counts = {"empty": 5, "label_noise": 30, "pii": 10}
    noise: dict[str, Interval] = {"label_noise": (0.6, 0.4, 0.8)}
    half = "Expect about half of them to be right"
    assert trusted("empty", counts, {}) == ""
    assert trusted("empty", {"empty": 5, "label_noise": 0}, {}) == ""
    assert trusted("label_noise", counts, {}).startswith("Nobody has audited these flags yet.")
    assert half in trusted("label_noise", counts, {})
    assert trusted("", counts, {}).startswith("Nobody has audited the flags of “Wrong labels” yet.")
    assert trusted("", counts | {"mismatch": 2}, {}).startswith(
        "Nobody has audited the flags of “Wrong labels” and “Mismatch” yet."
    )
    assert trusted("", counts, noise) == (
        "By the audit about 60 % of the flags of “Wrong labels” are right (40 to 80 %)."
    )
    assert trusted("label_noise", counts, noise, (3, 1)) == (
        "By the audit about 60 % of these flags are right (40 to 80 %). "
        "Of the 4 decided one by one since the checks ran, 3 flags were right (75 %)."
    )
    known = {**noise, "pii": (1.0, 0.8, 1.0)}
    assert trust.expected_precision({"label_noise": 30, "pii": 10}, known) == pytest.approx((0.7, 0.5, 0.85))


def test_the_picture_holds_the_commonest_pairs_and_every_cell_between_their_labels() -> None:
    pairs = [Pair(f"given {n}", f"new {n % 3}", 50 - n, 0.1) for n in range(40)]
    frame = mixed_up.picture_frame(pairs, ("given 1", "new 1"))
    assert len(frame) == mixed_up.PAIRS
    assert list(frame.loc[frame["Chosen"], "Cell"]) == [1]
    assert frame["Dark"].iloc[0]
    assert mixed_up.confusion(frame, is_dark=True).to_dict()["layer"]
    many = [Pair("a", "b", 9, 1.0), *(Pair(f"c{n}", f"d{n}", 8, 0.5) for n in range(30)), Pair("c0", "b", 1, 0.1)]
    assert 31 in set(mixed_up.picture_frame(many, ("", ""))["Cell"])
    assert mixed_up.pairs_line(31, 100).endswith("The picture shows the 20 commonest pairs.")
    assert mixed_up.pairs_line(31, 100, has_picture=False) == "Select a row to see its findings."
    assert mixed_up.pairs_line(3, 100) == "Select a cell or a row to see its findings."


def test_bars_stand_on_the_side_of_the_threshold_they_belong_to() -> None:
    frame = trust.confidence_frame([(0.45, 2), (0.5, 7)], 0.5)
    assert len(frame) == 20
    sides = dict(zip(frame["Sure"], frame["Side"], strict=True))
    assert (sides[45], sides[50]) == ("Below", "In the filter")
    assert dict(zip(frame["Sure"], frame["Findings"], strict=True))[50] == 7


def test_a_filter_has_a_name_people_can_read() -> None:
    filter = Filter(
        check="label_noise", label="a", text="money", status="rejected", sure=0.55, given="a", suggested="b"
    )
    assert formatting.filter_words(filter, TITLES) == (
        "Wrong labels, “a” read as “b”, label “a”, text contains “money”, left out, at least 55 % sure"
    )
    assert formatting.filter_words(Filter(), TITLES) == "all checks, at least 0 % sure"


def test_a_quick_look_is_no_run_on_the_whole_set() -> None:
    runs = [CheckRun("label_noise", "done", summary={"preview": True}), CheckRun("pii", "not_checked", "no text")]
    assert list(checks.checks_frame(runs, TITLES, {"label_noise": 3})["State"]) == [
        "A first look has run, the full check has not finished",
        "Not checked: no text",
    ]


def test_texts_are_masked_where_nobody_asked() -> None:
    assert formatting.visible("call ada.lovelace@engines.co.uk\u200b") == "call [email]⟨U+200B⟩"
    shown = state.personal_data_is_shown.set(True)
    assert formatting.visible("call ada.lovelace@engines.co.uk") == "call ada.lovelace@engines.co.uk"
    state.personal_data_is_shown.reset(shown)


def test_how_often_a_check_was_right_is_told_by_decisions_and_audit() -> None:
    decided = Precision("pii", 30, 23, 3, 0, (20 / 23, 0.707, 0.949))
    assert checks.right_line(decided, None) == "Of 23 decided one by one, 20 were right: 87 % (between 71 and 95 %)."
    assert checks.right_line(None, (0.6, 0.4, 0.8)) == "By the audit 60 % (between 40 and 80 %)."
    assert checks.right_line(None, None) == "–"


def test_checks_that_found_nothing_are_folded_and_those_that_could_not_run_named() -> None:
    runs = [CheckRun("label_noise", "done"), CheckRun("pii", "done"), CheckRun("empty", "not_checked", "no text")]
    frame = checks.checks_frame(runs, TITLES | {"empty": "Empty rows"}, {"pii": 2}, {"pii": "60 %"})
    assert frame["Check"].to_list() == ["Personal data", "Empty rows"]
    assert frame["How often right"].to_list() == ["60 %", "–"]
    assert frame["State"].to_list()[1] == "Not checked: no text"
    assert checks.quiet_line(runs, TITLES, {"pii": 2}) == "Found nothing likely: Wrong labels (1 check)."


def test_the_words_of_a_finding_are_marked_in_its_text() -> None:
    assert parts.at_places("The mill is old.", [(4, 8)]) == [(False, "The "), (True, "mill"), (False, " is old.")]
    assert parts.at_places("mail ada@mill.org now", [(5, 17)]) == [(False, "mail "), (True, "[email]"), (False, " now")]
    assert parts.at_places("The mill", [(4, 90)]) == []
