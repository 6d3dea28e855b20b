"""Fixtures shared by all tests: a project in a temporary folder, and the app's own data kept away from the person's."""

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from server import started

from curation.project import Project
from curation.project.place import stores
from curation.records import Columns

CSV = "text,category\n" + "".join(
    f"{text},{label}\n"
    for label, texts in {
        "refund": ["please send my money back", "how do i get a refund for order 12", "refund me for the broken lamp"],
        "delivery": ["where is my parcel today", "the courier never came to my door", "when will the box arrive here"],
        "account": ["i cannot log into my account", "reset the password please", "change my email address for me"],
    }.items()
    for text in texts
)

# Tests that run beside other work may be slow for no fault of the code: no example of a property has a time limit.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# What is collected, and all that it imports, stays to the end: half a million objects that Python need not look through
# again and again, neither while they come nor with every page that a test draws.
gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the person's own is sent to a test server."""
    for name in ("CURATION_API_KEY", "OPENAI_API_KEY", "CURATION_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Projects of a test live in its own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CURATION_HOME", str(folder))
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the store, and those marked so, on both databases."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    of_store = metafunc.definition.path.parent.name == "store"
    if (of_store or "both_stores" in marks) and "only_sqlite" not in marks:
        metafunc.parametrize("store", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server; a test that needs it fails where there is none."""
    with started() as address:
        yield address


@pytest.fixture(autouse=True)
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where new projects of a test are made: "" for files of SQLite, else the address of a server."""
    address = request.getfixturevalue("server") if getattr(request, "param", "") == "postgresql" else ""
    monkeypatch.setenv(stores.STORE_VARIABLE, address)
    return address


def placed(folder: str | Path) -> Path:
    """A folder with the copy of a project, its database brought to where the projects of this test are made."""
    folder = Path(folder)
    if store := os.environ[stores.STORE_VARIABLE]:
        with stores.to_server(folder, store, folder):
            pass
    return folder


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """Copies a project made once, for a test of its own."""

    def copy(made: Path, target: Path | None = None) -> Path:
        return placed(shutil.copytree(made, target or tmp_path / "project"))

    return copy


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    """Nine labelled questions in a CSV file."""
    path = tmp_path / "tickets.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a project with the rows of these files (name: text), read once and for tests to copy: each file is
    read by a process of its own."""
    made: dict[tuple[object, ...], Path] = {}

    def folder(files: Mapping[str, str], columns: Columns | None = None) -> Path:
        key = (*files.items(), columns)
        if key not in made:
            home = tmp_path_factory.mktemp("read")
            with Project.open(home / "project", create=True, store="") as project:
                for name, text in files.items():
                    (home / name).write_text(text, encoding="utf-8")
                    project.examples.load(home / name, columns)
            made[key] = home / "project"
        return made[key]

    return folder


@pytest.fixture(scope="session")
def loaded_once(read_once: Callable[..., Path]) -> Path:
    """The folder of a project with the nine questions loaded, for tests to copy."""
    return read_once({"tickets.csv": CSV})


@pytest.fixture
def project_of(tmp_path: Path, read_once: Callable[..., Path]) -> Iterator[Callable[..., Project]]:
    """Opens a project of the test's own, in this folder, with the rows of these files."""
    opened: list[Project] = []

    def make(files: Mapping[str, str], folder: Path = tmp_path / "project", columns: Columns | None = None) -> Project:
        opened.append(Project.open(placed(shutil.copytree(read_once(files, columns), folder))))
        return opened[-1]

    yield make
    for project in opened:
        project.close()


@pytest.fixture
def project(tickets: Path, project_of: Callable[..., Project]) -> Project:
    """The nine questions as a project of the test's own."""
    return project_of({tickets.name: CSV})


@pytest.fixture
def tokenizer_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tokenizer.json that makes one token of each word, with these parts otherwise."""

    def write(**parts: object) -> Path:
        model = {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}
        whole = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None, "model": model,
        } | parts  # fmt: skip
        path = tmp_path / "tokenizer.json"
        path.write_text(json.dumps(whole), encoding="utf-8")
        return path

    return write


@pytest.fixture
def word_tokenizer(tokenizer_file: Callable[..., Path]) -> Path:
    """A tokenizer.json that makes one token of each word."""
    return tokenizer_file()
