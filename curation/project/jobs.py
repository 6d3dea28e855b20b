"""class JobDesk: a project's background jobs, each in a process of its own, their state in the store."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from curation import jobs
from curation.errors import JobFailed, UsageError
from curation.progress import Progress
from curation.project.examples import Desk, now
from curation.store import database
from curation.store import jobs as job_rows

Verb = Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """A background job as a person sees it; `state` is queued, running, done, failed or cancelled, `done` 0..1."""

    id: str
    verb: str
    state: str
    done: float
    message: str
    error: str
    result: Any
    at: str
    finished: str | None
    cancelling: bool


class JobDesk(Desk):
    """Starting, watching and stopping background jobs."""

    def start(self, verb: str, **arguments: Any) -> str:
        """The id of a new background job; raises UsageError while another one runs."""
        self.sweep_jobs()
        id = uuid.uuid4().hex[:12]
        with database.write(self.engine) as connection:
            if job_rows.unfinished(connection):
                raise UsageError("A job is running already. Wait for it to end, or cancel it.")
            job_rows.add(connection, id, verb, arguments, now())
        command = jobs.python("curation", "_job", str(self.folder), id)
        pid, started = jobs.spawn(command, self.folder / "jobs" / f"{id}.log")
        with database.write(self.engine) as connection:
            job_rows.change(connection, id, pid=pid, process_started=started)
        return id

    def run_job(self, id: str, verbs: Mapping[str, Verb]) -> None:
        """Do a job that was started, in this process, and store how it ended."""
        with database.write(self.engine) as connection:
            row = job_rows.get(connection, id)
            if row is None or row.state != "queued":
                raise JobFailed(f"There is no job {id} waiting to start.")
            job_rows.change(connection, id, state="running")

        def report(done: float, message: str) -> bool:
            with database.write(self.engine) as connection:
                job_rows.change(connection, id, done=done, message=message)
                current = job_rows.get(connection, id)
                return bool(current and current.cancel)

        def work(progress: Progress) -> Any:
            return verbs[row.verb](progress=progress, **json.loads(row.arguments))

        end = jobs.run(work, report)
        ended = {"state": end.state, "error": end.error, "result": json.dumps(end.result), "finished": now()}
        if end.trace:
            (self.folder / "jobs" / f"{id}.trace").write_text(end.trace, encoding="utf-8")
        with database.write(self.engine) as connection:
            job_rows.change(connection, id, **ended)

    def job(self, id: str) -> Job | None:
        """How a job is doing."""
        with database.read(self.engine) as connection:
            row = job_rows.get(connection, id)
        return None if row is None else _job(row)

    def newest_job(self) -> Job | None:
        """The job started last, running or ended."""
        self.sweep_jobs()
        with database.read(self.engine) as connection:
            rows = job_rows.newest(connection, 1)
        return _job(rows[0]) if rows else None

    def cancel(self, id: str) -> None:
        """Ask a job to stop at its next step; asked a second time, end its process. Either way nothing is stored."""
        with database.write(self.engine) as connection:
            row = job_rows.get(connection, id)
            if row is None or row.state not in ("queued", "running"):
                return
            job_rows.change(connection, id, cancel=True)
            if row.cancel and jobs.is_alive(row.pid, row.process_started):
                jobs.stop(row.pid)
                job_rows.change(connection, id, state="cancelled", finished=now())

    def sweep_jobs(self) -> None:
        """Mark jobs as failed whose process is gone, so that none looks as if it ran for ever."""
        with database.read(self.engine) as connection:
            rows = job_rows.unfinished(connection)
        for row in rows:
            if not _is_young(row) and not jobs.is_alive(row.pid, row.process_started):
                error = "The job's process ended without an error message (stopped, or out of memory). Run it again."
                with database.write(self.engine) as connection:
                    current = job_rows.get(connection, row.id)
                    if current and current.state in ("queued", "running"):
                        job_rows.change(connection, row.id, state="failed", error=error, finished=now())


def _is_young(row: Any) -> bool:
    # Between storing a job and storing its pid there is a moment in which it has none.
    return row.pid is None and (datetime.now(UTC) - datetime.fromisoformat(row.at)).total_seconds() < 10


def _job(row: Any) -> Job:
    result = json.loads(row.result) if row.result else None
    told = (row.id, row.verb, row.state, row.done, row.message, row.error)
    return Job(*told, result, row.at, row.finished, row.cancel)
