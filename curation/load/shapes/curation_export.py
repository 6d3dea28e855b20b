"""An export of this program: question and answer or turns, what stood beside them, the rest of the row in `meta`."""

from typing import Any

from curation.load.chat import turns_of
from curation.load.guess import Look
from curation.load.mapping import Beside, Example, conversation, pair
from curation.load.shapes import Reading, row_shape
from curation.records import Columns
from curation.text.turns import kept as opened
from curation.text.turns.exact import exact

BESIDE = ("tools", "rejected", "instruction", "system", "history")
"""Columns that stood beside the turns of a row, and are kept under their names."""
OWN = frozenset({"id", "input", "output", "label", "messages", *BESIDE, "group", "source", "split", "weight", "meta"})


@row_shape("curation_export", "An export of this program")
def curation_export(look: Look) -> Reading | None:
    """Claims rows with all columns of a Parquet export and no others."""
    if set(look.columns) != OWN or look.given:
        return None
    columns = Columns(input=("input",), output="output", label=_label(look), group="group")
    return Reading(1.0, columns, lambda values: _example(values, columns))


def _label(look: Look) -> str | None:
    """The column of labels, where any row has one."""
    return "label" if any(value not in (None, "") for value in look.values("label")) else None


def _example(values: dict[str, Any], columns: Columns) -> Example:
    beside = {name: _kept(name, values[name]) for name in BESIDE if values[name] not in (None, "", [])}
    rest = {name: value for name, value in values.items() if name not in (*BESIDE, "meta", "messages")}
    rest = {name: value for name, value in rest.items() if value is not None} | opened(values["meta"] or "{}")
    if not values["messages"]:
        return pair(rest | {name: values[name] for name in ("input", "output")}, columns, Beside(), beside)
    rest = {name: value for name, value in rest.items() if name not in ("input", "output")}
    return conversation(rest, columns, Beside(), turns_of(values["messages"], "messages"), beside)


def _kept(name: str, value: Any) -> Any:
    """What stood beside the turns, as it came: turns, or a text that is JSON."""
    if name == "rejected":
        return turns_of(value, name)
    return exact(value) if name in ("tools", "history") else value
