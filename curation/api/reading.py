"""`curation.read`: whatever people have their rows in -> a Dataset, as the command line would read a file of it."""

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

import orjson
import pyarrow as pa

from curation.errors import UsageError, nearest
from curation.project import Project
from curation.project.examples import Examples
from curation.records import Columns, Dataset, FileOptions, Imported
from curation.records.progress import Progress, ignore, part
from curation.wording import REJECTIONS, counted, word

if TYPE_CHECKING:
    import pandas as pd


class ArrowStream(Protocol):
    """What hands its columns out in Arrow's way: tables of pyarrow, polars, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


Pairs: TypeAlias = Union[
    Dataset, str, "PathLike[str]", "pd.DataFrame", ArrowStream, Mapping[str, Any], Iterable[Mapping[str, Any]]
]
"""What the verbs take: rows read before, a path, or rows in memory."""
MEMORY = "memory"
"""What rows are called that come from no file, where nobody named them."""
COLUMNS = {each.name for each in fields(Columns)}
OPTIONS = {each.name for each in fields(FileOptions)} - {"part"}


def read(pairs: Pairs, name: str = "", progress: Progress = ignore, **chosen: str | Sequence[str]) -> Dataset:
    """Every row as an example; `.rejected` holds the rows that cannot be one, with the reason, and a warning says so.

    `pairs` is a path (a file, a folder or a pattern, as the command line takes them), a DataFrame (pandas, polars), an
    Arrow table, a `datasets.Dataset` or `DatasetDict`, or a list of dicts. The columns are guessed; `input` (one or
    several), `output`, `label`, `group`, `created`, `messages` and `id` name them, `split` takes the rows of one split,
    and `delimiter`, `encoding` and `sheet` say how a file is read. `name` is what rows in memory are called.

    Raises UsageError where a path, column, sheet or split does not exist, InputRejected where nothing can be read.
    """
    if isinstance(pairs, Dataset):
        if chosen:
            raise UsageError("These rows were read already: choose the columns where they are read.")
        return pairs
    columns, options = _chosen(chosen)
    with Project.temporary([name or MEMORY]) as project:
        files = _files(pairs, project.folder, name or MEMORY, options.split)
        imported = []
        for n, (path, called, split) in enumerate(files):
            step = part(progress, n / len(files), (n + 1) / len(files))
            its = replace(options, part=split, split="" if split else options.split)
            loaded = project.examples.load(path, columns, called, step, its)
            if loaded.already:
                warnings.warn(f"{called}: the same bytes as another file, not read twice", stacklevel=2)
            else:
                imported.append(loaded.imported)
        rows = replace(project.examples.dataset(), imported=tuple(imported))
    _warn(imported)
    return rows


def _chosen(chosen: Mapping[str, str | Sequence[str]]) -> tuple[Columns, FileOptions]:
    for name in chosen:
        if name not in COLUMNS | OPTIONS:
            raise UsageError(f"read() takes no {name!r}; {nearest(name, COLUMNS | OPTIONS)}")
    columns: dict[str, Any] = {name: value for name, value in chosen.items() if name in COLUMNS and value}
    if "input" in columns:
        given = columns["input"]
        columns["input"] = (given,) if isinstance(given, str) else tuple(given)
    if columns.get("messages") and columns.get("input"):
        raise UsageError("messages names whole conversations and input what is asked; give one of the two.")
    options: dict[str, Any] = {name: value for name, value in chosen.items() if name in OPTIONS}
    return Columns(**columns), FileOptions(**options)


def _warn(imported: Sequence[Imported]) -> None:
    for one in imported:
        if one.rejected.num_rows:
            reasons = Counter(one.rejected["reason"].to_pylist()).items()
            why = ", ".join(f"{word(REJECTIONS, reason).noun}: {n:,}" for reason, n in reasons)
            rows = counted(one.rejected.num_rows, "row")
            warnings.warn(f"{one.name}: {rows} rejected ({why}); see .rejected", stacklevel=3)


def _files(pairs: Any, folder: Path, name: str, split: str) -> list[tuple[Path, str, str]]:
    """(path, name, split) of the files to read; rows in memory are written to `folder` first."""
    if isinstance(pairs, str | PathLike):
        return [(file.path, file.name, file.split) for file in Examples.data_files(Path(pairs), split)]
    if isinstance(pairs, Mapping) and pairs and all(hasattr(each, "with_format") for each in pairs.values()):
        parts = {str(key): each for key, each in pairs.items() if not split or str(key) == split}
        if not parts:
            raise UsageError(f"{name}: no split {split!r}; its splits are {', '.join(map(str, pairs))}")
        return [(_written(each, folder / str(n)), f"{name}/{key}", key) for n, (key, each) in enumerate(parts.items())]
    return [(_written(pairs, folder / "rows"), name, "")]


def _written(rows: Any, path: Path) -> Path:
    table = _table(rows)
    if table is None:
        return _lines(rows, path)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return path


def _table(rows: Any) -> pa.Table | None:
    """The rows as an Arrow table, None where they come one by one or hold what no column can."""
    if isinstance(rows, pa.Table):
        return rows
    if hasattr(rows, "with_format") and hasattr(rows, "__len__"):  # Hugging Face: a selection of rows applied
        found = rows.with_format("arrow")[:]
        return found if isinstance(found, pa.Table) else pa.table(found)
    if isinstance(rows, Mapping) or hasattr(rows, "to_parquet") or hasattr(rows, "__arrow_c_stream__"):
        try:
            return pa.Table.from_pandas(rows, preserve_index=False) if hasattr(rows, "iloc") else pa.table(rows)
        except (pa.ArrowInvalid, TypeError):  # values of several types in a column, or rows that come one by one
            if not isinstance(rows, Mapping):
                return None
            raise UsageError("A column holds values of several types, or columns differ in length.") from None
    return None


def _lines(rows: Any, path: Path) -> Path:
    """The rows as JSON, one a line."""
    if hasattr(rows, "iloc"):
        rows = rows.to_dict("records")
    if not isinstance(rows, Iterable):
        raise UsageError(_takes(rows))
    with path.open("wb") as file:
        for row in rows:
            if not isinstance(row, Mapping):
                raise UsageError(_takes(row, "a row that is "))
            file.write(_json(row) + b"\n")
    return path


def _json(row: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(dict(row), default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):  # numbers beyond 64 bits, halves of characters
        known = {
            str(name): None if isinstance(value, float) and value != value else value for name, value in row.items()
        }  # NaN is no JSON
        return json.dumps(known, default=str).encode()


def _takes(given: object, what: str = "") -> str:
    return (
        f"read() takes a path, a DataFrame, an Arrow table, a datasets.Dataset or a list of dicts, not "
        f"{what}{type(given).__name__}."
    )
