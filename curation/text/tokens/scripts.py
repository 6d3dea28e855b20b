"""What a text is made of, by script and content, and how many tokens each part of it becomes.

Weights and bands were fitted by `benchmarks/tokens.py`: to the tokenizers of Mistral 7B (32,000 tokens, few of them not
English) and Mistral Nemo (131,000, many scripts), a third (Claude 2, 65,000) held against them. A weight is the
geometric mean of the two; a band holds all three, with a tenth or so more on either side. The sets are BANKING77,
GSM8K, GPTeacher roleplay and code, and sentences in 22 languages (`benchmarks/scripts.toml`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.text.tokens.batches import batches

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Weight(NamedTuple):
    """Tokens of one unit: the value, and the factors of it that hold for a single text and for the total of a set."""

    value: float
    low: float
    high: float
    set_low: float
    set_high: float


def _script(value: float, low: float, high: float) -> Weight:
    """Of scripts whose tokens depend on the tokenizer far more than on the text: one band for a text and a set."""
    return Weight(value, low / value, high / value, low / value, high / value)


_PLAIN = (0.70, 1.33, 0.85, 1.15)
"""English, code and their punctuation: a text in a hundred lies outside the first two."""
_DIGIT = (0.35, 1.30, 0.35, 1.20)
"""Down to a third, as some tokenizers take up to three digits at once (of the three measured, Claude 2's)."""
_FOREIGN = (0.50, 1.75, 0.50, 1.68)
"""Eight other languages in Latin letters, Vietnamese the cheapest (Mistral Nemo), Finnish the dearest."""

WEIGHTS: dict[str, Weight] = {
    "word": Weight(0.94, *_PLAIN),
    "letter": Weight(0.03, *_PLAIN),
    "far_letter": Weight(0.3, *_PLAIN),
    "digit": Weight(1.0, *_DIGIT),
    "mark": Weight(1.0, *_PLAIN),
    "far_mark": Weight(0.3, *_PLAIN),
    "line": Weight(1.2, *_PLAIN),
    "indent": Weight(0.5, *_PLAIN),
    "foreign_word": Weight(1.30, *_FOREIGN),
    "foreign_letter": Weight(0.078, *_FOREIGN),
    "accented": Weight(0.65, *_FOREIGN),
    "cyrillic": _script(0.40, 0.31, 0.66),
    "greek": _script(0.72, 0.38, 1.45),
    "hebrew": _script(0.82, 0.49, 1.36),
    "arabic": _script(0.62, 0.30, 1.26),
    "indic": _script(0.78, 0.38, 2.35),
    "thai": _script(0.76, 0.50, 2.00),
    "han": _script(1.01, 0.70, 1.25),
    "kana": _script(0.83, 0.48, 1.30),
    "hangul": _script(1.04, 0.64, 1.66),
    "other": _script(0.81, 0.48, 1.65),
    "symbol": _script(1.70, 0.80, 3.00),
    "emoji": _script(3.00, 1.00, 4.00),
}
"""By part of a text. `word` is a run of Latin letters, `mark` one of punctuation, `line` one of line ends, `indent` one
of two blanks or more; `far_letter` and `far_mark` are those beyond FAR in a run. `foreign_word` and `foreign_letter`
stand in place of `word` and `letter` as far as a text in Latin letters is not English; `accented` is a letter beyond
a to z. All others are single characters."""
NAMES = tuple(WEIGHTS)
TABLE: Floats = np.array([WEIGHTS[name] for name in NAMES])
FAR = {"letter": 12, "mark": 3}
"""Letters and marks of a run up to which it costs what English does; random strings cost more."""

SPACE, LINE, LETTER, DIGIT, MARK, ACCENTED, CYRILLIC, GREEK, HEBREW, ARABIC, INDIC, THAI, HAN, KANA, HANGUL, OTHER = (
    range(16)
)
SYMBOL, EMOJI = 16, 17
KINDS = 18
BLOCKS = (
    (0x80, 0xBF, SYMBOL), (0xC0, 0x36F, ACCENTED), (0x370, 0x3FF, GREEK), (0x400, 0x52F, CYRILLIC),
    (0x590, 0x5FF, HEBREW), (0x600, 0x77F, ARABIC), (0x900, 0xDFF, INDIC), (0xE00, 0xEFF, THAI),
    (0x1E00, 0x1EFF, ACCENTED), (0x1F00, 0x1FFF, GREEK), (0x2000, 0x2BFF, SYMBOL), (0x3000, 0x303F, HAN),
    (0x3040, 0x30FF, KANA), (0x3100, 0x9FFF, HAN), (0xAC00, 0xD7AF, HANGUL), (0xF900, 0xFAFF, HAN),
    (0xFB50, 0xFDFF, ARABIC), (0xFE00, 0xFE6F, SYMBOL), (0xFE70, 0xFEFF, ARABIC), (0xFF00, 0xFFEF, HAN),
)  # fmt: skip
"""First and last code point of a kind (Unicode's blocks); all others beyond ASCII are OTHER, beyond the first plane
EMOJI, but for its Chinese characters."""
FAR_HAN = (0x20000, 0x3FFFF)
OF_KIND = {
    ACCENTED: "accented", CYRILLIC: "cyrillic", GREEK: "greek", HEBREW: "hebrew", ARABIC: "arabic", INDIC: "indic",
    THAI: "thai", HAN: "han", KANA: "kana", HANGUL: "hangul", OTHER: "other", SYMBOL: "symbol", EMOJI: "emoji",
    DIGIT: "digit",
}  # fmt: skip

WORDS = (
    "the", "of", "and", "to", "that", "you", "what", "with", "this", "have", "from", "it", "your", "how", "be", "will",
    "not", "can", "when", "which", "there", "they", "his", "many", "each", "total", "is", "are", "if",
)  # fmt: skip
ENGLISH = rf"\b(?:{'|'.join(WORDS)})\b"
"""Common English words that other languages in Latin letters rarely have. Of the words of the English sets 30 to 40 %
are among them, of code with its instructions 15 %, of other languages 0 to 4 %."""
SURELY, HARDLY = 0.10, 0.05
"""Share of these words from which on a text is English, and up to which it is not, one and ten words added as a text
of a few words says little."""
CODE_FROM, CODE_TO = 0.5, 0.7
"""Runs of punctuation a word: code has more than the first (GPTeacher's .7), prose fewer (.1 to .4)."""

CHUNK = 1_000_000
"""Characters looked at in one go: some tens of megabytes."""


def parts_of(texts: Sequence[str]) -> Floats:
    """How much of each part the texts hold, shape (texts, NAMES)."""
    found = [_parts(chunk) for chunk in batches(texts, CHUNK)]
    return np.concatenate(found) if found else np.zeros((0, len(NAMES)))


def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.full(0x10000, OTHER, np.uint8)
    for first, last, kind in BLOCKS:
        kinds[first : last + 1] = kind
    for point in range(128):
        sign = chr(point)
        kinds[point] = (
            LETTER if sign.isalpha() else DIGIT if sign.isdigit() else LINE if sign in "\n\v\f\r" else
            SPACE if point <= 32 or point == 127 else MARK
        )  # fmt: skip
    return kinds


_KINDS = _kinds()
_OF_BYTE = bytes(_KINDS[:128]) + bytes(128)
"""The kind of each byte of an ASCII text."""
SHORTEST, LONGEST = min(map(len, WORDS)), max(map(len, WORDS))
_LOWER = int.from_bytes(b"\x20" * 8, "little")
_MASKS = np.array([256**n - 1 for n in range(LONGEST + 1)], np.int64)
_CODES = np.array(sorted(int.from_bytes(word.encode(), "little") for word in WORDS), np.int64)
"""The words as numbers, a byte a letter."""
_IN_WORD = np.array([chr(byte).isalnum() or byte == ord("_") for byte in range(128)] + [False] * 128)
LEAST_FAR = min(FAR.values())
_MOST = np.full(KINDS, np.iinfo(np.int64).max)
_MOST[[LETTER, MARK]] = FAR["letter"], FAR["mark"]


def _parts(texts: list[str]) -> Floats:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    whole, ends = b"".join(encoded), np.cumsum([0, *map(len, texts)])
    is_ascii = len(whole) == ends[-1]
    kinds = np.frombuffer(whole.translate(_OF_BYTE), np.uint8) if is_ascii else _kinds_of("".join(texts))
    letters = kinds if is_ascii else np.where(kinds == ACCENTED, LETTER, kinds)
    starts = _starts(letters, ends)
    length, kind = np.empty(len(starts), np.int64), letters[starts]
    np.subtract(starts[1:], starts[:-1], out=length[:-1])
    length[-1:] = len(kinds) - starts[-1:]
    row = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(starts, ends)))
    place = row * KINDS + kind

    def by_row(weights: npt.NDArray[Any] | None, of: Integers) -> Floats:
        return np.bincount(of, weights, minlength=len(texts) * KINDS).reshape(-1, KINDS).astype(float)

    counts = by_row(length, place)
    if not is_ascii:
        accented = np.searchsorted(ends, np.flatnonzero(kinds == ACCENTED), "right") - 1
        counts[:, ACCENTED] = np.bincount(accented, minlength=len(texts))
        counts[:, LETTER] -= counts[:, ACCENTED]
    far = np.flatnonzero(length > LEAST_FAR)
    over = length[far] - _MOST[kind[far]]
    far, over = far[over > 0], over[over > 0]
    indents = by_row(None, place[(kind == SPACE) & (length > 1)])
    english = _english_in(whole, Runs(starts, length, kind, row), ends) if is_ascii else _english(encoded)
    return _table(counts, by_row(None, place), indents, by_row(over, place[far]), english)


