"""Rows in which personal data or keys were found: exported as they are, left out, or masked."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from typing import Any

import pyarrow as pa

from curation.errors import UsageError
from curation.records import Dataset, Treatment
from curation.text.turns.exact import Number, compact, exact

TREATMENTS: tuple[Treatment, ...] = ("keep", "leave_out", "mask")
REASON = "personal data or a key"
TEXTS = ("input", "output", "label", "group")

Mask = Callable[[str], str]


def check_treatment(treatment: str, mask: Mask | None) -> None:
    """Raises UsageError on an unknown treatment, and ValueError where one that hides texts comes without a mask."""
    if treatment not in TREATMENTS:
        raise UsageError(f"Personal data cannot be treated by {treatment!r}. Choose from {', '.join(TREATMENTS)}.")
    if treatment != "keep" and mask is None:
        raise ValueError("a mask is needed for the texts of rows with personal data")


def without(kept: Dataset, removed: pa.Table, personal: Set[str]) -> tuple[Dataset, pa.Table]:
    """The kept rows without those in `personal`, which join the removed rows with `REASON`."""
    return moved(kept, removed, [id in personal for id in kept.values("id")], REASON)


def moved(kept: Dataset, removed: pa.Table, leaving: Sequence[bool], reason: str) -> tuple[Dataset, pa.Table]:
    """The kept rows that do not leave, and the removed with the others behind them for one reason; what a removed row
    has no value for is null."""
    out = kept.where(leaving).table
    columns = []
    for field in removed.schema:
        if field.name == "reason":
            columns.append(pa.array([reason] * out.num_rows, field.type))
        elif field.name in out.column_names:
            columns.append(out[field.name].cast(field.type))
        else:
            columns.append(pa.nulls(out.num_rows, field.type))
    return kept.where([not gone for gone in leaving]), pa.concat_tables(
        [removed, pa.table(columns, schema=removed.schema)]
    )


def treated(kept: Dataset, personal: Set[str], treatment: Treatment, mask: Mask) -> tuple[Dataset, dict[str, Any]]:
    """The kept rows with those in `personal` left out or masked if so chosen, and how many there were and what became
    of them."""
    check_treatment(treatment, mask)
    there = personal & set(kept.values("id"))
    if treatment == "leave_out":
        kept = kept.where([id not in there for id in kept.values("id")])
        kept = replace(kept, table=with_meta_masked(kept.table, mask))
    if treatment == "mask":
        kept = replace(kept, table=masked(kept.table, there, mask))
    return kept, {"rows": len(there), "treatment": treatment}


def masked(table: pa.Table, personal: Set[str], mask: Mask) -> pa.Table:
    """The table with the texts of the rows in `personal` masked, and `meta` of all rows: no check reads the columns
    that nobody chose, which stand there. It stays JSON, only its texts are masked.

    Works on kept and on removed rows: columns of `TEXTS` that are not there are passed over.
    """
    places = [n for n, id in enumerate(table["id"].to_pylist()) if id in personal]
    for name in TEXTS:
        if not places or name not in table.column_names:
            continue
        column = table[name].to_pylist()
        for n in places:
            column[n] = _masked_value(column[n], mask)
        table = _with_column(table, name, column)
    return with_meta_masked(table, mask)


def with_meta_masked(table: pa.Table, mask: Mask) -> pa.Table:
    """The table with what a mask finds in `meta` hidden, in every row."""
    if "meta" not in table.column_names:
        return table
    column = table["meta"].to_pylist()
    masks = {text: _masked_meta(text, mask) for text in set(column)}
    return _with_column(table, "meta", [masks[text] for text in column])


def _with_column(table: pa.Table, name: str, values: Sequence[Any]) -> pa.Table:
    at = table.column_names.index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def hidden(
    kept: Dataset, removed: pa.Table, rejected: pa.Table, personal: Set[str], mask: Mask
) -> tuple[Dataset, pa.Table, pa.Table]:
    """The three with the texts of the rows in `personal` masked, rejected rows always: no check has seen those."""
    for name in {"message", "raw"} & set(rejected.column_names):
        at = rejected.column_names.index(name)
        texts = pa.array([_masked_value(text, mask) for text in rejected[name].to_pylist()], rejected.field(at).type)
        rejected = rejected.set_column(at, rejected.field(at), texts)
    return replace(kept, table=masked(kept.table, personal, mask)), masked(removed, personal, mask), rejected


def _masked_meta(text: str | None, mask: Mask) -> str | None:
    try:
        meta = exact(text or "{}")
    except ValueError:
        return mask(text or "")
    hidden = _masked_value(meta, mask)
    return text if hidden == meta else compact(hidden)


def _masked_value(value: Any, mask: Mask) -> Any:
    if isinstance(value, str) and not isinstance(value, Number):
        return mask(value)
    if isinstance(value, list):
        return [_masked_value(child, mask) for child in value]
    if isinstance(value, dict):
        return {mask(key): _masked_value(child, mask) for key, child in value.items()}
    return value
