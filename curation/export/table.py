"""Kept examples as the table every export format writes."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation.errors import UsageError
from curation.records import Dataset
from curation.records.progress import Progress, ignore
from curation.text.turns import kept, turns_in
from curation.text.turns.conversation import history_turns
from curation.text.turns.exact import compact, exact
from curation.text.turns.fields import FIELDS, to_fields

CALL = pa.struct(
    [
        ("id", pa.string()),
        ("type", pa.string()),
        ("function", pa.struct([("name", pa.string()), ("arguments", pa.large_string())])),
    ]
)
TURN = pa.struct(
    [
        ("role", pa.string()),
        ("content", pa.large_string()),
        ("parts", pa.large_string()),
        ("name", pa.string()),
        ("tool_calls", pa.list_(CALL)),
        ("tool_call_id", pa.string()),
        ("weight", pa.float64()),
        ("extra", pa.large_string()),
    ]
)
"""The fields of a turn; see `curation.text.turns.fields`."""
EXPORT_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("input", pa.large_string()),
        ("output", pa.large_string()),
        ("label", pa.string()),
        ("messages", pa.list_(TURN)),
        ("tools", pa.large_string()),
        ("rejected", pa.list_(TURN)),
        ("instruction", pa.large_string()),
        ("system", pa.large_string()),
        ("history", pa.large_string()),
        ("group", pa.string()),
        ("source", pa.string()),
        ("split", pa.string()),
        ("weight", pa.float64()),
        ("meta", pa.large_string()),
    ]
)
STRUCTURE = ("messages", "tools", "rejected", "instruction", "system", "history")
"""Columns taken out of `meta`, where a row keeps its structure under these names."""
ALIASES = {"functions": "tools", "system_prompt": "system"}
"""Other names under which files hold the same."""
BATCH = 10_000
"""Rows turned into Python values at a time: some tens of MB of text, and progress several times a second."""


def training_table(dataset: Dataset, splits: Sequence[str], weight: str = "", progress: Progress = ignore) -> pa.Table:
    """The rows with EXPORT_SCHEMA, in their order.

    `input` and `output` are the readable rendering of every row. `messages` are the turns of a conversation, null where
    a row is none; `rejected` the turns of the losing answer; `tools` and `history` JSON text; `meta` the rest.
    `weight` is 1.0, or the number under that key of `meta` when `weight` names one; UsageError where there is none.
    """
    batches = []
    start = 0
    for batch in dataset.table.to_batches(max_chunksize=BATCH):
        progress(start / len(dataset), "laying out the rows")
        batches.append(_laid_out(batch, splits[start : start + batch.num_rows], weight))
        start += batch.num_rows
    return pa.Table.from_batches(batches, schema=EXPORT_SCHEMA)


def with_topics(table: pa.Table, topics: Mapping[str, str]) -> pa.Table:
    """The table with a column `topic`, null for a row of none; as it is where there are no topics."""
    if not topics:
        return table
    return table.append_column("topic", pa.array([topics.get(id) for id in table["id"].to_pylist()], pa.string()))


def _laid_out(batch: pa.RecordBatch, splits: Sequence[str], weight: str) -> pa.RecordBatch:
    count = batch.num_rows
    columns: dict[str, pa.Array] = {name: pa.nulls(count, EXPORT_SCHEMA.field(name).type) for name in STRUCTURE}
    columns |= {name: batch[name] for name in ("id", "input", "output", "label", "group", "source", "meta")}
    columns["split"] = pa.array(splits, pa.string())
    columns["weight"] = pa.array([1.0] * count, pa.float64())
    if weight:
        columns["weight"] = pa.array(list(_weights(batch, weight)), pa.float64())
    if places := _structured(batch["meta"]):
        columns |= _structure(batch["meta"], places)
    return pa.RecordBatch.from_arrays([columns[name] for name in EXPORT_SCHEMA.names], schema=EXPORT_SCHEMA)


def _structured(metas: pa.Array) -> list[int]:
    """The positions of rows whose `meta` may hold structure: most flat rows are passed over without parsing."""
    names = "|".join((*STRUCTURE, *ALIASES))
    places: list[int] = pc.indices_nonzero(pc.match_substring_regex(metas, f'"(?:{names})"')).to_pylist()
    return places


def _structure(metas: pa.Array, places: Sequence[int]) -> dict[str, pa.Array]:
    """The structure columns and the rest of `meta` of one batch."""
    values: dict[str, list[Any]] = {name: [None] * len(metas) for name in STRUCTURE}
    rest = metas.to_pylist()
    for n in places:
        meta = kept(rest[n])
        if found := structure(meta):
            for name, value in found.items():
                values[name][n] = value
            rest[n] = compact(meta) if meta else "{}"
    columns = {name: pa.array(values[name], pa.large_string()) for name in STRUCTURE if name not in TURN_COLUMNS}
    columns |= {name: turns_array(values[name]) for name in TURN_COLUMNS}
    return columns | {"meta": pa.array(rest, pa.large_string())}


TURN_COLUMNS = ("messages", "rejected")


def structure(meta: dict[str, Any]) -> dict[str, Any]:
    """The structure columns that `meta` has values for, taken out of it: turns as lists, the others as text."""
    found: dict[str, Any] = {}
    for name in [*(name for name in STRUCTURE if name in meta), *(name for name in ALIASES if name in meta)]:
        column = ALIASES.get(name, name)
        value = READERS[column](meta[name])
        if value is not None and column not in found:
            found[column] = value
            del meta[name]
    return found


def _messages(value: Any) -> list[dict[str, Any]] | None:
    turns = turns_in({"messages": value})
    return turns if turns and all(isinstance(turn.get("role"), str) for turn in turns) else None


def _rejected(value: Any) -> list[dict[str, Any]] | None:
    """The losing answer as turns: a text is the assistant's; None where there is none."""
    if isinstance(value, str):
        return [{"role": "assistant", "content": value}] if value.strip() else None
    return _messages([value] if isinstance(value, dict) else value)


