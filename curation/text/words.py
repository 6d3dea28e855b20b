"""Words of a text, for comparing outputs with inputs."""

import re

from curation.text.normalise import lowered

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")
"""Scripts written without spaces (kana, Han, Thai, Lao): each character counts as a word."""


def words(text: str) -> list[str]:
    """Lower-case words in order, NFC."""
    found: list[str] = []
    for word in _WORD.findall(lowered(text)):
        found.extend(word if _UNSPACED.search(word) else [word])
    return found
