"""Kept examples as the table every export format writes."""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from curation.errors import UsageError
from curation.progress import Progress, ignore
from curation.records import Dataset
from curation.text.turns import calls, exchange, kept, shown, turns_in

TURN = pa.struct([("role", pa.string()), ("content", pa.large_string())])
EXPORT_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("input", pa.large_string()),
        ("output", pa.large_string()),
        ("label", pa.string()),
        ("messages", pa.list_(TURN)),
        ("group", pa.string()),
        ("source", pa.string()),
        ("split", pa.string()),
        ("weight", pa.float64()),
        ("meta", pa.large_string()),
    ]
)
BATCH = 10_000
"""Rows turned into Python values at a time: some tens of MB of text, and progress several times a second."""


def training_table(dataset: Dataset, splits: Sequence[str], weight: str = "", progress: Progress = ignore) -> pa.Table:
    """The rows with EXPORT_SCHEMA, in their order.

    `messages` are the conversation kept in `meta`, else one user turn (the input) and one assistant turn (the output);
    a turn that says nothing but calls tools shows its calls, so that no empty answer is trained on.
    `weight` is 1.0, or the number under that key of `meta` when `weight` names one; UsageError where there is none.
    """
    batches = []
    start = 0
    for batch in dataset.table.to_batches(max_chunksize=BATCH):
        progress(start / len(dataset), "laying out the rows")
        rows = batch.to_pylist()
        for row, name in zip(rows, splits[start : start + len(rows)], strict=True):
            meta = kept(row["meta"]) if weight or '"messages"' in row["meta"] else {}
            row["messages"] = _turns(meta) or exchange(row["input"], row["output"])
            row["weight"] = _weight(meta, weight, row) if weight else 1.0
            row["split"] = name
        batches.append(pa.RecordBatch.from_pylist(rows, schema=EXPORT_SCHEMA))
        start += len(rows)
    return pa.Table.from_batches(batches, schema=EXPORT_SCHEMA)


def _turns(meta: dict[str, Any]) -> list[dict[str, str]]:
    turns = turns_in(meta) or []
    pairs: list[tuple[Any, Any]] = [
        (turn.get("role"), shown(turn) if calls(turn) else turn.get("content")) for turn in turns
    ]
    if not all(isinstance(role, str) and isinstance(content, str) for role, content in pairs):
        return []
    return [{"role": role, "content": content} for role, content in pairs]


def _weight(meta: dict[str, Any], name: str, row: dict[str, Any]) -> float:
    try:
        value = float(meta.get(name, "none"))
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        where = f"row {row['row']} of {row['source'] or 'the dataset'}"
        raise UsageError(f"The weight column {name!r} holds no number >= 0 in {where}. Choose another column or none.")
    return value
