"""However many processes work on a project, it is told the same."""

from pathlib import Path

import pytest

from curation.engine import Engine
from curation.errors import Cancelled
from curation.project import Project, findings
from curation.records import verdict_json


def test_two_workers_change_no_finding_and_no_figure(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "FEWEST", 1)
    told = []
    for workers in (1, 2):
        project.findings.works = project.findings.engine_of(workers=workers)
        verdict = project.verdict.analyse()
        stored = project.findings.stored.current()
        assert stored is not None
        told.append((verdict_json(verdict), stored.table.to_pylist(), stored.runs))
    assert told[0] == told[1]
    assert len(told[0][1]) > 0


def test_checks_that_were_stopped_go_on_where_they_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(findings, "FEWEST", 1)
    whole = project.findings.check().table.to_pylist()
    project.findings.works = Engine(1, folder=tmp_path)

    def stop(done: float, message: str) -> None:
        if done > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        project.findings.check(progress=stop)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.done")}
    assert before
    assert project.findings.check().table.to_pylist() == whole
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list(tmp_path.glob("*.done"))) > len(before)
