"""How data becomes visible text: hidden characters marked, Markdown made harmless."""

import re
from typing import Any

from markupsafe import Markup

from curation.wording.visible import marked

LONGEST = 90
"""Characters of a printed page's foot: what fits beside the page number."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&!@$])")
_UNITS = re.compile(r"(?<=\d) (?=%|in 100\b)")
"""The blank between a figure and its unit, where a line must not break."""
_LINKS = re.compile(r"(?i)(:)(//)|\b(www)(\.)")


def visible(value: Any) -> Any:
    """The value with control, bidi, zero-width and unassigned characters written as ⟨U+202E⟩; markup is left alone."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return _UNITS.sub("\u00a0", marked(value))


def markdown(value: Any) -> Any:
    """The value as one line of Markdown that shows exactly its text: no markup, link, table cell or HTML in it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    text = _MARKDOWN.sub(r"\\\1", " ".join(str(visible(value)).split()))
    return _LINKS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"{m[3]}\\{m[4]}", text)


def css_string(value: str) -> str:
    """The value as a string of a style sheet: every character but letters, digits and blanks as its code."""
    safe = "".join(
        c if (c.isascii() and c.isalnum()) or c == " " else f"\\{ord(c):06x}" for c in marked(value)[:LONGEST]
    )
    return f'"{safe}"'
