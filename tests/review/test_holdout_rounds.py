"""An audit of the rows that models were scored on: drawn from them alone, judged blind, told by the verdict."""

from collections.abc import Callable

import pytest

from curation.errors import NotChecked
from curation.project import Project
from curation.readiness import load_policy
from curation.readiness.evidence.holdout_quality import holdout_quality
from curation.readiness.study import Study
from curation.records import CLUSTERS_SCHEMA, Clusters, Evidence, Facts
from curation.records.context import Arm, Context
from curation.records.progress import ignore

WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "larch")


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    """60 texts of two labels."""
    lines = [f"{WORDS[n % 12]} {n} {WORDS[(5 * n + 1) % 12]} {n * 7},{'yes' if n % 2 else 'no'}" for n in range(60)]
    return project_of({"rows.csv": "\n".join(["text,label", *lines])})


def judged(project: Project, wrong: int) -> None:
    """Everything drawn is answered, the first few as wrong with the other label."""
    for n in range(20):
        turn = project.rounds.holdout_next("ann")
        assert turn is not None and turn.example is not None
        label = "no" if turn.example.label == "yes" else "yes"
        answer = ("wrong", label) if n < wrong else ("right", "")
        project.rounds.vote(turn.round.id, turn.example.id, "ann", answer[0], answer[1], turn.example.version)  # type: ignore[arg-type]
    turn = project.rounds.holdout_next("ann")
    assert turn is not None and turn.example is None


def item_of(project: Project, arms: tuple[Arm, ...] = (Arm("few_shot", 0.7, 40),)) -> Evidence:
    data = project.examples.dataset()
    clusters = Clusters(CLUSTERS_SCHEMA.empty_table())
    return holdout_quality(
        Study(Facts(data, clusters, project.rounds.review_runs(), Context(arms=arms)), load_policy()), ignore
    )


def test_only_scored_rows_are_drawn_and_what_is_wrong_among_them_is_told(project: Project) -> None:
    scored = set(project.examples.dataset().values("id")[:40])
    started = project.rounds.start_holdout(scored)
    assert started.kind == "holdout"
    judged(project, wrong=3)
    result = project.rounds.holdout_result()
    assert result is not None and result.found is not None
    assert set(result.wrong) <= scored
    made = item_of(project)
    assert (made.value, made.kind, made.status) == (pytest.approx(0.15), "measured", "warn")
    assert made.low is not None and made.high is not None and 0.05 < made.low < 0.15 < made.high < 0.35
    assert "judged 20 rows of the 40 that models were scored on" in made.message
    assert "They cost every arm alike; audit those first." in made.message
    assert set(made.rows) == set(result.wrong)
    assert project.rounds.audit_result() is None  # it says nothing of the whole set


def test_what_was_found_wrong_is_corrected_at_once(project: Project) -> None:
    project.rounds.start_holdout(set(project.examples.dataset().values("id")))
    judged(project, wrong=2)
    before = {one.id: one.label for one in project.examples.stored.get_all(project.examples.dataset().values("id"))}
    assert project.decisions.settle_holdout("ann").decided == 2
    after = {one.id: one.label for one in project.examples.stored.get_all(list(before))}
    assert sum(before[id] != after[id] for id in before) == 2
    result = project.rounds.holdout_result()
    assert result is not None and result.unsettled == 0
    assert project.decisions.settle_holdout("ann").decided == 0


def test_nobody_having_judged_them_is_not_checked(project: Project) -> None:
    with pytest.raises(NotChecked, match="judge 20 of the scored rows"):
        item_of(project)
    with pytest.raises(NotChecked, match="once a model is scored"):
        item_of(project, ())
    with pytest.raises(NotChecked, match="No model has been scored"):
        project.rounds.start_holdout(())
    project.rounds.start_holdout(set(project.examples.dataset().values("id")))
    with pytest.raises(NotChecked):
        item_of(project)


def test_none_wrong_among_twenty_leaves_an_eighth_possible(project: Project) -> None:
    scored = set(project.examples.dataset().values("id"))
    project.rounds.start_holdout(scored)
    judged(project, wrong=0)
    made = item_of(project)
    assert (made.value, made.status) == (0.0, "ok")
    assert made.high is not None and 0.05 < made.high < 0.13
