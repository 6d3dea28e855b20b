"""What people drop: how much a session may upload, the same file by two people, what is left behind, what is refused."""

import io
import json
import os
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from curation import files
from curation.project import Project
from curation.project.jobs import Load
from curation.ui import downloads, kept
from curation.ui.load import intake
from curation.ui.uploads import PATH, Quota
from tests.ui.pages_ui import opened


def dropped(text: bytes) -> io.BytesIO:
    file = io.BytesIO(text)
    file.name = "tickets.csv"
    return file


def test_a_session_uploads_so_much_and_gets_room_by_taking_files_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_UPLOAD_MB", "3")
    quota = Quota()
    assert quota.takes("PUT", f"{PATH}one/a", "2000000")
    assert not quota.takes("PUT", f"{PATH}one/b", "1000001")
    assert quota.takes("PUT", f"{PATH}one/a", "3000000")  # the same file again is counted once
    assert quota.takes("PUT", f"{PATH}two/b", "3000000")
    assert quota.takes("DELETE", f"{PATH}one/a", None)
    assert quota.takes("PUT", f"{PATH}one/b", "3000000")
    assert not quota.takes("PUT", f"{PATH}one/c", None)
    assert quota.takes("GET", "/", None)


def test_two_people_drop_the_same_file_at_once(
    project: Project, tickets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tickets.read_bytes() + b"one row more,refund\n"
    uploads = []
    for session in ("ann", "bob"):
        monkeypatch.setattr(kept, "session", lambda session=session: session)
        uploads.append(intake.keep(project, dropped(text)))
    assert uploads[0].digest == uploads[1].digest
    chosen = {"input": ["text"], "label": "category"}
    first, second = [
        Load(str(upload.path), upload.name, chosen).run(project, lambda done, message: None) for upload in uploads
    ]
    assert (first["stored"], first["already"], second["already"]) == (10, False, True)
    assert list((project.folder / "uploads").iterdir()) == []


def test_what_nobody_loaded_is_gone_after_a_day_and_what_a_death_left_too(project: Project) -> None:
    old, new = project.folder / "uploads" / "old", project.folder / "uploads" / "new"
    old.parent.mkdir()
    half = project.folder / ".context.toml.123.tmp"
    for path in (old, new, half):
        path.write_text("x")
    for path in (old, half):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert files.sweep_project(project.folder, 24 * 3600) == 2
    assert [path.exists() for path in (old, new, half)] == [False, True, False]
    assert (project.folder / "project.db").exists()


def test_temporary_folders_of_the_dead_are_swept_and_those_in_use_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with files.temporary_folder("load-") as in_use:
        left = tmp_path / "curation-load-left"
        for path in (left, tmp_path / "curation-young", tmp_path / "of-others"):
            path.mkdir()
        for path in (left, in_use, tmp_path / "of-others"):
            os.utime(path, (time.time() - 1_000,) * 2)
        assert files.sweep() == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["curation-young", "of-others", in_use.name])
    assert not in_use.exists()


@pytest.fixture
def bad(project: Project, tmp_path: Path) -> Project:
    """A project with 3,000 rows that could not be read, 12 MB of them."""
    path = tmp_path / "bad.csv"
    path.write_text("text,category\ngood,refund\n" + "".join(f"{n}{'x' * 4_000},a,b,c\n" for n in range(3_000)))
    project.examples.load(path)
    return project


def test_rejected_rows_are_shown_a_page_at_a_time_and_downloaded_in_a_stream(
    bad: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bad.examples.stored.totals()["rejected"] == 3_000
    monkeypatch.setenv("CURATION_PROJECT", str(bad.folder))
    page: AppTest = opened("load", bad.folder.name)
    (shown,) = [frame.value for frame in page.dataframe if "Begins" in frame.value.columns]
    assert len(shown) == 25
    assert shown["Begins"].str.len().max() < 400
    tracemalloc.start()
    sizes = [len(line) for line in downloads.lines(Project.open(bad.folder))]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(sizes), sum(sizes) > 12_000_000) == (3_000, True)
    assert most < 6_000_000


def test_the_download_is_for_whoever_may_see_the_project(bad: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_PROJECT", str(bad.folder))
    client = TestClient(Starlette(routes=[Route(downloads.REJECTED, downloads.rejected)]))
    address = f"{downloads.REJECTED}?project={bad.folder.name}"
    first = json.loads(client.get(address).text.splitlines()[0])
    assert (first["name"], first["row"]) == ("bad.csv", 2)
    assert client.get(f"{downloads.REJECTED}?project=../etc").status_code == 404
    bad.members.put("ann@example.org", "admin")
    assert client.get(address).status_code == 403
    monkeypatch.setenv("CURATION_SIGN_IN", "oidc")
    for name, status in (("ann@example.org", 200), ("eve@example.org", 403), ("", 403)):
        assert client.get(address, headers={"x-curation-person": name}).status_code == status
