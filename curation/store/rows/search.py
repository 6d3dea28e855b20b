"""Looking for a text in the rows: as written, by words from an index of our own terms, or by a regular expression.

Imported texts never change, so what was found in them once holds; the few rows whose texts people changed are looked at
each time.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    column,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    table,
)

from curation.errors import UsageError
from curation.records import ClusterFilter, Filter
from curation.store.database.schema import about, examples, imports, states
from curation.store.rows.loaded import last_number, last_settled
from curation.text.words import has_endings, is_unspaced_word, search_terms, terms

BATCH = 10_000  # rows a fetch, and a transaction while they are indexed: about half a second
INDEXED = "words"
"""Where `about` keeps up to which row the words are indexed."""
KEPT = 20  # patterns whose rows are kept: a million numbers are 8 MB
LONGEST = 1_000
"""Characters of a pattern or of words to look for: more is no question a person asks."""

words = table("words", column("rowid"), column("words"))
"""The index: matched against its name, it gives the numbers of the rows."""
edited = or_(states.c.input.is_not(None), states.c.output.is_not(None))
MOST_ROWS = 50_000
"""Rows read for a ranking by words: a fiftieth of a second."""
MOST_ENDINGS = 20
"""Terms a word stands for up to which each is looked up: from some 30 on a beginning is quicker."""
_found: dict[tuple[Any, ...], list[int]] = {}


def contains(text: str, example: Any = examples, state: Any = states) -> ColumnElement[bool]:
    """Whether an example's input or output, as they stand now, holds the text: the one rule of every text filter.

    Letters of ASCII match in either case. `example` and `state` are the tables, or aliases of them.
    """
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sides = (func.coalesce(state.c[side], example.c[side]) for side in ("input", "output"))
    return or_(*(side.like(f"%{escaped}%", escape="\\") for side in sides))


def matches(connection: Connection, filter: Filter) -> ColumnElement[bool]:
    """Whether an example holds the text of the filter, looked for as it says.

    Raises UsageError on a regular expression that cannot be read.
    """
    if filter.search == "words":
        return _has_words(connection, filter.text)
    if filter.search == "regex":
        return _fits(connection, filter.text)
    return contains(filter.text)


def asks_meaning(filter: Filter) -> bool:
    """Whether which rows are in the filter is told by meaning, so that its text is not looked for here."""
    return bool(filter.like or (filter.text and filter.search in ("meaning", "both")))


def check_searched(filter: Filter) -> None:
    """Nothing, if somebody has worked out which rows mean what the filter asks for; else raises UsageError."""
    if filter.among is None:
        raise UsageError("Rows are found by meaning and topic through `project.meaning`, which says which they are.")


def among(filter: Filter | ClusterFilter) -> Any:
    """The rows that a search by meaning found as a table of SQL: `value` their numbers, `key` their places from 0."""
    # One list as JSON: SQLite takes no more than 32,766 values in a statement.
    return func.json_each(json.dumps(filter.among or ())).table_valued("key", "value", name="among")


def place_among(filter: Filter) -> Any:
    """The place of an example among the rows that a search by meaning found, nearest first."""
    found = among(filter)
    return select(found.c.key).where(found.c.value == examples.c.seq).correlate(examples).scalar_subquery()


# -- words


def index_batch(connection: Connection) -> tuple[int, int]:
    """(rows indexed up to, last row): the words of up to BATCH more rows are indexed; equal once all are."""
    start, last = _indexed(connection), last_settled(connection)
    behind = (examples.c.seq > start, examples.c.seq <= last)
    query = select(examples.c.seq, examples.c.input, examples.c.output).where(*behind)
    rows = connection.execute(query.order_by(examples.c.seq).limit(BATCH)).all()
    if rows:
        lines = [(row.seq, " ".join(search_terms(f"{row.input}\n{row.output}"))) for row in rows]
        connection.exec_driver_sql("INSERT INTO words (rowid, terms) VALUES (?, ?)", lines)
        start = rows[-1].seq
        connection.execute(delete(about).where(about.c.key == INDEXED))
        connection.execute(insert(about).values(key=INDEXED, value=str(start)))
    return start, last


def unindexed(connection: Connection) -> int:
    """How many rows were stored since the words were indexed."""
    behind = (examples.c.seq > _indexed(connection), examples.c.seq <= last_settled(connection))
    return connection.scalar(select(func.count()).where(*behind)) or 0


def _indexed(connection: Connection) -> int:
    return int(connection.scalar(select(about.c.value).where(about.c.key == INDEXED)) or 0)


def _has_words(connection: Connection, text: str) -> ColumnElement[bool]:
    wanted = list(dict.fromkeys(terms(text[:LONGEST])))
    if not wanted:
        return contains(text)  # signs alone are no words
    asked = " AND ".join(f'"{term}"' if is_unspaced_word(term) else f'"{term}" *' for term in wanted)
    # A term holds letters and digits only, so none can end its quotes.
    found = select(words.c.rowid).where(words.c.words.op("MATCH")(asked))
    as_imported, last = examples.c.seq.in_(found), _indexed(connection)
    first, second = _texts()
    looked_at = func.has_words(first + "\n" + second, text[:LONGEST]) == 1
    return or_(
        and_(as_imported, examples.c.seq.not_in(_edited_rows())),
        # first whether it is there to stay: looking at the texts of a file that is coming in takes seconds
        and_(
            or_(and_(examples.c.seq > last, ~_comes_in()), examples.c.seq.in_(_edited_rows())),
            looked_at,
        ),
    )


def _comes_in() -> ColumnElement[bool]:
    return exists().where(imports.c.whole.is_(False), examples.c.seq.between(imports.c.first, imports.c.last))


def rows_by_term(connection: Connection, wanted: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
    """The numbers of the rows that the index knows to hold each of these terms, the rarest term first.

    Terms of which all together more than MOST_ROWS rows are known are left out, the commonest first: they tell few
    rows apart.
    """
    stored = {word: _stored_terms(connection, word) for word in wanted}
    counts = {word: sum(rows for _, rows in terms) for word, terms in stored.items()}
    found: dict[str, npt.NDArray[np.int64]] = {}
    known = 0
    for word in sorted(counts, key=lambda word: (counts[word], word)):
        known += counts[word]
        if known <= MOST_ROWS or not found:
            found[word] = _numbers(connection, word, [term for term, _ in stored[word]])
    return found


def _stored_terms(connection: Connection, word: str) -> list[tuple[str, int]]:
    """(term, rows) of the index that a word stands for: itself, and where it has endings those that begin with it."""
    connection.exec_driver_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_counts USING fts5vocab(main, words, row)")
    last = word + chr(sys.maxunicode) if has_endings(word) else word
    query = "SELECT term, doc FROM temp.word_counts WHERE term >= ? AND term <= ?"
    return [(term, rows) for term, rows in connection.exec_driver_sql(query, (word, last))]


def _numbers(connection: Connection, word: str, terms: Sequence[str]) -> npt.NDArray[np.int64]:
    """The numbers of the rows that hold one of the terms."""
    # Whole terms take a fifth of the time of a beginning; no term is known where the index folds letters otherwise.
    asked = " OR ".join(f'"{term}"' for term in terms) if 0 < len(terms) <= MOST_ENDINGS else _asked(word)
    # One text of all numbers: as rows of the driver they take four times as long.
    listed = connection.exec_driver_sql("SELECT group_concat(rowid) FROM words WHERE words MATCH ?", (asked,)).scalar()
    return np.fromstring(listed or "", np.int64, sep=",")


def _asked(term: str) -> str:
    # A term holds letters and digits only, so none can end its quotes.
    return f'"{term}" *' if has_endings(term) else f'"{term}"'


def _edited_rows() -> Any:
    return select(states.c.example).where(edited)


# -- regular expressions


def _fits(connection: Connection, pattern: str) -> ColumnElement[bool]:
    changed = set(connection.scalars(_edited_rows()))
    now = select(examples.c.seq, *_texts()).join(states, states.c.example == examples.c.seq).where(edited)
    again = _hits(connection.execute(now), pattern)
    numbers = [number for number in _imported_hits(connection, pattern) if number not in changed]
    # One list as JSON: SQLite takes no more than 32,766 values in a statement.
    listed = func.json_each(json.dumps([*numbers, *again])).table_valued("value")
    return examples.c.seq.in_(select(listed.c.value))


def _texts() -> list[Any]:
    return [func.coalesce(states.c[side], examples.c[side]) for side in ("input", "output")]


def _imported_hits(connection: Connection, pattern: str) -> list[int]:
    last = last_number(connection)
    id = connection.scalar(select(examples.c.id).where(examples.c.seq == last))
    key = (str(connection.engine.url.database), last, last_settled(connection), id, pattern)
    if key not in _found:
        # Rows of the driver itself: made into SQLAlchemy's they take four times as long.
        cursor = connection.connection.cursor()
        cursor.execute("SELECT seq, input, output FROM examples")
        hits = _hits(cursor, pattern)
        cursor.close()
        while len(_found) >= KEPT:
            _found.pop(next(iter(_found)), None)
        _found[key] = hits
    return _found[key]


def _hits(found: Any, pattern: str) -> list[int]:
    """The numbers of the rows of (number, input, output) that the pattern fits somewhere."""
    check_pattern(pattern)
    hits: list[int] = []
    while rows := found.fetchmany(BATCH):
        numbers, *sides = zip(*rows, strict=True)
        fits = [pc.match_substring_regex(pa.array(side, pa.large_string()), pattern) for side in sides]
        hits += pa.array(numbers, pa.int64()).filter(pc.or_(*fits)).to_pylist()
    return hits


def check_pattern(pattern: str) -> None:
    """Nothing, if RE2 can read the regular expression; else raises UsageError saying what is wrong with it."""
    if len(pattern) > LONGEST:
        raise UsageError(f"A regular expression has at most {LONGEST:,} characters here. Shorten it.")
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        why = str(error).rpartition("Invalid regular expression: ")[2]
        raise UsageError(
            f"This regular expression cannot be read: {why}. Put \\ before a sign that stands for itself; there is no "
            "looking ahead or back (?=, ?!) and no \\1 here."
        ) from None
