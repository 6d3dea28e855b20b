"""Settings of the checks are kept with a project, used by its checks, and make what these found out of date."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.project import Project


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    lines = [{"prompt": f"Say {n} in words", "completion": "word " * (100 + n)} for n in range(30)]
    project = project_of({"prose.jsonl": "\n".join(map(json.dumps, lines))})
    project.findings.check(["too_long"])
    return project


def long_rows(project: Project) -> int:
    return len(project.findings.check(["too_long"]).of("too_long"))


def test_a_project_checks_with_its_own_settings(project: Project, tmp_path: Path) -> None:
    assert long_rows(project) == 0
    project.findings.save_settings({"too_long": {"tokens": 172}})
    assert project.place.step("check").stale
    with Project.open(project.folder) as again:
        assert again.findings.settings()["too_long"].tokens == 172
        assert 0 < long_rows(again) < 30
        assert not again.place.step("check").stale


def test_checks_not_named_keep_their_settings(project: Project) -> None:
    project.findings.save_settings({"too_long": {"tokens": 172}, "pii": {"email": False}})
    project.findings.save_settings({"pii": {"phone": False}})
    now = project.findings.settings()
    assert now["too_long"].tokens == 172
    assert (now["pii"].email, now["pii"].phone) == (True, False)


def test_the_same_settings_again_change_nothing(project: Project) -> None:
    version = project.place.version()
    project.findings.save_settings({"too_long": {"tokens": 8192}, "pii": {}})
    assert project.place.version() == version
    assert not project.place.step("check").stale


def test_a_value_out_of_range_is_refused_and_nothing_stored(project: Project) -> None:
    with pytest.raises(UsageError, match="tokens is 3; choose a whole number from 64"):
        project.findings.save_settings({"pii": {"email": False}, "too_long": {"tokens": 3}})
    assert project.findings.settings() == project.findings.built_in()


def test_settings_that_a_check_no_longer_knows_count_as_built_in(project: Project) -> None:
    project.settings.save_checks({"too_long": {"tokens": 3, "gone": 1}, "pii": {"email": False}, "gone": {"x": 1}})
    now = project.findings.settings()
    assert now["too_long"] == project.findings.built_in()["too_long"]
    assert now["pii"].email is False
