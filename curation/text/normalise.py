"""Texts as they are compared: what counts as typing and what as another text, one rule a question.

Near-duplicates have a rule of their own, over whole columns (`dedup.similarity.text`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

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


_BETWEEN_WORDS = re.compile(r"(?<=[^\W_])[-_]+(?=[^\W_])")
_AROUND = " .,;:\"'"


def spelling(label: str) -> str:
    """What all ways of writing one label have in common: case, blanks, joining _ and -, marks at the ends and full
    width left out. "A+" is not "A", nor "-1" the label "1"."""
    plain = _BETWEEN_WORDS.sub(" ", folded(unicodedata.normalize("NFKC", label)))
    return plain.strip(_AROUND) or plain or label


def usual_spellings(labels: Sequence[str | None] | Mapping[str, int]) -> dict[str, str]:
    """The usual way of writing each label (one a row, or their rows by label): that of most rows, the first by name
    where as many have another."""
    counts = Counter(labels)
    named = [label for label in counts if label is not None and label.strip()]
    usual: dict[str, str] = {}
    # a blank at the end is no way of writing that anybody means
    for label in sorted(named, key=lambda label: (-counts[label], label != label.strip(), label)):
        usual.setdefault(spelling(label), label)
    return {label: usual[spelling(label)] for label in named}
