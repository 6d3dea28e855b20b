"""What a notebook shows of a result: small HTML tables in which every text is escaped and cut to what one can read."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

LONGEST = 200
"""Characters of a text that are shown: two lines of a notebook's cell."""
FIRST = 5
"""Rows that are shown of a table of examples: as many as pandas' head."""
CELL = "text-align:left;vertical-align:top;white-space:pre-wrap"


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, what is beyond `longest` characters left out behind an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def figure(value: Any) -> str:
    """A value of a cell as text: numbers with two decimals or thousands apart, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else cut(str(value))


def as_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """An HTML table, "" without rows."""
    lines = ["".join(f'<td dir="auto" style="{CELL}">{escape(figure(value))}</td>' for value in row) for row in rows]
    head = "".join(f'<th style="{CELL}">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table style="margin:0.6em 0"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>' if lines else ""


def panel(title: str, lines: Iterable[str] = (), *tables: str) -> str:
    """A title, lines below it (texts, escaped here), and tables (HTML, as `as_table` makes it)."""
    said = "".join(f'<div dir="auto">{escape(line)}</div>' for line in lines if line)
    return f"<div><strong>{escape(title)}</strong>{said}{''.join(tables)}</div>"
