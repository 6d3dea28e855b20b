"""Whether a table's first record names its columns, and these names made unique."""

from collections.abc import Sequence

from curation.load.guess import KNOWN, plain

LONGEST_NAME = 64
"""Characters; longer first cells are text, not names (PostgreSQL's limit for a name is 63)."""
MOST_WORDS = 4
"""Words in a column's name; a first cell of more is a sentence."""


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
    try:
        float(cell)
    except ValueError:
        return True
    return False


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names with blank ones called column_N and repeated ones name_2, name_3, and a sentence for each change."""
    made: list[str] = []
    changes: list[str] = []
    for n, name in enumerate(names):
        wanted = name.strip() or f"column_{n + 1}"
        final, count = wanted, 1
        while final in made or (final != wanted and final in names):
            count += 1
            final = f"{wanted}_{count}"
        if not name.strip():
            changes.append(f"column {n + 1} has no name and is called {final}")
        elif final != wanted:
            changes.append(f"column {n + 1} is a second {wanted!r} and is called {final}")
        made.append(final)
    return made, changes
