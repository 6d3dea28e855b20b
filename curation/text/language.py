"""Which language a text is written in, as far as a sentence or two tell (py3langid's model)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import category, normalize

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Language = tuple[str, float]
"""ISO 639-1 code, and how probable it is (0..1)."""

NOT_WORDS = (
    ("`", r"```.*?(?:```|$)|`[^`\n]+`"),
    ("://", r"https?://\S+"),
    ("@", r"\S{1,60}@\S+"),
    ("", r"\w{0,40}\d\S*"),
    ("<", r"<[^>\n]{1,80}>"),
)
"""What is no word of a language, in the order it is looked for, with what a text without it lacks ("": a digit)."""
ONLY_DIGITS = tuple(not sign for sign, _ in NOT_WORDS)
_DIGIT = re.compile(r"\d")
_HOLDS_DIGIT = re.compile(r"(?<!\S)\S*\d\S*")
COMMON = frozenset({
    "the", "of", "and", "to", "is", "that", "for", "with", "this", "are", "was", "you", "it", "from", "your", "have",
    "what", "how",
})  # fmt: skip
"""Words that only English has, or has so often."""
ENGLISH = re.compile(rf"\b(?:{'|'.join(sorted(COMMON))})\b", re.IGNORECASE)
_COMMON_BYTES = frozenset(word.encode() for word in COMMON)
_APART = bytes(code if re.match(r"\w", chr(code)) else ord(" ") for code in range(128)) + bytes(range(128, 256))
"""What stands between words as a blank (bytes of ASCII)."""
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
# Thai, Lao, Myanmar, Khmer
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WIDE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
SHARE_OF_ENGLISH = 0.2
"""Share of words only English has that spares asking the model; English prose has about 0.3."""
LONGEST = 300
"""Characters of words that are read; the language does not change after that in a text that has one."""
READ = 4 * LONGEST
"""Characters in which they are looked for: nothing behind them changes the answer."""
BATCH = 2_000
"""Texts scored at once: takes about 40 MB."""


def likeliest(texts: Sequence[str], fewest_letters: int, families: Mapping[str, str]) -> list[Language | None]:
    """The language each text is most likely in; None where it has fewer letters, or too few words.

    Languages of one family (code -> the family's code) count as one.
    """
    found: list[Language | None] = []
    for start in range(0, len(texts), BATCH):
        read = [_words(text, fewest_letters) for text in texts[start : start + BATCH]]
        english = [_is_english(words) for words in read]
        asked = [words for words, known in zip(read, english, strict=True) if words and not known]
        named = _named(asked, families) if asked else iter(())
        found += [
            (("en", 1.0) if known else next(named)) if words else None
            for words, known in zip(read, english, strict=True)
        ]
    return found


def _words(text: str, fewest_letters: int) -> str:
    """What is read of a text; "" where it is too little."""
    words = _words_alone(text[:READ])[:LONGEST]
    # one Chinese or Japanese character says about as much as two and a half letters
    wide = 0 if words.isascii() else len(_WIDE.findall(words))
    if len(words.split()) < 6 and not wide and not _UNSPACED.search(words):
        return ""
    letters = _letters(words) + 1.5 * wide
    if letters < fewest_letters:
        # marks too: they are half of what is written in Hindi or Thai
        letters += sum(category(character)[0] == "M" for character in words)
    return words if letters >= fewest_letters else ""


def _letters(text: str) -> int:
    """How many letters a text has."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS))
    return sum(map(str.isalpha, text))


def _words_alone(text: str) -> str:
    """The text with a blank for what is no word."""
    there = tuple(sign in text if sign else _DIGIT.search(text) is not None for sign, _ in NOT_WORDS)
    if there == ONLY_DIGITS:
        # between blanks, and only where there is a digit: a third of the time of looking everywhere
        return _HOLDS_DIGIT.sub(lambda match: _not_words(there).sub(" ", match[0]), text)
    return _not_words(there).sub(" ", text) if any(there) else text


@cache
def _not_words(there: tuple[bool, ...]) -> re.Pattern[str]:
    """A pattern of these kinds: looking for all of them takes several times as long."""
    return re.compile("|".join(pattern for (_, pattern), is_here in zip(NOT_WORDS, there) if is_here), re.S)


def _is_english(words: str) -> bool:
    """Whether common English words say so, without asking the model."""
    if words.isascii():
        found = sum(map(_COMMON_BYTES.__contains__, words.lower().encode().translate(_APART).split()))
    else:
        found = len(ENGLISH.findall(words))
    return found > SHARE_OF_ENGLISH * len(words.split())


def _named(texts: Sequence[str], families: Mapping[str, str]) -> Iterator[Language]:
    model = _model()
    names = sorted({families.get(name, name) for name in model.names}, reverse=True)
    belongs = np.array([[families.get(name, name) == family for family in names] for name in model.names], np.float32)
    chances = model.chances(texts) @ belongs
    best = chances.argmax(axis=1)
    return ((names[n], min(1.0, float(chances[row, n]))) for row, n in enumerate(best.tolist()))


@dataclass(frozen=True)
class _Model:
    """py3langid's naive Bayes model: `moves` and `rows` are the automaton that finds byte sequences (a state's row, and
    the next state for each of 256 bytes), `features` what a state has found (-1: nothing), `weights` of shape
    (features, names) and `prior` the logarithms of their chances."""

    moves: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    features: npt.NDArray[np.int32]
    weights: Floats
    prior: Floats
    names: Sequence[str]

    def chances(self, texts: Sequence[str]) -> Floats:
        """How likely each text is in each language, shape (texts, names), rows summing to 1.

        As `LanguageIdentifier.rank`, for many texts at once: a step of the automaton is one look-up for all of them
        instead of a loop over the bytes of each.
        """
        read = [normalize("NFC", text.lower() if text.isupper() else text) for text in texts]
        coded = [text.encode("utf8", errors="surrogatepass") for text in read]
        counts = self._counts(coded)
        counts.data = np.log1p(counts.data)
        lengths = np.array([max(1, len(text)) for text in coded], np.float32)
        # the square root of the bytes keeps the chances calibrated over lengths, as py3langid has it
        scores = (counts @ self.weights + self.prior) / np.sqrt(lengths)[:, None]
        scores[np.diff(counts.indptr) == 0] = 0.0
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        whole: Floats = chances / chances.sum(axis=1, keepdims=True)
        return whole

    def _counts(self, coded: Sequence[bytes]) -> csr_matrix:
        """How often each feature stands in each text."""
        lengths = np.array([len(text) for text in coded])
        order = np.argsort(-lengths, kind="stable")
        letters = np.zeros((lengths.max(initial=0), len(coded)), np.uint8)
        for column, n in enumerate(order.tolist()):
            letters[: lengths[n], column] = np.frombuffer(coded[n], np.uint8)
        states = np.zeros(len(coded), np.int32)
        texts, features = [], []
        for place, longer in enumerate((lengths > n).sum() for n in range(len(letters))):
            states = self.moves[(self.rows[states[:longer]] << 8) + letters[place, :longer]]
            met = self.features[states]
            texts.append(order[:longer][met >= 0])
            features.append(met[met >= 0])
        at = (np.concatenate(texts), np.concatenate(features)) if texts else (np.array([], int), np.array([], int))
        shape = (len(coded), len(self.weights))
        return csr_matrix((np.ones(len(at[0]), np.float32), at), shape)


@cache
def _model() -> _Model:
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    moves, rows, features = (np.asarray(part, np.int32) for part in (found.tk_nextmove, found.tk_row, found.tk_output))
    return _Model(moves, rows, features, found.nb_ptc.astype(np.float32), found.nb_pc, found.nb_classes)
