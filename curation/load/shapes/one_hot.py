"""One column a label: 1 (or true) in the column of the row's label and 0 in all others."""

from typing import Any

from curation.load.guess import FOREIGN_LABEL, FOREIGN_OUTPUT, LABEL, OUTPUT, Look, first, switch, switch_columns
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

MOSTLY = 0.5
"""Share of the rows with one 1 alone from which on such columns are one label each; of two columns it must be all."""


@row_shape("one_hot", "One column a label")
def one_hot(look: Look) -> Wrapped | None:
    """Claims rows of two or more columns of 0 and 1 of which mostly one holds 1, where no column is named a label."""
    if look.given and (look.given.output or look.given.label):
        return None
    if first((*LABEL, *FOREIGN_LABEL, *OUTPUT, *FOREIGN_OUTPUT), look.columns):
        return None
    if len(switch_columns(look, look.columns)) < 2:
        return None
    names = switch_columns(look, look.columns, 1)
    single = sum(sum(switch(row[name]) or 0 for name in names) == 1 for row in look.rows)
    if single < len(look.rows) * (1.0 if len(names) == 2 else MOSTLY):
        return None

    def rows(values: dict[str, Any]) -> list[dict[str, Any]]:
        rest = {name: value for name, value in values.items() if name not in names}
        return [{**rest, "label": [name for name in names if switch(values.get(name)) == 1]}]

    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    note = f"the columns {listed} hold 0 and 1, one label each: the label of a row is the column that holds 1"
    return Wrapped(0.9, rows, (note,), Columns(label="label"))
