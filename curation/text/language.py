"""Which language a text is written in, as far as a sentence or two tell (py3langid)."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from unicodedata import category

from py3langid.langid import MODEL_FILE, LanguageIdentifier

NOT_WORDS = re.compile(r"```.*?(?:```|$)|`[^`\n]+`|https?://\S+|\S{1,60}@\S+|\w{0,40}\d\S*|<[^>\n]{1,80}>", re.S)
ENGLISH = re.compile(
    r"\b(?:the|of|and|to|is|that|for|with|this|are|was|you|it|from|your|have|what|how)\b", re.IGNORECASE
)
# Thai, Lao, Myanmar, Khmer
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
SHARE_OF_ENGLISH = 0.2
"""Share of words only English has that spares asking the model (25 times faster); English prose has about 0.3."""
LONGEST = 300
"""Characters read; the language does not change after that in a text that has one."""


def languages(text: str, fewest_letters: int) -> Sequence[tuple[str, float]]:
    """ISO 639-1 codes with their probabilities, the likeliest first; none where the text has fewer letters or words."""
    words = NOT_WORDS.sub(" ", text[: 4 * LONGEST])[:LONGEST]
    # marks too: they are half of what is written in Hindi or Thai
    letters = sum(category(character)[0] in "LM" for character in words)
    # one Chinese or Japanese character says about as much as two and a half letters
    wide = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" for character in words)
    if letters + 1.5 * wide < fewest_letters or (len(words.split()) < 6 and not wide and not _UNSPACED.search(words)):
        return ()
    if len(ENGLISH.findall(words)) > SHARE_OF_ENGLISH * len(words.split()):
        return (("en", 1.0),)
    return [(name, float(probability)) for name, probability in _model()(words)]


@cache
def _model() -> Callable[[str], list[tuple[str, float]]]:
    rank: Callable[[str], list[tuple[str, float]]] = LanguageIdentifier.from_model_file(
        MODEL_FILE, norm_probs=True
    ).rank
    return rank
