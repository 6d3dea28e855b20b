"""Results belong to the moment they were read: what people do while a step runs never kills it nor passes unseen."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.errors import CurationError
from curation.project import Project
from curation.records import Snapshot, stored_json
from curation.records.context import Context, Task
from curation.store import clusters as stored_clusters
from curation.store import database, results

STEPS = ("dedup", "check", "verdict")
THINGS = ("lamp", "parcel", "invoice", "password", "refund", "courier", "account", "order")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty questions, some of them exact repeats, never checked."""
    folder = tmp_path_factory.mktemp("snapshot")
    lines = [f"what about my {THINGS[n % 8]} number {n % 31},{THINGS[n % 4]}" for n in range(40)]
    (folder / "rows.csv").write_text("text,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(folder / "project", create=True)
    project.examples.load(folder / "rows.csv")
    project.close()
    return folder / "project"


@pytest.fixture(scope="module")
def checked_once(made_once: Path) -> Path:
    """The same, checked."""
    copy = made_once.with_name("checked")
    shutil.copytree(made_once, copy)
    project = Project.open(copy)
    project.verdict.analyse()
    project.close()
    return copy


@pytest.fixture
def project(made_once: Path, copied: Callable[..., Path]) -> Iterator[Project]:
    project = Project.open(copied(made_once))
    yield project
    project.close()


def meanwhile(act: Callable[[], object], after: float) -> Callable[[float, str], None]:
    """A progress that acts once, when this share (0..1) of the work is done, as another person would."""
    waiting = [act]

    def progress(done: float, message: str) -> None:
        if done >= after and waiting:
            waiting.pop()()

    return progress


def rejects(project: Project) -> None:
    id = project.examples.dataset().values("id")[0]
    shown = project.examples.stored.get(id)
    assert shown is not None
    project.decisions.decide(id, "reject", shown.version, reviewer="bo")


def brings_back(project: Project) -> None:
    assert project.decisions.undo("ann")


def edits(project: Project) -> None:
    project.decisions.decide(
        project.examples.dataset().values("id")[1], "edit", 0, '{"input": "quite another question"}'
    )


def adds(project: Project) -> None:
    project.examples.add("a question nobody asked before", "", "lamp", True)


@pytest.mark.parametrize(("act", "after"), [(rejects, 0.03), (brings_back, 0.1), (edits, 0.75), (adds, 0.24)])
def test_what_people_do_while_the_checks_run_makes_them_out_of_date_and_kills_nothing(
    project: Project, act: Callable[[Project], None], after: float
) -> None:
    project.decisions.decide(project.examples.dataset().values("id")[5], "reject", 0, reviewer="ann")
    project.verdict.analyse(progress=meanwhile(lambda: act(project), after))
    assert [project.place.step(step).stale for step in STEPS] == [True] * 3
    project.verdict.analyse()
    assert [project.place.step(step).stale for step in STEPS] == [False] * 3


def test_checks_on_earlier_duplicates_look_for_duplicates_again(project: Project) -> None:
    project.duplicates.find()
    project.examples.add("a question nobody asked before", "", "lamp", True)
    project.findings.check()
    assert not project.place.step("dedup").stale
    clusters = project.duplicates.stored.current()
    assert clusters is not None and clusters.table.num_rows == 41


def test_a_verdict_on_earlier_checks_belongs_to_no_moment_and_is_out_of_date(project: Project) -> None:
    project.verdict.analyse()
    rejects(project)
    project.verdict.judge()
    assert project.place.step("verdict").stale
    project.duplicates.find()
    project.findings.check()
    assert project.place.step("verdict").stale
    project.verdict.judge()
    assert not project.place.step("verdict").stale


def test_each_step_is_held_against_what_it_reads_alone(project: Project, tmp_path: Path) -> None:
    project.verdict.analyse()
    project.settings.save_context(Context(task=Task(kind="classification")))
    assert [project.place.step(step).stale for step in STEPS] == [False, False, True]
    project.verdict.judge()
    (tmp_path / "held.csv").write_text("text,category\nwhat about my lamp number 0,lamp\n", encoding="utf-8")
    project.examples.hold_against(tmp_path / "held.csv")
    assert [project.place.step(step).stale for step in STEPS] == [False, True, True]
    project.verdict.analyse()
    project.examples.set_source(1, False)
    assert project.place.step("dedup").stale
    project.examples.set_source(1, True)
    assert not project.place.step("dedup").stale
    round = project.rounds.start_team(rows=3)
    turn = project.rounds.team_next("ann")
    assert turn is not None and turn.example is not None
    project.rounds.vote(round.id, turn.example.id, "ann", "label", "lamp")
    assert [project.place.step(step).stale for step in STEPS] == [False, False, True]


def left_out(out: Path) -> dict[str, str]:
    table = pq.read_table(out / "removed.parquet")
    return dict(zip(table["id"].to_pylist(), table["reason"].to_pylist(), strict=True))


@pytest.mark.parametrize("after", [0.1, 0.85])
def test_an_export_is_of_the_moment_it_begins(project: Project, tmp_path: Path, after: float) -> None:
    first = project.examples.dataset().values("id")[0]
    manifest = project.exports.write(tmp_path / "out", progress=meanwhile(lambda: rejects(project), after))
    assert first not in left_out(tmp_path / "out")
    assert manifest.decisions == {}
    project.exports.write(tmp_path / "out")
    assert left_out(tmp_path / "out")[first] == "rejected in review"


def test_results_of_different_moments_are_refused(project: Project, tmp_path: Path) -> None:
    def another_run() -> None:
        rejects(project)
        project.duplicates.find()

    with pytest.raises(CurationError, match="export again"):
        project.exports.write(tmp_path / "out", progress=meanwhile(another_run, 0.5))
    assert not (tmp_path / "out").exists()


def test_a_result_stamped_later_than_it_read_is_refused(project: Project, tmp_path: Path) -> None:
    project.verdict.analyse()
    clusters = project.duplicates.stored.current()
    rejects(project)
    later = project.place.snapshot()
    assert clusters is not None
    verdict = stored_json(project.verdict.required())
    with database.write(project.place.engine, partial(stored_clusters.prepare_clusters, found=clusters)) as connection:
        stored_clusters.save_clusters(connection, clusters, later)
        for kind, value in (("check", {"findings": 0}), ("verdict", verdict)):
            results.save_result(connection, kind, value, later.at, later)
    with pytest.raises(CurationError, match="run the checks again"):
        project.exports.write(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_snapshot_is_compared_by_what_it_holds() -> None:
    before = Snapshot(decision=3, sources=(1,), at="2026-01-01")
    assert before == replace(before, at="2026-02-01")
    assert before.changed(replace(before, decision=4, vote=1), "dedup") == ("decision",)
    assert before.changed(replace(before, vote=1), "check") == ()
    assert before.changed(replace(before, vote=1)) == ("vote",)


WAYS = ("reject", "label", "edit", "undo", "bulk", "add", "source")
ACTS = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 39), st.integers(1, 9)), min_size=1, max_size=3)
JOURNEY = st.lists(st.sampled_from(["analyse", "dedup", "check", "verdict", "export"]), min_size=1, max_size=2)


