"""One column a label: 1 (true, yes, x) in the column of the row's label and 0 (false, no, nothing) in all others; or a
column with a list of 0 and 1, a place for each label."""

from typing import Any

from curation.load.chat import decoded
from curation.load.guess import FOREIGN_LABEL, FOREIGN_OUTPUT, LABEL, OUTPUT, Look, first, switch, switch_columns
from curation.load.rows import as_text
from curation.load.shapes import Wrapped, row_shape
from curation.records import Columns

TICKS = {"": 0, "no": 0, "n": 0, "-": 0, "yes": 1, "y": 1, "x": 1, "✓": 1, "✔": 1}
"""How people tick a cell of a table, and leave it."""
MOSTLY = 0.5
"""Share of the rows with one 1 alone from which on such columns are one label each; of two columns it must be all."""


@row_shape("one_hot", "One column a label")
def one_hot(look: Look) -> Wrapped | None:
    """Claims rows of two or more columns of 0 and 1 of which mostly one holds 1, where no column is named a label."""
    if look.given and (look.given.output or look.given.label):
        return None
    if column := _vectors(look):
        note = (
            f"{column!r} holds lists of 0 and 1, a place for each label: the file does not say their names, so that a "
            "row's label is the place of its 1, counted from 0"
        )
        return Wrapped(0.9, lambda values: [{**values, column: _places(values.get(column))}], (note,))
    if first((*LABEL, *FOREIGN_LABEL, *OUTPUT, *FOREIGN_OUTPUT), look.columns):
        return None
    names = switch_columns(look, look.columns, 1)
    if len(switch_columns(look, look.columns)) < 2:
        names = [name for name in look.columns if {_ticked(row.get(name)) for row in look.rows} == {0, 1}]
    if len(names) < 2:
        return None
    single = sum(sum(_ticked(row.get(name)) or 0 for name in names) == 1 for row in look.rows)
    if single < len(look.rows) * (1.0 if len(names) == 2 else MOSTLY):
        return None

    def rows(values: dict[str, Any]) -> list[dict[str, Any]]:
        rest = {name: value for name, value in values.items() if name not in names}
        return [{**rest, "label": [name for name in names if _ticked(values.get(name)) == 1]}]

    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    note = f"the columns {listed} hold yes and no, one label each: the label of a row is the column that holds 1"
    return Wrapped(0.9, rows, (note,), Columns(label="label"))


def _vectors(look: Look) -> str | None:
    """The column of labels in which all lists are of 0 and 1 and equally long, some value more than once."""
    column = look.named(*LABEL)
    lists = [decoded(value) for value in look.values(column)] if column else []
    if not lists or not all(isinstance(one, list) and {switch(mark) for mark in one} <= {0, 1} for one in lists):
        return None
    lengths = {len(one) for one in lists}
    return column if len(lengths) == 1 and min(lengths) > 2 else None


def _places(value: Any) -> list[str]:
    marks = decoded(value)
    return [str(n) for n, mark in enumerate(marks) if switch(mark) == 1] if isinstance(marks, list) else []


def _ticked(value: Any) -> int | None:
    """0 or 1 for a cell that says so, with a word or a cross too; None for any other."""
    said = switch(value)
    return TICKS.get(as_text(value).strip().lower()) if said is None else said