def _kinds_of(text: str) -> npt.NDArray[np.uint8]:
    """The kind of every character of a text that is not all ASCII."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _KINDS[np.minimum(points, 0xFFFF)]
    far = points > 0xFFFF
    if far.any():
        kinds = np.where(far, np.where((points >= FAR_HAN[0]) & (points <= FAR_HAN[1]), HAN, EMOJI), kinds)
    return kinds


def _starts(kinds: npt.NDArray[np.uint8], ends: Integers) -> Integers:
    """Where a run of one kind begins; a run ends with its text."""
    new = np.ones(len(kinds), bool)
    np.not_equal(kinds[1:], kinds[:-1], out=new[1:])
    new[ends[ends < len(kinds)]] = True
    return np.flatnonzero(new)


class Runs(NamedTuple):
    """Runs of one kind of character in texts that stand one behind the other: where each starts, how long it is, its
    kind, and its text (row)."""

    starts: Integers
    length: Integers
    kind: npt.NDArray[np.uint8]
    row: Integers


def _english_in(whole: bytes, runs: Runs, ends: Integers) -> Floats:
    """What `_english` counts, in ASCII texts: a fifth of its time."""
    few = np.flatnonzero((runs.kind == LETTER) & (runs.length >= SHORTEST) & (runs.length <= LONGEST))
    first, long = runs.starts[few], runs.length[few]
    eight: Integers = np.ndarray(len(whole), "<i8", whole + bytes(8), strides=(1,))  # those from every byte on
    codes = (eight[first] | _LOWER) & _MASKS[long]
    hits = np.flatnonzero(_CODES[np.minimum(np.searchsorted(_CODES, codes), len(_CODES) - 1)] == codes)
    first, last, row = first[hits], first[hits] + long[hits], runs.row[few[hits]]
    signs = np.frombuffer(whole + b" ", np.uint8)
    is_joined = (_IN_WORD[signs[first - 1]] & (first > ends[row])) | (_IN_WORD[signs[last]] & (last < ends[row + 1]))
    return np.bincount(row[~is_joined], minlength=len(ends) - 1).astype(float)


def _english(texts: Sequence[bytes]) -> Floats:
    column = pa.array(texts, pa.binary())
    counts: Floats = pc.count_substring_regex(column, ENGLISH, ignore_case=True).to_numpy().astype(float)
    return counts


def _table(counts: Floats, runs: Floats, long: Floats, over: Floats, english: Floats) -> Floats:
    """The parts of each text from its characters and its runs by kind: all, those of two blanks or more, and characters
    beyond FAR in them."""
    words, marks = runs[:, LETTER], runs[:, MARK]
    share = (english + 1) / (words + 10)
    foreign = np.clip((SURELY - share) / (SURELY - HARDLY), 0, 1)
    foreign *= np.clip((CODE_TO - marks / np.maximum(words, 1)) / (CODE_TO - CODE_FROM), 0, 1)
    letters = counts[:, LETTER] + counts[:, ACCENTED]
    columns = {OF_KIND[kind]: counts[:, kind] for kind in OF_KIND} | {
        "word": words * (1 - foreign), "letter": letters * (1 - foreign),
        "foreign_word": words * foreign, "foreign_letter": letters * foreign,
        "far_letter": over[:, LETTER], "mark": marks, "far_mark": over[:, MARK],
        "line": runs[:, LINE], "indent": long[:, SPACE],
    }  # fmt: skip
    return np.column_stack([columns[name] for name in NAMES])
