"""Which of a table's first records names its columns, and these names made unique."""

import re
from collections.abc import Sequence
from statistics import median

from curation.load.guess import CREATED, GROUP, KNOWN, plain

LONGEST_NAME = 64
"""Characters; longer first cells are text, not names (PostgreSQL's limit for a name is 63)."""
MOST_WORDS = 4
"""Words in a column's name; a first cell of more is a sentence."""
MOST_TITLES = 20
"""Records above the header of a report: its title, when it was made, a blank line."""
TITLE_WIDTH = 0.5
"""Share of a record's usual number of filled cells up to which a first record is a title and names no columns."""
HEADER_WIDTH = 0.8
"""Share of that number from which on a later record can name the columns."""
DATED = re.compile(r"\d{1,4}[-/.]\d")
SAMPLE = frozenset(KNOWN - {*GROUP, *CREATED})
"""Names that only a header has: a report's title lines say when it was created, too."""


def header_at(records: Sequence[Sequence[str]]) -> int | None:
    """The position of the record that names the columns, below a report's title lines; None where no record does."""
    filled = [_filled(record) for record in records]
    usual = median([count for count in filled if count] or [0])
    if not records or filled[0] > max(1.0, TITLE_WIDTH * usual):
        return 0 if records and is_header(records) else None
    wide = [n for n, count in enumerate(filled[: MOST_TITLES + 1]) if n and count >= max(2.0, HEADER_WIDTH * usual)]
    below = [n for n in wide if max(filled[:n]) <= filled[n] and is_header(records[n:])]
    named = [n for n in below if any(plain(cell) in SAMPLE for cell in records[n])]
    if named or below:
        return (named or below)[0]
    return 0 if is_header(records) else None


def _filled(record: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in record)


def is_header(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these records names the columns.

    It does where one of its cells is a name that data sets use (`text`, `label`, ...). Otherwise its cells must be
    distinct, short, no numbers and no sentences, and none may come again further down its column.
    """
    first, others = records[0], records[1:]
    cells = [cell.strip() for cell in first]
    if names_known(cells):
        return True
    named = [cell for cell in cells if cell]
    if not named or len(set(named)) < len(named) or not all(map(_could_name, named)):
        return False
    return not any(
        cell and any(len(record) > n and record[n].strip() == cell for record in others) for n, cell in enumerate(cells)
    )


def names_known(cells: Sequence[str]) -> bool:
    """Whether one of these cells is a name that data sets use."""
    return any(plain(cell) in KNOWN for cell in cells)


def _could_name(cell: str) -> bool:
    if len(cell) > LONGEST_NAME or len(cell.split()) > MOST_WORDS or cell.endswith((".", "?", "!")) or "\n" in cell:
        return False
    if DATED.match(cell):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names with blank ones called column_N and repeated ones name_2, name_3, and sentences on what was changed."""
    made: list[str] = []
    changes: list[str] = []
    for n, name in enumerate(names):
        wanted = name.strip() or f"column_{n + 1}"
        final, count = wanted, 1
        while final in made or (final != wanted and final in names):
            count += 1
            final = f"{wanted}_{count}"
        if name.strip() and final != wanted:
            changes.append(f"column {n + 1} is a second {wanted!r} and is called {final}")
        made.append(final)
    nameless = [n for n, name in enumerate(names) if not name.strip()]
    if len(nameless) == 1:
        changes.insert(0, f"column {nameless[0] + 1} has no name and is called {made[nameless[0]]}")
    elif nameless:
        called = ", ".join(made[n] for n in nameless[:3]) + (", ..." if len(nameless) > 3 else "")
        changes.insert(0, f"{len(nameless)} columns have no name and are called {called}")
    return made, changes
