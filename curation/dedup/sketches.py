"""What is kept of the signatures: the keys of their bands and one byte a value, a quarter of their size and less.

Whole signatures of ten million texts are 5 GB. The keys (8 bytes a band) go to a temporary file when there are many
texts and come back one band at a time; the bytes estimate similarity 1/256 of the distance too high, which is nothing
beside the standard error of .044 and is verified anyway.
"""

import tempfile
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from curation.dedup.minhash import Signatures, signatures
from curation.dedup.shingles import WideKeys
from curation.dedup.text import Texts, in_threads, spans
from curation.progress import Progress, ignore

SPILL_ABOVE = 2_000_000
"""Texts above which band keys are kept in a file: 20 bands of as many are 320 MB."""

_WIDTH = 8


@dataclass
class BandKeys:
    """One 64-bit key a band and text, in memory or, with `file`, on disk."""

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
                self.file.seek((band * self.count + first) * _WIDTH)
                self.file.write(keys[band].tobytes())

    def close(self) -> None:
        """Give the file back."""
        if self.file is not None:
            self.file.close()

    def band(self, number: int) -> WideKeys:
        """The keys of all texts in one band."""
        if self.memory is not None or self.file is None:
            return np.empty(0, np.uint64) if self.memory is None else self.memory[number]
        self.file.seek(number * self.count * _WIDTH)
        return np.frombuffer(self.file.read(self.count * _WIDTH), np.uint64)


@dataclass(frozen=True)
class Sketches:
    """Band keys and the lowest byte of every signature value (one row a text)."""

    keys: BandKeys
    low: npt.NDArray[np.uint8]

    def close(self) -> None:
        """Give the temporary file back, if there is one."""
        self.keys.close()


def sketches(
    texts: Texts,
    n: int,
    num_perm: int,
    seed: int,
    bands: tuple[int, int],
    workers: int = 1,
    progress: Progress = ignore,
) -> Sketches:
    """The sketches of normalised texts for shingles of n characters; `bands` is (bands, rows a band).

    The caller closes them.
    """
    count = len(texts)
    keys = _store(bands[0], count)
    low = np.empty((count, num_perm), np.uint8)

    def sketch(start: int, stop: int) -> tuple[int, WideKeys]:
        signed = signatures(texts.slice(start, stop - start), n, num_perm, seed)
        low[start:stop] = signed.astype(np.uint8)
        return start, band_keys(signed, bands)

    try:
        for start, some in in_threads(sketch, spans(texts), workers):
            keys.write(start, some)
            progress((start + some.shape[1]) / count, "computing signatures")
    except BaseException:
        keys.close()
        raise
    return Sketches(keys, low)


def _store(bands: int, count: int) -> BandKeys:
    if count <= SPILL_ABOVE:
        return BandKeys(bands, count, np.empty((bands, count), np.uint64))
    return BandKeys(bands, count, None, tempfile.TemporaryFile(prefix="curation-bands-"))


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
