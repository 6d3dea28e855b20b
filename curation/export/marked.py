"""Rows marked for retrieval or for style, in files of their own beside the splits."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curation.export.formats import export_format, fitting
from curation.records.progress import ignore
from curation.records.tables import gathered_where

MARKED = {"retrieval": "retrieval_candidates.parquet", "style": "style_examples.parquet"}
"""The file of each mark."""
KNOWN = {*MARKED, None}


def marked_rows(table: pa.Table, marks: pa.Table | None) -> dict[str, pa.ChunkedArray]:
    """By mark, which rows of the exported `table` carry it; nothing where there are no marks.

    `marks` needs the columns id and mark (retrieval or style); rows without a mark are in neither, nor are those with
    a bad answer alone. Raises ValueError on another mark or an id marked twice.
    """
    if marks is None:
        return {}
    if pc.count_distinct(marks["id"]).as_py() < marks.num_rows or set(pc.unique(marks["mark"]).to_pylist()) - KNOWN:
        raise ValueError(f"each row may have one mark, one of {', '.join(MARKED)}")
    fits = fitting(table, None)
    return {mark: pc.and_(fits, pc.is_in(table["id"], value_set=_ids(marks, mark))) for mark in MARKED}


def write_marked(
    table: pa.Table, marked: Mapping[str, pa.ChunkedArray], folder: Path, metadata: Mapping[str, str]
) -> None:
    """Writes the rows of each mark as the splits' Parquet files are written, the text of conversations with them: a
    knowledge base holds texts. The same rows give the same bytes."""
    parquet = export_format.all()["parquet"]
    settings = replace(parquet.settings, with_rendering=True)
    for mark, rows in marked.items():
        parquet.function(gathered_where(table, rows, folder), folder / MARKED[mark], metadata, settings, ignore)


def _ids(marks: pa.Table, mark: str) -> pa.Array:
    return pc.filter(marks["id"], pc.equal(marks["mark"], mark)).combine_chunks().cast(pa.string())
