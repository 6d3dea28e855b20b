"""How a text table is written: the sign between fields and the quotes around them, told from its first records."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from curation.errors import UsageError
from curation.load.raw.detect import HEAD
from curation.load.tables.header import header_at, names_known

DELIMITERS = (",", "\t", ";", "|")
NAMED = {"comma": ",", "tab": "\t", "\\t": "\t", "semicolon": ";", "bar": "|", "pipe": "|", "colon": ":", "space": " "}
"""Words for signs that are hard to type."""
LOOK = 200
"""Records parsed to tell how the table is written: enough that a few broken ones don't decide."""
PUNCTUATION = 0.8
"""Share of a sign's places from which on it stands as in sentences and numbers, a blank behind it or between digits."""
QUOTED = 0.5
"""Share of lines with a field in quotes from which on these quotes belong to the table."""
BARE = 3
"""Fields that open a quote and do not close it from which on quotes are characters, where none is closed; with tabs
between fields, which need no quotes, one is enough."""


class Dialect(NamedTuple):
    """The sign between fields, and the one around them; "" where quotes are characters like any other.

    With `is_escaped` a quote inside a field stands behind a backslash (MySQL, Spark), and so does a backslash.
    """

    delimiter: str
    quote: str = '"'
    is_escaped: bool = False

    @property
    def reading(self) -> dict[str, Any]:
        """What `csv.reader` is told."""
        if not self.quote:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "quotechar": self.quote}


ESCAPED = re.compile(r'\\["\\]')
RULE = re.compile(r":?-{3,}:?")
LINES = Dialect("\x1f", "")
"""Each line is one field: the delimiter is a control character (unit separator) that texts do not use; no quotes."""
EVEN = 0.5
"""Share of a table's records that have as many fields as most, where none names the columns."""


def is_table(records: Sequence[Sequence[str]], head: bytes) -> bool:
    """Whether the first records of a text are a table's: named columns, fields in quotes, or as many fields in most.

    Elsewhere the sign stands in sentences, as commas do.
    """
    widths = Counter(map(len, records))
    usual, count = widths.most_common(1)[0] if widths else (0, 0)
    if not records or len(widths) == 1 or header_at(records) is not None:
        return True
    is_quoted = _closed(_complete(head).decode("utf-8", "backslashreplace"), Dialect(DELIMITERS[0])) > 0
    return is_quoted or (usual > 1 and count > EVEN * len(records))


def delimiter_named(given: str, name: str) -> str:
    """The sign that a person named; raises UsageError where it is none."""
    sign = NAMED.get(given.lower(), given)
    if len(sign) != 1 or sign in '"\r\n\0':
        raise UsageError(f"{name}: {given!r} separates no fields; name one character, or tab, comma, semicolon, bar")
    return sign


def dialect_of(head: bytes, delimiters: Sequence[str] = DELIMITERS) -> Dialect:
    """The dialect by which a header is found, quotes fit, and most records have as many fields as most others.

    Ties are won by the sign that does not stand as punctuation does, then by more fields, then by order.
    """
    text = _complete(head).decode("utf-8", "backslashreplace")
    best, best_score = Dialect(delimiters[0], _quote(text, delimiters[0])), (False, False, False, 0.0, 0)
    for delimiter in delimiters:
        dialect = Dialect(delimiter, _quote(text, delimiter))
        records = list(islice(peek(head, dialect), LOOK))
        counts = Counter(map(len, records))
        width = max(counts, key=lambda wide: (counts[wide], wide), default=0)
        if width < 2:
            continue
        at = header_at(records)
        is_named = at is not None and len(records[at]) > 1 and names_known(records[at])
        share = counts[width] / counts.total()
        is_quoted = bool(dialect.quote) and _closed(text, dialect) >= QUOTED * max(1, len(records))
        score = (is_named, is_quoted, not _is_punctuation(text, delimiter), share, width)
        if score > best_score:
            best, best_score = dialect, score
    return best._replace(is_escaped=_is_escaped(head, best))


