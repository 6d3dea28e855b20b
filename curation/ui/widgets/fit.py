"""Tables that fit the window: on a narrow one the columns people need stand first, and long texts wrap."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from curation.ui import kept

WRAPPED = 66
"""Pixels of a table row: Streamlit wraps the texts of rows higher than 4 rem (64). Three lines fit."""


def fitted(
    frame: pd.DataFrame, columns: Mapping[str, Any], narrow: Mapping[str, int], wraps: bool = True
) -> dict[str, Any]:
    """What a table of this frame is drawn with: `columns` as they are where there is room.

    In a narrow window those of `narrow` come first, as wide as said there in pixels; 325 of them are in sight on a
    phone beside the box that selects a row, 358 without it.
    """
    if not kept.is_narrow():
        return {"column_config": dict(columns)}
    first = {name: {**columns.get(name, {}), "width": width} for name, width in narrow.items() if name in frame}
    order = [*first, *(name for name in frame if name not in first)]
    height = {"row_height": WRAPPED} if wraps else {}
    return {"column_config": {**columns, **first}, "column_order": order, **height}
