"""However many processes work on a project, it is told the same."""

import pytest

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
