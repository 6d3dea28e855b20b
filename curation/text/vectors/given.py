"""Vectors that people made themselves: read from a file of theirs, and kept beside the store in one of ours."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from curation.errors import InputRejected, UsageError
from curation.files import replace_file
from curation.text.vectors import Floats, Ints

NAMES = ("vector", "embedding", "vectors", "embeddings")
"""What a column of vectors is called."""
MOST = 8_192
"""Dimensions of a vector at most: more than any model in use gives."""
ENDINGS = (".parquet", ".npy")


@dataclass(frozen=True)
class Given:
    """Vectors of the user's own: the `file` they came from, their `dimensions`, how many `rows` have one, the digest
    they are kept under, and the versions of the texts they are of where people had changed those, by row number.
    `endpoint` and `model` where an endpoint made them, which then makes those of new texts too."""

    file: str
    dimensions: int
    rows: int
    digest: str
    versions: dict[str, int]
    endpoint: str = ""
    model: str = ""

    @property
    def kept_in(self) -> str:
        """The name of its files, without their endings."""
        return f"own-{self.digest[:16]}"


def read_vectors(path: Path, ids: Sequence[str]) -> tuple[list[str], Floats]:
    """(ids of rows, their vectors of length 1, NaN for one of zeros or without a number); as they come in the file.

    A Parquet file has the columns `id` and `vector`; a .npy file a row of numbers for each of `ids`, in their order.
    Raises UsageError on another ending, InputRejected on a file that holds no such thing.
    """
    if path.suffix not in ENDINGS:
        raise UsageError(f"Vectors are read from a Parquet or .npy file, not {path.name!r}.")
    try:
        named, values = _of_parquet(path) if path.suffix == ".parquet" else _of_numpy(path, ids)
    except (OSError, ValueError, EOFError, pa.ArrowException) as error:
        raise InputRejected(f"{path.name} cannot be read as vectors: {error}") from None
    if not len(values) or not 2 <= values.shape[1] <= MOST:
        raise InputRejected(f"{path.name} holds no vectors of 2 to {MOST:,} numbers.")
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = (values / lengths).astype(np.float32)
    unit[~np.isfinite(unit).all(axis=1)] = np.nan
    return named, unit


def _of_parquet(path: Path) -> tuple[list[str], Any]:
    schema = pq.read_schema(path)
    column = next((name for name in NAMES if name in schema.names), None)
    if "id" not in schema.names or column is None:
        raise ValueError(f"it needs the columns id and {NAMES[0]}")
    table = pq.read_table(path, columns=["id", column])
    lists = table[column].combine_chunks()
    kind = lists.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        raise ValueError(f"its column {column} holds no lists of numbers")
    sizes = (
        {len(one) for one in lists[:1]} if pa.types.is_fixed_size_list(kind) else set(lists.value_lengths().to_pylist())
    )
    if lists.null_count or len(sizes) != 1:
        raise ValueError("its vectors differ in length")
    values = np.asarray(lists.flatten().to_numpy(zero_copy_only=False), np.float32)
    return [str(id) for id in table["id"].to_pylist()], values.reshape(table.num_rows, -1)


def _of_numpy(path: Path, ids: Sequence[str]) -> tuple[list[str], Any]:
    values = np.load(path, mmap_mode="r", allow_pickle=False)
    if values.ndim != 2 or values.dtype.kind not in "fiu":
        raise ValueError("it is no table of numbers")
    if len(values) != len(ids):
        raise ValueError(f"it has {len(values):,} rows and the project {len(ids):,}; name the rows in a Parquet file")
    return list(ids), np.asarray(values, np.float32)


def keep(folder: Path, name: str, numbers: Ints, vectors: Floats) -> None:
    """Keep these vectors, by rising numbers of rows, under this name; nothing is there by half."""
    folder.mkdir(exist_ok=True)
    order = np.argsort(numbers)
    for ending, data in (("f32", vectors[order].astype("<f4")), ("i64", numbers[order].astype("<i8"))):
        replace_file(folder / f"{name}.{ending}", partial(_write, data))


def _write(data: npt.NDArray[Any], path: Path) -> None:
    path.write_bytes(data.tobytes())


def kept(folder: Path, given: Given) -> tuple[Ints, Floats]:
    """(numbers of the rows, rising; their vectors, mapped). Raises UsageError where they are gone."""
    paths = [folder / f"{given.kept_in}.{ending}" for ending in ("i64", "f32")]
    if not all(path.exists() for path in paths):
        raise UsageError(
            f"The vectors of your own ({given.file}) are not in {folder} any more. Give them again with "
            "`curation vectors --own FILE`, or go back to the built-in ones with `curation vectors --built-in`."
        )
    numbers = np.fromfile(paths[0], "<i8").astype(np.int64)
    shape = (len(numbers), given.dimensions)
    return numbers, np.memmap(paths[1], np.dtype("<f4"), "r", 0, shape)


def digest(numbers: Ints, vectors: Floats) -> str:
    """SHA-256 of the rows and their vectors."""
    made = hashlib.sha256(numbers.astype("<i8").tobytes())
    made.update(np.ascontiguousarray(vectors).tobytes())
    return made.hexdigest()
