"""Near neighbours of a text while people add and edit rows: datasketch's MinHashLSH, every answer verified exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from curation.dedup.clusters import compared
from curation.dedup.settings import DEFAULTS, Settings
from curation.dedup.similarity.documents import documents, held, shingle_for
from curation.dedup.similarity.minhash import (
    Scheme,
    bands,
    of_keys,
    permutations,
    signatures,
)
from curation.dedup.similarity.shingles import as_texts, shingles32
from curation.dedup.similarity.text import Texts, normalised
from curation.dedup.similarity.verify import Comparer
from curation.records import Dataset, Neighbour
from curation.records.progress import Progress, ignore

if TYPE_CHECKING:
    from datasketch import MinHash


class LiveIndex:
    """An index of texts by id that can be asked, added to and removed from; see `neighbours`."""

    def __init__(self, settings: Settings, shingle: int) -> None:
        from datasketch import MinHashLSH

        self.settings, self.shingle = settings, shingle
        self._texts: dict[str, str] = {}
        self._index = MinHashLSH(num_perm=settings.num_perm, params=bands(settings.threshold, settings.num_perm))

    def __len__(self) -> int:
        return len(self._texts)

    def near(self, text: str, limit: int = 10, but: str = "") -> list[Neighbour]:
        """Up to `limit` examples at or above the threshold, most similar first, then by id; `but` leaves one out."""
        mine = normalised(as_texts([text]))
        ids = sorted(key for key in self._index.query(self._sign(mine)) if key != but)
        if not ids:
            return []
        texts = pa.concat_arrays([mine, as_texts([self._texts[key] for key in ids])])
        comparer = Comparer(held(texts), self.shingle, compiled=False)
        scores = comparer.similarity(np.zeros(len(ids), np.int64), np.arange(1, len(texts)))
        found = [Neighbour(key, float(s)) for key, s in zip(ids, scores, strict=True) if s >= self.settings.threshold]
        return sorted(found, key=lambda one: (-one.similarity, one.id))[:limit]

    def add(self, id: str, text: str) -> None:
        """Put a text into the index, in place of the one it had under this id."""
        self.remove(id)
        mine = normalised(as_texts([text]))
        self._insert(id, mine[0].as_py(), self._sign(mine))

    def remove(self, id: str) -> None:
        """Take an id out of the index; an unknown one is no error."""
        if self._texts.pop(id, None) is not None:
            self._index.remove(id)

    def _insert(self, id: str, text: str, signature: MinHash) -> None:
        self._texts[id] = text
        self._index.insert(id, signature)

    def _sign(self, text: Texts) -> MinHash:
        values = of_keys(shingles32(text, self.shingle), self.settings.num_perm, self.settings.seed)
        return _as_minhash(values[0], self.settings)


def _as_minhash(values: np.ndarray[tuple[int, ...], np.dtype[np.uint32]], settings: Settings) -> MinHash:
    from datasketch import MinHash

    known = permutations(settings.num_perm, settings.seed)
    return MinHash(seed=settings.seed, hashvalues=values, permutations=known, scheme="affine32")


def neighbours(dataset: Dataset, settings: Settings = DEFAULTS, progress: Progress = ignore) -> LiveIndex:
    """A live index of a dataset's inputs (or pairs, as `settings.on` says) by example id."""
    texts = normalised(compared(dataset.table, settings), settings.workers)
    shingle = shingle_for(documents(texts)) if settings.shingle == "auto" else settings.shingle
    index = LiveIndex(settings, shingle)
    signed = signatures(texts, Scheme(shingle, settings.num_perm, settings.seed), settings.workers, progress)
    for n, (id, text) in enumerate(zip(dataset.values("id"), texts.to_pylist(), strict=True)):
        index._insert(id, text, _as_minhash(signed[n], settings))
        if n % 1000 == 0:
            progress(n / len(texts), "indexing texts")
    return index
