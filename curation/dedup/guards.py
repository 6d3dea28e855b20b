"""Differences that make two near-identical texts different questions: numbers, dates, names, negation.

Read from the texts as written, since normalising drops signs. `number` stands for digits, number words, signs of
arithmetic, currency and unit (+ - * / % $ = < > ...) and pictographs. A typo in a longer word is no change of
name or date; a differing digit always is one of number.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from curation.text.normalise import as_written


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(text: str, first: int, step: int = 1) -> dict[str, str]:
    return {word: str(first + step * n) for n, word in enumerate(text.split())}


NEGATIONS = _set(
    # English, contractions with and without the apostrophe (removed before the look-up)
    "not no never none nothing nobody nowhere neither nor cannot without unable "
    "cant dont wont isnt arent wasnt werent doesnt didnt hasnt havent hadnt couldnt wouldnt shouldnt mustnt "
    "neednt aint "
    # German, French, Spanish, Italian, Portuguese, Dutch
    "nicht kein keine keinen keinem keiner keines nie niemals ohne ne pas jamais aucun aucune rien sans "
    "nunca jamás tampoco ninguno ninguna ningún non mai senza não nem sem niet geen nooit zonder "
    # Russian, Arabic, Hindi, Korean
    "не нет ни никогда без لا ليس لم لن غير بدون नहीं मत न ना बिना 안 못"
)
NEGATING_CHARACTERS = frozenset("不没沒無无非未别別否莫勿")
"""Chinese and Japanese characters that negate what follows; those scripts set no spaces between words."""

NEGATING_ENDINGS = ("ません", "ない", "なかった")
NEGATING_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "de")

NUMBERS = {
    **_numbered("zero one two three four five six seven eight nine ten", 0),
    **_numbered("eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 11),
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety hundred", 20, 10),
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    **{word: word for word in _set("first second third fourth fifth half quarter double twice thrice triple dozen")},
}
MONTHS = _set(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
DAYS = _set(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag heute morgen gestern "
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier demain lunes martes miércoles jueves viernes domingo "
    "hoy mañana ayer"
)
AMBIGUOUS_MONTHS = _set("may march mar sep dec jan apr oct nov jun jul")
"""Month names that are also other words: they count as a date next to a number or after a preposition only."""

BEFORE_A_MONTH = _set("in on of by until till since from during last next early late mid")
PRONOUN = _set("i im id ill ive")


_TYPO_LENGTH, _TWO_TYPOS_LENGTH = 5, 8
"""Shortest words in which one, and two, changed letters pass as a typo: "Iran" and "Iraq" stay apart."""


def is_typo(a: str, b: str) -> bool:
    """Whether one word is the other with a letter (two in long words) changed, lost, added or two swapped."""
    longest, gap = max(len(a), len(b)), abs(len(a) - len(b))
    if longest < _TYPO_LENGTH or gap > 1:
        return False
    return _distance(a, b, 2) <= (2 if longest >= _TWO_TYPOS_LENGTH else 1)


def _distance(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance (edits and swaps of neighbours), `most` + 1 when it is larger."""
    if len({*a} ^ {*b}) > 2 * most:  # an edit takes one letter away and brings another
        return most + 1
    head, tail = _ends(a, b)
    a, b = a[head : len(a) - tail], b[head : len(b) - tail]
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


Token = tuple[str, str, str]
"""(number, word in lower case, sign): one of them, the others empty."""

_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd"
    r"\u0b82\u0bbe-\u0bcd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
"""Vowel signs and accents inside words of Latin, Hebrew, Arabic, Devanagari, Bengali, Tamil and Thai."""

