"""Texts without what is filled into them: greetings, signatures and polite words left out, numbers and names masked.

"Hi, where is parcel 12? Thanks, Ann" and "where is parcel 31 please" have one skeleton. A name is a word with a capital
within a sentence; where a text is written in capitals, or a set has capitals everywhere (German nouns), they say
nothing, so that a skeleton with names counts only where several rows share it (see `patterns`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass

from curation.text.words import UNSPACED_SCRIPT, is_unspaced_word, terms, word_set

HEAD, TAIL = 600, 400
"""Characters read of a text, of its start and its end: enough to tell templates apart, and it bounds the time."""
END = 120
"""Characters at the end of a text in which a signature is looked for."""
NUMBER, NAME = "#", "@"
SELDOM = 0.1
"""A word met without its capital less often than this, of the times it has one within a sentence, is a name."""
SHOUTED = 0.6
"""With this share of words capitalised a text is a title or shouting (as in `dedup.guards`)."""


POLITE = word_set(
    "please pls plz thanks thank thx you hi hello hey dear kindly just actually um uh well oh ok okay sir madam folks "
    "everyone cheers regards sincerely yours asap bitte danke hallo guten tag moin liebe grüße merci bonjour salut svp "
    "por favor gracias hola"
)
"""Words that make a request polite and change nothing of what is asked (English, German, French, Spanish)."""
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)"
    r"|liebe[rs]?"
    r"|bonjour|salut|hola|buenos días)\b[^.!?\n,:]{0,30}[,!.:\n]\s*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?<=[.!?,;:)])|\n|\s[-–—]|^)\s*(?:(?:many |kind |best |warm |with (?:kind |best )?)?(?:thanks(?: a lot"
    r"| in advance"
    r"| again)?|thank you(?: (?:so|very) much| in advance)?|regards|wishes|cheers|best|sincerely|yours(?: (?:truly"
    r"|sincerely|faithfully))?|(?:mit )?(?:freundlichen|besten|viele[nr]?|liebe) grüße[n]?|danke|merci|cordialement"
    r"|gracias|saludos|signed|love)\b[\s,.!–—-]*)(?P<name>(?:[^\W\d_][\w.'’-]*\s*){0,4})[.!\s]*$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:\n|\s[-–—~]\s?|[–—~])\s*(?:[^\W\d_][\w.'’-]*\s*){1,3}[.!\s]*$")
_LETTER = rf"[^\W{UNSPACED_SCRIPT}]"
_TOKEN = re.compile(
    rf"(?P<number>\d[\d.,:/'-]*\d|\d)(?:st|nd|rd|th)?(?![A-Za-z])|(?P<word>[{UNSPACED_SCRIPT}]+"
    rf"|(?=[^\W\d_]){_LETTER}(?:(?:{_LETTER}|['’-])*{_LETTER})?)|(?P<end>[.!?:;\n“”\"([•*–—>|。！？：；])"
)
_CODE = re.compile(r"(?=\w*\d)(?:[A-Za-z]{1,3}-?\d{1,12}[A-Za-z]{0,2}|[A-Z]{2,}[\w-]*\d[\w-]*)")
"""An order number, a part, a flight: some letters and a number."""
_DATES_AND_NUMBERS = word_set(
    "january february april june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday januar februar märz juni juli oktober dezember montag dienstag mittwoch donnerstag freitag "
    "samstag sonntag "
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred "
    "thousand"
)
"""Dates and numbers in words; "may" and "march" are verbs more often."""
_OWN = frozenset({"i", "i'm", "i’m", "i'd", "i’d", "i'll", "i’ll", "i've", "i’ve"})


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The words of a text in order with masks in the place of numbers and names, runs of one mask as one.

    `runs` are the words behind each mask, in lower case. `named` is true where one of them is a name.
    """

    words: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    named: bool

    @property
    def plain(self) -> int:
        """How many words are no masks."""
        return len(self.words) - len(self.runs)


def part_read(text: str) -> str:
    """The start and the end of a long text, a short one as it is."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def unsigned(text: str) -> str:
    """The text without a greeting before it and a signature behind it."""
    text = _GREETING.sub("", text, count=1) or text
    head, end = text[:-END], text[-END:]
    short = head + _CLOSING.sub("", end, count=1)
    short = short if short.strip() else text
    signed = _SIGNATURE.search(short, max(0, len(short) - END))
    # a last line of one to three words, all with a capital, under at least four others
    if signed and signed.start() > 0 and _are_names(signed.group()) and short[: signed.start()].count(" ") >= 3:
        short = short[: signed.start()]
    return short


def _are_names(text: str) -> bool:
    found = re.findall(r"[^\W\d_][\w'’]*", text)
    return bool(found) and all(word[0].isupper() for word in found)


def names_of(texts: Iterable[str]) -> frozenset[str]:
    """Words that stand within sentences with a capital and hardly ever without one, in lower case."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        text = part_read(text)
        if _shouted(text):
            continue
        starts = True
        for match in _TOKEN.finditer(text):
            if match.lastgroup == "word":
                word = match["word"]
                if word[0].islower():
                    small[word] += 1
                elif not starts and _is_capital(word):
                    capital[word.lower()] += 1
            starts = match.lastgroup == "end"
    return frozenset(word for word, n in capital.items() if small[word] < SELDOM * n and word not in _OWN)


def skeleton(text: str, names: Set[str] = frozenset()) -> Skeleton:
    """The skeleton of a text, read in its start and end; `names` are words that are names wherever they stand."""
    text = part_read(unsigned(text))
    is_shouted = _shouted(text)
    found: list[str] = []
    runs: list[list[str]] = []
    starts = True
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "end":
            starts = True
            continue
        kind, word = _kind(match, starts or is_shouted, names)
        starts = False
        if kind and found and found[-1] == kind:
            runs[-1].append(word)
        elif kind:
            found.append(kind)
            runs.append([word])
        elif word not in POLITE:
            found.extend(terms(word) if is_unspaced_word(word) else [word])
    return Skeleton(tuple(found), tuple(map(tuple, runs)), NAME in found)


def _kind(match: re.Match[str], capitals_say_nothing: bool, names: Set[str]) -> tuple[str, str]:
    """The mask of a token, "" for a plain word, and the token in lower case."""
    if match.lastgroup == "number":
        return NUMBER, match["number"].rstrip(".,:/'-")
    raw = match["word"]
    word = raw.lower()
    if word in _DATES_AND_NUMBERS or (not raw.isalpha() and _CODE.fullmatch(raw)):
        return NUMBER, word
    is_name = word in names or (_is_capital(raw) and not capitals_say_nothing and word not in _OWN)
    return (NAME if is_name else ""), word


def _is_capital(word: str) -> bool:
    """Whether a word has a capital and small letters; PIN is none, nor is I."""
    return word[0].isupper() and not word.isupper()


def _shouted(text: str) -> bool:
    found = [word for word in text.split() if word[0].isalpha()]
    return len(found) > 1 and sum(word[0].isupper() for word in found) >= SHOUTED * len(found)


def answer_key(asked: Skeleton, answer: str, names: Set[str]) -> tuple[str, ...]:
    """The words of an answer and, in order, where each value comes from: its place in the question, or itself.

    Two answers with one key are had from each other by putting the values of the question in.
    """
    place = {value: str(n) for n, run in reversed([*enumerate(asked.runs)]) for value in run}
    answered = skeleton(answer, names | place.keys())
    values = (place.get(value, f"={value}") for run in answered.runs for value in run)
    return (*answered.words, "=", *dict.fromkeys(values))
