"""Projects with examples ready to be measured."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint_server import LABELS, rows

from curation.project import Project

CONTEXT = '[task]\nmetric = "accuracy"\ntarget = {target}\nkind = "classification"\n'


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the person's own is sent to a test server."""
    for name in ("CURATION_API_KEY", "OPENAI_API_KEY", "CURATION_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def labelled(tmp_path: Path) -> Iterator[Project]:
    """160 texts in four classes, no near-duplicates, and a target of .8."""
    path = tmp_path / "labelled.csv"
    path.write_text(rows(40), encoding="utf-8")
    made = Project.open(tmp_path / "labelled", create=True)
    made.load(path)
    made.dedup()
    (made.folder / "context.toml").write_text(CONTEXT.format(target=0.8), encoding="utf-8")
    assert len(LABELS) == 4
    yield made
    made.close()
