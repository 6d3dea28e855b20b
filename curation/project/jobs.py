"""A project's background jobs: what each does, in a process of its own, and how it is doing."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from curation.errors import Cancelled, JobFailed, UsageError
from curation.export import Layout
from curation.project.examples import RESULT
from curation.project.place import Place, imports, now
from curation.project.place.access import needs, require
from curation.records import (
    Actor,
    Caps,
    Columns,
    EndpointRun,
    FileOptions,
    MeasureSettings,
    OutputFile,
    ReviewedRun,
    ReviewRun,
    ReviewSettings,
    Role,
    Run,
)
from curation.records.progress import Progress, part
from curation.store import database, decisions
from curation.wording import NOT_JUDGED

if TYPE_CHECKING:
    from curation.project import Project

import uuid
from datetime import datetime

from curation.project.place import at_work, processes
from curation.store import jobs as job_rows

EXPORT = "export"
"""The folder of the export in the project's own."""


@dataclass(frozen=True)
class Job:
    """A background job as a person sees it; `state` is queued, running, done, failed or cancelled, `done` 0..1.

    `actor` is who started it, "" where that was not kept; `before` the seconds that the last one of its kind took which
    ended well, None where there is none.
    """

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
    actor: str = ""
    before: float | None = None


class Verb(Protocol):
    """What a job does: its id in the store, the role that may start it, its arguments as fields of plain JSON values,
    and `run`, which returns what the page shows then.

    `is_even` says that a tenth of its progress takes about a tenth of its time."""

    id: ClassVar[str]
    needs: ClassVar[Role]
    is_even: ClassVar[bool]

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Load:
    """Load an upload, then drop its copy: the rows are in the store."""

    id: ClassVar[str] = "load"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    path: str
    name: str
    columns: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        chosen = Columns(**{**self.columns, "input": tuple(self.columns.get("input", ()))})
        options, loading = FileOptions(**self.options), part(progress, 0.0, 0.8)
        loaded = project.examples.load(Path(self.path), chosen, self.name, loading, options)
        # From here on the rows are stored, so that it is not cancelled any more: what is left out is made when needed.
        with suppress(Cancelled):
            project.rows.index(part(progress, 0.8, 0.9))
            if not project.meaning.missing():
                project.meaning.make(part(progress, 0.9, 1.0))
        Path(self.path).unlink(missing_ok=True)
        return {name: getattr(loaded, name) for name in RESULT}


@dataclass(frozen=True)
class Analyse:
    """Duplicates, checks and the verdict."""

    id: ClassVar[str] = "analyse"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = False

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        return {"outcome": project.verdict.analyse(progress=progress).outcome}


@dataclass(frozen=True)
class Judge:
    """The verdict alone, after the context has changed."""

    id: ClassVar[str] = "judge"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = False

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        return {"outcome": project.verdict.judge(progress=progress).outcome}


@dataclass(frozen=True)
class Export:
    """Write the export to the project's folder."""

    id: ClassVar[str] = "export"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = False
    formats: Sequence[str]
    layout: Mapping[str, Any] = field(default_factory=dict)

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        out = project.folder / EXPORT
        project.exports.write(out, self.formats, Layout(**self.layout), progress=progress)
        return {"out": str(out)}


def batch_of(path: str) -> str:
    """What the decisions kept in a file are known by once they are stored: the file has it in its name."""
    return Path(path).stem[-12:]


@dataclass(frozen=True)
class DecideAll:
    """Store decisions whose changes were kept in a file, then drop the file."""

    id: ClassVar[str] = "decide_all"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    path: str
    reviewer: str
    reason: str
    only_undecided: bool = True

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        kept = json.loads(Path(self.path).read_text(encoding="utf-8"))
        changes = [(id, action, value) for id, action, value in kept]
        said = (self.reviewer, self.reason, progress, self.only_undecided, batch_of(self.path))
        made = project.decisions.decide_all(changes, *said)
        Path(self.path).unlink(missing_ok=True)
        return {"decided": made.decided, "passed_over": made.passed_over}


@dataclass(frozen=True)
class UndoAll:
    """Take back decisions made at once."""

    id: ClassVar[str] = "undo_all"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    batch: str
    reviewer: str

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        return {"undone": project.decisions.undo_bulk(self.batch, self.reviewer, progress)}


@dataclass(frozen=True)
class Measure:
    """Ask an endpoint, then draw the verdict anew."""

    id: ClassVar[str] = "measure"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    endpoint: str
    model: str
    settings: Mapping[str, Any]
    caps: Mapping[str, Any]
    knowledge: str = ""
    send_private: bool = False
    parameters: float | None = None

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        settings = MeasureSettings(**{**self.settings, "arms": tuple(self.settings["arms"])})
        texts = Path(self.knowledge) if self.knowledge else None
        caps, private = Caps(**self.caps), self.send_private
        asked = EndpointRun(self.endpoint, self.model, settings, caps, texts, private, self.parameters)
        measurement = project.measuring.measure(asked, part(progress, 0.0, 0.9))
        return _judged(project, measurement.run, progress)


