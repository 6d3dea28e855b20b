"""Projects with examples ready to be measured."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint_server import rows

from curation.project import Project

CONTEXT = '[task]\nmetric = "accuracy"\ntarget = 0.8\nkind = "classification"\n'


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with 160 texts in four classes, no near-duplicates, and a target of .8."""
    folder = tmp_path_factory.mktemp("measure")
    path = folder / "labelled.csv"
    path.write_text(rows(40), encoding="utf-8")
    made = Project.open(folder / "labelled", create=True)
    made.examples.load(path)
    made.duplicates.find()
    (made.folder / "context.toml").write_text(CONTEXT, encoding="utf-8")
    made.close()
    return made.folder


@pytest.fixture
def labelled(loaded: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of that project of the test's own."""
    shutil.copytree(loaded, tmp_path / "labelled")
    made = Project.open(tmp_path / "labelled")
    yield made
    made.close()
