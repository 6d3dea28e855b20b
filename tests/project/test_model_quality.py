"""A model that read the rows held against people: the audit, findings, queue, verdict, report and manifest."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from curation.project import Project
from curation.readiness import load_policy
from curation.readiness.evidence.agreement import agreement
from curation.readiness.evidence.noise import noise
from curation.readiness.study import Study
from curation.records import (
    CLUSTERS_SCHEMA,
    Clusters,
    Evidence,
    Facts,
    Filter,
    Findings,
    ReadAs,
)
from curation.records.context import Context
from curation.records.progress import ignore
from curation.review.suggestions import is_blind
from curation.sampling.intervals import wilson
from curation.store import database, rounds
from tests import read_rows
from tests.read_rows import EARLY, LATE

WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")
ROWS = 400


def text_of(n: int) -> str:
    return f"{WORDS[n % 12]} {n} {WORDS[(5 * n + 1) % 12]} {n * 7}"


LINES = [f"{text_of(n)},{'yes' if n % 2 else 'no'}" for n in range(ROWS)]


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    """400 texts of two labels."""
    return project_of({"rows.csv": "\n".join(["text,label", *LINES])})


def number(text: str) -> int:
    return int(text.split()[1])


def is_wrong(text: str) -> bool:
    """One row in ten has the wrong label."""
    return number(text) % 10 == 3


def read(project: Project, said: Mapping[str, ReadAs], model: str = "m", at: str = EARLY, table: bool = False) -> None:
    """A model's readings; it names the other label where it says wrong."""
    rows = {one.id: one for one in project.examples.stored.get_all(list(said))}
    named = {id: (answer, other(rows[id].label)) for id, answer in said.items()}
    read_rows.read(project, named, model, at, table)


def other(label: str | None) -> str:
    return "no" if label == "yes" else "yes"


def good_model(project: Project, some: int = ROWS) -> dict[str, ReadAs]:
    """It finds nine in ten of the wrong labels and calls no right one wrong."""
    ids = project.examples.dataset().values("id")[:some]
    rows = project.examples.stored.get_all(ids)
    return {one.id: "wrong" if is_wrong(one.input) and number(one.input) % 100 != 3 else "right" for one in rows}


def judge_all(project: Project) -> None:
    """Everything drawn is judged as the truth is."""
    while (turn := project.rounds.audit_next("ann")) and turn.example:
        one = turn.example
        answer = ("wrong", other(one.label)) if is_wrong(one.input) else ("right", "")
        project.rounds.vote(turn.round.id, one.id, "ann", answer[0], answer[1], one.version)  # type: ignore[arg-type]


@pytest.fixture
def audited(project: Project) -> Iterator[Project]:
    """The texts, read by a good model and audited by 100 rows."""
    read(project, good_model(project))
    project.rounds.start_audit(100)
    judge_all(project)
    yield project


def reviewed(project: Project) -> Findings:
    return project.place.as_of(project.verdict.reader.basis).reviewed


def item(project: Project, make: Callable[..., Evidence]) -> Evidence:
    data, clusters = project.examples.dataset(), Clusters(CLUSTERS_SCHEMA.empty_table())
    return make(Study(Facts(data, clusters, reviewed(project), Context()), load_policy()), ignore)


def test_an_audit_is_drawn_by_what_was_read_and_tells_of_the_model(audited: Project) -> None:
    result = audited.rounds.audit_result()
    assert result is not None and result.found is not None and result.why == ""
    assert set(result.round.settings["strata"]) == {"right", "wrong"}
    _, low, high = result.found.rate
    assert low < 0.1 < high and high - low < 0.06  # 100 rows without a model: .095
    told = audited.findings.calibration.report()
    assert told is not None and told.model == "m" and told.read == ROWS and told.answers == {"right": 364, "wrong": 36}
    assert told.quality is not None and told.is_measured
    assert told.quality.precision is not None and told.quality.precision[0] == 1.0
    assert told.quality.finds is not None and told.quality.finds[1] < 0.9 < told.quality.finds[2]
    assert told.quality.label_hits is not None and told.quality.label_hits[0] == 1.0


def test_before_people_judged_its_rows_a_model_is_an_estimate(project: Project) -> None:
    read(project, good_model(project))
    told = project.findings.calibration.report()
    assert told is not None and told.quality is None and not told.is_measured
    assert project.findings.calibration.precision() == {}
    found = item(project, noise)
    assert found.status == "missing" and found.value is None  # no stand-in ran here
    assert "m calls 9 % of 400 rows wrong: an estimate until people have judged 30 rows of an audit" in found.message


def test_without_readings_an_audit_keeps_nothing_of_any_model(project: Project) -> None:
    started = project.rounds.start_audit(60)
    assert set(started.settings) == {"seed", "strata", "flagged", "flags", "checked", "sources", "decisions"}
    assert [run.check for run in reviewed(project).runs] == ["audit", "holdout", "agreement"]
    judge_all(project)
    assert "model" not in item(project, noise).detail


