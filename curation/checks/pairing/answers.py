"""Whether two answers to one question can both be right, and whether two inputs are one question."""

import re
import unicodedata
from collections import Counter

from curation.dedup.guards import DAYS, MONTHS, NUMBERS, differs, guarded, is_typo
from curation.text.normalise import unpunctuated
from curation.text.words import words

SHORT = 3
"""Words up to which an answer is a value (a date, a name, a yes) and no wording."""
SAME = 0.5
"""Share of words that two wordings of one sentence have in common: then what differs in it is what it says."""
APART = 0.1
"""Share of words below which two answers have nothing in common."""
ALL_BUT_A_WORD = 0.8
"""Share of the words that two sentences have in common where one says the opposite and nothing else differs."""
RETOLD = 0.3
"""Share of words in common with a text from which on an answer tells it again: restaurants' records and what people
wrote of them have .3 to .7, sentences and their simpler forms more."""
FACT = 30
"""Words up to which an answer states a fact, in a sentence or two. Longer ones may tell of different sides of it: of 40
such pairs read in a set of medical questions all 40 were right."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MADE = re.compile(
    r"\b(?:write|rewrite|suggest|invent|compose|create|generate|design|imagine|implement|summar\w+|translat\w+|paraphras\w+"
    r"|rephras\w+|examples?|ideas?|joke|story|poem|haiku|slogan|title|continue|improve|edit)\b",
    re.IGNORECASE,
)
"""Asks for something to be made, of which each maker makes another."""
_OPEN = re.compile(
    r"\b(?:give|describe|explain|tell|list|name|make|think|recommend|why|should|opinion|favou?rite|complete"
    r"|how (?:do|can|could|would|should|to))\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:^|[.!:,\n] {0,3})(?:(?:and|so|but|hi|hello|please|sorry),? )*(?:when|where|who|whose|whom|which"
    r"|how (?:many|much|long|old|far|often|big|tall|high|fast|late|early|soon)"
    r"|what (?:is|are|was|were|time|year|day|date|colou?r|size|number|price|temperature)"
    r"|what's|is|are|was|were|do|does|did|can|could|may|will|has|have|am)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\bhow (?:many|much|long|old|far|often|big|tall|high|fast|late|early|soon)\b"
    r"|\bwhat (?:time|year|date|size|number|price|temperature)\b|\bwhen\b|\b(?:sum|total|cost|price|age|result)\b"
    r"|\d\s?[-+*/×÷]\s?\d",
    re.IGNORECASE,
)
_YES = _set("yes yeah yep true correct sí si oui ja sim да 是 はい نعم हाँ हां হ্যাঁ جی ya")
_NO = _set("no nope not false incorrect non nein não нет 不 否 いいえ لا नहीं না نہیں tidak")
_SAID = _set(
    "a an the this that these those please thanks thank you hi hello hey dear kindly just really actually "
    "now so well ok okay could can would will do does did is are am i me my we us our your to of for in "
    "on at and or with there it know tell want need like help question quick"
)
"""Words that make no other question of one."""
_LANGUAGES = _set(
    "english mandarin chinese hindi spanish french arabic bengali portuguese russian urdu german "
    "indonesian japanese italian korean turkish dutch polish vietnamese greek latin swedish hebrew "
    "persian thai swahili tamil"
)
_NO_NUMBER = _set("one first second third half quarter")
"""Words of number that mostly count nothing: "one of them"."""
_WITHIN = re.compile(r"(?<=[^.!?:;\n\s] )[^\W\d_a-zß-ÿ][^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def is_same_question(one: str, other: str) -> bool:
    """Whether two nearly equal inputs differ in typos and in words of politeness only."""
    left, right = Counter(words(one)), Counter(words(other))
    lost = [word for word in (left - right) if word not in _SAID]
    more = [word for word in (right - left) if word not in _SAID]
    return len(lost) == len(more) and all(any(is_typo(a, b) for b in more) for a in lost) and not differs(one, other)


def is_other_question(one: str, other: str) -> bool:
    """Whether two nearly equal inputs ask for another number, date, name or language, or the opposite."""
    left, right = set(words(one)), set(words(other))
    return bool((left ^ right) & _LANGUAGES) or differs(one, other)


def exclude(asked: str, one: str, other: str) -> bool:
    """Whether two different answers to one question cannot both be right.

    True for other values (a few words, opposite yes and no, other numbers where a number is asked for), for one
    sentence with another number, date, name or negation in it, and for two answers to a question of fact that have
    nothing in common; never where several answers are right by their nature.
    """
    left, right = words(one), words(other)
    if _opposite(left, right):
        return True
    if _MADE.search(asked):
        return False
    is_open, shared = _OPEN.search(asked) is not None, _shared(left, right)
    if not is_open and max(len(left), len(right)) <= SHORT:
        return unpunctuated(one) != unpunctuated(other) and not _within(left, right)
    if shared >= SAME:
        reasons = guarded(one, other) - ({"name"} if is_open else set())
        told = _told(asked, left, right)
        return any(_stands_against(reason, one, other, told) for reason in reasons)
    if is_open or _script(one) != _script(other) or max(len(left), len(right)) > FACT:
        return False
    numbers = _numbers(one, left), _numbers(other, right)
    if _QUANTITY.search(asked) and all(numbers):
        return not numbers[0] & numbers[1]
    return _CLOSED.search(asked) is not None and shared < APART


def _opposite(left: list[str], right: list[str]) -> bool:
    first = {*left[:1]}, {*right[:1]}
    return bool((first[0] & _YES and first[1] & _NO) or (first[0] & _NO and first[1] & _YES))


def _shared(left: list[str], right: list[str]) -> float:
    """Jaccard similarity of the words that say something."""
    a, b = ({word for word in side if word not in _SAID} for side in (left, right))
    return len(a & b) / max(1, len(a | b))


def _told(asked: str, left: list[str], right: list[str]) -> str | None:
    """The text that both answers tell in other words (a sentence, a record); None where one is asked a question."""
    if "?" in asked or _CLOSED.search(asked) or _QUANTITY.search(asked):
        return None
    there = words(asked)
    return asked if min(_shared(there, left), _shared(there, right)) >= RETOLD else None


def _stands_against(reason: str, one: str, other: str, told: str | None) -> bool:
    """Whether each side says what the other says otherwise: what one of two answers leaves out contradicts nothing.

    Of two tellings of one text each may pick what it likes, but not say what does not stand there.
    """
    left, right, there = set(words(one)), set(words(other)), set(words(told or ""))
    if reason == "negation":
        return told is None and len(left & right) >= ALL_BUT_A_WORD * max(len(left), len(right))
    if reason == "name":
        said, heard = _capitals(one) - right, _capitals(other) - left
    else:
        here, away = _values(one, left), _values(other, right)
        # "one of them" is no number, but "a rating of one" is the rating 1
        said, heard = here - away - {"1" * ("one" in right)}, away - here - {"1" * ("one" in left)}
        there |= _values(told or "", there)
    return bool(said) and bool(heard) and not (said | heard) <= there


def _capitals(text: str) -> set[str]:
    """Words with a capital within a sentence."""
    return {match[0].casefold() for match in _WITHIN.finditer(text)}


def _values(text: str, said: set[str]) -> set[str]:
    """The numbers of a text, also in words, and its names of days and months."""
    return _numbers(text, [*said]) | (said & (DAYS | MONTHS))


def _numbers(text: str, words: list[str]) -> set[str]:
    return {
        *map(_plain, _NUMBER.findall(text)),
        *(NUMBERS[word] for word in words if word in NUMBERS and word not in _NO_NUMBER),
    }


def _plain(number: str) -> str:
    return re.sub(r",(?=\d{3}(?!\d))", "", number)


def _within(left: list[str], right: list[str]) -> bool:
    """Whether one answer is part of the other: "1890" and "in 1890"."""
    return {*left} <= {*right} or {*right} <= {*left}


def _script(text: str) -> str:
    """The script most letters are of, by the names of their characters."""
    names = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in text[:200] if letter.isalpha())
    return names.most_common(1)[0][0] if names else ""
