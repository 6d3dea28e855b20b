"""Pages: every row exactly once, in order, whatever the page size."""

from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from curation.dedup import Settings
from curation.errors import CurationError, InputRejected, UsageError
from curation.project import Project
from curation.project.place.stores import DATABASE
from curation.records import FINDINGS_SCHEMA, CheckRun, Filter, Findings
from curation.store import database, findings


def store_findings(project: Project, confidences: list[float]) -> None:
    ids = project.examples.dataset().values("id")
    rows = [
        {"check": "label_noise", "id": ids[n % len(ids)], "cluster": None, "confidence": c, "message": f"finding {n}",
         "evidence": "{}", "suggestion": "look"}
        for n, c in enumerate(confidences)
    ]  # fmt: skip
    found = Findings(pa.Table.from_pylist(rows, FINDINGS_SCHEMA), (CheckRun("label_noise", "done"),))
    order = [(ids[n], 1.0) for n in (4, 2, 7)]
    with database.write(
        project.place.engine, partial(findings.prepare_findings, found=found, order=order)
    ) as connection:
        findings.save_findings(connection, found, project.place.snapshot())


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_findings_come_surest_first_and_each_once(project: Project, limit: int) -> None:
    store_findings(project, [0.5, 0.9, 0.5, 0.1, 0.5, 0.9])
    seen, after = [], None
    while page := project.findings.stored.page(Filter(), after, limit):
        seen += page
        after = (page[-1].confidence, page[-1].seq)
    assert [row.message for row in seen] == [f"finding {n}" for n in (1, 5, 0, 2, 4, 3)]


def test_filters_narrow_by_label_and_text_as_decided(project: Project) -> None:
    store_findings(project, [0.9] * 9)
    assert project.findings.stored.total(Filter(label="refund")) == 3
    assert project.findings.stored.total(Filter(text="parcel")) == 1
    assert project.findings.stored.total(Filter(text="%")) == 0
    example = project.findings.stored.page(Filter(label="refund"), None, 1)[0].example
    project.decisions.decide(example.id, "label", 0, "delivery")
    assert project.findings.stored.total(Filter(label="refund")) == 2


def test_the_queue_is_in_its_order_and_shrinks_with_decisions(project: Project) -> None:
    store_findings(project, [0.9] * 9)
    ids = project.examples.dataset().values("id")
    page = project.decisions.queue.page(Filter(), -1, 10)
    assert [example.id for _, example in page] == [ids[4], ids[2], ids[7]]
    project.decisions.decide(ids[4], "skip", 0)
    assert [example.id for _, example in project.decisions.queue.page(Filter(), -1, 10)] == [ids[2], ids[7]]
    assert project.decisions.queue.total(Filter()) == 2


def test_findings_are_up_to_date_until_an_example_changes(project: Project) -> None:
    store_findings(project, [0.9])
    assert project.place.step("check").ran
    assert not project.place.step("check").stale
    project.decisions.decide(project.examples.dataset().values("id")[0], "reject", 0)
    assert project.place.step("check").stale


def test_the_same_file_is_not_loaded_twice_and_repeats_are_kept(
    project: Project, tickets: Path, tmp_path: Path
) -> None:
    assert project.examples.load(tickets).already
    assert project.examples.stored.totals()["stored"] == 9
    other = tmp_path / "more.csv"
    other.write_text(tickets.read_text() + "a new question about shipping,delivery\n", encoding="utf-8")
    assert not project.examples.load(other).already
    ids = project.examples.dataset().values("id")
    assert len(ids) == len(set(ids)) == 19
    assert ids[9] == ids[0] + "-1"


def test_a_file_left_out_is_not_in_the_set_but_still_stored(project: Project) -> None:
    source = project.examples.stored.sources()[0].id
    project.examples.set_source(source, False)
    assert len(project.examples.dataset()) == 0
    assert project.decisions.queue.page(Filter(check="all"), -1, 5) == []
    project.examples.set_source(source, True)
    assert len(project.examples.dataset()) == 9


@pytest.mark.only_sqlite
def test_a_missing_project_a_foreign_file_and_a_newer_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no project"):
        Project.open(tmp_path / "nowhere")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / DATABASE).write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(InputRejected, match="not a project database"):
        Project.open(tmp_path / "foreign")
    newer = Project.open(tmp_path / "newer", create=True)
    with newer.place.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE about SET value = '99' WHERE key = 'schema_version'")
        connection.commit()
    newer.close()
    with pytest.raises(CurationError, match="newer version"):
        Project.open(tmp_path / "newer")


def test_progress_may_be_written_while_a_file_is_loaded(project: Project, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("text,category\nanother question,refund\n", encoding="utf-8")
    seen: list[str] = []

    def progress(done: float, message: str) -> None:
        with database.write(
            project.place.engine
        ) as connection:  # waits half a minute and fails if loading holds the lock
            database.bump(connection)
        seen.append(message)

    assert project.examples.load(more, progress=progress).stored == 1
    assert "storing" in seen


def test_how_duplicates_are_found_is_kept_and_makes_results_stale(project: Project) -> None:
    project.duplicates.find()
    assert not project.place.step("dedup").stale
    project.duplicates.save_settings(Settings(threshold=0.9, shingle=5, keeper="longest"))
    assert project.place.step("dedup").stale
    assert project.duplicates.find().settings["threshold"] == 0.9
    assert project.duplicates.settings() == Settings(threshold=0.9, shingle=5, keeper="longest")


def test_declared_labels_can_be_chosen_before_any_row_has_them(project: Project) -> None:
    project.settings.save_context(project.settings.parse_context('[task]\nlabels = ["refund", "complaint"]\n'))
    assert set(project.examples.label_set()) == {"refund", "delivery", "account", "complaint"}
    example = project.examples.dataset().values("id")[0]
    project.decisions.decide(example, "label", 0, "complaint")
    assert dict(project.examples.stored.label_counts())["complaint"] == 1
