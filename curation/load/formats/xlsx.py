"""Excel workbooks (XLSX): the first visible sheet with rows, values as the text a person sees in it."""

import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from curation.errors import InputRejected, UsageError
from curation.load.formats import file_format
from curation.load.raw.archive import ZIP, checked, damage_named
from curation.load.rows import Claim, Rejection, Row, Rows, Source, Unusable, checked_width, compact
from curation.load.tables.header import header_at, names_known, unique_names
from curation.load.workbook import Sheet, Workbook, workbook
from curation.load.workbook.sheet import Cells, SheetRow, letters

LOOK = 200
"""Rows looked at to tell whether the first one names the columns, as for CSV."""


@file_format("xlsx", "Excel workbook (XLSX)")
def xlsx(source: Source) -> Claim | None:
    """Claims ZIP archives: only those that are workbooks get this far."""
    return Claim(1.0, lambda: rows(source)) if source.binary.startswith(ZIP) else None


def rows(source: Source) -> Rows:
    """Every row with something in it; raises InputRejected where the workbook is damaged or has no such row."""
    with damage_named(source.name, "workbook"), zipfile.ZipFile(source.path) as archive:
        checked(archive, source.name, source.limits)
        book = workbook(archive, source.name)
        cells, found = _sheet_with_rows(archive, book, source)
        for row in _rows(found, source):
            yield row
            if cells.unsolved:
                source.warn(
                    f"cells with a formula but without its result were read as empty, the first is {cells.unsolved}; "
                    "open the file in a spreadsheet program, save it, and load it again"
                )


def _sheet_with_rows(archive: zipfile.ZipFile, book: Workbook, source: Source) -> tuple[Cells, Iterator[SheetRow]]:
    for sheet in _chosen(book, source):
        cells = Cells(archive, sheet, book, source.name)
        found = iter(cells)
        first = next(found, None)
        if first is None:
            continue
        others = [repr(other.name[:40]) for other in book.sheets if other != sheet]
        if others and not source.options.sheet:
            source.warn(f"read sheet {sheet.name[:40]!r}; not read: {', '.join(others[:10])}")
        source.sheets.extend(dict.fromkeys([sheet.name, *(other.name for other in book.sheets)]))
        source.expected.extend([cells.claimed] if cells.claimed else [])
        return cells, chain([first], found)
    raise InputRejected(f"{source.name}: no sheet of the workbook holds a row; choose a file with at least one row")


def _chosen(book: Workbook, source: Source) -> Sequence[Sheet]:
    """The sheet a person named, else those that are not hidden; raises UsageError where there is none of that name."""
    wanted = source.options.sheet
    if not wanted:
        return [sheet for sheet in book.sheets if not sheet.is_hidden] or book.sheets
    named = [sheet for sheet in book.sheets if sheet.name.strip().lower() == wanted.strip().lower()]
    if not named:
        names = ", ".join(repr(sheet.name[:40]) for sheet in book.sheets[:20])
        raise UsageError(f"{source.name} has no sheet {wanted!r}; its sheets are {names}")
    return named


def _rows(found: Iterator[SheetRow], source: Source) -> Rows:
    look = _below_title(list(islice(found, LOOK)), source)
    left, records = _records(look, source)
    has_names = _names(records, source)
    for number, row in enumerate(chain(look[1:] if has_names else look, found)):
        yield _row(number, row, left, source)


def _below_title(look: list[SheetRow], source: Source) -> list[SheetRow]:
    """The rows from the names of the columns on; a report's title lines above them are passed over and said."""
    left = min((column for row in look for column in row.cells), default=0)
    right = max((column for row in look for column in row.cells), default=0)
    if any(row.problem for row in look[:1]) or right - left >= source.limits.columns:
        return look
    at = header_at([[row.cells.get(n, "") for n in range(left, right + 1)] for row in look]) or 0
    if at:
        said = "; ".join(" ".join(row.cells.values()) for row in look[:at])[:200]
        source.warn(f"{at} rows above the names of the columns were passed over: {said}")
    return look[at:]


def _records(look: Sequence[SheetRow], source: Source) -> tuple[int, list[list[str]]]:
    """The table's first column, and the first rows as texts from there on, all as wide as the first row."""
    if look[0].problem:
        raise InputRejected(f"{source.name}, first row: {look[0].problem}; correct it and save the workbook again")
    left, right = min(look[0].cells), max(look[0].cells)
    if right - left >= source.limits.columns:
        raise InputRejected(f"{source.name}: {right - left + 1:,} columns, more than {source.limits.columns:,}")
    return left, [[row.cells.get(n, "") for n in range(left, right + 1)] for row in look]


def _names(records: Sequence[Sequence[str]], source: Source) -> bool:
    """Whether the first row names the columns; either way `source.columns` has their names afterwards."""
    if header_at(records) != 0:
        source.columns.extend(f"column_{n + 1}" for n in range(len(records[0])))
        source.warn(f"no header found: the columns are named column_1 to column_{len(records[0])}")
        return False
    names, changes = unique_names(records[0])
    for change in changes:
        source.warn(change)
    if not names_known(names):
        source.warn(f"the first row was taken as the names of the columns ({', '.join(names)[:200]})")
    if any(len(name) > source.limits.name for name in names):
        raise InputRejected(f"{source.name}: a column's name is longer than {source.limits.name:,} characters")
    source.columns.extend(names)
    return True


def _row(number: int, row: SheetRow, left: int, source: Source) -> Row | Rejection:
    values = {name: row.cells.get(left + n, "") for n, name in enumerate(source.columns)}
    try:
        if row.problem:
            raise Unusable("bad_cell", row.problem)
        outside = [column for column in row.cells if not left <= column < left + len(source.columns)]
        if outside:
            place = f"{letters(outside[0])}{row.number}"
            raise Unusable("wrong_field_count", f"cell {place} is outside the table's {len(source.columns)} columns")
        checked_width(values, source.limits)
        if sum(map(len, values.values())) > source.limits.line:
            raise Unusable("line_too_long", f"the row holds more than {source.limits.line:,} characters")
    except Unusable as why:
        shown = {f"{letters(column)}{row.number}": text[: 1 << 16] for column, text in islice(row.cells.items(), 100)}
        return Rejection(number, 0, why.reason, why.message, compact(shown).encode())
    return Row(number, 0, values)
