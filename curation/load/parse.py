"""One file from its bytes to Arrow files and a summary. Runs in the child process only."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import Any

from curation.errors import ColumnsUnclear, InputRejected, UsageError
from curation.load.formats import file_format
from curation.load.guess import Look, is_container, plain
from curation.load.mapping import Example, check_columns
from curation.load.raw import encoding as encodings
from curation.load.raw.archive import ZIP, is_workbook, unpacked
from curation.load.raw.detect import HEAD, is_columnar, refuse_binary, refuse_disguises
from curation.load.rows import Claim, Rejection, Request, Row, Rows, Source, Unusable, raw_of, seen
from curation.load.shapes import Choice, choose
from curation.load.writer import Writer
from curation.records import Columns
from curation.registry import left_out

LOOK = 1000
"""Rows read before the columns are chosen."""
TRIED = 100
"""Of these, rows tried before the file is read on: enough to see that a column holds no texts."""
SPLIT = "split"
"""The column of the split a row belongs to."""

Tell = Callable[[float, int], None]
"""Called now and then with the share of the file read (0..1) and the rows so far."""


def parse(request: Request, folder: Path, tell: Tell) -> dict[str, Any]:
    """Writes the file's examples and rejected rows into `folder`; returns the other fields of `Imported`.

    Raises InputRejected and UsageError.
    """
    name = request.name
    inside, notes = unpacked(request.path, name, request.limits, folder)
    source = open_source(inside, request, folder)
    source.warnings.extend(notes)
    format_name, claim = best_claim(source)
    splits: Counter[str] = Counter()
    rows = islice(of_split(claim.read(), source, splits), request.rows)
    look = list(islice(rows, LOOK))
    good = [row.values for row in look if isinstance(row, Row)]
    available = dict.fromkeys(source.columns or [key for values in good for key in values])
    given = None if request.columns == Columns() else request.columns
    choice = chosen(given, list(available), good, source) if good else None
    available |= dict.fromkeys(choice.available if choice else ())
    with Writer(source, folder) as out:
        for row in chain(look, rows):
            if take(row, choice, out):
                tell(share(row, source), out.stored + out.rejected)
            if isinstance(row, Row) and not source.columns and not row.values.keys() <= available.keys():
                learn(row.values, available, source)
    say_splits(splits, source)
    refuse_nothing(out, source)
    columns = choice.columns if choice else Columns()
    source.warnings.extend((*out.notes(bool(columns.messages)), *left_out("file_format", "row_shape")))
    return {
        "name": name,
        "digest": digest(inside if request.path.is_dir() else request.path),
        "format": format_name,
        "shape": choice.shape if choice else "flat",
        "encoding": source.encoding,
        "columns": asdict(columns),
        "available": list(choice.available if choice and choice.is_wrapped else available),
        "warnings": source.warnings,
        "sheets": source.sheets,
        "splits": source.splits or sorted(splits),
    }


def open_source(path: Path, request: Request, folder: Path) -> Source:
    """The file with its encoding settled and its text at hand as UTF-8; raises InputRejected on a disguise."""
    name, limits, options = request.name, request.limits, request.options
    with path.open("rb") as file:
        binary = file.read(HEAD)
    size = path.stat().st_size
    if is_columnar(binary) or (binary.startswith(ZIP) and is_workbook(path, name)):
        return Source(path, name, size, path, 0, 0, "binary", binary, binary, limits, options)
    refuse_disguises(binary, name)
    encoding, mark, warnings = encodings.settled(path, binary, name, limits.line, options.encoding)
    text, start = path, mark
    if encoding != "utf-8":
        text, start = folder / "text", 0
        encodings.to_utf8(path, mark, encoding, name, text)
    with text.open("rb") as file:
        file.seek(start)
        head = file.read(HEAD)
    refuse_disguises(head, name)
    refuse_binary(head, name, guessed=encoding in encodings.LEGACY)
    return Source(path, name, size, text, start, mark, encoding, head, binary, limits, options, warnings)


def best_claim(source: Source) -> tuple[str, Claim]:
    """The format that claims the content most surely; formats are tried in name order."""
    made = [(name, claim) for name, claim in file_format.answers(source) if claim]
    return max(made, key=lambda pair: pair[1].confidence)


def of_split(rows: Rows, source: Source, splits: Counter[str]) -> Iterator[Row | Rejection]:
    """The rows of the split that a person named, or all; counts those of each, and keeps the file's own with each.

    Rows say their split in a column of that name; those of a file that is one split get it here.
    """
    wanted, part, counted = source.options.split, source.options.part, bool(source.options.split)
    for row in rows:
        if isinstance(row, Row) and part and not any(plain(name) == SPLIT for name in row.values):
            row.values[SPLIT] = part
        if isinstance(row, Row) and (counted or source.splits):
            said = next((value for name, value in row.values.items() if plain(name) == SPLIT), None)
            splits[str(said or "")] += 1
            if wanted and said != wanted:
                continue
        yield row


def say_splits(splits: Counter[str], source: Source) -> None:
    """Warns of the splits that were read together, or left out; raises UsageError where the one named has no rows."""
    wanted = source.options.split
    named = {name: count for name, count in splits.items() if name}
    told = ", ".join(f"{name} ({count:,} rows)" for name, count in list(named.items())[:20])
    if wanted and wanted not in named:
        others = f"its splits are {told}" if named else "its rows do not say which split they belong to"
        raise UsageError(f"{source.name}: no row of the split {wanted!r}; {others}")
    if wanted and len(splits) > 1:
        left = ", ".join(f"{name or 'none'} ({count:,} rows)" for name, count in splits.items() if name != wanted)
        source.warn(f"read the split {wanted!r} alone; left out: {left}")
    elif not wanted and len(named) > 1:
        source.warn(
            f"it holds several splits: {told}; each row keeps its own under the name split, and one alone is read "
            "with --split NAME"
        )


def chosen(given: Columns | None, available: Sequence[str], rows: Sequence[dict[str, Any]], source: Source) -> Choice:
    """The shape and columns, with a warning where there is nothing to learn from; raises UsageError where there is no
    input, or the column chosen for one holds lists or objects."""
    if not available:
        raise InputRejected(f"{source.name}: its rows hold no columns; export the data again")
    try:
        choice = choose(Look(available, rows, given))
    except Unusable as why:
        raise InputRejected(f"{source.name}: {why.message}") from None
    if given:
        check_columns(given, list(dict.fromkeys([*choice.available, *available])), source.name)
    columns = choice.columns
    if not columns.input and not columns.messages:
        raise ColumnsUnclear(
            f"{source.name}: no column looks like the input; name one of {_described(choice.available, rows)}",
            choice.available,
        )
    refuse_containers(choice, rows, source)
    if not columns.messages and not columns.output and not columns.label:
        source.warn("no column looks like an output or a label: every row is stored without one")
    for note in choice.notes:
        source.warn(note)
    return choice


def _described(available: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    """The columns' names, and what those hold that hold no texts."""
    listed = ", ".join(available[:20])
    held = {name: next((row[name] for row in rows if row.get(name)), None) for name in available[:20]}
    lists = [f"{name!r} holds {seen(value)}" for name, value in held.items() if is_container(value)]
    return f"{listed} ({'; '.join(lists[:3])})" if lists else listed


