"""`read`: the bytes of a file as the child process would read them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reading_load import read_bytes

from curation.records import Imported


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Imported]:
    def run(content: bytes, **options: object) -> Imported:
        return read_bytes(tmp_path, content, **options)

    return run
