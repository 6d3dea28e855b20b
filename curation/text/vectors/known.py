"""Vectors found again by their texts: what a check reads in place of making those that a project has made before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.records.progress import Progress, ignore
from curation.text.features import LONGEST, static_embeddings
from curation.text.vectors import DIMENSIONS, Floats, Ints

Digests = npt.NDArray[np.uint64]
BLOCK = 5_000
"""Vectors read at once, 5 MB: read in one go, those of a large set would be in memory twice."""
MOST_BETWEEN = 4
"""Vectors of the file read for each that is wanted: more lie far apart, and are looked up one by one."""


@dataclass(frozen=True)
class Stored:
    """A file of vectors, so many rows of it, and where in it the text of each digest stands; digests rising."""

    path: str
    rows: int
    digests: Digests
    places: Ints


@dataclass(frozen=True)
class KnownVectors:
    """The vectors of texts as `features.static_embeddings` makes them, read where a file has them: the same numbers."""

    files: tuple[Stored, ...] = ()

    def __call__(self, texts: Sequence[str], progress: Progress = ignore) -> Floats:
        """Unit rows, shape (n, 256); zeros for a text without any word that is known."""
        made = np.zeros((len(texts), DIMENSIONS), np.float32)
        asked = digests([text[:LONGEST] for text in texts])
        open_rows = np.ones(len(texts), bool)
        for file in self.files:
            if not len(file.digests):
                continue
            at = np.minimum(np.searchsorted(file.digests, asked), len(file.digests) - 1)
            found = np.flatnonzero(open_rows & (file.digests[at] == asked))
            if len(found):
                _fill(made, found, file, file.places[at[found]])
                open_rows[found] = False
        left = np.flatnonzero(open_rows).tolist()
        if left:
            made[left] = static_embeddings([texts[n] for n in left], progress)
        progress(1.0, "texts read")
        return made


def _fill(made: Floats, rows: Ints, file: Stored, places: Ints) -> None:
    """Read the vectors at these places of a file into these rows of `made`, in the order of the file."""
    for some in np.split(np.argsort(places, kind="stable"), range(BLOCK, len(places), BLOCK)):
        low, high = int(places[some[0]]), int(places[some[-1]]) + 1
        if high - low <= MOST_BETWEEN * len(some):
            # read, not mapped: what is mapped counts as memory of this process until it is over
            vectors = np.fromfile(file.path, "<f4", (high - low) * DIMENSIONS, offset=low * DIMENSIONS * 4)
            vectors, first = vectors.reshape(-1, DIMENSIONS), low
        else:
            vectors, first = np.memmap(file.path, "<f4", "r", 0, (file.rows, DIMENSIONS)), 0
        made[rows[some]] = np.nan_to_num(vectors[places[some] - first], copy=False)


def digests(texts: Sequence[str]) -> Digests:
    """A number of 64 bits for each text: that two of a million differ and have one is less likely than 1 to 10**7."""
    data = b"".join(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts)
    return np.frombuffer(data, "<u8").astype(np.uint64)


def stored(path: str, rows: int, places: Ints, texts: Sequence[str]) -> Stored:
    """Which of a file's rows have these texts, in this order."""
    found, first = np.unique(digests([text[:LONGEST] for text in texts]), return_index=True)
    return Stored(path, rows, found, places[first])
