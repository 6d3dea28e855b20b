"""A worksheet's cells as text, row by row and streamed: memory stays small wherever the cells stand."""

import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from curation.load.rows import Unusable
from curation.load.workbook import Sheet, Workbook, read_part, unescaped
from curation.load.workbook.cells import number_text

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
"""A cell's place, as in B7; the last one there is XFD1048576."""
TRUTH = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}


class SheetRow(NamedTuple):
    """A row with something in it: its number in the sheet (from 1), texts by column (from 0), and what is wrong."""

    number: int
    cells: dict[int, str]
    problem: str


class Cells:
    """The rows of one worksheet; `unsolved` is the first cell with a formula but no result (read as empty).

    `claimed` is the number of rows the sheet says it has, which may be wrong: good for a progress bar only.
    """

    def __init__(self, archive: zipfile.ZipFile, sheet: Sheet, book: Workbook, name: str) -> None:
        self.unsolved = ""
        self.claimed = 0
        self._book = book
        self._read = read_part(archive, sheet.part, name, self._start, self._end, self._text)
        self._rows: list[SheetRow] = []
        self._cells: dict[int, str] = {}
        self._problem = ""
        self._row = 0
        self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._inside = ""
        self._skipped = 0
        self._is_formula = self._has_value = False

    def __iter__(self) -> Iterator[SheetRow]:
        for _ in self._read:
            yield from self._rows
            self._rows.clear()

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            self._place(given.get("r"))
            self._kind, self._style = given.get("t", "n"), given.get("s", "")
            self._value.clear()
            self._is_formula = self._has_value = False
        elif tag in ("v", "t") and not self._skipped:
            self._inside = tag
            self._has_value = True
        elif tag == "f":
            self._is_formula = True
        elif tag == "rPh":  # how to pronounce the text
            self._skipped += 1
        elif tag == "row":
            self._row = _row_number(given.get("r")) or self._row + 1
            self._column, self._problem = -1, ""
            self._cells = {}
        elif tag == "dimension":
            self.claimed = _row_number(given.get("ref", "").rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._inside = ""
        elif tag == "c":
            self._take()
        elif tag == "rPh":
            self._skipped -= 1
        elif tag == "row" and (self._cells or self._problem):
            self._rows.append(SheetRow(self._row, self._cells, self._problem))

    def _text(self, data: str) -> None:
        if self._inside:
            self._value.append(data)

    def _place(self, place: str | None) -> None:
        """Moves on to the cell's column; a cell that names no place stands beside the one before it."""
        if place is None:
            self._column += 1
            return
        found = PLACE.fullmatch(place)
        if found is None:
            self._problem = self._problem or f"a cell claims to be at {place[:20]!r}"
            self._column += 1
            return
        self._column = 0
        for letter in found[1]:
            self._column = 26 * self._column + ord(letter) - ord("A") + 1
        self._column -= 1

    def _take(self) -> None:
        raw = "".join(self._value)
        if self._is_formula and not raw and self._kind != "str":
            self.unsolved = self.unsolved or f"{letters(self._column)}{self._row}"
            return
        if not self._has_value:
            return
        try:
            text = self._shown(raw)
        except Unusable as why:
            self._problem = self._problem or f"cell {letters(self._column)}{self._row} {why.message}"
            return
        if text:
            self._cells[self._column] = text

    def _shown(self, raw: str) -> str:
        match self._kind:
            case "s":
                if not (raw.isdecimal() and len(raw) < 10 and int(raw) < len(self._book.strings)):
                    raise Unusable("bad_cell", f"names text {raw[:20]!r} of the {len(self._book.strings):,} there are")
                return self._book.strings[int(raw)]
            case "b":
                return TRUTH.get(raw, raw)
            case "n":
                return self._number(raw.strip())
            case "inlineStr" | "str":
                return unescaped(raw)
            case _:  # errors as they are shown, dates that are written as ISO text
                return raw

    def _number(self, raw: str) -> str:
        styles = self._book.styles
        kind = styles[int(self._style)] if self._style.isdecimal() and int(self._style) < len(styles) else ""
        try:
            return number_text(raw, kind, self._book.is_1904) if raw else ""
        except ValueError:
            raise Unusable("bad_cell", f"holds no number but {raw[:20]!r}") from None


def letters(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column > 0:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def _row_number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 0
