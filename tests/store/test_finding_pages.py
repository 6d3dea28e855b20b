"""Figures over a filter of findings, and what acting on all of it decides."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curation.errors import NotChecked
from curation.project import Project
from curation.project.findings import followed
from curation.records import FINDINGS_SCHEMA, CheckRun, Columns, Filter, Findings, Pair, Scope
from curation.review.queue import order_of_review
from curation.store import database, findings

# (row, check, confidence, given, suggestion) of what was found in the nine questions, three a label
FOUND = [
    (0, "label_noise", 0.9, "refund", "relabel:delivery"),
    (1, "label_noise", 0.6, "refund", "relabel:delivery"),
    (2, "label_noise", 0.55, "refund", "relabel:account"),
    (3, "label_noise", 0.3, "delivery", "relabel:refund"),
    (0, "empty", 1.0, "", "drop"),
    (4, "mojibake", 0.85, "", "replace:the right text"),
    (5, "pii", 0.7, "", "look"),
    (1, "pii", 0.95, "", "look"),
]


def store(
    project: Project,
    found: Sequence[tuple[int, str, float, str, str]] = FOUND,
    kind: str = "check",
    in_order: bool = False,
) -> None:
    ids = project.examples.dataset().values("id")
    rows = [
        {"check": check, "id": ids[row], "cluster": None, "confidence": sure, "message": "", "suggestion": suggestion,
         "evidence": json.dumps({"given": given} if given else {})}
        for row, check, sure, given, suggestion in found
    ]  # fmt: skip
    table = Findings(pa.Table.from_pylist(rows, FINDINGS_SCHEMA), (CheckRun("label_noise", "done"),))
    order = order_of_review(table) if in_order else [(ids[0], 1.0)]
    with database.write(
        project.place.engine, partial(findings.prepare_findings, found=table, order=order)
    ) as connection:
        findings.save_findings(connection, table, project.place.snapshot(), kind)


def test_a_scope_counts_findings_rows_classes_and_what_people_have_decided(project: Project) -> None:
    store(project)
    assert project.findings.stored.scope(Filter()) == Scope(findings=8, rows=6, classes=2, decided=0)
    ids = project.examples.dataset().values("id")
    project.decisions.decide(ids[0], "accept", 0)
    project.decisions.decide(ids[1], "flag", 0)  # flagged for somebody to look: not decided
    whole = project.findings.stored.scope(Filter())
    assert (whole.decided, whole.open) == (1, 5)
    assert project.findings.stored.scope(Filter(sure=0.8)).rows == 3


@pytest.mark.parametrize(
    ("filter", "rows"),
    [
        (Filter(check="pii"), 2),
        (Filter(check="label_noise", sure=0.5), 3),
        (Filter(check="label_noise", sure=0.5, label="refund", text="money"), 1),
        (Filter(given="refund", suggested="delivery"), 2),
        (Filter(given="refund", suggested="delivery", sure=0.7), 1),
        (Filter(given="delivery", suggested="delivery"), 0),
        (Filter(status="accepted"), 0),
    ],
)
def test_filters_combine(project: Project, filter: Filter, rows: int) -> None:
    store(project)
    assert project.findings.stored.scope(filter).rows == rows
    assert len({row.example.id for row in project.findings.stored.page(filter, None, 50)}) == rows


def test_each_list_of_choices_counts_what_the_other_filters_leave(project: Project) -> None:
    store(project)
    by_check, by_label = project.findings.choices(Filter(check="label_noise", label="refund", sure=0.5))
    assert by_check == {"label_noise": 3, "empty": 1, "pii": 1}
    assert by_label == [("refund", 3)]


def test_the_histogram_ignores_the_threshold_and_bars_begin_at_round_edges(project: Project) -> None:
    store(project, [(n % 9, "pii", sure, "", "look") for n, sure in enumerate([0.0, 0.15, 0.2, 0.2499, 0.95, 1.0])])
    assert project.findings.stored.confidence_counts(Filter(sure=0.9)) == [(0.0, 1), (0.15, 1), (0.2, 2), (0.95, 2)]


def test_pairs_come_commonest_first_with_their_share_of_the_class(project: Project) -> None:
    store(project)
    pairs = project.findings.label_pairs(Filter(), 10)
    assert pairs[0] == Pair("refund", "delivery", 2, pytest.approx(2 / 3))
    assert [(pair.given, pair.suggested) for pair in pairs[1:]] == [("delivery", "refund"), ("refund", "account")]
    assert project.findings.label_pairs(Filter(), 1) == pairs[:1]
    assert project.findings.label_pairs(Filter(given="refund", suggested="account"), 10) == pairs


def test_following_all_suggestions_is_counted_before_and_does_just_that(project: Project) -> None:
    store(project)
    ids = project.examples.dataset().values("id")
    scopes = project.findings.stored.suggested_scopes(Filter(sure=0.5))
    assert {kind: scope.open for kind, scope in scopes.items()} == {"drop": 1, "relabel": 2, "replace": 1}
    changes = project.findings.changes(Filter(sure=0.5), "suggestion")
    assert changes == [
        (ids[0], "reject", ""),  # the surest of two suggestions
        (ids[1], "label", "delivery"),
        (ids[2], "label", "account"),
        (ids[4], "edit", '{"output": "the right text"}'),
    ]
    project.decisions.decide_all(changes, "ana")
    labels = {id: project.examples.stored.get(id) for id in ids}
    assert [labels[ids[n]].label for n in (1, 2)] == ["delivery", "account"]  # type: ignore[union-attr]
    assert project.findings.changes(Filter(sure=0.5), "suggestion") == []


def test_what_people_decided_is_counted_apart_and_never_in_the_changes(project: Project) -> None:
    store(project)
    ids = project.examples.dataset().values("id")
    project.decisions.decide(ids[1], "accept", 0, reviewer="bo")
    pair = Filter(given="refund", suggested="delivery")
    assert project.findings.stored.suggested_scopes(pair)["relabel"] == Scope(2, 2, 1, decided=1)
    assert project.findings.changes(pair, "suggestion") == [(ids[0], "label", "delivery")]
    assert project.findings.changes(pair, "reject") == [(ids[0], "reject", "")]
    assert project.findings.changes(pair, "accept") == [(ids[0], "accept", "")]


def test_flags_are_judged_by_single_decisions_not_by_strokes(project: Project) -> None:
    store(project)
    ids = project.examples.dataset().values("id")
    flags = Filter(check="label_noise")
    assert project.findings.stored.judged(flags) == (0, 0)
    project.decisions.decide(ids[0], "label", 0, "delivery")
    project.decisions.decide(ids[1], "accept", 0)
    project.decisions.decide_all([(ids[2], "label", "account")])
    assert project.findings.stored.judged(flags) == (1, 1)


def from_nothing(folder: Path) -> Project:
    """Five questions without a label, all labelled by a person; the checks then flag three of them and one label."""
    project = Project.open(folder / "Bare", create=True)
    lines = ["text,label", *(f"Where is parcel number {n} of mine?," for n in range(5)), "May I pay later?,billing"]
    (folder / "bare.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project.examples.load(folder / "bare.csv", columns=Columns(("text",), label="label"))
    ids = project.examples.dataset().values("id")
    for id in ids[:4]:
        project.decisions.decide(id, "label", 0, "delivery")
    flags = [(n, "label_noise", 0.8 - n / 10, "delivery", "relabel:billing") for n in range(3)]
    bare = (4, "label_noise", 0.55, "", "look")
    store(project, [*flags, bare, (5, "class_imbalance", 0.9, "", "collect")], in_order=True)
    return project


def test_a_first_label_is_no_answer_to_a_flag_and_waits_for_one(tmp_path: Path) -> None:
    project = from_nothing(tmp_path)
    ids = project.examples.dataset().values("id")

    def waiting(filter: Filter) -> list[int]:
        shown = [ids.index(example.id) for _, example in project.decisions.queue.page(filter, -1, 9)]
        assert project.decisions.queue.total(filter) == len(shown)
        return shown

    every = Filter(sure=0.5)
    assert project.findings.stored.judged(every) == (0, 0)
    assert waiting(Filter()) == waiting(every) == [0, 1, 2, 4]  # what is said of a label is no suspect
    assert waiting(Filter(text="number 1")) == [1]
    assert project.findings.changes(every, "accept") == [(ids[4], "accept", "")]
    project.decisions.decide(ids[4], "label", 0, "delivery")
    assert project.findings.stored.judged(every) == (0, 0)  # there was no label that could be wrong
    project.decisions.decide(ids[0], "label", 1, "billing")
    project.decisions.decide(ids[1], "accept", 1)
    assert project.findings.stored.judged(every) == (1, 1)
    assert waiting(Filter()) == [2]
    assert project.decisions.undo() == ids[1]
    assert project.findings.stored.judged(every) == (1, 0)
    assert waiting(Filter()) == [1, 2]
    project.close()


def test_a_finding_about_the_set_counts_no_row_and_can_never_leave_one_out(tmp_path: Path) -> None:
    project = from_nothing(tmp_path)
    about_label = Filter("class_imbalance")
    assert project.findings.stored.scope(about_label) == Scope(findings=1, rows=0, classes=1, decided=0)
    assert project.findings.changes(about_label, "reject") == project.findings.changes(about_label, "suggestion") == []
    assert project.findings.stored.row_checks() == ["label_noise"]
    assert project.decisions.queue.total(about_label) == 0
    project.close()


def test_the_review_queue_takes_the_same_filter(project: Project) -> None:
    store(project)
    ids = project.examples.dataset().values("id")
    assert [
        example.id for _, example in project.decisions.queue.page(Filter(check="label_noise", sure=0.8), -1, 9)
    ] == [ids[0]]
    assert project.decisions.queue.page(Filter(given="delivery", suggested="refund", sure=1e-9), -1, 9) == []


def test_a_suggestion_to_look_cannot_be_followed() -> None:
    assert followed("relabel:card: lost") == ("label", "card: lost")
    with pytest.raises(ValueError, match="look"):
        followed("look")


def test_a_quick_look_is_told_apart_and_counts_for_no_verdict(project: Project) -> None:
    store(project, FOUND[:2], kind="preview")
    assert project.findings.stored.is_quick_look()
    assert not project.place.step("check").ran
    assert project.findings.stored.scope(Filter()).rows == 2
    project.duplicates.find()
    with pytest.raises(NotChecked):
        project.verdict.facts()
    project.findings.check()
    assert not project.findings.stored.is_quick_look()
    assert {run.summary.get("preview") for run in project.findings.stored.runs()} == {None}


def test_a_quick_look_is_stored_before_the_first_checks_and_never_after(project: Project, tmp_path: Any) -> None:
    texts = {"refund": "please send my money back for order", "login": "i cannot log into the account with code"}
    lines = [f"{text} {n} {label},{label}" for label, text in texts.items() for n in range(40)]
    lines += [f"please send my money back for order {n} refund,login" for n in range(900, 903)]
    (tmp_path / "more.csv").write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project.examples.load(tmp_path / "more.csv")
    assert project.findings.quick_look()
    assert project.findings.stored.is_quick_look()
    suspects = project.findings.stored.page(Filter(given="login", suggested="refund"), None, 10)
    assert {row.example.input for row in suspects} >= {
        f"please send my money back for order {n} refund" for n in (900, 901)
    }
    project.findings.check()
    stored = project.findings.stored.page(Filter(), None, 50)
    assert not project.findings.quick_look()
    assert project.findings.stored.page(Filter(), None, 50) == stored
