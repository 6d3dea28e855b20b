"""Outputs stuck in a loop: one letter, phrase, line or sentence over and over, as a generator that hangs writes it.

A chorus, a table, code, lists whose lines begin alike, and repetition that was asked for are right (free text).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import eq

import numpy as np
import numpy.typing as npt

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, free_text, judged, outputs
from curation.checks.texts.forms import code
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    # a refrain comes three or four times in a row; stuck generators go on to the end
    repeats: int = field(
        default=5, metadata={"help": "Times in a row that a phrase comes before it is a loop", "min": 3, "max": 100}
    )
    loose_rate: float = field(
        default=0.5,
        metadata={
            "help": "Share of an output's sentences, lines or runs of eight words that are repeats",
            "min": 0.2,
            "max": 1.0,
        },
    )


LONGEST = 80
"""Words of the longest phrase that is looked for: three sentences."""
OF_ONE, OF_TWO, OF_LONG = 8, 6, 4
"""Times in a row for one word ("no, no, no ..."), for two, and for a phrase of `LONG` words or more."""
SHORT, LONG = 3, 8
ON_ONE_LINE = 12
"""Times in a row on one line from which on not even code or sums say so: they repeat much, but line by line."""
OF_DIGITS = 20
"""Times for one number, of which tables and votes have many."""
OF_A_DIGIT = 40
"""Times in a row for one digit within a number: more than any that is written out for its value."""
ALL = 0.9
"""Share from which on an output is nothing but the loop."""
SIGNS = 0.2
"""Share of such signs from which on a text is no prose, which has hardly any."""
WHOLE = 0.3
"""Share of the output that a loop makes up, below which it may be a figure of speech."""
SURE_TIMES = 2
"""So many times the repeats asked for are a loop beyond doubt."""
SPOKEN_TIMES = 3
"""So many times more often may a song or a poem say a thing."""
LETTERS, SYLLABLES = 25, 15
"""Times in a row for one letter ("Whaaat" has a few), and for a part of a word ("hahaha" has a few)."""
RUN, FEWEST_RUNS = 8, 40
"""Words of a run, and runs of an output, for counting repeats that do not follow each other."""
FEWEST_SENTENCES, SENTENCE = 8, 12
"""Sentences or lines an output has at least before repeats among them mean anything, and letters of one that counts."""

_LETTER = re.compile(rf"([^\W\d_])\1{{{LETTERS - 1},}}")
_ANY_DIGIT = re.compile(r"\d")
_DIGIT = re.compile(rf"(\d)\1{{{OF_A_DIGIT - 1},}}")
_MARKS = re.compile(rf"([!?,;])\1{{{LETTERS - 1},}}")
# "} } } }", as where the last line of a program comes again and again
_CLOSING = re.compile(rf"([)\]}}>;]{{1,3}}|```)(?:[ \t]\1){{{ON_ONE_LINE - 1},}}")
_OPENERS, _CLOSERS = "([{", ")]}"
_SIGN = re.compile(r"[\\|(){}\[\]^$*+<>=/#~_&%@`]")
_SYLLABLE = re.compile(rf"([^\W\d_]{{2,6}}?)\1{{{SYLLABLES - 1},}}")
# where no blanks stand between words each character is one
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+")
_NUMBERED = re.compile(r"^[ \t]*(?:\d{1,3}[.):]|[-*•–+])[ \t]+", re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_ENTITY = re.compile(r"&#?\w+;")
_TABLE = re.compile(r"^[ \t]*\|.*$|^(?:[^\t\n]*\t){2,}[^\t\n]*$", re.MULTILINE)
_SENTENCE = re.compile(r"[.!?。！？।؟\n]+")
_ASKED = re.compile(
    # "3 times as many" compares
    r"\brepeat|\brepetit|\b(?:\d+|two|three|four|five|six|eight|ten|twenty|fifty|hundred|thousand|many|several) times\b"
    r"(?! (?:as|more|less|the|that|what|\w+er|a|an|per|each|every|his|her|their|in)\b)"
    r"|\bagain and again\b|\bover and over\b|\bmantra|\bfill\b.{0,30}\bwith\b|\btally\b"
    r"|\bwiederhol|\b\d+[- ]?mal\b|\brép[éè]t|\b\d+ fois\b|\brepit|\brepet|\b\d+ (?:veces|vezes|volte)\b|\bripet"
    r"|повтор|\b\d+ раз\b|重复|重複|繰り返|\d+ ?(?:次|遍|回)|كرر|تكرار|दोहरा|\d+ बार|\bulangi\b|\btekrarla",
    re.IGNORECASE,
)
_OF_DIGITS = re.compile(
    r"\bdigits?\b|\bbinary|\bdecimal|\bzero(?:e?s)?\b|\bpower|\bfactorial|\bgoogol|\bwritten? out\b", re.I
)
"""What a long run of one digit is the answer to."""
_OF_PROGRAMS = re.compile(r"\bloop|\bpattern|\bsequence", re.IGNORECASE)
"""Words that ask for repetition too, but also for programs that hold none."""
_SPOKEN = re.compile(
    r"\b(?:songs?|lyrics?|chorus|refrain|poems?|verses?|rhymes?|lullab\w+|chants?|hymns?|jingles?|rap|lied|gedicht"
    r"|chanson|poème|canci[óo]n|poema|canç[ãa]o|canzone|poesia)\b|песн|стих|歌|诗|詩|أغنية|قصيدة|गीत|कविता",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Loop:
    """What is repeated, how many times, and its share of the output (0..1); `sure` is how likely it is a fault."""

    what: str
    times: int
    share: float
    sure: float
    span: tuple[int, int]


@check(
    "repetition",
    "Outputs stuck in a loop",
    settings=Settings(),
    fit=outputs,
    merge=free_text("which do not repeat themselves"),
)
def repetition(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding an output that repeats itself without having been asked to."""

    def rule(row: Row) -> Hit | None:
        loop = _loop(row.output, settings, 1) if len(row.output) >= LETTERS else None
        if loop is not None and _SPOKEN.search(row.input):
            loop = _loop(row.output, settings, SPOKEN_TIMES)
        if loop is None or _ASKED.search(row.input) or (loop.what.isdigit() and _OF_DIGITS.search(row.input)):
            return None
        is_stuck = _is_stuck(row.output, loop)
        if _OF_PROGRAMS.search(row.input) and not (is_stuck and code(row.output)):
            return None
        start = loop.span[0]
        asked_so = row.output[start : start + 3 * len(loop.what)].casefold() in row.input.casefold()
        is_exempt = (code(row.output) or _is_pattern(row.output)) and not is_stuck
        sure = 0.4 if asked_so or is_exempt else loop.sure
        message = f"The output repeats “{cut(loop.what, 60)}” {loop.times:,} times."
        evidence = {"repeated": cut(loop.what), "times": loop.times, "share": round(loop.share, 4)}
        return Hit(sure, message, evidence, spans=[("output", *loop.span)])

    return judged("repetition", shard, rule)


