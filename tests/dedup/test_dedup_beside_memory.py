"""Rows read from a file a few at a time, texts and keys on disk: the same clusters as in memory, to the byte."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.dedup import (
    Settings,
    dedup,
    dedup_file,
    grouping,
    pairs,
    source,
)
from curation.dedup.similarity import candidates, sketches, spill, verify
from curation.dedup.similarity.spill import Buffer, TextStore
from curation.errors import Cancelled, InputRejected, UsageError
from curation.project.duplicates import Duplicates
from curation.records import Dataset, dataset

LIMITS = {
    source: {"BATCH_ROWS": 3},
    spill: {"MEMORY_BYTES": 20, "WINDOW_BYTES": 64, "GAP_BYTES": 4},
    sketches: {"SPILL_ABOVE": 2},
    candidates: {"PAIRS": 4},
    verify: {"BLOCK_BYTES": 100, "PAIRS": 3},
    grouping: {"FOREST_PAIRS": 2, "SLICE": 3},
    pairs: {"_TOGETHER": 2, "_STEP": 1},
}


@contextmanager
def hardly_any_memory() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, limits in LIMITS.items():
            for name, value in limits.items():
                patch.setattr(module, name, value)
        yield


def from_file(data: Dataset, folder: Path, chosen: Settings, kind: str = "parquet") -> list[dict[str, Any]]:
    path, out = folder / f"rows.{kind}", folder / "clusters.parquet"
    if kind == "parquet":
        pq.write_table(data.table, path, row_group_size=4)
    else:
        with pa.RecordBatchFileWriter(str(path), data.table.schema) as writer:
            writer.write_table(data.table, max_chunksize=4)
    record = dedup_file(path, out, chosen)
    written = pq.read_table(out)
    assert written["row"].to_pylist() == data.values("row")
    counts = {kind: written["kind"].to_pylist().count(kind) for kind in record["kinds"]}
    assert record["kinds"] == counts
    return written.select(["id", "cluster", "keeper", "similarity", "kind"]).to_pylist()


WORDS = ["reset", "my", "account", "password", "please", "order", "naïve", "退款", "2", "3", "not"]
examples = st.lists(
    st.fixed_dictionaries(
        {
            "input": st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
            "output": st.sampled_from(
                ["", "a", "b", "A", "a longer output with some words", "a longer output with words"]
            ),
            "label": st.sampled_from([None, "x", "y"]),
            "created": st.sampled_from([None, "2020", "2021"]),
        }
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(
    examples,
    st.sampled_from(["input", "pair"]),
    st.sampled_from([0, 5000]),
    st.sampled_from([0.5, 0.7]),
    st.sampled_from(["parquet", "arrow"]),
)
def test_a_file_read_in_small_pieces_gives_the_clusters_of_the_dataset(
    tmp_path_factory: pytest.TempPathFactory,
    some: list[dict[str, Any]],
    on: Any,
    below: int,
    threshold: float,
    kind: str,
) -> None:
    data, folder = dataset(some), tmp_path_factory.mktemp("rows")
    chosen = Settings(shingle=3, on=on, exact_below=below, threshold=threshold, workers=1)
    whole = dedup(data, chosen).table.to_pylist()
    with hardly_any_memory():
        assert from_file(data, folder, chosen, kind) == whole
        assert dedup(data, chosen).table.to_pylist() == whole


def edited(count: int, seed: int) -> Dataset:
    """Sentences, half of them another one with a word changed, some in families of hundreds."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyzäß", k=rng.randrange(2, 8))) for _ in range(600)]
    texts = [" ".join(rng.choices(words, k=rng.randrange(6, 25))) for _ in range(count // 2)]
    while len(texts) < count:
        base = texts[rng.randrange(len(texts)) if rng.random() < 0.7 else rng.randrange(5)].split()
        base[rng.randrange(len(base))] = rng.choice(words)
        texts.append(" ".join(base))
    rng.shuffle(texts)
    return dataset([{"input": text, "output": rng.choice("ab")} for text in texts])


@pytest.mark.parametrize("workers", [1, 2])
def test_many_rows_through_minhash_in_small_pieces(tmp_path: Path, workers: int) -> None:
    data = edited(1_200, 3)
    chosen = Settings(exact_below=0, workers=workers)
    whole = dedup(data, Settings(exact_below=0)).table.to_pylist()
    assert sum(row["kind"] != "unique" for row in whole) > 500
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (source, "BATCH_ROWS", 100),
            (spill, "MEMORY_BYTES", 1000),
            (spill, "WINDOW_BYTES", 5000),
            (sketches, "SPILL_ABOVE", 10),
            (candidates, "PAIRS", 500),
            (verify, "BLOCK_BYTES", 20_000),
            (grouping, "FOREST_PAIRS", 50),
            (grouping, "SLICE", 70),
            (pairs, "_TOGETHER", 60),
        ):
            patch.setattr(module, name, value)
        assert from_file(data, tmp_path, chosen) == whole


def test_columns_a_file_lacks_are_filled_in(tmp_path: Path) -> None:
    path, out = tmp_path / "rows.parquet", tmp_path / "clusters.parquet"
    table = {"input": ["A text to find", None, "A text to find!"], "label": ["", "x", None], "other": [1, 2, 3]}
    pq.write_table(pa.table(table), path)
    record = dedup_file(path, out)
    assert pq.read_table(out).to_pylist() == [
        {"row": 0, "id": "0", "cluster": 0, "keeper": "0", "kind": "exact", "similarity": 1.0},
        {"row": 1, "id": "1", "cluster": 1, "keeper": "1", "kind": "unique", "similarity": 1.0},
        {"row": 2, "id": "2", "cluster": 0, "keeper": "0", "kind": "exact", "similarity": 1.0},
    ]
    assert record["kinds"] == {"unique": 1, "exact": 2, "near": 0, "variant": 0, "contradiction": 0}


def test_a_file_without_rows(tmp_path: Path) -> None:
    assert from_file(dataset([]), tmp_path, Settings()) == []


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    with pytest.raises(UsageError, match=r"gone\.parquet"):
        dedup_file(tmp_path / "gone.parquet", out)
    (tmp_path / "broken.parquet").write_bytes(b"not a table at all")
    with pytest.raises(InputRejected, match=r"broken\.parquet"):
        dedup_file(tmp_path / "broken.parquet", out)
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(UsageError, match="no column named input"):
        dedup_file(tmp_path / "other.parquet", out)
    assert not out.exists()


def test_a_cancelled_run_leaves_no_file(tmp_path: Path) -> None:
    data, out = edited(100, 4), tmp_path / "out.parquet"
    pq.write_table(data.table, tmp_path / "rows.parquet")

    def cancel(done: float, message: str) -> None:
        if message == "writing clusters":
            raise Cancelled

    with pytest.raises(Cancelled):
        Duplicates.of_file(tmp_path / "rows.parquet", None, out, Settings(), cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=30), st.data(), st.sampled_from([0, 30, 10**9]))
def test_stored_texts_come_back(some: list[str], data: st.DataObject, memory: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "MEMORY_BYTES", memory)
        patch.setattr(spill, "WINDOW_BYTES", 16)
        patch.setattr(spill, "GAP_BYTES", 3)
        store = TextStore()
        for first in range(0, len(some), 4):
            store.append(pa.array(some[first : first + 4], pa.large_string()))
        assert len(store) == len(some)
        wanted = sorted(data.draw(st.sets(st.integers(0, max(len(some) - 1, 0)), max_size=len(some))))
        assert store.gather(np.array(wanted, np.int64)).to_pylist() == [some[k] for k in wanted]
        store.close()


def test_a_buffer_moves_to_disk_when_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "MEMORY_BYTES", 10)
    buffer = Buffer()
    for n in range(5):
        buffer.append(np.arange(n * 4, n * 4 + 4, dtype=np.uint8))
        assert buffer.on_disk == (n * 4 + 4 > 10)
    assert buffer.read(3, 18).tolist() == list(range(3, 18))
    buffer.close()
