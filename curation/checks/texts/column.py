"""Which texts of a whole column may match a pattern: asked of RE2 in one pass, before anything is read closely.

What is asked is made from the pattern itself, loosened wherever RE2 cannot say the same: what it lacks (what stands
before or behind, a group once more) is left out, counts lose their upper end, and classes of characters hold at least
those that Python's do. So a text that the pattern is found in always passes; one that passes has to be read.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, reduce
from re import _constants as ops  # type: ignore[attr-defined]  # no other door: how Python itself reads a pattern
from re import _parser as parser
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Mask = Any
"""True or false a text, as an Arrow column."""
Question = Callable[[pa.ChunkedArray], Mask]

MOST_TIMES = 8
"""Times a character is asked for in a row: more make what RE2 keeps in mind grow, and hardly any text fewer."""
LONGEST = 10_000
"""Characters of a question. Of three that were tried one of 31,000 and one of 87,000 took 70 and 130 times as long as
their parts, one of 50,000 did not."""
LAST_CASED, LAST_DIGIT, LAST_FOLDED = 0x1F000, 0x20000, 0x30000
"""No letter from here on has another case, none is a digit, and none is folded (Unicode 16; a test asks them all)."""
_ANYTHING = r"(?s:.*)"
_CLASSES = {
    ops.CATEGORY_WORD: r"0-9A-Za-z_\x{80}-\x{10ffff}",
    ops.CATEGORY_NOT_WORD: r"\x00-/:-@\[-\^`\{-\x{10ffff}",
    ops.CATEGORY_NOT_DIGIT: r"\x00-/:-\x{10ffff}",
    ops.CATEGORY_SPACE: r"\t-\r\x1c- \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    ops.CATEGORY_NOT_SPACE: r"\x00-\x08\x0e-\x1b!-\x{10ffff}",
}
"""At least the characters that Python means."""
_SURELY = {
    ops.CATEGORY_WORD: "0-9A-Za-z_",
    ops.CATEGORY_NOT_WORD: r"\x00-/:-@\[-\^`\{-\x7f",
    ops.CATEGORY_DIGIT: "0-9",
    ops.CATEGORY_NOT_DIGIT: r"\x00-/:-\x7f",
    ops.CATEGORY_SPACE: r"\t-\r\x1c- ",
    ops.CATEGORY_NOT_SPACE: r"\x00-\x08\x0e-\x1b!-\x7f",
}
"""No characters but those that Python means, to be left out of a class."""


def may_match(*patterns: re.Pattern[str]) -> Question:
    """The question to a column of texts in which of them any of the patterns may be found; null is no text."""
    return _asking(lambda: (loosened(pattern) for pattern in patterns))


def may_end(*patterns: re.Pattern[str]) -> Question:
    """As `may_match`, which texts or last lines may be matched as a whole, signs at both ends set aside."""
    around = rf"[_{_CLASSES[ops.CATEGORY_NOT_WORD]}]*"
    return _asking(lambda: (rf"(?:\A|\n){around}(?:{loosened(pattern)}){around}\z" for pattern in patterns))


def either(*questions: Question) -> Question:
    """Which texts any of the questions is true of."""
    return lambda column: reduce(pc.or_, (question(column) for question in questions))


def may_fold(column: pa.ChunkedArray) -> Mask:
    """Which texts hold a letter that case folding or NFC makes others of, so that patterns match the folded text alone,
    or blanks that are made one."""
    return _found(column, _folding())


def _asking(made: Callable[[], Iterator[str]]) -> Question:
    return lambda column: reduce(pc.or_, (_found(column, question) for question in _together(made())))


def _together(questions: Iterable[str]) -> Iterator[str]:
    """The questions, short ones as one: in a long one RE2 keeps more in mind than it may, and becomes slow."""
    joined = ""
    for question in questions:
        if joined and len(joined) + len(question) > LONGEST:
            yield joined
            joined = ""
        joined = f"{joined}|{question}" if joined else question
    yield joined


def _found(column: pa.ChunkedArray, question: str) -> Mask:
    return pc.fill_null(pc.match_substring_regex(column, question), False)


@cache
def loosened(pattern: re.Pattern[str]) -> str:
    """A pattern of RE2 that is found in every text in which this one is, or in which it is in a part cut out of it."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    return _sequence(tree.data, bool(pattern.flags & re.IGNORECASE), bool(pattern.flags & re.DOTALL))


def _sequence(nodes: Sequence[tuple[Any, Any]], small: bool, dots: bool) -> str:
    return "".join(_node(op, of, small, dots) for op, of in nodes)