def _is_stuck(text: str, loop: Loop) -> bool:
    """Whether not even code says so: a statement, or words of more than a few letters, over and over on one line."""
    said = text[slice(*loop.span)]
    # the first and the last line may be in it in part
    lines = said.split("\n")[1:-1]
    if len(lines) >= ON_ONE_LINE - SHORT and len(set(lines)) == 1 and sum(map(str.isalpha, lines[0])) > OF_LONG:
        return True
    once = len(said) / loop.times
    longest = max(map(len, said.split("\n")))
    if longest < ON_ONE_LINE * once:
        return False
    # the loop starts and ends with a word: what stands between two of them is in it once for each but the last
    part = said[-longest:][: round(once)]
    is_unbalanced = any(part.count(a) != part.count(b) for a, b in zip(_OPENERS, _CLOSERS, strict=True))
    is_statement = re.search(r";|=|#", part) is not None
    return is_unbalanced or is_statement or sum(map(str.isalpha, loop.what)) >= SENTENCE


def _is_pattern(text: str) -> bool:
    """Whether a text is mostly signs, as regular expressions, drawings and notation are."""
    return len(_SIGN.findall(text)) > SIGNS * len(text)


def _loop(text: str, settings: Settings, often: int) -> Loop | None:
    """The surest loop of a text, `often` times as many repeats asked for."""
    has_run = max(map(len, text.split()), default=0) >= LETTERS
    runs = ((_LETTER, LETTERS), (_SYLLABLE, SYLLABLES), (_MARKS, LETTERS), (_DIGIT, OF_A_DIGIT)) if has_run else ()
    for pattern, least in (*runs, (_CLOSING, ON_ONE_LINE)):
        found = pattern.search(text)
        if found is not None and len(found[0]) >= often * least * len(found[1]):
            share = len(found[0]) / len(text)
            return Loop(found[1], len(found[0]) // len(found[1]), share, 0.85 if share < WHOLE else 0.95, found.span())
    # blanked out, not cut out, so that places stay what they are
    plain = text
    for pattern, signs in ((_FENCED, "`"), (_TABLE, "|\t"), (_NUMBERED, ""), (_ENTITY, "&")):
        if not signs or any(sign in plain for sign in signs):
            plain = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), plain)
    if not _may_loop(plain):
        return _scattered(_sentences(plain), plain, settings, often)
    loop = _in_a_row(text, plain, settings, often) or _scattered(_sentences(plain), plain, settings, often)
    loop = loop or _scattered(_runs(plain), plain, settings, often)
    if loop is not None or not _ANY_DIGIT.search(plain):
        return loop
    # "Step 1: open the lid. Step 2: open the lid."; a table says little but numbers
    counted = _in_a_row(text, _ANY_DIGIT.sub("0", plain), settings, often)
    return counted if counted is not None and len(re.findall(r"[^\W\d_]+", counted.what)) >= SHORT else None


