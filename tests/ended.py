"""Waiting for a background job, so that it writes nothing into what comes after."""

import threading

from curation.project import Project
from curation.project.jobs import Job


def ended(project: Project, id: str = "") -> Job:
    """The job of this id, left out the one a person started last, once it has ended."""
    pause = threading.Event()
    while not pause.wait(0.1):
        job = project.jobs.get(id) if id else project.jobs.newest()
        assert job is not None
        if job.state not in ("queued", "running"):
            return job
    raise AssertionError
