"""MinHash signatures, bit-identical to datasketch's `MinHash(num_perm, seed, scheme="affine32").update_batch`."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.dedup.similarity import fast
from curation.dedup.similarity.shingles import Keys, Shingles, shingles32
from curation.dedup.similarity.text import Texts, in_threads, spans
from curation.records.progress import Progress, ignore

Signatures = npt.NDArray[np.uint32]

WEIGHTS = (0.1, 0.9)
"""Weights of false positives and negatives when choosing bands: every candidate is verified, so misses cost more.
At threshold .7 and 128 permutations that is 20 bands of 6, which find 91.8 % of pairs at .7 and 99.8 % at .8."""

MAX_BAND_THRESHOLD = 0.95
"""Bands for higher thresholds would be too few to rely on; verification holds the threshold itself."""

_CELLS = 1 << 16
"""Shingles multiplied at a time: three passes over 256 KiB stay in a core's L2 cache."""


@lru_cache(maxsize=64)
def bands(threshold: float, num_perm: int) -> tuple[int, int]:
    """(bands, rows a band) that datasketch chooses for this threshold."""
    from datasketch import MinHashLSH

    index = MinHashLSH(min(threshold, MAX_BAND_THRESHOLD), num_perm, weights=WEIGHTS)
    return int(index.b), int(index.r)


@lru_cache(maxsize=8)
def permutations(num_perm: int, seed: int) -> npt.NDArray[np.uint32]:
    """The two rows (a, b) of datasketch's permutations a * h + b modulo 2**32."""
    from datasketch import MinHash

    found: npt.NDArray[np.uint32] = MinHash(num_perm, seed, scheme="affine32").permutations
    return found


@dataclass(frozen=True)
class Scheme:
    """How texts are signed: shingles of `shingle` characters, `num_perm` values a text, permutations by `seed`."""

    shingle: int
    num_perm: int
    seed: int


def signatures(
    texts: Texts, scheme: Scheme, workers: int = 1, progress: Progress = ignore, compiled: bool = True
) -> Signatures:
    """The signature of every normalised text, one row a text, a column a permutation."""
    found = np.empty((len(texts), scheme.num_perm), np.uint32)
    parts = spans(texts)
    function = _compiled if compiled and fast.available() else _in_numpy
    a, b = permutations(scheme.num_perm, scheme.seed)

    def sign(start: int, stop: int) -> int:
        function(shingles32(texts.slice(start, stop - start), scheme.shingle), a, b, found[start:stop])
        return stop

    for stop in in_threads(sign, parts, workers):
        progress(stop / len(texts), "computing signatures")
    return found


def of_keys(found: Shingles, num_perm: int, seed: int) -> Signatures:
    """Signatures of shingles already made (32-bit keys)."""
    a, b = permutations(num_perm, seed)
    out = np.empty((len(found.start) - 1, num_perm), np.uint32)
    _in_numpy(found, a, b, out)
    return out


def fmix(keys: Keys) -> Keys:
    """MurmurHash3's 32-bit finalizer, with which datasketch mixes every hash before the permutations."""
    keys = (keys ^ (keys >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    keys = (keys ^ (keys >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return keys ^ (keys >> np.uint32(16))


def _in_numpy(found: Shingles, a: Any, b: Any, out: Signatures) -> None:
    docs, first = len(found.start) - 1, 0
    while first < docs:
        last = int(np.searchsorted(found.start, found.start[first] + _CELLS, side="right")) - 1
        last = min(max(last, first + 1), docs)
        low, high = found.start[first], found.start[last]
        mixed = fmix(found.keys[low:high])
        space = np.empty_like(mixed)
        lowest = np.empty((len(a), last - first), np.uint32)
        for k in range(len(a)):
            np.multiply(mixed, a[k], out=space)
            np.add(space, b[k], out=space)
            np.minimum.reduceat(space, found.start[first:last] - low, out=lowest[k])
        out[first:last] = lowest.T
        first = last


def _compiled(found: Shingles, a: Any, b: Any, out: Signatures) -> None:
    fast.kernel(fast.sign)(found.start, found.keys, a, b, out)
