"""What is asked with the turn to write, and what ends with its last statement."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from curation.errors import StaleDecision
from curation.project import Project
from curation.records import Filter, dataset
from curation.store import database
from curation.store.database import schema

ODD = "nul \0 and \uffff, 50 % off: %s %(id)s"
VALUES = select(schema.about.c.value).where(schema.about.c.key == "odd")
ROWS = [{"input": f"question {n}", "output": f"answer {n}"} for n in range(3)]


@pytest.fixture
def project(tmp_path: Path, store: str) -> Project:
    project = Project.open(tmp_path / "statements", create=True)
    project.examples.store(dataset(ROWS))
    return project


def test_a_query_sent_with_the_turn_answers_as_one_asked_later(project: Project) -> None:
    with database.write(project.place.engine) as connection:
        database.run(connection, insert(schema.about), {"key": "odd", "value": ODD})
    with database.write(project.place.engine, ask=(VALUES, {})) as connection:
        early = database.answer(connection, VALUES, {})
        assert tuple(early) == tuple(database.answer(connection, VALUES, {})) == (ODD,)


def test_what_was_sent_with_the_turn_answers_no_other_query_and_once_alone(project: Project) -> None:
    other = select(schema.about.c.key).where(schema.about.c.key == "odd")
    with database.write(project.place.engine, ask=(VALUES, {})) as connection:
        assert database.answer(connection, other, {}) is None
        connection.execute(insert(schema.about).values(key="odd", value="1"))
        assert tuple(database.answer(connection, VALUES, {})) == ("1",)
        connection.execute(update(schema.about).where(schema.about.c.key == "odd").values(value="2"))
        assert tuple(database.answer(connection, VALUES, {})) == ("2",)


def test_a_glance_reads_what_a_transaction_does(project: Project) -> None:
    with database.write(project.place.engine) as connection:
        database.run(connection, insert(schema.about), {"key": "odd", "value": ODD})
    assert database.glance(project.place.engine, VALUES) == [(ODD,)]
    with database.consistent(project.place.engine):
        assert database.glance(project.place.engine, VALUES) == [(ODD,)]


def test_a_decision_that_is_refused_stores_nothing_of_it(project: Project) -> None:
    (id, *_) = project.examples.dataset().values("id")
    project.decisions.decide(id, "accept", 0)
    before = project.place.verify()
    with pytest.raises(StaleDecision):
        project.decisions.decide(id, "reject", 0)
    with pytest.raises(StaleDecision):
        project.decisions.decide("nobody's", "reject", 0)
    assert project.place.verify() == before
    assert [made.action for made in project.decisions.of(id)] == ["accept"]


def test_a_decision_lets_go_of_the_claim_on_its_row_alone(project: Project) -> None:
    project.decisions.queue.claim(Filter("all"), "ann", 3)
    (id, *_) = project.examples.dataset().values("id")
    project.decisions.decide(id, "accept", 0)
    assert project.decisions.queue.held(Filter("all"), "bob") == 2