_WORD = rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*(?:['’][^\W\d_]+)*"
_SIGN = (
    r"[+%$€£¥₹=<>^±×÷≤≥≠≈√∞°#&|~]|!=|(?<=[\w)])[ \t]*\*(?!\*)[ \t]*(?=[\w(])|(?<=\d)[ \t]*/|/[ \t]*(?=\d)"
    r"|-(?=[ \t]*\d)|(?<=\d)[ \t]*-|(?<=\b\w)[ \t]*[-/][ \t]*(?=\w\b)|[\u2600-\u27bf\U0001f000-\U0001faff]"
)
_TOKEN = re.compile(rf"(\d+(?:[.,:/-]\d+)*)|({_WORD})|({_SIGN})")
_SPOKEN = re.compile(_WORD)
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}(?::\d{2})?")
_UNUSUAL = re.compile(r"[^a-z.,!?;:\"'()\[\]]")
_EDGES = ".,!?;:\"'()[]"
_SENTENCE_ENDS = frozenset('.!?:;\n"“”„«»([{•*-–—>|')

_CONTEXT = 3
"""Words kept on either side of the differing stretch: a date reads one token around, a sentence start one before."""

_SPAN = 6
"""Tokens from a month or day on that are read as part of one date: "March 4th to 6th"."""

_SHOUTED = 0.6
"""With this share of words capitalised a text is a title or shouting, and capitals say nothing about names."""

_STEM = 4
"""Letters left after a negating prefix: "able" counts, "to" and "into" do not."""


def guarded(a: str, b: str) -> set[str]:
    """The reasons ("number", "date", "name", "negation") two texts are not the same however alike they look."""
    return {*_reasons(a, b)}


def differs(a: str, b: str) -> bool:
    """Whether there is any such reason."""
    return next(_reasons(a, b), None) is not None


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers and signs of a text in order, as texts must have them alike not to differ in "number"."""
    return tuple(_numbers(_TOKEN.findall(as_written(text).casefold())))


def _reasons(a: str, b: str) -> Iterator[str]:
    if a == b:
        return
    a, b = as_written(a), as_written(b)
    x, y = a.lower().split(), b.lower().split()
    if x == y:
        return
    head, tail = _ends(x, y)
    if _harmless(a, b, x, y, head, tail):
        return
    head, tail = max(head - _CONTEXT, 0), max(tail - _CONTEXT, 0)
    yield from _looked_closely(a, b, _stretch(a, head, tail), _stretch(b, head, tail))


def _ends(x: Sequence[str], y: Sequence[str]) -> tuple[int, int]:
    """How many words the two have in common at the start and, beyond those, at the end."""
    most, head, tail = min(len(x), len(y)), 0, 0
    while head < most and x[head] == y[head]:
        head += 1
    while tail < most - head and x[-1 - tail] == y[-1 - tail]:
        tail += 1
    return head, tail


def _harmless(a: str, b: str, x: Sequence[str], y: Sequence[str], head: int, tail: int) -> bool:
    """A quick look that settles most pairs; False means no more than that a closer look is needed.

    `x` and `y` are the words of `a` and `b` in lower case. Harmless is a change of plain words alone, while words with
    digits, signs or a meaning of their own stand in the same order on both sides.
    """
    mine, theirs = x[head : len(x) - tail], y[head : len(y) - tail]
    ours = [word for word in mine if _carries_meaning(word)]
    if ours != [word for word in theirs if _carries_meaning(word)] or not _DATED.isdisjoint(map(_bare, ours)):
        return False
    common = {*mine}.intersection(theirs)
    changed = {word for word in (*mine, *theirs) if word not in common}
    if not changed and len(mine) != 2:
        return False
    if not changed.isdisjoint(ours) or _prefixed(bare := {*map(_bare, changed)}, bare):
        return False
    return not (_capital(a.split(), x, changed, head, tail) or _capital(b.split(), y, changed, head, tail))


def _capital(raw: Sequence[str], words: Sequence[str], changed: set[str], head: int, tail: int) -> bool:
    """Whether a changed word is capitalised within a sentence."""
    if len(raw) != len(words):
        return True
    for at in range(head, len(raw) - tail):
        word = raw[at]
        if words[at] in changed and not word.islower():
            starts = at == 0 or raw[at - 1][-1] in _SENTENCE_ENDS
            if not starts and _bare(words[at]) not in _OWN:
                return True
    return False


def _bare(word: str) -> str:
    return word.strip(_EDGES)


@lru_cache(maxsize=1 << 16)
def _carries_meaning(word: str) -> bool:
    """Whether a word in lower case may be a number, part of a date, a sign, a negation or of another alphabet."""
    if _UNUSUAL.search(word):
        return True
    plain = _bare(word)
    return plain in _SPECIAL or plain.endswith("n't") or plain.replace("'", "") in NEGATIONS


_DATED = MONTHS | DAYS
_SPECIAL = frozenset(NUMBERS) | _DATED | NEGATIONS
_OWN = PRONOUN | {"i'm", "i'd", "i'll", "i've"}


def _stretch(text: str, head: int, tail: int) -> str:
    """The text without its first `head` and last `tail` words, its spaces and line ends as they are."""
    rest = text.split(None, head)
    if len(rest) <= head:
        return ""
    stretch = rest[head].rsplit(None, tail)[0]
    return stretch if stretch.isascii() else unicodedata.normalize("NFC", stretch)


def _looked_closely(a: str, b: str, mine: str, theirs: str) -> Iterator[str]:
    """The reasons, reading the stretches `mine` of `a` and `theirs` of `b` in which the two differ."""
    left, right = _TOKEN.findall(mine.casefold()), _TOKEN.findall(theirs.casefold())
    if _numbers(left) != _numbers(right):
        yield "number"
    said, heard = [word for _, word, _ in left if word], [word for _, word, _ in right if word]
    only_left, only_right = _but(said, heard), _but(heard, said)
    if _dates(left, only_right) != _dates(right, only_left):
        yield "date"
    if sum(map(_negates, said)) != sum(map(_negates, heard)) or _prefixed(only_left, only_right):
        yield "negation"
    if (_renamed(mine, only_left, only_right) and not _shouted(a)) or (
        _renamed(theirs, only_right, only_left) and not _shouted(b)
    ):
        yield "name"
    if not only_left and not only_right and _moved(said, heard, {*_names(mine), *_names(theirs)}):
        yield "name"


def _but(words: Iterable[str], others: Iterable[str]) -> list[str]:
    """The words that the others lack, or have less often."""
    return [*(Counter(words) - Counter(others))]


def _shouted(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= _SHOUTED * len(words)


def _numbers(tokens: Iterable[Token]) -> list[str]:
    """Numbers and signs in order; "1,000" is 1000 and "two" is 2."""
    found = []
    for number, word, sign in tokens:
        if number:
            found.append(_THOUSANDS.sub("", number) if "," in number else number)
        elif word in NUMBERS:
            found.append(NUMBERS[word])
        elif sign:
            found.append(sign.strip())
    return found


def _dates(tokens: Sequence[Token], others: Iterable[str]) -> list[str]:
    """Parts of dates in order; one that the other side only misspells is left out."""
    found = []
    for at, (number, word, _) in enumerate(tokens):
        if number and _DATE.fullmatch(number):
            found.append(number)
        elif (word in DAYS or (word in MONTHS and _is_month(tokens, at))) and not any(
            is_typo(word, other) and other not in _DATED for other in others
        ):
            found.append(word)
            found.extend(near for near, _, _ in tokens[max(at - 1, 0) : at + _SPAN] if near)
    return found


def _is_month(tokens: Sequence[Token], at: int) -> bool:
    if tokens[at][1] not in AMBIGUOUS_MONTHS:
        return True
    numbered = any(tokens[k][0] for k in (at - 1, at + 1) if 0 <= k < len(tokens))
    return numbered or (at > 0 and tokens[at - 1][1] in BEFORE_A_MONTH)


def _negates(word: str) -> int:
    """How often a word, or an unspaced run of words, negates."""
    if word in NEGATIONS:
        return 1
    if word.isascii():
        return int("'" in word and (word.endswith("n't") or word.replace("'", "") in NEGATIONS))
    if "’" in word:
        return _negates(word.replace("’", "'"))
    return sum(c in NEGATING_CHARACTERS for c in word) + sum(word.count(ending) for ending in NEGATING_ENDINGS)


def _prefixed(left: Collection[str], right: Collection[str]) -> bool:
    """Whether a word stands against itself with a negating prefix: able, unable."""
    return any(
        long.startswith(prefix) and long[len(prefix) :] in shorts and len(long) - len(prefix) >= _STEM
        for longs, shorts in ((left, right), (right, left))
        for long in longs
        if long.startswith(NEGATING_PREFIXES)
        for prefix in NEGATING_PREFIXES
    )


def _renamed(text: str, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one side has a name that the other neither has nor misspells."""
    return bool(mine) and any(name in mine and not _misspelt(name, mine, theirs) for name in _names(text))


def _names(text: str) -> list[str]:
    """Capitalised words within sentences, in lower case."""
    found = []
    for match in _SPOKEN.finditer(text):
        word = match.group()
        if word[0].isupper() and not _starts(text, match.start()):
            folded = word.casefold()
            if folded.replace("'", "").replace("’", "") not in PRONOUN:
                found.append(folded)
    return found


def _starts(text: str, at: int) -> bool:
    """Whether a sentence starts here, so that a capital says nothing."""
    before = at - 1
    while before >= 0 and text[before] in " \t'’_":
        before -= 1
    return before < 0 or text[before] in _SENTENCE_ENDS


def _moved(a: Sequence[str], b: Sequence[str], names: set[str]) -> bool:
    """Whether the same names stand in another order by more than a swap of two neighbouring words."""
    differ = [k for k, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if not differ or (len(differ) == 2 and differ[1] == differ[0] + 1):
        return False
    return [word for word in a if word in names] != [word for word in b if word in names]


def _misspelt(name: str, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether the other side has the name with a typo, or run together with or cut off from its neighbour."""
    if any(is_typo(name, other) for other in theirs):
        return True
    joined = any(name in other and other.replace(name, "", 1) in {*mine, ""} for other in theirs)
    return joined or any(x + y == name for x in theirs for y in theirs)
