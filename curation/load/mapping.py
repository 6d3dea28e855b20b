"""One row of a file -> one example: the chosen columns joined and cleaned, everything else kept in `meta`."""

import difflib
from collections.abc import Sequence
from typing import Any, NamedTuple

from curation.errors import UsageError
from curation.load.chat import answer_turns, turns_of
from curation.load.rows import as_text, compact
from curation.records import Columns
from curation.text.carried import TURNS, lost
from curation.text.turns import flattened


class Example(NamedTuple):
    """The fields of a Dataset row that come from the file's columns, and what plain turns cannot carry of it."""

    input: str
    output: str
    label: str | None
    group: str | None
    created: str | None
    meta: str
    lost: frozenset[str] = frozenset()


def check_columns(columns: Columns, available: Sequence[str], name: str) -> None:
    """Raises UsageError where a named column is not in the file, with the columns there are, nearest name first."""
    named = [*columns.input, columns.output, columns.label, columns.group, columns.created, columns.messages]
    for column in named:
        if column and column not in available:
            near = difflib.get_close_matches(column, available, n=1, cutoff=0)
            others = [other for other in available if other not in near]
            listed = ", ".join((near + others)[:20]) + (", ..." if len(available) > 20 else "")
            raise UsageError(f"{name} has no column {column!r}; its columns are {listed}")


def example(values: dict[str, Any], columns: Columns) -> Example:
    """The example a row makes; raises Unusable where its conversation can't be read.

    Values are kept as they are. A label that is empty or blank is None; without an output column the output is the
    label, "" where there is none. Where the conversation's column is the label's too, its last turn is the label.
    """
    rest = dict(values)
    in_last_turn = columns.label is not None and columns.label == columns.messages
    label = as_text(rest.pop(columns.label, None)) if columns.label and not in_last_turn else ""
    label_or_none = label if label.strip() else None
    group = _optional(rest, columns.group)
    created = _optional(rest, columns.created)
    if columns.messages:
        turns = turns_of(rest.pop(columns.messages, None), columns.messages)
        if columns.output:
            turns += answer_turns(rest.pop(columns.output, None), columns.output)
        source, output = flattened(turns)
        if in_last_turn and output.strip():
            label_or_none = output
        if "messages" in rest:
            rest["messages_column"] = rest.pop("messages")
        rest["messages"] = turns
    else:
        source = _joined([as_text(values.get(column)) for column in columns.input])
        output = _answer(values.get(columns.output)) if columns.output else label_or_none or ""
        for column in (*columns.input, *((columns.output,) if columns.output else ())):
            rest.pop(column, None)
    meta = compact(rest) if rest else "{}"
    return Example(source, output, label_or_none, group, created, meta, lost(rest, TURNS))


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(text for text in texts if text)


def _answer(value: Any) -> str:
    """An output's text; a preference's `chosen` may be a conversation that ends with the answer."""
    return as_text(value) if isinstance(value, str) else flattened(answer_turns(value, "output"))[1]


def _optional(rest: dict[str, Any], column: str | None) -> str | None:
    return (as_text(rest.pop(column, None)) or None) if column else None
