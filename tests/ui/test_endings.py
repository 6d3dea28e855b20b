"""How a job ended is said once in a session, on whatever page a person is, and not again after a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_ui import opened, shown
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.jobs import VERBS
from curation.project.place import now
from curation.records import dataset
from curation.store import database, jobs
from curation.ui.frame import endings


@pytest.fixture
def project(home: Path) -> Iterator[Project]:
    """A project of one row."""
    made = Project.open(home / "projects" / "Jobs", create=True)
    made.examples.store(dataset([{"input": "question", "output": "yes"}]))
    yield made
    made.close()


def end(project: Project, id: str, state: str, **values: str) -> None:
    """A job of finding topics that ended this moment."""
    with database.write(project.place.engine) as connection:
        jobs.add(connection, id, "topics", {}, now(), "ann")
        jobs.change(connection, id, state=state, finished=now(), **values)


def texts(test: AppTest) -> list[str]:
    return [one.value for one in test.text]


def test_what_ended_before_the_session_is_not_said_and_what_ends_in_it_is_said_on_any_page(project: Project) -> None:
    end(project, "old", "done", result='{"topics": 3}')
    test = opened("rows", "Jobs")
    test.session_state["began"] = "2999-01-01T00:00:00+00:00"
    assert "3 topics found." not in texts(shown(test))
    test.session_state["began"] = "2000-01-01T00:00:00+00:00"
    end(project, "new", "done", result='{"topics": 4}')
    assert "4 topics found." in texts(shown(test))
    assert "4 topics found." in texts(shown(test))
    next(one for one in test.button if one.label == "Dismiss").click()
    assert "4 topics found." not in texts(shown(test))


def test_a_failure_is_said_with_its_sentence_until_it_is_dismissed(project: Project) -> None:
    test = opened("rows", "Jobs")
    end(project, "bad", "failed", error="The disk is full. Free some of it.")
    assert "The disk is full. Free some of it." in texts(shown(test))
    next(one for one in test.button if one.label == "Dismiss").click()
    assert "The disk is full. Free some of it." not in texts(shown(test))


def test_every_job_that_people_start_says_what_came_of_it() -> None:
    assert set(endings._RESULTS) == set(VERBS) - {"suggest"}
