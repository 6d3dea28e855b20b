"""Rows marked for retrieval or for style, in files of their own beside the splits."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curation.export.formats import export_format
from curation.records.progress import ignore

MARKED = {"retrieval": "retrieval_candidates.parquet", "style": "style_examples.parquet"}
"""The file of each mark."""


def marked_rows(table: pa.Table, marks: pa.Table | None) -> dict[str, pa.Table]:
    """By mark: the rows of the exported `table` that carry it, in their order; nothing where there are no marks.

    `marks` needs the columns id and mark (retrieval or style); rows without a mark are in neither. Raises ValueError
    on another mark or an id marked twice.
    """
    if marks is None:
        return {}
    ids, given = marks["id"].to_pylist(), marks["mark"].to_pylist()
    if len(set(ids)) < len(ids) or set(given) - set(MARKED) - {None}:
        raise ValueError(f"each row may have one mark, one of {', '.join(MARKED)}")
    return {mark: table.filter(pc.is_in(table["id"], value_set=_ids(marks, mark))) for mark in MARKED}


def write_marked(tables: Mapping[str, pa.Table], folder: Path, metadata: Mapping[str, str]) -> None:
    """Writes each mark's file as the splits' Parquet files are written, the text of conversations with them: a
    knowledge base holds texts. The same rows give the same bytes."""
    parquet = export_format.all()["parquet"]
    settings = replace(parquet.settings, with_rendering=True)
    for mark, table in tables.items():
        parquet.function(table, folder / MARKED[mark], metadata, settings, ignore)


def _ids(marks: pa.Table, mark: str) -> pa.Array:
    return pc.filter(marks["id"], pc.equal(marks["mark"], mark)).combine_chunks().cast(pa.string())
