"""A file left on disk as it was read, and its clusters written without holding its rows in memory."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation import load
from curation.dedup import Settings
from curation.errors import InputRejected, UsageError
from curation.project import Project
from curation.project.duplicates import Duplicates

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"


def test_a_spooled_file_holds_what_load_reads_and_is_gone_afterwards() -> None:
    whole = load.load(SAMPLE)
    with load.spooled(SAMPLE) as spooled:
        with pa.OSFile(str(spooled.examples)) as file:
            table = pa.ipc.open_file(file).read_all()
        assert table.equals(whole.dataset.table)
        assert (spooled.stored, spooled.rejected.num_rows) == (len(whole.dataset), whole.rejected.num_rows)
        assert (spooled.columns, spooled.warnings) == (whole.columns, whole.warnings)
    assert not spooled.examples.exists()


@pytest.mark.parametrize(("content", "error"), [(b"", InputRejected), (b"\x7fELF\x02\x01\x01", InputRejected)])
def test_what_load_refuses_is_not_spooled(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(error), load.spooled(path):
        pytest.fail("a bad file was spooled")
    with pytest.raises(UsageError), load.spooled(tmp_path / "nowhere.csv"):
        pytest.fail("a missing file was spooled")


def test_clusters_of_a_file_are_those_of_a_project_with_that_file(tmp_path: Path) -> None:
    _, kinds = Duplicates.of_file(SAMPLE, None, tmp_path / "clusters.parquet", Settings())
    written = pq.read_table(tmp_path / "clusters.parquet").to_pylist()
    with Project.temporary([SAMPLE]) as project:
        project.examples.load(SAMPLE)
        found = project.duplicates.find(Settings()).table.to_pylist()
    told = ("id", "keeper", "kind", "similarity")
    assert [[row[name] for name in told] for row in written] == [[row[name] for name in told] for row in found]
    groups: dict[int, set[int]] = {}
    for mine, other in zip(written, found, strict=True):
        groups.setdefault(mine["cluster"], set()).add(other["cluster"])
    assert all(len(others) == 1 for others in groups.values())
    assert sum(kinds.values()) == len(found)
