"""Cluster pages: every cluster once and in order in any page size, by index at any depth, and what a stroke may touch."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
from old_projects import taken_back_to_version_4

from curation.errors import Cancelled
from curation.project import Project, decisions
from curation.records import CLUSTERS_SCHEMA, ClusterFilter, ClusterRow, Clusters, Order, Position
from curation.store import clusters, database

KINDS = ("exact", "near", "variant", "contradiction")
ROWS = 400


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 rows in clusters of 2 to 5; the n-th cluster has kind n modulo 4 and a similarity between .7 and 1."""
    folder = tmp_path_factory.mktemp("clusters")
    lines = [f"question number {n} about {'parcels' if n % 31 == 0 else 'cards'},answer {n}" for n in range(ROWS)]
    (folder / "rows.csv").write_text("question,answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    project = Project.open(folder / "project", create=True)
    project.examples.load(folder / "rows.csv")
    store_clusters(project)
    project.close()
    return project.folder


@pytest.fixture
def project(made_once: Path, copied: Callable[..., Path]) -> Iterator[Project]:
    """A copy of it that a test may change."""
    project = Project.open(copied(made_once))
    yield project
    project.close()


def store_clusters(project: Project) -> None:
    ids, rows, cluster = project.examples.dataset().values("id"), [], 0
    while len(rows) < ROWS:
        members = ids[len(rows) : len(rows) + 2 + cluster % 4]
        kind, similarity = KINDS[cluster % 4], 0.7 + (cluster * 7 % 10) / 33
        rows += [
            {"id": id, "cluster": cluster, "keeper": members[0], "kind": kind,
             "similarity": 1.0 if id == members[0] else similarity}
            for id in members
        ]  # fmt: skip
        cluster += 1
    found = Clusters(pa.Table.from_pylist(rows, CLUSTERS_SCHEMA), {})
    with database.write(project.place.engine, partial(clusters.prepare_clusters, found=found)) as connection:
        clusters.save_clusters(connection, found, project.place.snapshot())


def walked(project: Project, filter: ClusterFilter, limit: int) -> list[ClusterRow]:
    rows: list[ClusterRow] = []
    after: Position | None = None
    while True:
        page = project.duplicates.stored.page(filter, after, limit)
        rows += page.rows
        after = page.after
        if after is None:
            return rows


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("limit", [1, 7, 500])
def test_every_cluster_comes_once_and_in_order(project: Project, order: Order, limit: int) -> None:
    rows = walked(project, ClusterFilter(order=order), limit)
    assert sorted(row.cluster for row in rows) == list(range(len(rows)))
    assert sum(row.size for row in rows) == ROWS
    values = [row.size if order == "largest" else row.similarity for row in rows]
    assert values == sorted(values, reverse=order != "loosest")


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_a_text_is_found_in_any_row_of_a_cluster(project: Project, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "WINDOW", 5)
    rows = walked(project, ClusterFilter(text="PARCELS", kind="variant"), limit)
    everything = walked(project, ClusterFilter(kind="variant"), 500)
    wanted = [
        row.cluster
        for row in everything
        if any("parcels" in member.example.input for member in project.duplicates.stored.members(row.cluster, 50))
    ]
    assert [row.cluster for row in rows] == wanted
    assert 0 < len(wanted) < len(everything)


def test_a_search_for_a_text_stops_after_a_window_and_goes_on_where_it_got_to(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "WINDOW", 10)
    last = walked(project, ClusterFilter(), 500)[-1]
    text = project.duplicates.stored.members(last.cluster, 1)[0].example.input
    first = project.duplicates.stored.page(ClusterFilter(text=text), None, 5)
    assert first.rows == []
    assert first.after is not None
    assert [row.cluster for row in walked(project, ClusterFilter(text=text), 5)] == [last.cluster]


def test_wildcards_in_a_text_are_characters_like_others(project: Project) -> None:
    assert walked(project, ClusterFilter(text="question number 7 %"), 50) == []
    assert walked(project, ClusterFilter(text="question_number"), 50) == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("kind", ["", "near"])
@pytest.mark.parametrize("after", [None, (3, 40)])
def test_a_page_is_searched_in_an_index_and_never_sorted(
    project: Project, order: Order, kind: str, after: Position | None
) -> None:
    query = clusters.page_query(ClusterFilter(kind=kind, order=order), after, None).limit(10)
    plan = explained(project, query)
    assert not any("TEMP B-TREE" in line for line in plan), plan
    assert all("INDEX cluster_sizes_" in line for line in plan if "cluster_sizes" in line), plan
    assert all(line.startswith("SEARCH") for line in plan if "examples" in line), plan
    if after or kind:
        assert not any(line.startswith("SCAN") for line in plan), plan


@pytest.mark.only_sqlite
def test_the_rows_of_a_cluster_are_searched_by_index(project: Project) -> None:
    plan = explained(project, clusters.members_query(3))
    assert project.duplicates.stored.members(3, 2)[0].is_keeper
    assert any("clusters USING INDEX ix_clusters_cluster" in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan


def explained(project: Project, query: object) -> list[str]:
    with database.read(project.place.engine) as connection:
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]


def test_what_a_stroke_touches_is_what_it_decides(project: Project) -> None:
    filter = ClusterFilter(kind="near", least_size=3)
    touched = project.duplicates.stored.touched(filter, "leave_out")
    changes = project.duplicates.changes(filter, "leave_out")
    stroke = project.decisions.decide_all(changes, "ana", "repeats a kept example")
    assert touched.rows == len(changes) == stroke.decided > 0
    assert touched.clusters == len(walked(project, filter, 500))
    assert all(row.left_out == row.size - 1 for row in walked(project, filter, 500))
    assert project.duplicates.stored.touched(filter, "leave_out").rows == 0
    assert project.decisions.undo_bulk(stroke.batch, "ana") == stroke.decided
    assert project.duplicates.stored.touched(filter, "leave_out") == touched
    assert all(row.left_out == 0 for row in walked(project, filter, 500))


def test_variants_and_contradictions_are_never_touched_by_leaving_out(project: Project) -> None:
    for kind in ("variant", "contradiction"):
        filter = ClusterFilter(kind=kind)
        rows = sum(row.size - 1 for row in walked(project, filter, 500))
        assert project.duplicates.stored.touched(filter, "leave_out") == clusters.Touched(0, 0, 0, rows)
        assert project.duplicates.changes(filter, "leave_out") == []


@pytest.mark.parametrize(("action", "value"), [("reject", ""), ("edit", '{"input": "new"}')])
def test_a_keeper_that_is_gone_or_changed_lets_its_repeats_stay(project: Project, action: str, value: str) -> None:
    filter = ClusterFilter(kind="exact")
    cluster = walked(project, filter, 1)[0]
    before = project.duplicates.stored.touched(filter, "leave_out")
    stroke = project.decisions.decide_all([(cluster.keeper, action, value)], "ana")  # type: ignore[list-item]
    after = project.duplicates.stored.touched(filter, "leave_out")
    assert after.rows == before.rows - (cluster.size - 1)
    project.decisions.undo_bulk(stroke.batch, "ana")


def test_where_a_person_chose_the_keeper_the_rest_is_theirs_to_decide(project: Project) -> None:
    filter = ClusterFilter(kind="exact")
    cluster = walked(project, filter, 1)[0]
    chosen = project.duplicates.stored.members(cluster.cluster, 2)[1].example
    before = project.duplicates.stored.touched(filter, "leave_out")
    project.decisions.decide(chosen.id, "keeper", chosen.version, reviewer="bo")
    assert project.duplicates.stored.touched(filter, "leave_out").rows == before.rows - (cluster.size - 1)
    project.decisions.undo("bo")


@pytest.mark.only_sqlite
def test_a_project_of_the_version_before_gets_its_similarities(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("question,answer\n" + "".join(f"question {n},answer\n" for n in range(ROWS)))
    project = Project.open(tmp_path / "old", create=True)
    project.examples.load(tmp_path / "rows.csv")
    store_clusters(project)
    wanted = walked(project, ClusterFilter(order="loosest"), 50)
    taken_back_to_version_4(tmp_path / "old")
    with project.place.engine.connect() as connection:
        for index in ("cluster_sizes_kind", "cluster_sizes_similarity", "cluster_sizes_kind_similarity"):
            connection.exec_driver_sql(f"DROP INDEX {index}")
        connection.exec_driver_sql("DROP INDEX examples_source_label")
        connection.exec_driver_sql("ALTER TABLE cluster_sizes DROP COLUMN similarity")
        connection.exec_driver_sql("DROP TABLE votes")
        connection.exec_driver_sql("UPDATE about SET value = '2' WHERE key = 'schema_version'")
        connection.commit()
    project.close()
    again = Project.open(tmp_path / "old")
    assert walked(again, ClusterFilter(order="loosest"), 50) == wanted
    again.close()


def test_a_cancelled_stroke_leaves_nothing_and_a_long_one_is_undone_whole(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "STEP", 7)
    changes = project.duplicates.changes(ClusterFilter(), "leave_out")
    assert len(changes) > 21

    def stop(done: float, message: str) -> None:
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        project.decisions.decide_all(changes, "ana", "repeats a kept example", stop)
    assert project.decisions.newest_bulk("ana") is None
    assert len(project.examples.curated().dataset) == ROWS
    steps: list[float] = []
    stroke = project.decisions.decide_all(changes, "ana", "repeats a kept example", lambda done, _: steps.append(done))
    assert stroke.decided == len(changes)
    assert steps == sorted(steps)
    assert len(steps) > 3
    assert project.decisions.newest_bulk("ana") == stroke
    assert project.decisions.undo_bulk(stroke.batch, "ana") == len(changes)
    assert project.decisions.newest_bulk("ana") is None
    assert project.place.verify().is_intact


def test_a_stroke_undone_twice_stays_undone(project: Project) -> None:
    stroke = project.decisions.decide_all(project.duplicates.changes(ClusterFilter(), "keep"), "ana")
    assert project.decisions.undo_bulk(stroke.batch, "ana") == stroke.decided
    assert project.decisions.undo_bulk(stroke.batch, "ana") == 0
    assert project.duplicates.stored.touched(ClusterFilter(), "keep").rows == stroke.decided
