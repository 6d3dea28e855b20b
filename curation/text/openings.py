"""The opening that nearly all texts of a set share, as a system prompt or an instruction before every question does.

It says nothing about a single text, yet it makes all of them look alike; so it is left out where texts are compared. It
ends with a line, a sentence or a colon: texts that differ only in how one sentence ends are alike indeed.
"""

import re
from collections.abc import Iterable, Sequence
from os.path import commonprefix

LEAST = 32
"""Characters of a shared opening that is left out; a shorter one ("Question: ") weighs little."""
FEWEST = 8
"""Texts from which on an opening can be called shared by nearly all."""
NEARLY_ALL = 0.9
"""Share of the texts that begin with it: some may have been written by hand since."""
LOOKED_AT = 20_000
"""Texts looked at; of more, those whose length is a multiple of some number, which is no matter of their order."""
_ENDS = re.compile(r"\n|[:.?!。？！][ \t]|[。？！]")


def opening(texts: Sequence[str]) -> str:
    """The longest beginning of whole sentences or lines that nearly all texts share; "" where it is short.

    The same whatever the order of the texts. Texts that are white space alone are not counted.
    """
    step = -(-len(texts) // LOOKED_AT)
    some = [text for text in texts if (step <= 1 or len(text) % step == 0) and text.strip()]
    if len(some) < FEWEST:
        return ""
    shared = max((commonprefix(pair) for pair in ends_of_nearly_all(some)), key=len)  # noqa: RUF071  characters are meant, not folders
    cut = max((mark.end() for mark in _ENDS.finditer(shared)), default=0)
    return shared[:cut] if cut >= LEAST else ""


def ends_of_nearly_all(texts: Sequence[str]) -> Iterable[tuple[str, str]]:
    """The first and last of every run of nearly all texts in sorted order; what all of one share, both begin with."""
    ordered = sorted(texts)
    width = max(1, int(NEARLY_ALL * len(ordered)))
    return zip(ordered, ordered[width - 1 :])


def unopened(texts: Sequence[str]) -> list[str]:
    """The texts without the opening that nearly all of them share."""
    return without(texts, opening(texts))


def without(texts: Sequence[str], shared: str) -> list[str]:
    """The texts, without this opening those that begin with it."""
    return [text[len(shared) :] if shared and text.startswith(shared) else text for text in texts]
