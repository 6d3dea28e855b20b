"""Fixtures shared by all tests: a project in a temporary folder, and the app's own data kept away from the person's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.project import Project

CSV = "text,category\n" + "".join(
    f"{text},{label}\n"
    for label, texts in {
        "refund": ["please send my money back", "how do i get a refund for order 12", "refund me for the broken lamp"],
        "delivery": ["where is my parcel today", "the courier never came to my door", "when will the box arrive here"],
        "account": ["i cannot log into my account", "reset the password please", "change my email address for me"],
    }.items()
    for text in texts
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Projects of a test live in its own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CURATION_HOME", str(folder))
    return folder


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    """Nine labelled questions in a CSV file."""
    path = tmp_path / "tickets.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path, tickets: Path) -> Iterator[Project]:
    """A project with the nine questions loaded."""
    made = Project.open(tmp_path / "project", create=True)
    made.load(tickets)
    yield made
    made.close()
