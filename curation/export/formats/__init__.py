"""Export formats: a table of one split -> one file. One file a format, found by the registry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.records.progress import Progress
from curation.records.settings import options
from curation.registry import Plugin, Registry
from curation.text.turns.bad_answers import blanks
from curation.text.turns.exact import exact, line
from curation.text.turns.fields import from_fields

Format = Callable[[pa.Table, Path, Mapping[str, str], Any, Progress], Mapping[str, Any]]
"""`function(table, path, metadata, settings, progress) -> notes`: writes one split to `path`, deterministically.

`table` has EXPORT_SCHEMA, `input` and `output` the readable rendering of every row. `metadata` are the texts a format
may embed (manifest and verdict), `settings.suffix` is the end of the file's name (`train.SUFFIX`), `settings.carries`
(may be left out) the names of `curation.text.carried` that the file holds beside input and output, `notes` are JSON
values for the manifest; `lost` among them counts what only the writing shows, by name as people read it.
`settings.takes_bad` is true where it has a place for rows whose only answer is a bad one; others are handed the table
without them (see `suited`). A format that does not write one line for every row names `ids` in its decorator:
`ids(table, settings)` are the ids of the rows that its lines are written from.
"""


def _form(plugin: Plugin[Format]) -> None:
    options(plugin.settings)
    if not isinstance(getattr(plugin.settings, "suffix", None), str):
        raise TypeError("its settings have no suffix, the end of the name of its files")


export_format: Registry[Format] = Registry(__name__, "export_format", form=_form)

ARGUMENTS = ("as_came", "text", "object")
"""How the arguments of tool calls are written: as they came, as JSON text, as an object."""


def arguments_field(help: str) -> Any:
    """The setting how arguments of tool calls are written, one of ARGUMENTS."""
    return field(default="as_came", metadata={"help": help, "choices": ARGUMENTS})


def tools_field(help: str) -> Any:
    """The setting how tool definitions are written beside turns, see `tools_of`."""
    return field(default="list", metadata={"help": help, "choices": ("list", "text")})


NOT_WRITTEN = "rows with a bad answer alone (not written)"
BATCH = 10_000
"""Rows turned into Python values at a time, as in curation.export.table."""
TURNS = ("messages", "rejected")


def rows_of(table: pa.Table, progress: Progress) -> Iterator[dict[str, Any]]:
    """The rows of a table one by one, a batch in memory at a time; turns as they came, see `text.turns.fields`."""
    done = 0
    nested = [name for name in TURNS if name in table.column_names]
    for batch in table.to_batches(max_chunksize=BATCH):
        progress(done / table.num_rows, "writing rows")
        has_turns = [name for name in nested if batch[name].null_count < batch.num_rows]
        for row in batch.to_pylist():
            for name in has_turns:
                if row[name] is not None:
                    row[name] = list(map(from_fields, row[name]))
            yield row
        done += batch.num_rows


def bad_alone(table: pa.Table) -> pa.ChunkedArray:
    """Which rows of an export table have a bad answer alone: a rejected answer, no label, and no answer beside it."""
    alone = pc.and_(pc.is_valid(table["rejected"]), pc.is_null(table["label"]))
    if not pc.any(alone).as_py():
        return alone
    answered = pc.invert(pc.fill_null(blanks(table["output"]), True))
    ends = np.cumsum(pc.fill_null(pc.list_value_length(table["messages"]), 0).to_numpy())
    if len(ends) and ends[-1]:
        is_chat = pc.is_valid(table["messages"])
        roles = pc.struct_field(pc.list_flatten(table["messages"]), "role").take(pa.array(np.maximum(ends - 1, 0)))
        answered = pc.if_else(is_chat, pc.equal(roles, "assistant"), answered)
    return pc.and_not(alone, answered)


def suited(table: pa.Table, settings: Any) -> pa.Table:
    """The rows that a format with these settings has a place for."""
    fits = fitting(table, settings)
    return table if pc.all(fits).as_py() else table.filter(fits)


def fitting(table: pa.Table, settings: Any) -> pa.ChunkedArray:
    """Which rows a format with these settings has a place for."""
    if getattr(settings, "takes_bad", False):
        return pc.is_valid(table["id"])
    return pc.invert(bad_alone(table))


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes one JSON object a line."""
    with path.open("wb") as file:
        file.writelines(map(line, rows))


def write_array(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes one JSON array with an object a line."""
    with path.open("wb") as file:
        lead = b"[\n"
        for row in rows:
            file.write(lead + line(row).rstrip(b"\n"))
            lead = b",\n"
        file.write(b"[]\n" if lead == b"[\n" else b"\n]\n")


def tools_of(row: Mapping[str, Any], form: str = "list") -> dict[str, Any]:
    """The tool definitions of a row under the key `tools`, as a list or as its JSON `text`; nothing where it has none.

    Trainers that read a file through Arrow merge the keys of all definitions; as text they stay as they are.
    """
    if row["tools"] is None:
        return {}
    return {"tools": row["tools"] if form == "text" else exact(row["tools"])}


def present(*columns: str) -> Sequence[str]:
    """The columns that conversations are made of, and these."""
    return [*dict.fromkeys(("input", "output", "messages", "tools", "system", "history", *columns))]
