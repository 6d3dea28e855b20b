"""One random generator for each evidence item, so that no item's figures depend on which others there are."""

from zlib import crc32

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """The generator of what the names say (an item's id, or more), at its start whenever it is asked for."""
    return np.random.default_rng([seed, *(crc32(name.encode()) for name in names)])
