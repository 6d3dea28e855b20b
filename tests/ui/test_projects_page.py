"""The Projects page: each act is asked and said, and a session whose project is gone is told."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.project import Project
from curation.project.place import folders
from curation.records import dataset
from tests.ui.pages_ui import opened, shown


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of two projects, each of one row."""
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    for name in ("May", "June"):
        with Project.open(tmp_path / "projects" / name, create=True) as project:
            project.examples.store(dataset([{"input": "question", "output": "yes"}]))
    yield tmp_path / "projects"


def said(test: AppTest) -> list[str]:
    return [toast.value for toast in test.toast]


def choices(test: AppTest) -> list[str]:
    return list(test.sidebar.selectbox[0].options)


def pressed(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return shown(test)


def test_a_renamed_project_is_followed_by_every_session_that_has_it_open(home: Path) -> None:
    other = opened("load", "May")
    test = opened("projects", "May")
    test.text_input(key="rename-to-May").set_value("May 2026")
    pressed(test, "Rename")
    assert choices(test) == ["June", "May 2026"]
    assert "May is called May 2026 now" in said(test)[0]
    shown(other)
    assert other.sidebar.selectbox[0].value == "May 2026"
    assert "it is called May 2026 now" in said(other)[0]
    acts = test.dataframe[1].value
    assert list(acts["What"]) == ["Renamed or archived"]
    assert not other.warning


def test_a_project_renamed_by_a_command_is_followed_and_so_is_a_link_to_an_old_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = home.parent / "mine"
    Project.open(named, create=True).close()
    monkeypatch.setenv("CURATION_PROJECT", str(named))
    test = opened("load", "mine")
    for old, new in (("mine", "ours"), ("ours", "theirs")):
        with Project.open(named.with_name(old)) as project:
            folders.rename(project.place, new)
        shown(test)
        assert test.sidebar.selectbox[0].value == new
        assert f"{old} was renamed" in said(test)[0]
    linked = opened("load", "mine")
    assert linked.sidebar.selectbox[0].value == "theirs"
    assert not linked.warning


def test_an_archived_project_leaves_the_list_opens_by_its_link_and_comes_back(home: Path) -> None:
    test = opened("projects", "May")
    pressed(test, "Archive it")
    assert "May is archived" in said(test)[0]
    assert choices(opened("load", "June")) == ["June"]
    linked = opened("projects", "May")
    assert choices(linked) == ["June", "May"]
    pressed(linked, "Bring it back")
    assert not folders.is_archived(home / "May")


def test_the_command_of_a_backup_can_be_copied_into_a_shell(home: Path) -> None:
    (home / "May").rename(home / "May-2026 tickets")
    folder = str(home / "May-2026 tickets")
    (code,) = opened("projects", "May-2026 tickets").code
    assert shlex.split(code.value) == ["curation", "project", "backup", folder, "--out", "FILE"]
    assert "\\" not in code.value


def test_a_project_is_deleted_only_when_its_name_is_typed_and_other_sessions_are_told(home: Path) -> None:
    other = opened("load", "May")
    test = opened("projects", "May")
    test.text_input(key="delete-name-May").set_value("may")
    pressed(test, "Delete for good")
    assert "Nothing was deleted" in said(test)[0]
    test.text_input(key="delete-name-May").set_value("May")
    pressed(test, "Delete for good")
    assert "May is deleted" in said(test)[0]
    assert not (home / "May").exists()
    shown(other)
    assert "somebody renamed or deleted it. This is June" in other.warning[0].value.replace("\\", "")
    with Project.open(home / "May", create=True) as again:
        assert again.examples.stored.totals()["stored"] == 0
    assert "This project is empty" in " ".join(text.value for text in opened("overview", "May").text)