def peek(head: bytes, dialect: Dialect) -> Iterator[list[str]]:
    """The first records of a text as far as they can be read, blank lines left out."""
    lines = (line.decode("utf-8", "backslashreplace") for line in _complete(head).splitlines(keepends=True))
    if dialect.is_escaped:
        lines = (doubled(line) for line in lines)
    try:
        yield from (fields for fields in csv.reader(lines, **dialect.reading) if fields)
    except csv.Error:
        return


def doubled(line: str) -> str:
    """A line whose quotes stand behind backslashes with these quotes doubled, as CSV has them elsewhere."""
    return ESCAPED.sub(lambda found: '""' if found[0] == '\\"' else "\\", line)


def is_rule(fields: Sequence[str]) -> bool:
    """Whether a record is the line of dashes below the names of a Markdown table."""
    filled = [field.strip() for field in fields if field.strip()]
    return bool(filled) and all(RULE.fullmatch(field) for field in filled)


def _is_escaped(head: bytes, dialect: Dialect) -> bool:
    """Whether quotes inside fields stand behind backslashes: only with that all records can be read."""
    if b'\\"' not in head or dialect.quote != '"':
        return False
    written = _complete(head).decode("utf-8", "backslashreplace")
    lines = written.splitlines(keepends=True)
    read = [_readable(lines, dialect), _readable([doubled(line) for line in lines], dialect)]
    return read == [False, True]


def _readable(lines: Sequence[str], dialect: Dialect) -> bool:
    try:
        return sum(1 for _ in csv.reader(lines, strict=True, **dialect.reading)) > 0
    except csv.Error:
        return False


def _complete(head: bytes) -> bytes:
    return head if len(head) < HEAD else head[: head.rfind(b"\n") + 1] or head


def _quote(text: str, delimiter: str) -> str:
    """The quotes around fields: double ones, unless they do not fit and single ones or none do."""
    double, single = Dialect(delimiter), Dialect(delimiter, "'")
    lines = max(1, sum(bool(line.strip()) for line in text.splitlines()[:LOOK]))
    closed, opened = _closed(text, double), _opened(text, double)
    closed_single, opened_single = _closed(text, single), _opened(text, single)
    if not closed and closed_single >= max(2, QUOTED * lines) and closed_single >= 0.95 * opened_single:
        return "'"
    bare = opened - closed
    if delimiter == "\t" and bare and bare >= closed:
        return ""
    return "" if bare >= BARE and not closed and _is_even(text, delimiter) else '"'


def _sample(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:LOOK])


def _opened(text: str, dialect: Dialect) -> int:
    return len(re.findall(rf"(?:^|{re.escape(dialect.delimiter)}){dialect.quote}", _sample(text), re.MULTILINE))


def _closed(text: str, dialect: Dialect) -> int:
    """How many fields open with the quote and close with it before the next sign or line end."""
    sign, quote = re.escape(dialect.delimiter), dialect.quote
    form = rf"(?:^|(?<={sign})){quote}(?:[^{quote}]|{quote}{quote})*+{quote}(?={sign}|\r?$)"
    return len(re.findall(form, _sample(text), re.MULTILINE))


def _is_even(text: str, delimiter: str) -> bool:
    """Whether all lines have as many fields where quotes are characters."""
    lines = [line for line in _sample(text).splitlines() if line.strip()]
    return len({line.count(delimiter) for line in lines}) == 1 and delimiter in lines[0]


def _is_punctuation(text: str, delimiter: str) -> bool:
    sample = _sample(text)
    places = sample.count(delimiter)
    sign = re.escape(delimiter)
    written = len(re.findall(rf"{sign}(?= )|(?<=\d){sign}(?=\d)", sample)) if delimiter.strip() else 0
    return places > 0 and written >= PUNCTUATION * places
