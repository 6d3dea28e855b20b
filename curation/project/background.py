"""What a background job may do, by name: each does one verb of the project and returns what the page shows then."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from curation.errors import JobFailed
from curation.export import Treatment
from curation.measure.plan import Caps, Settings
from curation.progress import Progress, part
from curation.project import Project
from curation.project.jobs import Verb
from curation.records import Columns


def verbs(project: Project) -> Mapping[str, Verb]:
    """The verbs of one project."""
    return {
        name: partial(verb, project)
        for name, verb in (
            ("load", load),
            ("analyse", analyse),
            ("judge", judge),
            ("export", export),
            ("decide_all", decide_all),
            ("undo_stroke", undo_stroke),
            ("measure", measure),
            ("import_outputs", import_outputs),
        )
    }


def load(project: Project, path: str, name: str, columns: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Load an upload, then drop its copy: the rows are in the store."""
    chosen = Columns(**{**columns, "input": tuple(columns.get("input", ()))})
    loaded = project.load(Path(path), chosen, name, progress)
    Path(path).unlink(missing_ok=True)
    return {"name": loaded.name, "stored": loaded.stored, "rejected": loaded.rejected, "already": loaded.already}


def analyse(project: Project, progress: Progress) -> dict[str, Any]:
    """Duplicates, checks and the verdict."""
    return {"outcome": project.analyse(progress=progress).outcome}


def judge(project: Project, progress: Progress) -> dict[str, Any]:
    """The verdict alone, after the context has changed."""
    return {"outcome": project.verdict(progress=progress).outcome}


def export(
    project: Project, out: str, formats: Sequence[str], progress: Progress, treatment: Treatment = "keep"
) -> dict[str, Any]:
    """Write the export."""
    project.export(Path(out), formats, treatment, progress=progress)
    return {"out": out}


def decide_all(project: Project, path: str, reviewer: str, reason: str, progress: Progress) -> dict[str, Any]:
    """Store a stroke whose changes were kept in a file, then drop the file."""
    changes = [(id, action, value) for id, action, value in json.loads(Path(path).read_text(encoding="utf-8"))]
    stroke = project.decide_all(changes, reviewer, reason, progress)
    Path(path).unlink(missing_ok=True)
    return {"decided": stroke.decided, "passed_over": stroke.passed_over}


def undo_stroke(project: Project, batch: str, reviewer: str, progress: Progress) -> dict[str, Any]:
    """Take back a stroke."""
    return {"undone": project.undo_stroke(batch, reviewer, progress)}


def measure(
    project: Project,
    endpoint: str,
    model: str,
    settings: Mapping[str, Any],
    caps: Mapping[str, Any],
    knowledge: str,
    send_private: bool,
    progress: Progress,
) -> dict[str, Any]:
    """Ask an endpoint. Raises JobFailed where no arm could be measured, after what is known was stored."""
    plan = Settings(**{**settings, "arms": tuple(settings["arms"])})
    texts = Path(knowledge) if knowledge else None
    step = part(progress, 0.0, 0.9)
    body = project.measure(endpoint, model, plan, Caps(**caps), texts, send_private, step)
    return _judged(project, body, progress)


def import_outputs(
    project: Project, path: str, name: str, arm: str, hosted: bool, progress: Progress
) -> dict[str, Any]:
    """Score a file of outputs that a model gave elsewhere."""
    body = project.import_outputs(Path(path), arm, name=name, hosted=hosted, progress=part(progress, 0.0, 0.5))
    return _judged(project, body, progress)


def _judged(project: Project, body: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    run = body["run"]
    if len(run["reasons"]) == len(run["arms"]):
        raise JobFailed(f"Nothing was measured: {next(iter(run['reasons'].values()))}.")
    if project.step("check").ran:
        project.verdict(progress=part(progress, 0.9, 1.0))
    return {"arms": [name for name in run["arms"] if name not in run["reasons"]]}
