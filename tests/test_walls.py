"""The walls hold: a forbidden import planted in a fresh module of any room turns its contract red."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLANTED = (
    ("project", "import streamlit"),
    ("review", "import sqlalchemy"),
    ("readiness", "from datasketch import MinHash"),
    ("project", "import cleanlab"),
    ("review", "from curation.dedup import dedup"),
    ("load", "from curation.store import database"),
    ("text", "from curation.project import Project"),
    ("export", "import skops.io"),
    ("label_model", "from curation.readiness import assess"),
    ("sampling", "from curation.label_model.folds import dealt"),
    ("measure", "import httpx"),
    ("endpoint", "from curation.measure.plan import Task"),
    ("endpoint", "from curation.label_model.folds import dealt"),
    ("text", "from curation.endpoint.prompt import Prompt"),
    ("model_review", "from curation.measure.plan import Task"),
    ("review", "from curation.model_review.rows import Row"),
    ("model_review", "import httpx"),
)
"""The room a module is planted in, and the import that stands in it."""
LINT = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its contracts with a module planted behind every wall."""
    copy = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "curation", copy / "curation", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for number, (room, line) in enumerate(PLANTED):
        (copy / "curation" / room / f"planted_{number}.py").write_text(line + "\n", encoding="utf-8")
    return copy


def test_every_planted_import_is_found(checkout: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LINT], cwd=checkout, env={"PYTHONPATH": str(checkout)}, capture_output=True, text=True
    )
    assert ran.returncode == 1
    broken = ran.stdout.split("Broken contracts")[-1]
    assert [number for number in range(len(PLANTED)) if f"planted_{number}" not in broken] == []


def test_a_room_that_no_contract_knows_is_found(checkout: Path) -> None:
    (checkout / "curation" / "attic").mkdir()
    (checkout / "curation" / "attic" / "__init__.py").touch()
    ran = subprocess.run(
        [sys.executable, "-c", LINT], cwd=checkout, env={"PYTHONPATH": str(checkout)}, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "attic" in ran.stdout
