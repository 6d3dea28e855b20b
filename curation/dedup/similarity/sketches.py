"""What is kept of the signatures: the keys of their bands and half a byte a value, an eighth of their size.

Whole signatures of ten million texts are 5 GB. The keys (8 bytes a band) go to a temporary file when there are many
texts and come back one band at a time. Half bytes agree by chance once in 16; corrected for that, the estimate of a
similarity of .7 has a standard error of .042 instead of .041.
"""

import os
import weakref
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.dedup.similarity.documents import Documents
from curation.dedup.similarity.minhash import Scheme, Signatures, signatures
from curation.dedup.similarity.shingles import WideKeys
from curation.dedup.similarity.spill import temporary
from curation.dedup.similarity.text import in_threads
from curation.records.progress import Progress, ignore

SPILL_ABOVE = 1_500_000
"""Texts above which band keys are kept in a file: 20 bands of as many are 240 MB."""

_WIDTH = 8
_LOWEST = np.uint64(0x1111111111111111)
"""The lowest bit of each of the 16 half bytes of a word."""


@dataclass
class BandKeys:
    """One 64-bit key a band and text, in memory or, with `file`, on disk; read by any thread."""

    bands: int
    count: int
    memory: WideKeys | None
    file: BinaryIO | None = None

    def write(self, first: int, keys: WideKeys) -> None:
        """Store the keys (bands x some texts) of the texts from `first` on."""
        if self.memory is not None:
            self.memory[:, first : first + keys.shape[1]] = keys
        elif self.file is not None:
            for band in range(self.bands):
                os.pwrite(self.file.fileno(), keys[band].data, (band * self.count + first) * _WIDTH)

    def close(self) -> None:
        """Give the file back."""
        if self.file is not None:
            self.file.close()

    def band(self, number: int) -> WideKeys:
        """The keys of all texts in one band."""
        if self.file is None:
            return np.empty(0, np.uint64) if self.memory is None else self.memory[number]
        found, filled = np.empty(self.count, np.uint64), 0
        view = found.view(np.uint8)
        while filled < len(view):
            filled += os.preadv(self.file.fileno(), [view[filled:].data], number * self.count * _WIDTH + filled)
        return found


@dataclass(frozen=True)
class Sketches:
    """Band keys, and the lowest half byte of every signature value, 16 to a word (one row a text)."""

    keys: BandKeys
    low: npt.NDArray[np.uint64]
    num_perm: int

    def close(self) -> None:
        """Give the temporary file back, if there is one."""
        self.keys.close()

    def estimate(self, left: Any, right: Any) -> npt.NDArray[np.float32]:
        """The similarity of each pair of texts, estimated from the share of values in which their sketches agree."""
        differ = self.low[left]
        differ ^= self.low[right]
        differ |= differ >> np.uint64(1)
        differ |= differ >> np.uint64(2)
        differ &= _LOWEST
        unlike = np.bitwise_count(differ).sum(axis=1, dtype=np.int32)
        share = 1.0 - unlike / self.num_perm
        found: npt.NDArray[np.float32] = ((share - 1 / 16) / (1 - 1 / 16)).astype(np.float32)
        return found


def sketches(
    documents: Documents, scheme: Scheme, bands: tuple[int, int], workers: int = 1, progress: Progress = ignore
) -> Sketches:
    """The sketches of normalised texts; `bands` is (bands, rows a band).

    The caller closes them.
    """
    count, num_perm = len(documents), scheme.num_perm
    keys = _store(bands[0], count)
    low = np.empty((count, -(-num_perm // 16)), np.uint64)

    def sketch(start: int, stop: int) -> int:
        texts, plain = documents.gather(slice(start, stop)), documents.plain[start:stop]
        signed = np.empty((stop - start, num_perm), np.uint32)
        # Apart, because one letter outside a-z would send its neighbours the long way through code points too.
        for mask in (plain, ~plain):
            if mask.any():
                signed[mask] = signatures(texts.filter(pa.array(mask)), scheme)
        low[start:stop] = halves(signed)
        keys.write(start, band_keys(signed, bands))
        return stop

    try:
        for stop in in_threads(sketch, documents.spans(), workers):
            progress(stop / count, "computing signatures")
    except BaseException:
        keys.close()
        raise
    return Sketches(keys, low, num_perm)


def _store(bands: int, count: int) -> BandKeys:
    if count <= SPILL_ABOVE:
        return BandKeys(bands, count, np.empty((bands, count), np.uint64))
    keys = BandKeys(bands, count, None, temporary())
    if keys.file is not None:
        weakref.finalize(keys, keys.file.close)
    return keys


def halves(signed: Signatures) -> npt.NDArray[np.uint64]:
    """The lowest half byte of each value, 16 to a word; words are filled up with zeros, which agree everywhere."""
    count, width = signed.shape
    low = np.zeros((count, -(-width // 16) * 16), np.uint8)
    low[:, :width] = signed.astype(np.uint8) & 15
    packed = low[:, ::2] | (low[:, 1::2] << 4)
    return np.ascontiguousarray(packed).view(np.uint64)


def band_keys(signed: Signatures, bands: tuple[int, int]) -> WideKeys:
    """One 64-bit key a band (rows) and signature (columns): a multilinear hash of the band's values."""
    count, rows = bands
    odd = np.random.default_rng(rows).integers(0, 2**63, rows, np.uint64) * np.uint64(2) + np.uint64(1)
    values = signed[:, : count * rows].reshape(-1, count, rows)
    total = np.zeros((len(signed), count), np.uint64)
    for k in range(rows):
        total += values[:, :, k] * odd[k]
    keys: WideKeys = np.ascontiguousarray(total.T)
    return keys
