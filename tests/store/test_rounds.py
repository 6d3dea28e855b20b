"""Rounds: drawn once, votes kept whatever happens, and what they add up to reaches the verdict."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from old_projects import changed, taken_back_to_version_4
from sqlalchemy.exc import IntegrityError

from curation import readiness
from curation.errors import NotChecked, UsageError
from curation.project import Project
from curation.project.decisions import AUDITED
from curation.project.rounds import AuditResult, TeamResult, Turn
from curation.records import Action, Filter, Findings, RoundRow
from curation.store import database, rounds

WORDS = {
    "refund": "money back refund return paid charge card order broken cheap twice amount bank wait wrong",
    "delivery": "parcel courier late door box arrive street track ship week package truck lost sign post",
    "account": "password login reset email user profile locked page code access name settings enter key phone",
    "invoice": "invoice bill tax copy month statement file receipt number company pdf total due print mail",
}
LABELS = tuple(WORDS)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred and twenty checked questions, every fifteenth labelled wrongly, and one exact repeat."""
    rng = np.random.default_rng(0)
    lines = []
    for n in range(120):
        label = LABELS[n % 4]
        given = LABELS[(n + 1) % 4] if n % 15 == 0 else label
        lines.append(f"{' '.join(rng.choice(WORDS[label].split(), 7, replace=False))},{given}")
    folder = tmp_path_factory.mktemp("rounds")
    path = folder / "large.csv"
    path.write_text("text,category\n" + "\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    project = Project.open(folder / "large", create=True)
    project.examples.load(path)
    project.verdict.analyse()
    project.close()
    return folder / "large"


@pytest.fixture
def large(made_once: Path, copied: Callable[..., Path]) -> Iterator[Project]:
    """A copy of those questions to answer."""
    project = Project.open(copied(made_once))
    yield project
    project.close()


def turn(made: Turn | None) -> Turn:
    assert made is not None
    return made


def audited(made: AuditResult | None) -> AuditResult:
    assert made is not None
    return made


def team(made: TeamResult | None) -> TeamResult:
    assert made is not None
    return made


def right_label(text: str) -> str:
    return max(LABELS, key=lambda label: len(set(WORDS[label].split()) & set(text.split())))


def audit_all(project: Project, who: str = "ann") -> None:
    while (now := turn(project.rounds.audit_next(who))).example:
        label = right_label(now.example.input)
        answer, value = ("right", "") if label == now.example.label else ("wrong", label)
        project.rounds.vote(now.round.id, now.example.id, who, answer, value)


def test_an_audit_keeps_its_rows_and_asks_for_each_once(project: Project) -> None:
    started = project.rounds.start_audit(100)
    assert started.settings["strata"] == {"none": 9}
    seen = []
    while (now := turn(project.rounds.audit_next("ann"))).example:
        assert (now.done, now.rows) == (len(seen), 9)
        seen.append(now.example.id)
        project.rounds.vote(now.round.id, now.example.id, "ann", "right")
    assert sorted(seen) == sorted(project.examples.dataset().values("id"))
    assert turn(project.rounds.audit_next("bob")).example is None


def test_the_newest_vote_stands_and_can_be_taken_back(project: Project) -> None:
    round = project.rounds.start_audit()
    example = turn(project.rounds.audit_next("ann")).example
    assert example is not None
    project.rounds.vote(round.id, example.id, "ann", "wrong", "delivery")
    project.rounds.vote(round.id, example.id, "ann", "right")
    assert audited(project.rounds.audit_result()).wrong == {}
    assert project.rounds.take_back_vote(round.id, "bob") is None
    assert project.rounds.take_back_vote(round.id, "ann") == example.id
    assert audited(project.rounds.audit_result()).answered == 0
    assert project.rounds.take_back_vote(round.id, "ann") is None


def test_votes_cannot_be_changed_nor_given_on_other_rows(project: Project) -> None:
    round = project.rounds.start_team(rows=3)
    outside = set(project.examples.dataset().values("id")) - {row.example for row in _rows(project, round.id)}
    with pytest.raises(UsageError, match="not in the round"):
        project.rounds.vote(round.id, outside.pop(), "ann", "label", "refund")
    with pytest.raises(UsageError, match="Choose a label"):
        project.rounds.vote(round.id, _rows(project, round.id)[0].example, "ann", "label", " ")
    project.rounds.vote(round.id, _rows(project, round.id)[0].example, "ann", "label", "refund")
    for statement in ("UPDATE events SET payload = '{}'", "DELETE FROM events"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            database.write(project.place.engine) as connection,
        ):
            connection.exec_driver_sql(statement)


def _rows(project: Project, round: int) -> list[RoundRow]:
    with database.read(project.place.engine) as connection:
        return rounds.rows_of(connection, round)


VOTER = """
import sys
from pathlib import Path
from curation.project import Project
project = Project.open(Path(sys.argv[1]))
while (turn := project.rounds.audit_next("w")) and turn.example:
    project.rounds.vote(turn.round.id, turn.example.id, "w", "right")
    print(turn.done + 1, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(project: Project) -> None:
    project.rounds.start_audit()
    with subprocess.Popen(
        [sys.executable, "-c", VOTER, str(project.folder)], stdout=subprocess.PIPE, text=True
    ) as voter:
        assert voter.stdout is not None
        for line in voter.stdout:
            if int(line) == 5:
                os.kill(voter.pid, signal.SIGKILL)
    assert audited(project.rounds.audit_result()).answered >= 5


def test_a_finished_audit_reaches_the_verdict(large: Project) -> None:
    large.rounds.start_audit(80)
    audit_all(large)
    result = audited(large.rounds.audit_result())
    assert result.found is not None
    assert result.found.rate[1] <= 8 / 120 <= result.found.rate[2]
    runs = large.rounds.review_runs()
    facts = replace(large.verdict.facts(), findings=Findings.join([_without(large.verdict.facts().findings), runs]))
    noise = next(e for e in readiness.assess(facts, large.settings.policy()) if e.id == "noise")
    assert (noise.kind, noise.detail["source"]) == ("measured", "audit")
    assert (noise.value, noise.low, noise.high) == pytest.approx(result.found.rate)
    assert set(noise.rows) <= set(result.wrong)
    assert runs.run("agreement").status == "not_checked"


def _without(findings: Findings) -> Findings:
    runs = tuple(run for run in findings.runs if run.check not in ("audit", "agreement"))
    keep = [check not in ("audit", "agreement") for check in findings.table["check"].to_pylist()]
    return Findings(findings.table.filter(keep), runs)


def test_an_exact_repeat_is_looked_at_once_and_weights_add_up(large: Project) -> None:
    round = large.rounds.start_audit(1000)
    assert len(_rows(large, round.id)) == 120
    assert sum(row.weight for row in _rows(large, round.id)) == 120


def test_wrong_answers_become_decisions_in_one_stroke_that_can_be_undone(large: Project) -> None:
    large.rounds.start_audit(1000)
    audit_all(large)
    before = audited(large.rounds.audit_result())
    assert before.unsettled == len(before.wrong) == 8
    stroke = large.decisions.settle_audit("ann")
    assert stroke.decided == 8
    for id, label in before.wrong.items():
        example = large.examples.stored.get(id)
        assert example is not None
        assert (example.label, example.status) == (label, "labelled")
    after = audited(large.rounds.audit_result())
    assert after.unsettled == 0
    assert after.found is not None
    assert after.found.rate[0] == 0  # every row was looked at and the wrong ones are mended
    assert large.decisions.undo_bulk(stroke.batch, "ann") == 8
    assert audited(large.rounds.audit_result()).unsettled == 8


def _followed(project: Project) -> dict[str, str]:
    """Follow every suggested label in one stroke, rightly or not; the label each row had before."""
    filter = Filter(check="label_noise")
    changes = project.findings.changes(filter, "suggestion")
    before = {id: str(project.examples.stored.get(id).label) for id, _, _ in changes}  # type: ignore[union-attr]  # it was found
    project.decisions.decide_all(changes, "ann", "Followed the suggestions")
    return before


def _judge_truly(project: Project) -> None:
    while (now := turn(project.rounds.audit_next("ann"))).example:
        right = right_label(now.example.input)
        is_right = now.example.label == right
        project.rounds.vote(
            now.round.id, now.example.id, "ann", "right" if is_right else "wrong", "" if is_right else right,
            now.example.version,
        )  # fmt: skip


@pytest.mark.parametrize("drawn_first", [True, False])
def test_a_right_suggestion_that_was_followed_is_no_false_alarm(large: Project, drawn_first: bool) -> None:
    if drawn_first:
        large.rounds.start_audit(1000)
    before = _followed(large)
    if not drawn_first:
        large.rounds.start_audit(1000)
    _judge_truly(large)
    found = audited(large.rounds.audit_result()).found
    assert found is not None
    precision = next(one for one in found.precision if one.check == "label_noise")
    flagged = {f.example.id for f in large.findings.stored.page(Filter(check="label_noise", sure=0.5), None, 99)}
    truly = sum(before[id] != right_label(large.examples.stored.get(id).input) for id in flagged)  # type: ignore[union-attr]
    assert (precision.reviewed, precision.wrong) == (len(flagged), truly)
    assert truly > 0


@pytest.mark.parametrize("drawn_first", [True, False])
def test_the_answer_judged_is_the_one_on_screen_and_is_corrected_though_decided_in_bulk(
    large: Project, drawn_first: bool
) -> None:
    if drawn_first:
        large.rounds.start_audit(1000)
    first, second = large.examples.dataset().values("id")[1:3]
    right = [right_label(large.examples.stored.get(id).input) for id in (first, second)]  # type: ignore[union-attr]
    wrong = [next(label for label in LABELS if label != name) for name in right]
    bulk: list[tuple[str, Action, str]] = [(first, "label", wrong[0]), (second, "label", wrong[1])]
    large.decisions.decide_all(bulk, "ann", "Followed the suggestions")
    if not drawn_first:
        large.rounds.start_audit(1000)
    round = audited(large.rounds.audit_result()).round.id
    large.rounds.vote(round, first, "ann", "wrong", right[0])
    large.rounds.vote(round, second, "ann", "wrong")
    result = audited(large.rounds.audit_result())
    assert result.judged == {first: wrong[0], second: wrong[1]}
    assert result.open == {first, second}
    stroke = large.decisions.settle_audit("ann")
    assert (stroke.decided, stroke.passed_over) == (2, 0)
    now = [large.examples.stored.get(id) for id in (first, second)]
    assert [(one.label, one.status) for one in now if one] == [(right[0], "labelled"), (wrong[1], "rejected")]
    after = audited(large.rounds.audit_result())
    assert (after.judged, after.open) == (result.judged, frozenset())
    assert large.decisions.newest_bulk("ann", AUDITED) == replace(stroke, passed_over=0)
    large.decisions.undo_bulk(stroke.batch, "ann")
    assert audited(large.rounds.audit_result()).open == {first, second}
    assert large.decisions.newest_bulk("ann", AUDITED) is None


def test_what_a_person_decided_alone_since_is_left_as_it_is(large: Project) -> None:
    round = large.rounds.start_audit(1000)
    id = large.examples.dataset().values("id")[1]
    large.rounds.vote(round.id, id, "ann", "wrong")
    assert audited(large.rounds.audit_result()).open == {id}
    large.decisions.decide(id, "accept", 0, reviewer="bob")
    assert audited(large.rounds.audit_result()).open == frozenset()
    assert large.decisions.settle_audit("ann").decided == 0


def test_an_answer_given_on_what_was_on_screen_does_not_blame_what_came_in_between(large: Project) -> None:
    round = large.rounds.start_audit(1000)
    seen = large.examples.stored.get(large.examples.dataset().values("id")[1])
    assert seen is not None
    other = next(label for label in LABELS if label != seen.label)
    large.decisions.decide(seen.id, "label", seen.version, other, "bob")
    large.rounds.vote(round.id, seen.id, "ann", "wrong", seen_version=seen.version)
    result = audited(large.rounds.audit_result())
    assert result.judged == {seen.id: seen.label}
    assert result.open == frozenset()


def test_votes_from_before_their_version_was_kept_are_placed_by_time(large: Project) -> None:
    round = large.rounds.start_audit(1000)
    seen = large.examples.stored.get(large.examples.dataset().values("id")[1])
    assert seen is not None
    large.rounds.vote(round.id, seen.id, "ann", "wrong")
    with database.write(large.place.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE votes DROP COLUMN seen_version")
        connection.exec_driver_sql("ALTER TABLE votes ADD COLUMN seen_version INTEGER")
    result = audited(large.rounds.audit_result())
    assert (result.judged, result.open) == ({seen.id: seen.label}, {seen.id})


def test_mending_what_an_audit_found_does_not_clear_the_rows_nobody_looked_at(large: Project) -> None:
    large.rounds.start_audit(60)
    audit_all(large)
    large.decisions.settle_audit("ann")
    found = audited(large.rounds.audit_result()).found
    assert found is not None
    value, _, high = found.rate
    assert high > value


def test_a_set_that_has_changed_needs_a_new_audit(large: Project, tickets: Path) -> None:
    large.rounds.start_audit(60)
    audit_all(large)
    assert large.rounds.review_runs().run("audit").status == "done"
    drawn = {row.example for row in _rows(large, audited(large.rounds.audit_result()).round.id)}
    others = [id for id in large.examples.dataset().values("id") if id not in drawn][:30]
    stroke = large.decisions.decide_all([(id, "reject", "") for id in others], "ann")
    assert "30 other examples have changed" in large.rounds.review_runs().run("audit").reason
    large.decisions.undo_bulk(stroke.batch, "ann")
    assert large.rounds.review_runs().run("audit").status == "done"
    large.examples.load(tickets)
    assert "Files were loaded or left out" in large.rounds.review_runs().run("audit").reason


def test_a_new_audit_just_begun_does_not_hide_the_last_one(large: Project) -> None:
    assert large.rounds.review_runs().run("audit").reason == "Nobody has audited the answers yet."
    large.rounds.start_audit(60)
    audit_all(large)
    done = large.rounds.review_runs().run("audit").summary
    large.rounds.start_audit(60, seed=1)
    assert large.rounds.review_runs().run("audit").summary == done
    assert audited(large.rounds.audit_result()).answered == 0


def test_a_team_round_tells_agreement_and_its_consensus_becomes_decisions(large: Project) -> None:
    started = large.rounds.start_team(rows=40, overlap=2)
    assert sum(len(line) == 4 for line in started.settings["chances"]) == 40
    for who in ("ann", "bob"):
        while (now := turn(large.rounds.team_next(who))).example:
            label = right_label(now.example.input)
            if who == "bob" and now.done % 8 == 0:
                label = LABELS[(LABELS.index(label) + 2) % 4]
            large.rounds.vote(now.round.id, now.example.id, who, "label", label)
    result = team(large.rounds.team_result())
    assert result.agreement is not None
    assert 0.7 < result.agreement.alpha[0] < 0.95
    assert result.consensus is not None
    assert result.consensus.by_model
    disputed = [row for row in result.consensus.rows if not row.is_settled]
    assert len(disputed) == len(result.next) == 5
    assert {line.reviewer for line in result.next} == {""}
    runs = large.rounds.review_runs()
    assert runs.run("agreement").summary["rows"] == 40
    assert set(runs.of("agreement").table["id"].to_pylist()) == {row.id for row in disputed}
    stroke = large.decisions.adopt_consensus("ann")
    assert stroke.decided == 35
    for row in result.consensus.rows:
        example = large.examples.stored.get(row.id)
        assert example is not None
        assert example.label == (row.answer if row.is_settled else example.imported_label)


def test_the_verdict_reads_the_agreement(large: Project) -> None:
    large.rounds.start_team(rows=20)
    for who in ("ann", "bob"):
        while (now := turn(large.rounds.team_next(who))).example:
            label = LABELS[(now.done + (who == "bob")) % 4] if now.done % 2 else right_label(now.example.input)
            large.rounds.vote(now.round.id, now.example.id, who, "label", label)
    facts = replace(
        large.verdict.facts(),
        findings=Findings.join([_without(large.verdict.facts().findings), large.rounds.review_runs()]),
    )
    found = next(e for e in readiness.assess(facts, large.settings.policy()) if e.id == "agreement")
    assert found.status == "fail"
    assert found.value == pytest.approx(team(large.rounds.team_result()).agreement.alpha[0])  # type: ignore[union-attr]


def test_nothing_to_look_at_says_so(tmp_path: Path) -> None:
    empty = Project.open(tmp_path / "none", create=True)
    with pytest.raises(NotChecked, match="Load some first"):
        empty.rounds.start_audit()
    with pytest.raises(NotChecked, match="Load some first"):
        empty.rounds.start_team()
    assert empty.rounds.audit_next("ann") is None
    assert empty.rounds.team_result() is None
    assert [run.status for run in empty.rounds.review_runs().runs] == ["not_checked"] * 3
    empty.close()


def test_the_draw_is_the_same_when_read_back(large: Project) -> None:
    first, again = large.rounds.start_audit(50, seed=9), large.rounds.start_audit(50, seed=9)
    assert [(r.example, r.weight) for r in _rows(large, first.id)] == [
        (r.example, r.weight) for r in _rows(large, again.id)
    ]
    assert sum(first.settings["strata"].values()) == 120


@pytest.mark.only_sqlite
def test_a_project_from_before_versions_were_kept_with_votes_is_brought_along(large: Project) -> None:
    round = large.rounds.start_audit(1000)
    seen = large.examples.dataset().values("id")[1]
    folder = large.folder
    large.close()
    taken_back_to_version_4(folder)
    vote = "INSERT INTO votes (round, example, reviewer, answer, value, at) VALUES"
    changed(
        folder, f"ALTER TABLE votes DROP COLUMN seen_version; {vote} ({round.id}, 2, 'ann', 'wrong', '', '{round.at}')"
    )
    changed(folder, "UPDATE about SET value = '3' WHERE key = 'schema_version'")
    again = Project.open(folder)
    assert audited(again.rounds.audit_result()).judged.keys() == {seen}
    again.rounds.vote(round.id, seen, "ann", "right")
    assert not audited(again.rounds.audit_result()).judged
    again.close()
