"""Rows whose only answer is a bad one: it stands as their `rejected` answer, their output is empty by design.

Such a row is kept for training on preferences (KTO) and is never a target of any other training.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation.text.turns import kept, shown

KEY = "rejected"
"""Under which `meta` holds a rejected answer, as a text or as turns."""


def bad_answer(output: str, label: str | None, meta: str) -> str:
    """The text of a row's rejected answer where that is its only one, "" for every other row."""
    if label is not None or output.strip() or f'"{KEY}"' not in meta:
        return ""
    return answer_text(kept(meta).get(KEY)).strip()


def answer_text(rejected: Any) -> str:
    """A rejected answer as text; turns stand one below the other. "" where it says nothing."""
    if isinstance(rejected, str):
        return rejected
    turns = [rejected] if isinstance(rejected, Mapping) else rejected if isinstance(rejected, list) else []
    return "\n".join(filter(None, (shown(turn) for turn in turns if isinstance(turn, Mapping))))


def blanks(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts are empty or white space, null where there is none."""
    # chunk by chunk: of a column at once Arrow would hold a second copy, trimmed
    each = (pc.equal(pc.utf8_trim_whitespace(chunk), "") for chunk in texts.chunks)
    return pa.chunked_array(each, pa.bool_())


def bad_rows(table: pa.Table) -> dict[int, str]:
    """The positions of such rows in a table with the columns output, label and meta, each with its bad answer."""
    if not table.num_rows:
        return {}
    blank = blanks(table["output"])
    # a set in which every row has its answer, the usual one, is passed over without reading a `meta`
    if not pc.any(blank).as_py():
        return {}
    holds = pc.match_substring(pc.fill_null(table["meta"], ""), f'"{KEY}"')
    maybe = pc.indices_nonzero(pc.and_(pc.and_(blank, holds), pc.is_null(table["label"])))
    rows = table.select(["output", "label", "meta"]).take(maybe).to_pylist()
    texts = (bad_answer(row["output"], row["label"], row["meta"]) for row in rows)
    return {place: text for place, text in zip(maybe.to_pylist(), texts, strict=True) if text}
