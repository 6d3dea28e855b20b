"""CSV and its kin: comma, tab, semicolon or bar between fields, quotes around them."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from curation.errors import InputRejected
from curation.load.formats import file_format
from curation.load.raw.lines import lines
from curation.load.rows import RAW_LIMIT, Claim, Rejection, Row, Rows, Source
from curation.load.tables.dialect import (
    DELIMITERS,
    LINES,
    LOOK,
    Dialect,
    delimiter_named,
    dialect_of,
    doubled,
    is_rule,
    is_table,
    peek,
)
from curation.load.tables.header import header_at, names_known, unique_names
from curation.wording import counted

REREAD = 4
"""Times the file's size plus one longest line that may be read again after broken quotes before the file is refused:
bounds the cost of a file made so that every line opens a quote which runs on to the end."""
ANNOUNCED = re.compile(rb"sep=([,\t;|])\r?\n", re.IGNORECASE)
"""The line by which Excel is told the delimiter; no data."""


@file_format("csv", "CSV, TSV and other delimited text")
def delimited(source: Source) -> Claim | None:
    """Claims any text, weakly, but surely where a person named a delimiter: every text is a table of one column."""
    return Claim(1.0 if source.options.delimiter else 0.1, lambda: rows(source))


def rows(source: Source) -> Rows:
    """Every record as a row or a rejection, the header apart; raises InputRejected where there is no table."""
    csv.field_size_limit(source.limits.field)
    announced = ANNOUNCED.match(source.head)
    head = source.head[announced.end() :] if announced else source.head
    named = delimiter_named(source.options.delimiter, source.name) if source.options.delimiter else ""
    dialect = dialect_of(head, (named,) if named else (announced[1].decode(),) if announced else DELIMITERS)
    records = Records(source, dialect, source.start + len(source.head) - len(head))
    look = list(islice(peek(head, dialect), LOOK))
    if not named and not announced and not is_table(look, head):
        dialect = LINES
        source.warn("no sign divides its lines into columns: each line is read as one text")
        records = Records(source, dialect, source.start)
        look = list(islice(peek(head, dialect), LOOK))
    if not look:
        raise InputRejected(f"{source.name}: the file holds blank lines only; choose a file with at least one row")
    is_named, is_drawn = header_at(look) is not None, dialect.delimiter == "|" and any(map(is_rule, look[:2]))
    header = _header(look, records, source)
    empty = _empty(header, look)
    source.columns.extend(name for name in header if name not in empty)
    width, number = len(header), 0
    passed = Passed(tuple(header) if is_named else (), is_drawn)
    for offset, used, fields, problem in records:
        if not problem and passed.over(fields, number):
            continue
        fields = [field.strip() for field in fields] if is_drawn else fields
        while not problem and len(fields) > width and not fields[-1].strip():
            fields.pop()
        if problem:
            yield Rejection(number, offset, *problem, b"".join(used)[: RAW_LIMIT + 1])
        elif len(fields) == width:
            values = dict(zip(header, fields))
            yield Row(number, offset, _without(values, empty) if empty else values)
        else:
            message = f"the row has {len(fields)} fields where the header has {width}"
            yield Rejection(number, offset, "wrong_field_count", message, b"".join(used))
        number += 1
    source.passed_over(records.blank + passed.blank)
    if passed.again:
        source.warn(f"{counted(passed.again, 'line')} with the names of the columns once more passed over")


@dataclass
class Passed:
    """Counts the records that hold no row: blank ones, the names of the columns once more, a Markdown table's rule."""

    header: tuple[str, ...]
    is_drawn: bool
    blank: int = 0
    again: int = 0

    def over(self, fields: Sequence[str], number: int) -> bool:
        """Whether the record that would be row `number` holds none."""
        said = tuple(field.strip() for field in fields)
        if not any(said):
            self.blank += 1
            return True
        if said == self.header:
            self.again += 1
            return True
        return self.is_drawn and number == 0 and is_rule(fields)


