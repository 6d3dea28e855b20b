"""The members page, and the command that does the same."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from curation.cli.main import main
from curation.project import Project
from curation.records import Actor
from tests.ui.pages_ui import opened

ADMIN = "ann@example.org"
Said = Callable[..., dict[str, object]]


@pytest.fixture
def members(capsys: pytest.CaptureFixture[str], project: Project) -> Said:
    """What the command says about the members."""

    def run(*flags: str) -> dict[str, object]:
        assert main(["project", "members", str(project.folder), "--json", *flags]) == 0
        said: dict[str, object] = json.loads(capsys.readouterr().out)
        return said

    return run


def roles(test: AppTest) -> list[str]:
    return [str(box.value) for box in test.main.selectbox]


def test_members_are_added_changed_and_removed_and_the_last_admin_stays(
    project: Project, members: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert members() == {"members": []}
    made = members("--add", ADMIN, "--role", "admin", "--token", ADMIN)
    monkeypatch.setenv("CURATION_TOKEN", str(made["token"]))
    monkeypatch.setenv("CURATION_PROJECT", str(project.folder))
    page = opened("members", project.folder.name)
    page.text_input("member-name").set_value("Bob@example.org")
    next(button for button in page.button if button.label == "Add").click()
    page.run()
    assert [(one["name"], one["role"]) for one in members()["members"]] == [  # type: ignore[attr-defined, index]
        (ADMIN, "admin"), ("bob@example.org", "reviewer"),
    ]  # fmt: skip
    assert roles(page)[:2] == ["admin", "reviewer"]
    page.main.selectbox[1].set_value("curator")
    page.run()
    assert roles(page)[:2] == ["admin", "curator"]
    page.button(f"member-remove-{ADMIN}").click()
    page.run()
    assert "last admin" in page.toast[0].value
    page.button("member-remove-bob@example.org").click()
    page.run()
    assert len(members()["members"]) == 1  # type: ignore[arg-type]


def test_without_a_token_the_command_says_how_to_get_one(
    project: Project, members: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    members("--add", ADMIN, "--role", "admin")
    assert main(["project", "members", str(project.folder)]) == 2
    assert "Set CURATION_TOKEN to your token" in capsys.readouterr().err
    assert Project.open(project.folder, actor=Actor(ADMIN)).members.role() == "admin"


def test_nobody_who_works_alone_sees_any_of_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_PROJECT", str(project.folder))
    page = opened("overview", project.folder.name)
    assert "Members" not in str(page.sidebar) + str(page.main)
    assert [box.label for box in page.sidebar.text_input] == ["Name", "Reviewer"]