def test_the_verdicts_items_say_what_the_model_did(audited: Project) -> None:
    found = item(audited, noise)
    assert found.kind == "measured" and found.value == pytest.approx(0.1, abs=0.03)
    assert "m, which read the rows, sharpens this: it finds" in found.message
    assert found.detail["model"]["quality"]["judged"] == 100
    round = audited.rounds.start_team(30)
    for name in ("ann", "bob"):
        while (turn := audited.rounds.team_next(name)) and turn.example:
            one = turn.example
            said = other(one.label) if is_wrong(one.input) else one.label or ""
            audited.rounds.vote(round.id, one.id, name, "label", said, one.version)
    told = item(audited, agreement)
    assert told.kind == "measured" and told.value == 1.0
    assert "m, which read the rows, says what people say on 100 % (98 to 100 %) of all" in told.message
    assert "; two people say the same on 100 % (92 to 100 %)." in told.message


def test_findings_are_as_sure_as_people_measured_and_followed_only_then(audited: Project) -> None:
    audited.verdict.analyse()
    found = audited.findings.stored.page(Filter(check="model_review"), None, 100)
    assert {one.confidence for one in found} == {1.0}
    assert {one.suggestion for one in found} <= {"relabel:yes", "relabel:no"}
    assert len(audited.findings.changes(Filter("model_review"), "reject")) == 36


def test_rows_a_model_alone_calls_wrong_are_not_left_out_unseen_before(project: Project) -> None:
    read(project, good_model(project))
    project.verdict.analyse()
    assert project.findings.stored.scope(Filter("model_review")).rows == 36
    assert project.findings.changes(Filter("model_review"), "reject") == []
    assert project.findings.changes(Filter("model_review"), "suggestion") == []
    assert len(project.findings.changes(Filter("model_review"), "accept")) == 36
    project.rounds.start_audit(100)
    judge_all(project)
    project.verdict.judge()  # the audit counts from here on
    assert len(project.findings.changes(Filter("model_review"), "reject")) == 36


