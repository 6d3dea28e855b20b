"""Texts of known length in tokens: common English words are one token each in the vocabularies of Llama 3 and GPT-4.

The model reads 8,192 tokens. Lengths near that and texts unlike English prose are where an estimate errs.
"""

QUICK = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
SMALL = ["to", "be", "or", "not", "to", "be", "it", "is", "as", "we", "go", "on"]
LARGE = ["government", "development", "information", "community", "international", "education"]


def text(words, tokens):
    return " ".join(words[n % len(words)] for n in range(tokens))


LENGTHS = (8300, 8500, 9000, 10_000, 12_000, 20_000)
ALLOWED = (10, 500, 2000, 4000, 5000)
WRONG = [
    *(("Sum up.", text(QUICK, tokens)) for tokens in LENGTHS),
    *(("Sum up.", text(SMALL, tokens)) for tokens in LENGTHS),
    *((text(QUICK, tokens), "Fine.") for tokens in LENGTHS),
    (text(QUICK, 5000), text(QUICK, 5000)),
    ("Sum up.", "日本語" * 4000),
    ("Count.", "1 " * 9000),
    ("Sum up.", "🦊" * 5000),
    ("Read.", "a" + "\nb" * 8500),
]
RIGHT = [
    *(("Sum up.", text(QUICK, tokens)) for tokens in ALLOWED),
    *(("Sum up.", text(SMALL, tokens)) for tokens in (*ALLOWED, 7000, 8000)),
    *(("Sum up.", text(LARGE, tokens)) for tokens in (10, 500, 2000)),
    *((text(QUICK, tokens), text(QUICK, tokens)) for tokens in (100, 1000, 3000)),
    ("Sum up.", text(QUICK, 6500)),
    ("Sum up.", text(QUICK, 7500)),
    ("Read.", "x" + " " * 40_000 + "y"),
    ("Sum up.", "日本語" * 2500),
    ("Sum up.", text(LARGE, 5000)),
]