@dataclass(frozen=True)
class ImportOutputs:
    """Score a file of outputs that a model gave elsewhere, then draw the verdict anew."""

    id: ClassVar[str] = "import_outputs"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    path: str
    name: str
    arm: str
    hosted: bool | None = None
    model: str = ""
    parameters: float | None = None

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        outputs = OutputFile(
            Path(self.path), self.arm, name=self.name, hosted=self.hosted, model=self.model, parameters=self.parameters
        )
        measurement = project.measuring.import_outputs(outputs, part(progress, 0.0, 0.5))
        return _judged(project, measurement.run, progress)


@dataclass(frozen=True)
class ReadRows:
    """Let a model read rows."""

    id: ClassVar[str] = "model_review"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    endpoint: str
    model: str
    settings: Mapping[str, Any]
    caps: Mapping[str, Any]
    send_private: bool = False
    send_outside: bool = False

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        settings, caps = ReviewSettings(**self.settings), Caps(**self.caps)
        asked = ReviewRun(self.endpoint, self.model, settings, caps, self.send_private, self.send_outside)
        return _reviewed(project.model_review.read(asked, progress))


@dataclass(frozen=True)
class JudgeOutputs:
    """Let a model call the answers of arms right or wrong."""

    id: ClassVar[str] = "judge_outputs"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    endpoint: str
    model: str
    settings: Mapping[str, Any]
    caps: Mapping[str, Any]

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        asked = ReviewRun(self.endpoint, self.model, ReviewSettings(**self.settings), Caps(**self.caps))
        return {"marked": sum(one.marked for one in project.judging.ask(asked, progress))}


@dataclass(frozen=True)
class ImportReadings:
    """Store a table of what a model said of rows elsewhere, then drop its copy."""

    id: ClassVar[str] = "import_readings"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = True
    path: str
    name: str
    model: str = ""

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        away = project.model_review.elsewhere
        done = away.import_readings(Path(self.path), self.model, self.name, progress)
        Path(self.path).unlink(missing_ok=True)
        return _reviewed(done)


@dataclass(frozen=True)
class Suggest:
    """Learn from the labels given so far, and suggest some for the rows without one."""

    id: ClassVar[str] = "suggest"
    needs: ClassVar[Role] = "reviewer"
    is_even: ClassVar[bool] = False

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        return {"rows": project.rows.suggestions.learn(progress=progress)}


@dataclass(frozen=True)
class FindTopics:
    """Find the topics of the set."""

    id: ClassVar[str] = "topics"
    needs: ClassVar[Role] = "curator"
    is_even: ClassVar[bool] = False

    def run(self, project: "Project", progress: Progress) -> dict[str, Any]:
        project.meaning.find_topics(progress=progress)
        return {"topics": len(project.meaning.topics.names())}


BESIDE = (Suggest.id,)
"""Jobs that nobody asked for: they run beside what people do, and end at once where a person starts another."""
ALL = (
    Load, Analyse, Judge, Export, DecideAll, UndoAll, Measure, ImportOutputs, ReadRows, JudgeOutputs, ImportReadings,
    Suggest, FindTopics,
)  # fmt: skip
VERBS: Mapping[str, type[Verb]] = {verb.id: verb for verb in ALL}
"""Every job by its id: the one list that commands, the job runner and the pages read."""


def _reviewed(done: ReviewedRun) -> dict[str, Any]:
    if not done.read and not done.named:
        raise JobFailed(f"No row was read: {done.ended or 'no question got a reply'}.")
    counts = {"rows": done.rows, "read": done.read, "wrong": done.answers.get("wrong", 0), "named": done.named}
    return {**counts, "ended": done.ended}


def _judged(project: "Project", run: Run, progress: Progress) -> dict[str, Any]:
    if not run.measured and set(run.reasons.values()) == {NOT_JUDGED}:
        return {"arms": []}
    if not run.measured:
        raise JobFailed(f"Nothing was measured: {next(iter(run.reasons.values()))}.")
    if project.place.step("check").ran:
        project.verdict.judge(progress=part(progress, 0.9, 1.0))
    return {"arms": list(run.measured)}


