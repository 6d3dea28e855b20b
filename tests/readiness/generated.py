"""Texts made from a seed: sentences of made-up words, and light rewordings of them."""

from collections.abc import Sequence
from itertools import product

import numpy as np

WORDS = ["".join(parts) for parts in product("bdfgklmnprst", "aeiou", ("lan", "rot", "mi", "sel", "gun"), ("", "ed"))]
"""600 words that stand in no list of common ones."""
NAMES = [f"{first} {last}" for first in ("Anna", "Ben", "Carla", "David", "Emma", "Felix", "Greta", "Hugo")
         for last in ("Smith", "Lopez", "Meyer", "Rossi", "Khan", "Novak")]  # fmt: skip
POLITE = ("Hi, {}", "{} Thanks!", "please, {}", "Hello, {} Thank you.", "{} please")


def sentence(rng: np.random.Generator, length: int = 9) -> str:
    """A sentence of so many different words."""
    return " ".join(rng.choice(WORDS, length, replace=False)) + "."


def reworded(text: str, rng: np.random.Generator) -> str:
    """The text with a word left out, another word or two words swapped, and with a polite word around it."""
    words = text.rstrip(".").split()
    at = int(rng.integers(len(words) - 1))
    way = int(rng.integers(3))
    if way == 0:
        words.pop(at)
    elif way == 1:
        words[at] = str(rng.choice(WORDS))
    else:
        words[at], words[at + 1] = words[at + 1], words[at]
    return str(rng.choice(POLITE)).format(" ".join(words) + ".")


def signed(text: str, rng: np.random.Generator) -> str:
    """The text with somebody's name below it."""
    return f"{text}\n{rng.choice(('Regards,', 'Best,', 'Thanks,'))}\n{rng.choice(NAMES)}"


def filled(template: str, rng: np.random.Generator) -> str:
    """A template with its {name} and {number} filled in."""
    return template.format(name=rng.choice(NAMES), number=int(rng.integers(10, 99_999)))


def shares_of(values: Sequence[object]) -> dict[object, float]:
    """The share of each value."""
    return {value: sum(one == value for one in values) / len(values) for value in set(values)}
