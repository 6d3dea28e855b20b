"""What was paid for once is not paid for again, whatever has been moved in the program since."""

import sqlite3
from contextlib import closing
from pathlib import Path

from endpoint_server import asked_run

from curation.project import Project
from curation.project.place.stores import DATABASE
from curation.records import Caps, EndpointRun, MeasureSettings

CALLS = Path(__file__).with_name("stored_calls.sql")
"""Eight rows of the labelled set asked with two prompts, as version 0.2.0 kept them before `endpoint` was a room."""
ADDRESS = "http://127.0.0.1:9/v1"
"""Where they were asked. No calls are allowed below, so that nothing can be asked there."""


def test_calls_stored_by_an_earlier_version_answer_without_a_new_one(labelled: Project) -> None:
    with closing(sqlite3.connect(labelled.folder / DATABASE)) as raw:
        raw.executescript(CALLS.read_text(encoding="utf-8"))
        raw.commit()
    settings = MeasureSettings(arms=("zero_shot", "few_shot"), rows=8, every_row=True)
    body = labelled.measuring.measure(EndpointRun(ADDRESS, "m", settings, caps=Caps(calls=0)))
    assert {arm.name: (arm.n, arm.score) for arm in body.arms} == {"zero_shot": (8, 1.0), "few_shot": (8, 1.0)}
    assert (asked_run(body).made, asked_run(body).spent.calls, asked_run(body).spent.tokens) == (0, 16, 2409.0)
