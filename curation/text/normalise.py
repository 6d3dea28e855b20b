"""Texts as they are compared: what counts as typing and what as another text, one rule a question.

Near-duplicates have a rule of their own, over whole columns (`dedup.similarity.text`).
"""

import unicodedata

_JOINS = str.maketrans("_-", "  ")
_PUNCTUATION = str.maketrans(dict.fromkeys(".,;:!?\"'`()…“”‘’«»¿¡。，、！？；：", " "))


def spaced(text: str) -> str:
    """The text with every run of white space as one space, trimmed."""
    return " ".join(text.split())


def lowered(text: str) -> str:
    """NFC, lower case, spaced. For counting equal texts and words: letters stay what they are (ß is not ss)."""
    return spaced(unicodedata.normalize("NFC", text).lower())


def folded(text: str) -> str:
    """NFC, case folded, spaced. For what a person or a model wrote against what was meant: ß and ss are the same."""
    return spaced(unicodedata.normalize("NFC", text).casefold())


def named(text: str) -> str:
    """Folded, with _ and - as spaces. For names of labels: "Activate my card" is activate_my_card."""
    return folded(text.translate(_JOINS))


def unpunctuated(text: str) -> str:
    """Case folded, spaced, sentence punctuation as spaces, signs like + and - kept. For whether two texts differ in
    more than typing."""
    return spaced(text.casefold().translate(_PUNCTUATION))