def _may_loop(plain: str) -> bool:
    """Whether words come again in a row: one three times, or four of them twice, as in three times two words or more.

    Digits count as one another. It takes a tenth of the time of looking for phrases.
    """
    words = list(map(str.casefold, _WORD.findall(_ANY_DIGIT.sub("0", plain))))
    if sum(map(eq, words, words[1:])) > 1:
        return True
    fours = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    return len(set(fours)) < len(fours)


def _in_a_row(text: str, plain: str, settings: Settings, often: int) -> Loop | None:
    """A phrase that comes so many times without anything between."""
    places = [match.span() for match in _WORD.finditer(plain)]
    words = [plain[start:end].casefold() for start, end in places]
    codes = {word: n for n, word in enumerate(dict.fromkeys(words))}
    numbers = np.array([codes[word] for word in words], dtype=np.int64)
    for size in _sizes(words):
        start, length = _longest(numbers[size:] == numbers[:-size])
        times, share = (length + size) // size, (length + size) / len(words)
        first, end = places[start][0], places[start + length + size - 1][1]
        phrase = words[start : start + size]
        is_list = plain.count("\n", first, end) >= times - 1
        least = often * _least(size, share, is_list, settings)
        if times < least or (all(word.isdigit() for word in phrase) and times < OF_DIGITS):
            continue
        sure = 0.9 if times >= SURE_TIMES * least else 0.75
        what = text[first : places[start + size - 1][1]]
        # a generator that hangs goes on to the end
        to_the_end = times >= ON_ONE_LINE and start + length + size >= len(words) - size
        is_much = share >= WHOLE or times >= OF_DIGITS or to_the_end
        return Loop(what, times, share, sure if is_much else 0.4, (first, end))
    return None


def _sizes(words: Sequence[str]) -> list[int]:
    """The lengths a repeated phrase may have: so many words lie between a word and its next, and not by chance."""
    last: dict[str, int] = {}
    gaps: Counter[int] = Counter()
    for n, word in enumerate(words):
        if word in last:
            gaps[n - last[word]] += 1
        last[word] = n
    least = OF_LONG - 2
    return sorted(gap for gap, times in gaps.items() if gap <= LONGEST and times >= least)


def _least(size: int, share: float, is_list: bool, settings: Settings) -> int:
    """How many times a phrase of so many words comes in a row before it is a loop."""
    least = OF_ONE if size == 1 else OF_TWO if size == 2 else OF_LONG if size >= LONG else settings.repeats
    if is_list:
        least = min(least, settings.repeats)
    if share < ALL:
        return least
    # who says nothing else needs to say it less often
    return min(least, settings.repeats if size < SHORT else OF_LONG - 1 if size >= LONG else OF_LONG)


def _longest(same: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Where the longest run of True starts, and its length."""
    if not same.any():
        return 0, 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest] - starts[longest])


def _sentences(plain: str) -> tuple[list[str], int]:
    """The sentences and lines of a text, and how many it has at least before repeats among them mean anything."""
    return [s.casefold() for s in map(str.strip, _SENTENCE.split(plain)) if len(s) >= SENTENCE], FEWEST_SENTENCES


def _runs(plain: str) -> tuple[list[str], int]:
    """The same of all runs of words."""
    words = [match[0].casefold() for match in _WORD.finditer(plain)]
    return list(map(" ".join, zip(*(words[n:] for n in range(RUN)), strict=False))), FEWEST_RUNS


def _scattered(of: tuple[list[str], int], plain: str, settings: Settings, often: int) -> Loop | None:
    """Parts of a text that come back again and again with something between them."""
    parts, fewest = Counter(of[0]), of[1]
    count = parts.total()
    if count < fewest * often:
        return None
    share = 1 - len(parts) / count
    what, times = parts.most_common(1)[0]
    if share < settings.loose_rate or times < settings.repeats * often:
        return None
    start = max(0, plain.casefold().find(what))
    return Loop(what, times, share, 0.7, (start, min(len(plain), start + len(what))))