def acted(project: Project, way: str, n: int) -> None:
    ids = project.examples.dataset().values("id")
    values = {"reject": "", "label": "parcel", "edit": f'{{"input": "what about my lamp number {n}"}}'}
    if way == "add":
        project.examples.add(f"new question {n}", "", "lamp", True)
    elif way == "undo":
        project.decisions.undo()
    elif way == "source":
        project.examples.set_source(1, not project.examples.stored.sources()[0].active)
    elif way == "bulk":
        project.decisions.decide_all([(id, "reject", "") for id in ids[n : n + 3]])
    elif n < len(ids) and (shown := project.examples.stored.get(ids[n])):
        project.decisions.decide(shown.id, way, shown.version, values[way])  # type: ignore[arg-type]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(journey=JOURNEY, acts=ACTS)
def test_whatever_is_decided_whenever_no_step_dies_and_none_claims_to_be_fresh_when_it_is_not(
    checked_once: Path,
    copied: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
    journey: list[str],
    acts: list[tuple[str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("journey") / "project"
    project = Project.open(copied(checked_once, folder))
    for step in journey:
        reports = iter(range(1, 1_000_000))

        def people(done: float, message: str, reports: Iterator[int] = reports) -> None:
            now = next(reports)
            for way, n, at in acts:
                if at == now:
                    acted(project, way, n)

        steps = {
            "analyse": project.verdict.analyse,
            "dedup": project.duplicates.find,
            "check": project.findings.check,
            "verdict": project.verdict.judge,
            "export": lambda progress: exported(project, folder / "out", progress),
        }
        steps[step](progress=people)
        assert_claims_hold(project)
    project.close()


def exported(project: Project, out: Path, people: Callable[[float, str], None]) -> None:
    """Whatever is written, no pair stands in two splits."""
    project.exports.write(out, progress=people)
    splits: dict[tuple[str, str], str] = {}
    for split in ("train", "validation", "test"):
        for row in pq.read_table(out / f"{split}.parquet").to_pylist():
            assert splits.setdefault((row["input"], row["output"]), split) == split


def assert_claims_hold(project: Project) -> None:
    """What is not out of date is what one would find now."""
    dataset = project.examples.curated().dataset
    if not project.place.step("dedup").stale:
        clusters = project.duplicates.stored.current()
        assert clusters is not None
        assert clusters.table["id"].to_pylist() == dataset.values("id")
    if not any(project.place.step(step).stale for step in STEPS):
        assert project.verdict.required().verdict.dataset == dataset.digest
