"""Looking for a text in the rows: as written, by words from an index of our own terms, or by a regular expression.

Imported texts never change, so what was found in them once holds; the few rows whose texts people changed are looked at
each time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)

from curation.errors import UsageError
from curation.records import ClusterFilter, Filter
from curation.store.database import name_of, stream
from curation.store.database.dialect import holds, is_postgresql, listed
from curation.store.database.schema import INDEXED, about, examples, imports, states
from curation.store.database.words import postgresql, words_of
from curation.store.rows.loaded import last_number, last_settled
from curation.text.words import has_words, search_terms, terms

BATCH = 10_000  # rows a fetch, and a transaction while they are indexed: about half a second
KEPT = 20  # patterns whose rows are kept: a million numbers are 8 MB
LONGEST = 1_000
"""Characters of a pattern or of words to look for: more is no question a person asks."""

edited = or_(states.c.input.is_not(None), states.c.output.is_not(None))
MOST_ROWS = 50_000
"""Rows read for a ranking by words: a fiftieth of a second."""
_found: dict[tuple[Any, ...], list[int]] = {}


def contains(text: str, example: Any = examples, state: Any = states) -> ColumnElement[bool]:
    """Whether an example's input or output, as they stand now, holds the text: the one rule of every text filter.

    Letters of ASCII match in either case. `example` and `state` are the tables, or aliases of them.
    """
    sides = (func.coalesce(state.c[side], example.c[side]) for side in ("input", "output"))
    return or_(*(holds(side, text) for side in sides))


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
    return listed(filter.among or (), "among")


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
        lines = [(row.seq, search_terms(f"{row.input}\n{row.output}")) for row in rows]
        words_of(connection).add(connection, lines)
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
    found = words_of(connection).rows_with(wanted)
    as_imported, last = examples.c.seq.in_(found), _indexed(connection)
    # first whether it is there to stay: looking at the texts of a file that is coming in takes seconds
    behind = and_(examples.c.seq > last, ~_comes_in())
    return or_(
        and_(as_imported, examples.c.seq.not_in(_edited_rows())),
        _looked_at(connection, or_(behind, examples.c.seq.in_(_edited_rows())), text[:LONGEST]),
    )


def _looked_at(connection: Connection, some: ColumnElement[bool], wanted: str) -> ColumnElement[bool]:
    """Which of some rows hold the words, by their texts."""
    first, second = _texts()
    if not is_postgresql(connection):
        return and_(some, func.has_words(first + "\n" + second, wanted) == 1)
    # a server does not know what a word is: the rows are read here
    some = or_(some, examples.c.seq.in_(postgresql.without_words()))
    joined = examples.outerjoin(states, states.c.example == examples.c.seq)
    query = select(examples.c.seq, first, second).select_from(joined).where(some)
    rows = connection.execute(query.execution_options(yield_per=BATCH))
    numbers = [seq for seq, *sides in rows if has_words("\n".join(sides), wanted)]
    return examples.c.seq.in_(select(listed(numbers).c.value))


def _comes_in() -> ColumnElement[bool]:
    return exists().where(imports.c.whole.is_(False), examples.c.seq.between(imports.c.first, imports.c.last))


def rows_by_term(connection: Connection, wanted: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
    """The numbers of the rows that the index knows to hold each of these terms, the rarest term first.

    Terms of which all together more than MOST_ROWS rows are known are left out, the commonest first: they tell few
    rows apart.
    """
    of = words_of(connection)
    counts = {word: of.count_rows(connection, word) for word in wanted}
    found: dict[str, npt.NDArray[np.int64]] = {}
    known = 0
    for word in sorted(counts, key=lambda word: (counts[word], word)):
        known += counts[word]
        if known <= MOST_ROWS or not found:
            found[word] = of.numbers(connection, word)
    return found


def _edited_rows() -> Any:
    return select(states.c.example).where(edited)


# -- regular expressions


def _fits(connection: Connection, pattern: str) -> ColumnElement[bool]:
    changed = set(connection.scalars(_edited_rows()))
    now = select(examples.c.seq, *_texts()).join(states, states.c.example == examples.c.seq).where(edited)
    again = _hits(connection.execute(now).partitions(BATCH), pattern)
    numbers = [number for number in _imported_hits(connection, pattern) if number not in changed]
    return examples.c.seq.in_(select(listed([*numbers, *again]).c.value))


def _texts() -> list[Any]:
    return [func.coalesce(states.c[side], examples.c[side]) for side in ("input", "output")]


def _imported_hits(connection: Connection, pattern: str) -> list[int]:
    last = last_number(connection)
    id = connection.scalar(select(examples.c.id).where(examples.c.seq == last))
    key = (name_of(connection.engine), last, last_settled(connection), id, pattern)
    if key not in _found:
        hits = _hits(stream(connection, "SELECT seq, input, output FROM examples", BATCH), pattern)
        while len(_found) >= KEPT:
            _found.pop(next(iter(_found)), None)
        _found[key] = hits
    return _found[key]


def _hits(batches: Iterable[Sequence[Any]], pattern: str) -> list[int]:
    """The numbers of the rows of (number, input, output) that the pattern fits somewhere."""
    check_pattern(pattern)
    hits: list[int] = []
    for rows in batches:
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
