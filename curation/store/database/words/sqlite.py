"""The index of words in SQLite: FTS5, which holds the words alone."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, column, select, table

from curation.text.words import has_endings, is_unspaced_word

MOST_ENDINGS = 20
"""Terms a word stands for up to which each is looked up: from some 30 on a beginning is quicker."""
_words = table("words", column("rowid"), column("words"))
"""The index: matched against its name, it gives the numbers of the rows."""


def make(connection: Connection) -> None:
    """Make the index."""
    # Only the words are kept, not the texts, and no places: half the size, and which rows hold a word is all we ask.
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS words USING "
        "fts5(terms, content='', detail=none, tokenize='unicode61 remove_diacritics 0')"
    )


def add(connection: Connection, lines: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Index rows, each with its terms."""
    joined = [(number, " ".join(terms)) for number, terms in lines]
    connection.exec_driver_sql("INSERT INTO words (rowid, terms) VALUES (?, ?)", joined)


def rows_with(wanted: Sequence[str]) -> Select[Any]:
    """The rows that hold all of these terms; a word may go on, of an unspaced script a term may not."""
    # A term holds letters and digits only, so none can end its quotes.
    asked = " AND ".join(f'"{term}"' if is_unspaced_word(term) else f'"{term}" *' for term in wanted)
    return select(_words.c.rowid).where(_words.c.words.op("MATCH")(asked))


def count_rows(connection: Connection, word: str) -> int:
    """How many rows hold each term that a word stands for, added up."""
    return sum(rows for _, rows in _stored_terms(connection, word))


def _stored_terms(connection: Connection, word: str) -> list[tuple[str, int]]:
    """(term, rows) of the index that a word stands for: itself, and where it has endings those that begin with it."""
    connection.exec_driver_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_counts USING fts5vocab(main, words, row)")
    last = word + chr(sys.maxunicode) if has_endings(word) else word
    query = "SELECT term, doc FROM temp.word_counts WHERE term >= ? AND term <= ?"
    return [(term, rows) for term, rows in connection.exec_driver_sql(query, (word, last))]


def numbers(connection: Connection, word: str) -> npt.NDArray[np.int64]:
    """The numbers of the rows that hold a term that the word stands for."""
    terms = [term for term, _ in _stored_terms(connection, word)]
    # Whole terms take a fifth of the time of a beginning; no term is known where the index folds letters otherwise.
    asked = " OR ".join(f'"{term}"' for term in terms) if 0 < len(terms) <= MOST_ENDINGS else _asked(word)
    # One text of all numbers: as rows of the driver they take four times as long.
    listed = connection.exec_driver_sql("SELECT group_concat(rowid) FROM words WHERE words MATCH ?", (asked,)).scalar()
    return np.fromstring(listed or "", np.int64, sep=",")


def _asked(term: str) -> str:
    return f'"{term}" *' if has_endings(term) else f'"{term}"'
