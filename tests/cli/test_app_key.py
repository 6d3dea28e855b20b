"""The key to the app: made once, whole or not at all, for its owner alone, and never empty."""

from pathlib import Path

import pytest

from curation.cli.commands.app import _key
from curation.errors import UsageError


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    made = _key()
    assert len(made) >= 32
    assert _key() == made
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_an_empty_key_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_HOME", str(tmp_path))
    (tmp_path / "key").write_text("\n")
    with pytest.raises(UsageError, match="is empty"):
        _key()
