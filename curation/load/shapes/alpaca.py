"""Alpaca instructions: `instruction`, `input`, `output`; with `system` and `history` the row is a conversation."""

from typing import Any

from curation.load.guess import Look, pair_columns, plain
from curation.load.mapping import Example, beside_of, pair
from curation.load.shapes import Reading, row_shape


@row_shape("alpaca", "Alpaca instructions")
def alpaca(look: Look) -> Reading | None:
    """Claims rows whose input begins with an instruction and that have an output."""
    columns, _ = pair_columns(look)
    if not columns.input or plain(columns.input[0]) != "instruction" or not columns.output:
        return None
    beside = beside_of(look, columns)

    def example(values: dict[str, Any]) -> Example:
        return pair(values, columns, beside)

    return Reading(0.4, columns, example)