def test_precision_learned_on_one_file_does_not_carry_to_the_next(audited: Project, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    more = [f"{text_of(n)},{'yes' if n % 2 else 'no'}" for n in range(1000, 1040)]
    path.write_text("\n".join(["text,label", *more]), encoding="utf-8")
    audited.examples.load(path)
    ids = audited.examples.dataset().values("id")
    rows = [one for one in audited.examples.stored.get_all(ids) if one.source == "more.csv"]
    read(audited, {one.id: "wrong" for one in rows})
    precision = audited.findings.calibration.precision()
    assert {precision[one.id] for one in rows} == {None}
    assert sum(found is not None and found.is_sure for found in precision.values()) > 30  # those of the first file
    drawn = audited.rounds.start_audit(100)
    assert drawn.settings["strata"]["wrong new"] == 40


def test_where_a_part_was_read_at_random_the_audit_tells_of_all_and_a_table_of_readings_does_not(
    project: Project,
) -> None:
    read(project, good_model(project, 200))
    started = project.rounds.start_audit(60)
    assert sum(started.settings["strata"].values()) == 200
    assert started.settings["read"]["phases"] == [[200, {"right": 182, "wrong": 18}]]
    read(project, good_model(project, 200), table=True)
    assert project.rounds.start_audit(60).settings["strata"]["unread"] == 200


def test_a_row_edited_since_it_was_read_is_a_row_not_read(project: Project) -> None:
    read(project, good_model(project))
    for id in project.examples.dataset().values("id")[:10]:
        project.decisions.decide(id, "label", 0, "yes" if project.examples.stored.get(id).label == "no" else "no")
    assert project.rounds.start_audit(60).settings["strata"]["unread new"] == 10


def test_a_second_model_or_rubric_starts_anew(audited: Project) -> None:
    read(audited, good_model(audited), model="other", at=LATE)
    told = audited.findings.calibration.report()
    assert told is not None and told.model == "other" and told.quality is None


def test_rows_that_two_models_read_differently_are_those_one_calls_right_and_the_other_wrong(project: Project) -> None:
    first = good_model(project)
    read(project, first)
    assert not project.model_review.readings.are_of_several() and not project.model_review.readings.differing()
    ids = sorted(id for id, answer in first.items() if answer == "wrong")[:3]
    second: dict[str, ReadAs] = {ids[0]: "right", ids[1]: "unsure", ids[2]: "right"}
    read(project, second, model="other", at=LATE)
    assert project.model_review.readings.are_of_several()
    assert set(project.model_review.readings.differing()) == {ids[0], ids[2]}
    project.decisions.decide(ids[2], "edit", 0, '{"input": "something else"}', "ann")
    assert project.model_review.readings.differing() == [ids[0]]


def test_suggestions_are_hidden_until_somebody_shows_them_and_never_on_blind_rows(project: Project) -> None:
    read(project, good_model(project))
    seen = project.rounds.suggestions
    ids = project.examples.dataset().values("id")
    assert seen.setting() == "hidden" and not any(seen.is_shown(id) for id in ids)
    seen.choose("shown")
    shown = {id for id in ids if seen.is_shown(id)}
    assert shown == {id for id in ids if not is_blind(id)} and 320 < len(shown) < 395
    seen.choose("hidden")
    assert not any(seen.is_shown(id) for id in ids)


def test_rows_decided_under_a_shown_suggestion_do_not_count_in_the_audit(project: Project) -> None:
    read(project, good_model(project))
    project.rounds.start_audit(100)
    project.rounds.suggestions.choose("shown")
    drawn = [row for row, _ in zip(_rows(project), range(40), strict=False)]
    for id in drawn:
        project.decisions.decide(id, "accept", 0, reviewer="bob")
    judge_all(project)
    result = project.rounds.audit_result()
    blind = sum(is_blind(id) for id in drawn)
    assert result is not None and result.found is not None
    assert result.found.reviewed == 60 + blind and result.answered == 100
    assert result.suggested == 40 - blind


def _rows(project: Project) -> list[str]:
    turn = project.rounds.audit_next("zoe")
    assert turn is not None
    with database.read(project.place.engine) as connection:
        return [row.example for row in rounds.rows_of(connection, turn.round.id)]


def test_the_pull_of_suggestions_is_told_by_reviewer(project: Project) -> None:
    said = good_model(project)
    read(project, said)
    project.rounds.suggestions.choose("shown")
    for n, (id, answer) in enumerate(said.items()):
        # Bob does as he sees, and by himself says the opposite; Ann never looks.
        follows = answer if project.rounds.suggestions.is_shown(id) else "right" if answer == "wrong" else "wrong"
        name, does = ("bob", follows) if n % 2 else ("ann", "right")
        project.decisions.decide(id, "accept" if does == "right" else "reject", 0, reviewer=name)
    pulls = project.rounds.suggestions.pulls()
    assert set(pulls) == {"", "ann", "bob"}
    assert pulls["bob"].difference[0] == 1.0 and pulls["bob"].is_certain
    assert pulls["ann"].difference[0] == pytest.approx(0.0, abs=0.05) and not pulls["ann"].is_certain
    told = project.findings.calibration.report()
    assert told is not None and told.pulls[""].is_certain


def test_report_and_manifest_say_how_good_the_model_is(audited: Project, tmp_path: Path) -> None:
    audited.verdict.analyse()
    report = audited.exports.report("md")
    assert "## The model that read the rows" in report
    assert "- m read 400 rows and calls 36 of them (9 %) wrong." in report
    assert "By people's answers on 100 rows it finds" in report
    made = audited.exports.write(tmp_path / "out", formats=["parquet"])
    assert made.model["quality"]["judged"] == 100
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["model"]["model"] == "m"


def test_without_a_model_no_report_or_manifest_mentions_one(project: Project, tmp_path: Path) -> None:
    project.verdict.analyse()
    assert "model that read" not in project.exports.report("md") + project.exports.report("html")
    project.exports.write(tmp_path / "out", formats=["parquet"])
    assert "model" not in json.loads((tmp_path / "out" / "manifest.json").read_bytes())


def test_what_the_model_says_stays_off_the_card_until_a_row_is_decided_or_somebody_shows_it(project: Project) -> None:
    read(project, good_model(project))
    project.verdict.analyse()
    ids = [one.example.id for one in project.findings.stored.page(Filter(check="model_review"), None, 100)]
    project.decisions.decide(ids[0], "accept", 0)

    def seen() -> set[str]:
        found = project.rounds.suggestions.visible(project.findings.stored.of_examples(ids))
        return {id for id, rows in found.items() if any(one.check == "model_review" for one in rows)}

    assert seen() == {ids[0]}
    project.rounds.suggestions.choose("shown")
    assert seen() == {id for id in ids if id == ids[0] or not is_blind(id)}


def test_a_model_that_changes_its_mind_is_caught_by_its_second_readings(project: Project) -> None:
    first = good_model(project)
    read(project, first)
    second: dict[str, tuple[ReadAs, str]] = {id: (answer, "") for id, answer in list(first.items())[:20]}
    second |= dict.fromkeys(list(second)[:5], ("unsure", ""))
    read_rows.read(project, second, again=True)
    told = project.findings.calibration.report()
    assert told is not None and told.steady == (wilson(15, 20), 20)


def test_rows_loaded_after_a_part_was_read_are_not_spoken_for_by_it(project: Project, tmp_path: Path) -> None:
    read(project, good_model(project, 200))
    path = tmp_path / "more.csv"
    more = [f"{text_of(n)},{'yes' if n % 2 else 'no'}" for n in range(1000, 1100)]
    path.write_text("\n".join(["text,label", *more]), encoding="utf-8")
    project.examples.load(path)
    started = project.rounds.start_audit(100)
    assert started.settings["read"]["phases"][0][0] == 200  # of the first file
    assert started.settings["strata"]["unread new"] == 100
