"""Texts as they are compared: what counts as typing and what as another text, one rule a question.

Near-duplicates have a rule of their own, over whole columns (`dedup.similarity.text`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

VOWEL_MARKS = r"\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670"
"""Hebrew and Arabic vowel signs, and the stroke that stretches an Arabic word: mostly left out in writing."""
SET_APART = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Kana and Han: a blank between two of them separates nothing."""
_MARKS = re.compile(f"[{VOWEL_MARKS}]")
_APART = re.compile(f"(?<=[{SET_APART}])[ \u3000]+(?=[{SET_APART}])")
_WIDE = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "})
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
"""Hyphens, the en dash and the minus sign: typed as "-" where the keyboard has no other."""
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))
"""Soft hyphen, zero-width space, word joiner and byte order mark: where a line may break, not what is written."""
_JOINS = str.maketrans("_-", "  ")
_TYPED = _WIDE | _DASHES | _UNSEEN
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


def as_written(text: str) -> str:
    """NFC, with full-width signs as plain ones and one kind of dash, without vowel marks, signs nobody sees and blanks
    between Chinese characters: what is the same text however it was typed. Superscripts and fractions stay."""
    if text.isascii():
        return text
    return _APART.sub("", _MARKS.sub("", unicodedata.normalize("NFC", text.translate(_TYPED))))


def named(text: str) -> str:
    """Folded, with _ and - as spaces. For names of labels: "Activate my card" is activate_my_card."""
    return folded(text.translate(_JOINS))


def unpunctuated(text: str) -> str:
    """Case folded, spaced, sentence punctuation as spaces, signs like + and - kept. For whether two texts differ in
    more than typing."""
    return as_written(spaced(as_written(text).casefold().translate(_PUNCTUATION)))


_BETWEEN_WORDS = re.compile(r"(?<=[^\W_])[-_]+(?=[^\W_])")
# "cardArrival" is "card arrival"; of two letters or more, as "A B" may be two labels
_RUN_TOGETHER = re.compile(r"(?<=[^\W\d_]{2}) +(?=[^\W\d_]{2})")
_AROUND = " .,;:!\"'"


def spelling(label: str) -> str:
    """What all ways of writing one label have in common: case, blanks, joining _ and -, marks at the ends, full width
    and signs nobody sees left out. "A+" is not "A", nor "-1" the label "1"."""
    plain = _BETWEEN_WORDS.sub(" ", folded(unicodedata.normalize("NFKC", label.translate(_UNSEEN))))
    plain = _RUN_TOGETHER.sub("", plain)
    return plain.strip(_AROUND) or plain or label


def usual_spellings(labels: Sequence[str | None] | Mapping[str, int]) -> dict[str, str]:
    """The usual way of writing each label (one a row, or their rows by label): that of most rows, the first by name
    where as many have another."""
    counts = Counter(labels)
    named = [label for label in counts if label is not None and label.strip()]
    usual: dict[str, str] = {}
    # a blank or a quote at the end is no way of writing that anybody means
    for label in sorted(named, key=lambda label: (-counts[label], label != label.strip(_AROUND), label)):
        usual.setdefault(spelling(label), label)
    return {label: usual[spelling(label)] for label in named}
