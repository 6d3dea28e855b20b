"""The index of words in PostgreSQL: each row's terms as a tsvector of our own making, searched by a GIN index."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, column, func, select, table, text

from curation.store.database import postgresql
from curation.text.words import has_endings, is_unspaced_word

MOST_BYTES = 1_000_000
"""What the terms of a row may take: a tsvector holds 1,048,575 bytes. A row with more is looked at each time."""
LONGEST = 500
"""Characters of a term that are kept, as many as are looked for: 2,046 bytes are the most a tsvector takes."""
_words = table("words", column("example"), column("terms"))


def make(connection: Connection) -> None:
    """Make the index."""
    made = (
        "CREATE TABLE IF NOT EXISTS words (example bigint PRIMARY KEY, terms tsvector)",
        "CREATE INDEX IF NOT EXISTS words_terms ON words USING gin (terms)",
        "CREATE INDEX IF NOT EXISTS words_without ON words (example) WHERE terms IS NULL",
    )
    postgresql.at_once(connection, made)


def add(connection: Connection, lines: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Index rows, each with its terms."""
    postgresql.insert(connection, "words", ("example", "terms"), [(n, _vector(terms)) for n, terms in lines])


def _vector(terms: Sequence[str]) -> str | None:
    # A term holds letters and digits only, so none can end its quotes.
    joined = " ".join(f"'{term[:LONGEST]}'" for term in terms)
    return joined if len(joined.encode()) < MOST_BYTES else None


def without_words() -> Select[Any]:
    """The rows with more words than the index takes."""
    return select(_words.c.example).where(_words.c.terms.is_(None))


def rows_with(wanted: Sequence[str]) -> Select[Any]:
    """The rows that hold all of these terms; a word may go on, of an unspaced script a term may not."""
    return _matching(" & ".join(_quoted(term, not is_unspaced_word(term)) for term in wanted))


def _matching(asked: str) -> Select[Any]:
    return select(_words.c.example).where(text("terms @@ CAST(:asked AS tsquery)").bindparams(asked=asked))


def _quoted(term: str, goes_on: bool) -> str:
    return f"'{term[:LONGEST]}':*" if goes_on else f"'{term[:LONGEST]}'"


def count_rows(connection: Connection, word: str) -> int:
    """How many rows hold a term that a word stands for."""
    found = _matching(_quoted(word, has_endings(word))).subquery()
    return connection.scalar(select(func.count()).select_from(found)) or 0


def numbers(connection: Connection, word: str) -> npt.NDArray[np.int64]:
    """The numbers of the rows that hold a term that the word stands for."""
    found = _matching(_quoted(word, has_endings(word)))
    return np.fromiter(connection.scalars(found.order_by(_words.c.example)), np.int64)
