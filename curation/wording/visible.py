"""Characters that nobody sees, written as marks that everybody does; cells that a spreadsheet would run, as text."""

import re
import unicodedata
from collections.abc import Sequence

KEPT = "\n\t\u200d"
"""Line breaks and tabs are layout; zero-width joiners hold emoji together."""
FORMULA = re.compile(r"\s*[=+\-@\t\r\n]")
"""What a spreadsheet may take for a formula, also behind white space (OWASP, "CSV Injection")."""


def is_hidden(character: str) -> bool:
    """Whether it is a control, direction, zero-width, private or unassigned character (Unicode category C)."""
    return character not in KEPT and unicodedata.category(character)[0] == "C"


def mark(character: str) -> str:
    """What stands in a hidden character's place: ⟨U+200B⟩."""
    return f"⟨U+{ord(character):04X}⟩"


def marked(text: str) -> str:
    """The text with each hidden character as its mark."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(mark(character) if is_hidden(character) else character for character in text)


def marked_traced(text: str, origins: Sequence[int]) -> tuple[str, list[int]]:
    """As `marked`, with each mark at the origin of its character."""
    pieces = [mark(character) if is_hidden(character) else character for character in text]
    placed = [origin for piece, origin in zip(pieces, origins, strict=True) for _ in piece]
    return "".join(pieces), placed


def disarmed(cell: str) -> str:
    """The text with a `'` before it where a spreadsheet would run it as a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell
