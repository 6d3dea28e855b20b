"""Differences that make two near-identical texts different questions: numbers, dates, names, negation.

Read from the texts as written, since normalising drops signs. `number` stands for digits, number words, signs of
arithmetic, currency and unit (+ - * / % $ = < > ...) and pictographs. A typing slip in a longer word is no change of
name or date; a differing digit always is one of number.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from curation.dedup.words import (
    AMBIGUOUS_MONTHS,
    BEFORE_A_MONTH,
    DAYS,
    MONTHS,
    NEGATING_CHARACTERS,
    NEGATING_ENDINGS,
    NEGATING_PREFIXES,
    NEGATIONS,
    NUMBERS,
    PRONOUN,
)

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,:/-]\d+)*)"
    r"|(?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    r"\u0981-\u0983\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])*"
    r"(?:['’][^\W\d_]+)*)"
    r"|(?P<sign>[+%$€£¥₹=<>^±×÷≤≥≠≈√∞°#&|~]|!=|(?<=[\w)])[ \t]*\*(?!\*)[ \t]*(?=[\w(])|(?<=\d)[ \t]*/|/[ \t]*(?=\d)"
    r"|-(?=[ \t]*\d)|(?<=\d)[ \t]*-|(?<=\b\w)[ \t]*[-/][ \t]*(?=\w\b)"
    r"|[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_SENTENCE_ENDS = frozenset('.!?:;\n"“”„«»([{•*-–—>|')
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}(?::\d{2})?")
_SHOUTED = 0.6
"""With this share of words capitalised a text is a title or shouting, and capitals say nothing about names."""

_SLIP_LENGTH, _TWO_SLIPS_LENGTH = 5, 8
"""Shortest words in which one, and two, changed letters pass as a typing slip: "Iran" and "Iraq" stay apart."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    folded: str
    starts: bool


def guarded(a: str, b: str) -> set[str]:
    """The reasons ("number", "date", "name", "negation") two texts are not the same however alike they look."""
    if a == b:
        return set()
    left, right = _tokens(a), _tokens(b)
    reasons = set()
    if _numbers(left) != _numbers(right):
        reasons.add("number")
    only_left, only_right = _unmatched(left, right)
    if _dates(left, only_right) != _dates(right, only_left):
        reasons.add("date")
    if _negations(left) != _negations(right) or _prefixed(only_left, only_right):
        reasons.add("negation")
    if _renamed(left, right, only_left, only_right):
        reasons.add("name")
    return reasons


def _tokens(text: str) -> list[_Token]:
    found = []
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "", match.group().strip()
        found.append(_Token(kind, word, word.casefold(), kind == "word" and _starts(text, match.start())))
    return found


def _starts(text: str, at: int) -> bool:
    """Whether a sentence starts here, so that a capital says nothing."""
    before = at - 1
    while before >= 0 and text[before] in " \t'’_":
        before -= 1
    return before < 0 or text[before] in _SENTENCE_ENDS


def _numbers(tokens: Sequence[_Token]) -> list[str]:
    """Numbers and signs in order; "1,000" is 1000 and "two" is 2."""
    found = []
    for token in tokens:
        if token.kind == "number":
            found.append(re.sub(r",(?=\d{3}(?:\D|$))", "", token.text))
        elif token.kind == "sign":
            found.append(token.text)
        elif token.folded in NUMBERS:
            found.append(NUMBERS[token.folded])
    return found


def _unmatched(left: Sequence[_Token], right: Sequence[_Token]) -> tuple[Counter[str], Counter[str]]:
    """Words of either side, case folded, that the other side lacks."""
    a = Counter(token.folded for token in left if token.kind == "word")
    b = Counter(token.folded for token in right if token.kind == "word")
    return a - b, b - a


def _dates(tokens: Sequence[_Token], others: Counter[str]) -> list[str]:
    """Parts of dates in order; one that the other side only misspells is left as the other side has it."""
    found = []
    for at, token in enumerate(tokens):
        if token.kind == "number" and _DATE.fullmatch(token.text):
            found.append(token.text)
        elif token.folded in DAYS or (token.folded in MONTHS and _is_month(tokens, at)):
            slipped = any(_slip(token.folded, o) and o not in DAYS and o not in MONTHS for o in others)
            if not slipped:
                found.append(token.folded)
                found.extend(n.text for n in tokens[max(at - 1, 0) : at + 2] if n.kind == "number")
    return found


def _is_month(tokens: Sequence[_Token], at: int) -> bool:
    if tokens[at].folded not in AMBIGUOUS_MONTHS:
        return True
    around = [tokens[k] for k in (at - 1, at + 1) if 0 <= k < len(tokens)]
    before = tokens[at - 1].folded if at else ""
    return any(token.kind == "number" for token in around) or (
        before in BEFORE_A_MONTH and tokens[at].text[:1].isupper()
    )


def _negations(tokens: Sequence[_Token]) -> int:
    return sum(_negates(token.folded) for token in tokens if token.kind == "word")


def _negates(word: str) -> int:
    """How often a word, or an unspaced run of words, negates."""
    plain = word.replace("'", "").replace("’", "")
    if plain in NEGATIONS or (plain != word and plain.endswith("nt")):
        return 1
    if word.isascii():
        return 0
    return sum(c in NEGATING_CHARACTERS for c in word) + sum(word.count(ending) for ending in NEGATING_ENDINGS)


def _prefixed(left: Counter[str], right: Counter[str]) -> bool:
    """Whether a word stands against itself with a negating prefix: able, unable."""
    return any(
        long == prefix + short and len(short) >= 4
        for one, other in ((left, right), (right, left))
        for short in one
        for long in other
        for prefix in NEGATING_PREFIXES
    )


def _renamed(
    left: Sequence[_Token], right: Sequence[_Token], only_left: Counter[str], only_right: Counter[str]
) -> bool:
    for tokens, mine, theirs in ((left, only_left, only_right), (right, only_right, only_left)):
        if mine and any(name.folded in mine and not _misspelt(name.folded, mine, theirs) for name in _names(tokens)):
            return True
    return not only_left and not only_right and _moved(left, right)


def _names(tokens: Sequence[_Token]) -> list[_Token]:
    words = [token for token in tokens if token.kind == "word"]
    capitals = [token for token in words if token.text[0].isupper()]
    if len(words) > 1 and len(capitals) >= _SHOUTED * len(words):
        return []
    return [
        token
        for token in capitals
        if not token.starts and token.folded.replace("'", "").replace("’", "") not in PRONOUN
    ]


def _moved(left: Sequence[_Token], right: Sequence[_Token]) -> bool:
    """Whether the same names stand in another order by more than a swap of two neighbouring words."""
    a, b = [t.folded for t in left if t.kind == "word"], [t.folded for t in right if t.kind == "word"]
    differ = [k for k, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if not differ or (len(differ) == 2 and differ[1] == differ[0] + 1):
        return False
    names = {token.folded for token in (*_names(left), *_names(right))}
    return [word for word in a if word in names] != [word for word in b if word in names]


def _misspelt(name: str, mine: Counter[str], theirs: Counter[str]) -> bool:
    """Whether the other side has the name with a slip, or run together with or cut off from its neighbour."""
    if any(_slip(name, other) for other in theirs):
        return True
    if len(mine) > 1 or len(theirs) > 1:
        return any(name in other and any(other.replace(name, "", 1) == m for m in mine) for other in theirs) or any(
            x + y == name for x in theirs for y in theirs
        )
    return False


def _slip(a: str, b: str) -> bool:
    """Whether one word is the other with a letter (two in long words) changed, lost, added or two swapped."""
    longest, gap = max(len(a), len(b)), abs(len(a) - len(b))
    if longest < _SLIP_LENGTH or gap > 1:
        return False
    return _distance(a, b, 2) <= (2 if longest >= _TWO_SLIPS_LENGTH else 1)


def _distance(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance (edits and swaps of neighbours), `most` + 1 when it is larger."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
