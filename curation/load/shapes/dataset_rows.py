"""Rows as the Hugging Face data set viewer hands them out: each in an object of its own with its number; and rows that
are the one thing in their object, as OpenAI's evaluations have them under `item`."""

from collections.abc import Mapping
from typing import Any

from curation.load.guess import Look
from curation.load.rows import Unusable
from curation.load.shapes import Wrapped, row_shape


@row_shape("dataset_rows", "Rows of the data set viewer")
def dataset_rows(look: Look) -> Wrapped | None:
    """Claims rows that are a number and the row itself, and rows with one column that holds an object each."""
    if len(look.columns) == 1 and look.share(look.columns[0], lambda value: isinstance(value, Mapping)) == 1.0:
        return Wrapped(0.5, lambda values: _alone(values, look.columns[0]))
    if not {"row_idx", "row"} <= set(look.columns):
        return None
    return Wrapped(1.0, _rows) if look.share("row", lambda value: isinstance(value, Mapping)) > 0.9 else None


def _alone(values: dict[str, Any], column: str) -> list[dict[str, Any] | Unusable]:
    row = values.get(column)
    return [dict(row)] if isinstance(row, Mapping) else [Unusable("not_an_object", "the row is no object")]


def _rows(values: dict[str, Any]) -> list[dict[str, Any] | Unusable]:
    row, cut = values.get("row"), values.get("truncated_cells")
    if not isinstance(row, Mapping):
        return [Unusable("not_an_object", "the row is no object")]
    if isinstance(cut, list) and cut:
        return [Unusable("cut_cells", f"the viewer cut off the text of {', '.join(map(str, cut))[:80]}")]
    return [dict(row)]
