"""How data becomes visible text: hidden characters marked, Markdown made harmless."""

import re
from typing import Any

from markupsafe import Markup

from curation.text.visible import marked

NARROW = 0.02
"""A range this small beside its amount is not worth a reader's time."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&!@$])")
_LINKS = re.compile(r"(?i)(:)(//)|\b(www)(\.)")


def visible(value: Any) -> Any:
    """The value with control, bidi, zero-width and unassigned characters written as ⟨U+202E⟩; markup is left alone."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return marked(value)


def markdown(value: Any) -> Any:
    """The value as one line of Markdown that shows exactly its text: no markup, link, table cell or HTML in it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    text = _MARKDOWN.sub(r"\\\1", " ".join(str(visible(value)).split()))
    return _LINKS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"{m[3]}\\{m[4]}", text)
