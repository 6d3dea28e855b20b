"""Tables too large for memory are read from a file that nobody can see or leave behind."""

from pathlib import Path

import pytest

from curation.project import Project
from curation.records import dataset, tables


def test_a_large_table_holds_the_same_rows_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"input": f"question {n}", "output": f"answer {n} ü漢"} for n in range(25_000)]
    with Project.open(tmp_path, create=True) as project:
        project.examples.store(dataset(rows))
        in_memory = project.examples.dataset()
        before = sorted(path.name for path in tmp_path.iterdir())
        monkeypatch.setattr(tables, "IN_MEMORY", 1_000_000)
        mapped = project.examples.dataset()
        assert mapped.table.equals(in_memory.table)
        assert mapped.table["input"].num_chunks == 3
        assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert mapped.values("output")[-1] == "answer 24999 ü漢"
