"""The work plan orders the review queue: what it asks for comes first, everything else keeps its order."""

from pathlib import Path

from curation.project import Project
from curation.records import Filter
from curation.store import database, queue

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


def order(project: Project) -> list[str]:
    return [example.id for _, example in project.decisions.queue.page(Filter(), -1, 1000)]


def test_the_plans_examples_come_first_and_those_without_a_finding_join(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "p", create=True)
    project.examples.load(SAMPLE)
    project.duplicates.find()
    project.findings.check(["label_noise", "empty"])
    before = order(project)
    clean = next(id for id in project.examples.dataset().values("id") if id not in set(before))
    wanted = [before[-1], clean, before[3]]
    with database.write(project.place.engine) as connection:
        queue.put_first(connection, [*wanted, "gone from the project"])
    assert order(project) == [*wanted, *(id for id in before if id not in wanted)]
    project.close()


def test_after_a_verdict_the_queue_begins_with_its_plan(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "p", create=True)
    project.examples.load(SAMPLE)
    project.verdict.analyse()
    asked = [id for id in project.verdict.review_first() if id in set(order(project))]
    assert order(project)[: len(asked)] == asked
    project.close()