def refuse_containers(choice: Choice, rows: Sequence[dict[str, Any]], source: Source) -> None:
    """Raises UsageError where most of the first rows hold a list or an object in the place of a text."""
    made = [result for values in rows[:TRIED] for result in choice.examples(dict(values))]
    wrong = [result for result in made if isinstance(result, Unusable) and result.reason == "not_text"]
    if len(wrong) > len(made) / 2:
        raise ColumnsUnclear(
            f"{source.name}: {wrong[0].message}. Name columns that hold texts (--input, --output, --label), or the one "
            "that holds turns (--messages); answers in JSON must come as text",
            choice.available,
        )


def take(row: Row | Rejection, choice: Choice | None, out: Writer) -> bool:
    """Hands what one row makes to the writer, examples and rejections; true where a batch was written."""
    if isinstance(row, Rejection) or choice is None:
        return out.reject(row) if isinstance(row, Rejection) else False
    made = choice.examples(row.values) or [Unusable("no_rows", "there is no example in it")]
    is_written = False
    for n, result in enumerate(made):
        number = row.number + out.shift + n
        if isinstance(result, Example) and result.key is not None:
            result = out.told_apart(result, n)
        if isinstance(result, Example):
            is_written |= out.add(result, number)
        else:
            is_written |= out.reject(Rejection(number, row.offset, result.reason, result.message, raw_of(row)))
    out.shift += len(made) - 1
    return is_written


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
