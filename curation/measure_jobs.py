"""Measuring as background jobs: what the page starts, and the verdict drawn anew from what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curation.errors import JobFailed
from curation.measure.plan import Caps, Settings
from curation.progress import Progress, part
from curation.project import Project


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
