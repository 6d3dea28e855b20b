"""What a format hands on: rows as they stand in the file, and the rows it could not read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curation.load.limits import Limits
from curation.records import Columns, FileOptions
from curation.text.turns.exact import Number, compact

__all__ = [
    "RAW_LIMIT",
    "Claim",
    "Number",
    "Rejection",
    "Request",
    "Row",
    "Rows",
    "Source",
    "Unusable",
    "as_text",
    "checked_width",
    "compact",
    "raw_of",
    "seen",
    "shown",
]

RAW_LIMIT = 64 << 10
"""Bytes of a rejected row that are kept: enough to find and mend it, small enough to show a million of them."""


class Row(NamedTuple):
    """One row that was read: its 0-based number, byte offset, values by column, and its bytes if at hand."""

    number: int
    offset: int
    values: dict[str, Any]
    raw: bytes | None = None


class Rejection(NamedTuple):
    """One row that could not be read: a reason code, a sentence, and the row's bytes."""

    number: int
    offset: int
    reason: str
    message: str
    raw: bytes


Rows = Iterator[Row | Rejection]


class Unusable(Exception):
    """A row that cannot become an example: `reason` is its code, `message` a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Request:
    """What to read: a file, what it is called, its columns and options where they are named, its limits.

    `rows` None reads all, a number stops after so many.
    """

    path: Path
    name: str
    columns: Columns | None = None
    options: FileOptions = field(default_factory=FileOptions)
    limits: Limits = field(default_factory=Limits)
    rows: int | None = None


@dataclass(frozen=True)
class Source:
    """A file on its way in.

    `text` is where its content stands as UTF-8 from byte `start` on: the file itself, or a decoded copy of what
    follows the `mark` bytes of its byte order mark.
    `head` is the beginning of that text, `binary` the beginning of the file. Filled in while reading: `warnings`,
    sentences for the person; `columns`, the names in file order, by formats that know them beforehand; `expected`,
    how many rows the file says it has; `sheets` and `splits`, those it has where it has several.
    """

    path: Path
    name: str
    size: int
    text: Path
    start: int
    mark: int
    encoding: str
    head: bytes
    binary: bytes
    limits: Limits
    options: FileOptions = field(default_factory=FileOptions)
    warnings: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)

    def warn(self, message: str) -> None:
        """Notes a sentence for the person, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def passed_over(self, blank: int) -> None:
        """Notes how many blank lines were passed over, where any were."""
        if blank:
            self.warn(f"{blank:,} blank {'line' if blank == 1 else 'lines'} passed over")


class Claim(NamedTuple):
    """That a format can read this file: how surely (0..1), and how to start reading."""

    confidence: float
    read: Callable[[], Rows]


def as_text(value: Any) -> str:
    """A value as the text an example holds: strings unchanged, null empty, everything else compact JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return compact(value)


def seen(value: Any) -> str:
    """What a list or object is, shortly, for a sentence about it."""
    kind = "an object" if isinstance(value, Mapping) else "a list"
    shown = compact(value)
    return f"{kind} ({shown[:60]}{'...' if len(shown) > 60 else ''})"


def shown(raw: bytes) -> str:
    r"""A rejected row's bytes as text: what is not UTF-8 as \xNN, cut at `RAW_LIMIT` bytes with a note."""
    text = raw[:RAW_LIMIT].decode("utf-8", "backslashreplace")
    return text if len(raw) <= RAW_LIMIT else f"{text} [cut here: {len(raw):,} bytes in all]"


def raw_of(row: Row) -> bytes:
    """The bytes of a row for the list of rejected rows: as in the file, or its values as JSON."""
    return row.raw if row.raw is not None else compact(row.values).encode()


def checked_width(values: Mapping[str, Any], limits: Limits) -> None:
    """Raises Unusable where a row has more columns, or longer names or values, than the limits allow."""
    if len(values) > limits.columns:
        raise Unusable("too_many_columns", f"the row has {len(values):,} columns, more than {limits.columns:,}")
    for name, value in values.items():
        if len(name) > limits.name:
            raise Unusable("name_too_long", f"a column's name is {len(name):,} characters long")
        if len(value if isinstance(value, str) else as_text(value)) > limits.field:
            raise Unusable("field_too_long", f"column {name!r} holds more than {limits.field:,} characters")