def _tools(value: Any) -> str | None:
    if isinstance(value, str):
        return value if isinstance(_parsed(value), list | dict) else None
    return compact(value) if isinstance(value, list | dict) and value else None


def _history(value: Any) -> str | None:
    history = _parsed(value) if isinstance(value, str) else value
    return compact(history) if history and history_turns(history) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _system(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _parsed(text: str) -> Any:
    try:
        return exact(text)
    except ValueError:
        return None


READERS = {
    "messages": _messages,
    "tools": _tools,
    "rejected": _rejected,
    "instruction": _text,
    "system": _system,
    "history": _history,
}
"""How a value in `meta` is read for its column; None where it is something else under the same name."""


def turns_array(conversations: Sequence[Sequence[Mapping[str, Any]] | None]) -> pa.Array:
    """Conversations as one Arrow array of lists of TURN, None as null.

    Built column by column: rows of Python objects would take several times as long.
    """
    fields: dict[str, list[Any]] = {name: [] for name in FIELDS}
    offsets: list[int | None] = []
    count = 0
    for turns in conversations:
        offsets.append(None if turns is None else count)
        for turn in turns or ():
            for name, value in to_fields(turn).items():
                fields[name].append(value)
            count += 1
    offsets.append(count)
    arrays = [pa.array(fields[field.name], field.type) for field in TURN]
    turns_column = pa.StructArray.from_arrays(arrays, fields=list(TURN))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), turns_column, type=pa.list_(TURN))


def _weights(batch: pa.RecordBatch, name: str) -> Iterator[float]:
    for row in batch.select(["meta", "row", "source"]).to_pylist():
        try:
            value = float(kept(row["meta"]).get(name, "none"))
        except (TypeError, ValueError):
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            where = f"row {row['row']} of {row['source'] or 'the dataset'}"
            raise UsageError(
                f"The weight column {name!r} holds no number >= 0 in {where}. Choose another column or none."
            )
        yield value
