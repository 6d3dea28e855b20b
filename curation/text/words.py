"""Words of a text, for comparing outputs with inputs; of scripts without spaces, their characters."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from curation.text.normalise import lowered

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
UNSPACED_SCRIPT = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts written without spaces: kana, Han, Thai, Lao, Burmese, Khmer."""
WORD = rf"(?u)[{UNSPACED_SCRIPT}]|[^\W{UNSPACED_SCRIPT}]+"
"""A word, for scikit-learn: one letter counts, as it is a whole word in some languages and in formulas; of unspaced
scripts each character."""
_UNSPACED = re.compile(f"[{UNSPACED_SCRIPT}]")
_RUNS = re.compile(f"[{UNSPACED_SCRIPT}]+|[^{UNSPACED_SCRIPT}]+")
STEM = 4
"""Letters of a word from which on its other endings count too: "card" finds "cards", "a" nothing but "a"."""
LOOKED_AT = 1000
"""Texts by which it is told how a set is written."""
MOSTLY = 0.3
"""Share of a set's letters from which on it is called written without spaces; the rest may be names and code."""


def words(text: str) -> list[str]:
    """Lower-case words in order, NFC; each character of an unspaced script counts as a word."""
    return _cut(text, list)


def terms(text: str) -> list[str]:
    """As `words`, with each two characters in a row of an unspaced script as one term: single ones stand everywhere."""
    return _cut(text, lambda run: [run[n : n + 2] for n in range(len(run) - 1)] or [run])


def search_terms(text: str) -> list[str]:
    """What a search finds a text by: its words, and of an unspaced script single characters and pairs; each once."""
    return list(dict.fromkeys(_cut(text, lambda run: [*run, *(run[n : n + 2] for n in range(len(run) - 1))])))


def has_words(text: str, wanted: str) -> bool:
    """Whether every term of `wanted` stands in the text: a word may go on there, of an unspaced script a pair may not.

    The same answer as the index of the store gives. False where nothing is wanted.
    """
    asked = list(dict.fromkeys(terms(wanted)))
    there = search_terms(text)
    whole = set(there)
    return bool(asked) and all(
        term in whole if is_unspaced_word(term) else any(word.startswith(term) for word in there) for term in asked
    )


def has_endings(word: str) -> bool:
    """Whether a ranking by words takes words that begin with this one for it: fewer letters begin too many."""
    return len(word) >= STEM and not is_unspaced_word(word)


def _cut(text: str, unspaced: Callable[[str], list[str]]) -> list[str]:
    """The words of a text; `unspaced` cuts what stands together in an unspaced script."""
    low = lowered(text)
    cut = _WORD.findall(low)
    if not is_unspaced_word(low):
        return cut
    found: list[str] = []
    for word in cut:
        if not is_unspaced_word(word):
            found.append(word)
            continue
        for run in _RUNS.findall(word):
            found.extend(unspaced(run) if _UNSPACED.match(run) else [run])
    return found


def is_unspaced_word(word: str) -> bool:
    """Whether a word holds characters of a script without spaces."""
    return not word.isascii() and _UNSPACED.search(word) is not None


def is_unspaced(texts: Sequence[str]) -> bool:
    """Whether a set of texts is for the most part written without spaces between words."""
    some = texts[:: -(-len(texts) // LOOKED_AT)] if texts else []
    letters = sum(map(len, some))
    return sum(len(_UNSPACED.findall(text)) for text in some) > MOSTLY * letters


def word_set(text: str) -> frozenset[str]:
    """The words of a text that are separated by blanks, each once."""
    return frozenset(text.split())


def term_options(texts: Sequence[str]) -> dict[str, Any]:
    """How scikit-learn's vectorizers are to cut such texts into terms."""
    return {"analyzer": terms} if is_unspaced(texts) else {"token_pattern": WORD}