def _node(op: Any, of: Any, small: bool, dots: bool) -> str:
    if op is ops.LITERAL:
        return _letter(of, small)
    if op is ops.NOT_LITERAL:
        return f"[^{_escaped(of)}]"
    if op is ops.ANY:
        return "(?s:.)" if dots else r"[^\n]"
    if op is ops.IN:
        return _class(of, small)
    if op is ops.BRANCH:
        return f"(?:{'|'.join(_sequence(branch, small, dots) for branch in of[1])})"
    if op is ops.SUBPATTERN:
        _, added, taken, inside = of
        small = (small or bool(added & re.IGNORECASE)) and not taken & re.IGNORECASE
        dots = (dots or bool(added & re.DOTALL)) and not taken & re.DOTALL
        return f"(?:{_sequence(inside, small, dots)})"
    if op is ops.ATOMIC_GROUP:
        return f"(?:{_sequence(of, small, dots)})"
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        return _repeated(of, small, dots)
    if op in (ops.ASSERT, ops.ASSERT_NOT, ops.AT):
        return ""
    return _ANYTHING


def _repeated(of: tuple[Any, Any, Any], small: bool, dots: bool) -> str:
    least, most, inside = of
    what = f"(?:{_sequence(inside, small, dots)})"
    if what == "(?:)":
        return ""
    if most == 1:
        return what if least else f"{what}?"
    least = min(least, MOST_TIMES)
    return what + {0: "*", 1: "+"}.get(least, f"{{{least},}}")


def _class(of: Sequence[tuple[Any, Any]], small: bool) -> str:
    if of[0][0] is ops.NEGATE:
        return f"[^{''.join(_member(op, what, False, _SURELY) for op, what in of[1:])}]"
    return f"[{''.join(_member(op, what, small, _CLASSES) for op, what in of)}]"


def _member(op: Any, of: Any, small: bool, classes: dict[Any, str]) -> str:
    if op is ops.CATEGORY:
        return _digits() if classes is _CLASSES and of is ops.CATEGORY_DIGIT else classes[of]
    if op is ops.RANGE:
        low, high = of
        return f"{_escaped(low)}-{_escaped(high)}" + (_cases_between(low, high) if small else "")
    return "".join(map(_escaped, _cases(of))) if small else _escaped(of)


def _letter(code: int, small: bool) -> str:
    cases = _cases(code) if small else (code,)
    return _escaped(code) if len(cases) == 1 else f"[{''.join(map(_escaped, cases))}]"


def _escaped(code: int) -> str:
    letter = chr(code)
    return letter if letter.isascii() and letter.isalnum() else f"\\x{{{code:x}}}"


@cache
def _cased() -> str:
    """Every letter that has another case."""
    return "".join(c for c in map(chr, range(LAST_CASED)) if not c.lower() == c.upper() == c)


@cache
def _cases(code: int) -> tuple[int, ...]:
    """The letters that Python takes for this one where case does not count, itself among them."""
    return tuple(sorted({code, *map(ord, re.findall(re.escape(chr(code)), _cased(), re.IGNORECASE))}))


@cache
def _cases_between(low: int, high: int) -> str:
    pattern = re.compile(f"[{re.escape(chr(low))}-{re.escape(chr(high))}]", re.IGNORECASE)
    return "".join(_escaped(ord(c)) for c in pattern.findall(_cased()) if not low <= ord(c) <= high)


@cache
def _digits() -> str:
    """Every decimal digit that this Python knows."""
    return _ranges([code for code in range(LAST_DIGIT) if chr(code).isdecimal()])


@cache
def _folding() -> str:
    """What `may_fold` looks for."""
    return rf"[\t-\r\x1c-\x1f{_ranges([code for code in range(0x80, LAST_FOLDED) if _folds(chr(code))])}]|  "


def _folds(letter: str) -> bool:
    """Whether folding makes something else of a letter, alone or with the one before it (marks, parts of Hangul)."""
    if letter.isspace() or unicodedata.category(letter)[0] == "M" or "\u1100" <= letter <= "\u11ff":
        return True
    folded = unicodedata.normalize("NFC", letter).casefold()
    return folded != letter and re.fullmatch(re.escape(folded), letter, re.IGNORECASE) is None


def _ranges(codes: Sequence[int]) -> str:
    """Ascending codes as ranges of a class."""
    starts = [code for code, before in zip(codes, [-2, *codes], strict=False) if code != before + 1]
    ends = [code for code, behind in zip(codes, [*codes[1:], -2], strict=True) if behind != code + 1]
    return "".join(f"\\x{{{start:x}}}-\\x{{{end:x}}}" for start, end in zip(starts, ends, strict=True))