class Jobs:
    """Starting, watching and stopping background jobs."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @needs("reviewer")
    def start(self, verb: Verb) -> str:
        """The id of a new background job; raises UsageError while another one runs, NotAllowed where the job is not for
        this person."""
        require(self.place, verb.needs)
        self.sweep()
        return self._launch(verb, self.place.actor)

    def _launch(self, verb: Verb, actor: Actor) -> str:
        id = uuid.uuid4().hex[:12]
        with database.write(self.place.engine) as connection:
            running = job_rows.unfinished(connection)
            for beside in running:
                if beside.verb in BESIDE and verb.id not in BESIDE:
                    if processes.is_alive(beside.pid, beside.process_started):
                        processes.stop(beside.pid)
                    # one of another computer hears of it at its next step
                    job_rows.change(connection, beside.id, state="cancelled", finished=now(), cancel=True)
            if any(job.verb not in BESIDE or verb.id in BESIDE for job in running):
                raise UsageError("A job is running already. Wait for it to end, or cancel it.")
            job_rows.add(
                connection,
                id,
                verb.id,
                vars(verb),
                now(),
                actor.name,
            )
        command = processes.python("curation", "_job", str(self.place.folder), id, actor.name, actor.role)
        pid, started = processes.spawn(command, self.place.folder / "jobs" / f"{id}.log")
        with database.write(self.place.engine) as connection:
            job_rows.change(connection, id, pid=pid, process_started=started)
        return id

    @needs("viewer")
    def run(self, id: str, project: "Project") -> None:
        """Do a job that was started, in this process, and store how it ended."""
        with at_work.doing(self.place.engine, at_work.job(id)):
            self._run(id, project)

    def _run(self, id: str, project: "Project") -> None:
        with database.write(self.place.engine) as connection:
            row = job_rows.get(connection, id)
            if row is None or row.state != "queued" or row.actor != self.place.actor.name:
                raise JobFailed(f"There is no job {id} waiting to start.")
            job_rows.change(connection, id, state="running")

        def report(done: float, message: str) -> bool:
            with database.write(self.place.engine) as connection:
                job_rows.change(connection, id, done=done, message=message)
                current = job_rows.get(connection, id)
                return bool(current and current.cancel)

        def work(progress: Progress) -> Any:
            return VERBS[row.verb](**json.loads(row.arguments)).run(project, progress)

        end = processes.run(work, report)
        ended = {"state": end.state, "error": end.error, "result": json.dumps(end.result), "finished": now()}
        if end.trace:
            (self.place.folder / "jobs" / f"{id}.trace").write_text(end.trace, encoding="utf-8")
        with database.write(self.place.engine) as connection:
            job_rows.change(connection, id, **ended)

    @needs("viewer")
    def get(self, id: str) -> Job | None:
        """How a job is doing."""
        with database.read(self.place.engine) as connection:
            row = job_rows.get(connection, id)
            before = None if row is None else job_rows.last_done(connection, row.verb)
        return None if row is None else _job(row, before)

    @needs("viewer")
    def newest(self) -> Job | None:
        """The job that a person started last, running or ended."""
        self.sweep()
        with database.read(self.place.engine) as connection:
            rows = job_rows.newest(connection, 1, BESIDE)
        return _job(rows[0]) if rows else None

    @needs("reviewer")
    def cancel(self, id: str) -> None:
        """Ask a job to stop at its next step; asked a second time, end its process, and take back what it stored."""
        with database.write(self.place.engine) as connection:
            row, ended = job_rows.get(connection, id), False
            if row is None or row.state not in ("queued", "running"):
                return
            job_rows.change(connection, id, cancel=True)
            if row.cancel and processes.is_alive(row.pid, row.process_started):
                processes.stop(row.pid)
                _note_end(connection, row, {"state": "cancelled"})
                ended = True
        if ended:
            self._take_back(row)

    def _take_back(self, row: Any) -> None:
        """Start taking back what a job that was killed has stored by half: decisions on many rows are all or none."""
        if row.verb != DecideAll.id:
            return
        said = json.loads(row.arguments)
        batch = batch_of(said["path"])
        with database.read(self.place.engine) as connection:
            stands = decisions.standing_in_batch(connection, batch)
        if stands:
            # in the name of who started it, whatever they and whoever noticed may do by now
            self._launch(UndoAll(batch, said["reviewer"]), Actor(row.actor, "admin"))

    @needs("viewer")
    def sweep(self) -> None:
        """Mark jobs as failed whose process is gone, so that none looks as if it ran for ever."""
        with database.read(self.place.engine) as connection:
            rows = job_rows.unfinished(connection)
        for row in rows:
            if not at_work.is_running(self.place.engine, row):
                error = "The job's process ended without an error message (stopped, or out of memory). Run it again."
                with database.write(self.place.engine) as connection:
                    current = job_rows.get(connection, row.id)
                    if current and current.state in ("queued", "running"):
                        _note_end(connection, row, {"state": "failed", "error": error})
                self._take_back(row)


def _note_end(connection: database.Connection, row: Any, end: dict[str, str]) -> None:
    """Write how a job ended whose process is gone: a file that was in the set by then is loaded, whatever came next."""
    result = imports.result_of(connection, row.pid, row.process_started) if row.verb == Load.id else None
    if result is not None:
        Path(json.loads(row.arguments)["path"]).unlink(missing_ok=True)
        end = {"state": "done", "result": json.dumps(result)}
    job_rows.change(connection, row.id, finished=now(), **end)


def _job(row: Any, before: Any = None) -> Job:
    result = json.loads(row.result) if row.result else None
    told = (row.id, row.verb, row.state, row.done, row.message, row.error)
    took = None if before is None else _seconds(before.at, before.finished)
    return Job(*told, result, row.at, row.finished, row.cancel, row.actor, took)


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