def _without(values: dict[str, str], empty: set[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in empty or value.strip()}


def _empty(header: Sequence[str], look: Sequence[Sequence[str]]) -> set[str]:
    """The columns named by us in which no record holds anything: cells behind the table."""
    nameless = {n: name for n, name in enumerate(header) if name == f"column_{n + 1}"}
    return {name for n, name in nameless.items() if not any(record[n].strip() for record in look if len(record) > n)}


def _header(look: Sequence[list[str]], records: "Records", source: Source) -> list[str]:
    at = header_at(look)
    width = len(look[at or 0])
    if width > source.limits.columns:
        raise InputRejected(f"{source.name}: {width:,} columns, more than {source.limits.columns:,}; keep fewer")
    if at is None:
        source.warn(f"no header found: the columns are named column_1 to column_{width}")
        return [f"column_{n + 1}" for n in range(width)]
    above = [next(iter(records)) for _ in range(at)]
    offset, _, fields, problem = next(iter(records))
    if problem:
        raise InputRejected(f"{source.name}, header at byte {offset:,}: {problem[1]}; correct the first line")
    if above:
        said = "; ".join(" ".join(filter(None, map(str.strip, cells))) for _, _, cells, _ in above)
        source.warn(f"{len(above)} lines above the names of the columns were passed over: {said.strip('; ')[:200]}")
    names, changes = unique_names(fields)
    for change in changes:
        source.warn(change)
    if not names_known(names):
        source.warn(f"the first line was taken as the names of the columns ({', '.join(names)[:200]})")
    if any(len(name) > source.limits.name for name in names):
        raise InputRejected(f"{source.name}: a column's name is longer than {source.limits.name:,} characters")
    return names


Problem = tuple[str, str]


class Records:
    """The records of a delimited text in file order: (offset, lines, fields, problem).

    After a record that can't be read only its first line is given up and reading goes on at the next one, so that
    one quote left open costs one row, not the rest of the file. `blank` counts the blank lines passed over.
    """

    def __init__(self, source: Source, dialect: Dialect, start: int) -> None:
        self.blank = 0
        self._source = source
        self._dialect = dialect
        self._lines = lines(source.text, start, source.limits.line, universal=True)
        self._again: deque[bytes] = deque()
        self._used: list[bytes] = []
        self._bytes = 0
        self._strange = False
        self._offset = start
        self._reread = REREAD * (source.size + source.limits.line)
        self._reader = self._open()

    def __iter__(self) -> Iterator[tuple[int, list[bytes], list[str], Problem | None]]:
        while True:
            self._used.clear()
            self._bytes, self._strange = 0, False
            offset = self._offset
            problem, fields = None, []
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = self._give_up(error)
            self._offset += self._bytes
            if not fields and not problem:
                self.blank += 1
                continue
            if self._strange and not problem:
                problem = self._odd()
            yield offset, self._used, fields, problem

    def _open(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), strict=True, **self._dialect.reading)

    def _feed(self) -> Iterator[str]:
        longest = self._source.limits.line
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            self._used.append(line)
            self._bytes += getattr(line, "length", len(line))
            if self._bytes > longest:
                raise csv.Error("too long")
            try:
                text = line.decode()
            except UnicodeDecodeError:
                self._strange = True
                text = line.decode("utf-8", "surrogateescape")
            text = doubled(text) if self._dialect.is_escaped else text
            if "\0" in text:
                self._strange = True
            yield text

    def _give_up(self, error: csv.Error) -> Problem:
        first, *others = self._used
        problem = self._problem(str(error), first, len(others))
        self._again.extendleft(reversed(others))
        self._reread -= self._bytes
        if self._reread < 0:
            raise InputRejected(
                f"{self._source.name}: quotes are left open all over the file; save it again with quotes inside "
                'fields doubled ("")'
            )
        self._used[1:] = []
        self._bytes = getattr(first, "length", len(first))
        self._reader = self._open()
        return problem

    def _problem(self, error: str, first: bytes, others: int) -> Problem:
        limits = self._source.limits
        length = getattr(first, "length", len(first))
        if length > limits.line:
            return "line_too_long", f"the line is {length:,} bytes long, more than {limits.line:,}"
        if "limit" in error and not others:
            return "field_too_long", f"a field holds more than {limits.field:,} characters"
        if "expected after" in error and not others:
            escaped = b'\\"' in first
            hint = 'a quote inside a field is written \\"; it must be doubled ("")' if escaped else "double the quote"
            return "malformed_quote", f"a quoted field goes on after its closing quote; {hint}"
        return "unclosed_quote", "a quote is opened on this line and not closed properly after it; close or double it"

    def _odd(self) -> Problem:
        whole = b"".join(self._used)
        try:
            whole.decode()
        except UnicodeDecodeError as error:
            return "bad_encoding", f"byte {error.start:,} of the row is not UTF-8"
        return "nul_byte", "the row holds a NUL byte, which no text has"
