"""Answers that only repeat themselves, as a model that is stuck writes them. Certain cases only."""

import re

from curation.text.words import words

LONGEST_UNIT = 40
"""Words of the longest part that is looked for: a sentence or two."""
REPEATS, OF_ONE_WORD, FEWEST_WORDS = 6, 8, 8
"""Times a part stands in a row, a single word, and words of the whole answer; a chorus comes less often (policy)."""
WHOLE = 0.8
"""Share of the answer that the repeats make up."""
_LETTERS = re.compile(r"([^\W_])\1{19,}")
_NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s+", re.MULTILINE)
_ASKED = re.compile(
    r"\b(?:repeat\w*|times|again and again|chorus|refrain|loop|pattern|mantra|sequence)\b", re.IGNORECASE
)


def is_loop(asked: str, answer: str) -> bool:
    """Whether an answer is for the most part one word, sentence or letter over and over, which nobody asked for."""
    if _ASKED.search(asked):
        return False
    letters = _LETTERS.search(answer)
    if letters and 2 * len(letters.group()) >= len(answer):
        return True
    found = words(_NUMBERED.sub("", answer))
    # what is not repeated, and one part of what is
    most = len(found) * (1 - WHOLE + 1 / REPEATS) + 1
    return (
        len(found) >= FEWEST_WORDS
        and len(set(found)) <= most
        and any(_repeats(found, unit) for unit in range(1, min(LONGEST_UNIT, len(found) // REPEATS) + 1))
    )


def _repeats(found: list[str], unit: int) -> bool:
    """Whether the end of the words is one part of so many words over and over."""
    same = 0
    for n in range(len(found) - 1, unit - 1, -1):
        if found[n] != found[n - unit]:
            break
        same += 1
    whole = same + unit
    return whole >= WHOLE * len(found) and whole >= unit * (OF_ONE_WORD if unit == 1 else REPEATS)
