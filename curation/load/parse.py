"""One file from its bytes to Arrow files and a summary. Runs in the child process only."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from curation.errors import InputRejected, UsageError
from curation.load.formats import file_format
from curation.load.guess import guess
from curation.load.limits import Limits
from curation.load.mapping import check_columns, example
from curation.load.raw import encoding as encodings
from curation.load.raw.archive import ZIP, is_workbook, unpacked
from curation.load.raw.detect import HEAD, is_parquet, refuse_binary, refuse_disguises
from curation.load.rows import Claim, Rejection, Row, Source, Unusable, raw_of
from curation.load.writer import Writer
from curation.records import Columns

LOOK = 1000
"""Rows read before the columns are chosen."""

Tell = Callable[[float, int], None]
"""Called now and then with the share of the file read (0..1) and the rows so far."""


@dataclass(frozen=True)
class Request:
    """What to read: a file, what it is called, its columns where they are named, its limits.

    `rows` None reads all, a number stops after so many.
    """

    path: Path
    name: str
    columns: Columns | None
    limits: Limits
    rows: int | None = None


def parse(request: Request, folder: Path, tell: Tell) -> dict[str, Any]:
    """Writes the file's examples and rejected rows into `folder`; returns the other fields of `Imported`.

    Raises InputRejected and UsageError.
    """
    name = request.name
    inside, notes = unpacked(request.path, name, request.limits, folder)
    source = open_source(inside, name, request.limits, folder)
    source.warnings.extend(notes)
    format_name, claim = best_claim(source)
    found = islice(claim.read(), request.rows)
    look = list(islice(found, LOOK))
    good = [row.values for row in look if isinstance(row, Row)]
    available = dict.fromkeys(source.columns or [key for values in good for key in values])
    columns, shape = request.columns or Columns(), "flat"
    if good:
        shape, columns = choose(request.columns, list(available), good, source)
    with Writer(source, folder) as out:
        for row in chain(look, found):
            if take(row, columns, out):
                tell(share(row, source), out.stored + out.rejected)
            if isinstance(row, Row) and not source.columns and not row.values.keys() <= available.keys():
                learn(row.values, available, source)
    refuse_nothing(out, source)
    source.warnings.extend(out.notes(bool(columns.messages)))
    return {
        "name": name,
        "digest": digest(request.path),
        "format": format_name,
        "shape": shape,
        "encoding": source.encoding,
        "columns": asdict(columns),
        "available": list(available),
        "warnings": source.warnings,
    }


def open_source(path: Path, name: str, limits: Limits, folder: Path) -> Source:
    """The file with its encoding settled and its text at hand as UTF-8; raises InputRejected on a disguise."""
    with path.open("rb") as file:
        binary = file.read(HEAD)
    size = path.stat().st_size
    if is_parquet(binary) or (binary.startswith(ZIP) and is_workbook(path, name)):
        return Source(path, name, size, path, 0, 0, "binary", binary, binary, limits)
    refuse_disguises(binary, name)
    encoding, mark = encodings.marked(binary)
    warnings = []
    if encoding and not mark:
        warnings.append(f"no byte order mark; read as {encoding} because every other byte is zero")
    if not encoding:
        encoding, shown = "utf-8", ""
        if not encodings.is_utf8(path, mark):
            encoding, shown = encodings.legacy(path, name, limits.line)
        if encoding != "utf-8":
            warnings.append(f"not UTF-8; read as {encoding}, which looks like this: {shown}")
    text, start = path, mark
    if encoding != "utf-8":
        text, start = folder / "text", 0
        encodings.to_utf8(path, mark, encoding, name, text)
    with text.open("rb") as file:
        file.seek(start)
        head = file.read(HEAD)
    refuse_disguises(head, name)
    refuse_binary(head, name, guessed=encoding in encodings.LEGACY)
    return Source(path, name, size, text, start, mark, encoding, head, binary, limits, warnings)


def best_claim(source: Source) -> tuple[str, Claim]:
    """The format that claims the content most surely; formats are tried in name order."""
    claims = [(name, plugin.function(source)) for name, plugin in file_format.all().items()]
    made = [(name, claim) for name, claim in claims if claim]
    return max(made, key=lambda pair: pair[1].confidence)


def choose(
    given: Columns | None, available: Sequence[str], rows: Sequence[dict[str, Any]], source: Source
) -> tuple[str, Columns]:
    """The shape and columns, with a warning where there is nothing to learn from."""
    if given:
        check_columns(given, available, source.name)
    if not available:
        raise InputRejected(f"{source.name}: its rows hold no columns; export the data again")
    shape, columns = guess(available, rows, given)
    if not columns.input and not columns.messages:
        listed = ", ".join(available[:20])
        raise UsageError(f"{source.name}: no column looks like the input; name one of {listed}")
    if not columns.messages and not columns.output and not columns.label:
        source.warn("no column looks like an output or a label: every row is stored without one")
    return shape, columns


def take(row: Row | Rejection, columns: Columns, out: Writer) -> bool:
    """Hands one row to the writer, as an example or a rejection; true where a batch was written."""
    if isinstance(row, Rejection):
        return out.reject(row)
    try:
        return out.add(example(row.values, columns), row.number)
    except Unusable as why:
        return out.reject(Rejection(row.number, row.offset, why.reason, why.message, raw_of(row)))


def learn(values: Iterable[str], available: dict[str, None], source: Source) -> None:
    """Adds the columns a later row brings, up to the limit."""
    for name in values:
        if len(available) >= source.limits.columns:
            source.warn(f"more than {source.limits.columns:,} different columns: only the first are listed")
            return
        available[name] = None


def share(row: Row | Rejection, source: Source) -> float:
    """How much of the file is read, 0..1, from the row's offset or number."""
    if source.expected:
        return min(1.0, row.number / max(1, source.expected[0]))
    return min(1.0, row.offset / max(1, source.size))


def refuse_nothing(out: Writer, source: Source) -> None:
    """Raises InputRejected where not one row could be stored."""
    if out.stored:
        return
    if not out.rejected:
        what = "a header but no rows" if source.columns else "no rows"
        raise InputRejected(f"{source.name}: the file has {what}; choose a file with at least one row")
    reason, (count, message) = max(out.reasons.items(), key=lambda pair: (pair[1][0], pair[0]))
    raise InputRejected(
        f"{source.name}: none of its {out.rejected:,} rows could be read, {count:,} of them because of {reason} "
        f"({message})"
    )


def digest(path: Path) -> str:
    """The SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
