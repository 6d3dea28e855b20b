"""How data becomes visible text: hidden characters marked, Markdown made harmless."""

import re
import unicodedata
from typing import Any

from markupsafe import Markup

_KEPT = "\n\t"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&!@$])")
_LINKS = re.compile(r"(?i)(:)(//)|\b(www)(\.)")


def visible(value: Any) -> Any:
    """The value with control, bidi, zero-width and unassigned characters written as [U+202E]; markup is left alone."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    if value.isascii() and value.isprintable():
        return value
    return "".join(c if c in _KEPT or unicodedata.category(c)[0] != "C" else f"[U+{ord(c):04X}]" for c in value)


def markdown(value: Any) -> Any:
    """The value as one line of Markdown that shows exactly its text: no markup, link, table cell or HTML in it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    text = _MARKDOWN.sub(r"\\\1", " ".join(str(visible(value)).split()))
    return _LINKS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"{m[3]}\\{m[4]}", text)
