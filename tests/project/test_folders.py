"""A project's folder: renamed, archived, deleted; nothing that is not the project's is ever touched."""

import io
from pathlib import Path

import pytest

from curation.cli.main import main
from curation.errors import UsageError
from curation.project import Project
from curation.project.jobs import Analyse
from curation.project.place import folders, heads
from curation.project.place.heads import HEAD_VARIABLE
from curation.records import dataset

pytestmark = pytest.mark.both_stores


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    """A project of three rows, one of them decided."""
    with Project.open(tmp_path / "tickets", create=True) as project:
        project.examples.store(dataset([{"input": f"question {n}", "output": "yes"} for n in range(3)]))
        project.decisions.decide(str(project.examples.dataset().values("id")[0]), "accept", 0, reviewer="ana")
    return tmp_path / "tickets"


def test_a_renamed_project_holds_what_it_held_and_says_who_renamed_it(tickets: Path) -> None:
    with Project.open(tickets) as project:
        for name in ("", "  ", ".hidden", "a/b", "x" * 61, "new\nline\x07"):
            with pytest.raises(UsageError, match="name has 1 to 60"):
                folders.rename(project.place, name)
        (tickets.parent / "taken").mkdir()
        with pytest.raises(UsageError, match="called taken"):
            folders.rename(project.place, "taken")
        renamed = folders.rename(project.place, " tickets  of May ")
    assert (renamed, tickets.exists()) == (tickets.parent / "tickets of May", False)
    with Project.open(renamed) as project:
        assert (project.name, project.examples.stored.totals()["handled"]) == ("tickets of May", 1)
        assert project.place.verify().is_intact


def test_the_end_kept_outside_goes_with_a_renamed_project_and_leaves_with_a_deleted_one(
    tickets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEAD_VARIABLE, str(tickets.parent / "heads.json"))
    with Project.open(tickets) as project:
        project.decisions.decide(str(project.examples.dataset().values("id")[1]), "accept", 0, reviewer="ana")
        renamed = folders.rename(project.place, "sorted")
    with Project.open(renamed) as project:
        assert project.place.verify().is_intact
        assert heads.kept(tickets.parent / "heads.json", renamed) is not None
        folders.delete(project.place)
    with Project.open(renamed, create=True) as project:  # another project where one was deleted
        assert project.place.verify().is_intact


def test_an_archived_project_is_marked_opens_and_comes_back(tickets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "archive", str(tickets)]) == 0
    assert folders.is_archived(tickets)
    with Project.open(tickets) as project:
        assert project.examples.stored.totals()["stored"] == 3
    assert main(["project", "archive", str(tickets), "--undo"]) == 0
    assert not folders.is_archived(tickets)
    assert "out of the list" in capsys.readouterr().out


def test_only_the_projects_own_files_are_deleted(tickets: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "old.log").write_text("not ours")
    with Project.open(tickets) as project:
        project.verdict.analyse()
        project.exports.write(tickets / "export", ["jsonl_prompt_completion"])
        project.meaning.make()
        (tickets / "notes.txt").write_text("mine")
        (tickets / "export" / "mine.csv").write_text("mine")
        (tickets / "jobs").symlink_to(outside)
        (tickets / "context.toml").symlink_to(tickets / "notes.txt")
        deleted = folders.delete(project.place)
    assert deleted.left == ("context.toml", "export", "jobs", "notes.txt")
    left = [path for place in (outside, tickets) for path in place.rglob("*") if path.is_file()]
    kept = sorted(path.relative_to(tmp_path).as_posix() for path in left)
    assert kept == ["outside/old.log", "tickets/context.toml", "tickets/export/mine.csv", "tickets/notes.txt"]


def test_a_whole_project_goes_with_its_folder_once_a_person_types_its_name(
    tickets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert main(["project", "delete", str(tickets)]) == 2
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Terminal("ticket\n"))
    assert main(["project", "delete", str(tickets)]) == 2
    assert tickets.exists()
    monkeypatch.setattr("sys.stdin", Terminal("tickets\n"))
    assert main(["project", "delete", str(tickets)]) == 0
    assert not tickets.exists()


def test_nothing_is_renamed_or_deleted_under_a_running_job(project: Project) -> None:
    id = project.jobs.start(Analyse())
    for act in (lambda: folders.rename(project.place, "other"), lambda: folders.delete(project.place)):
        with pytest.raises(UsageError, match="A job of this project is running"):
            act()
    for _ in range(2):  # the second time its process is ended
        project.jobs.cancel(id)
    folder = project.folder
    assert folders.delete(project.place).left == ()
    assert not folder.exists()
