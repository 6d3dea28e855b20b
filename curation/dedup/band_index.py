"""Near-duplicates of one text among millions, in milliseconds: sorted band keys, every answer verified exactly.

A LiveIndex keeps every text and signature (12 KB an example); this one keeps 8 bytes an example and band (160 in all
with the default 20 bands) and asks for the texts of the few candidates it finds. What changes later goes into a
LiveIndex beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.dedup.live import LiveIndex
from curation.dedup.settings import Settings
from curation.dedup.similarity.documents import documents, held, shingle_for
from curation.dedup.similarity.minhash import Scheme, bands, of_keys, signatures
from curation.dedup.similarity.shingles import as_texts, shingles32
from curation.dedup.similarity.sketches import band_keys
from curation.dedup.similarity.text import normalised
from curation.dedup.similarity.verify import Comparer
from curation.records import Neighbour

Read = Callable[[Sequence[str]], Mapping[str, str]]
"""The texts, as they stand now, of the examples asked for; those that are not in the set any more are left out."""

Keys = npt.NDArray[np.uint32]

CANDIDATES = 200
"""Texts compared exactly for one answer, those that share most bands first: about 10 ms."""


class BandIndex:
    """An index of texts by id: filled in batches, then sorted once, then asked; see the module."""

    def __init__(self, settings: Settings, shingle: int) -> None:
        self.settings, self.shingle = settings, shingle
        self._bands = bands(settings.threshold, settings.num_perm)
        self._parts: list[Keys] = []
        self._names: list[Any] = []
        self._keys: Keys = np.empty((self._bands[0], 0), np.uint32)
        self._order: Keys = np.empty((self._bands[0], 0), np.uint32)
        self._ids: Any = pa.array([], pa.string())
        self._later = LiveIndex(settings, shingle)
        self._later_ids: set[str] = set()

    def __len__(self) -> int:
        return len(self._ids)

    def fill(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        """Put a batch of texts in. Call `sort` after the last one."""
        scheme = Scheme(self.shingle, self.settings.num_perm, self.settings.seed)
        made = signatures(normalised(as_texts(list(texts))), scheme)
        self._parts.append((band_keys(made, self._bands) >> np.uint64(32)).astype(np.uint32))
        self._names.append(pa.array(ids, pa.string()))

    def sort(self) -> None:
        """Make what was filled in ready to be asked."""
        if not self._parts:
            return
        self._ids = pa.concat_arrays(self._names)
        keys = np.concatenate(self._parts, axis=1)
        self._parts, self._names = [], []
        order = np.empty_like(keys)
        for band in range(len(keys)):
            order[band] = np.argsort(keys[band], kind="stable")
            keys[band] = keys[band][order[band]]
        self._keys, self._order = keys, order

    def change(self, id: str, text: str | None) -> None:
        """Note that an example has another text now, or is new; None where it is no longer in the set."""
        self._later_ids.add(id)
        if text is None:
            self._later.remove(id)
        else:
            self._later.add(id, text)

    def near(self, text: str, read: Read, limit: int = 10, but: str = "") -> list[Neighbour]:
        """Up to `limit` examples at or above the threshold, most similar first, then by id; `but` leaves one out."""
        mine = normalised(as_texts([text]))
        if not mine[0].as_py().strip():
            return []
        ids = [id for id in self._candidates(mine) if id != but and id not in self._later_ids]
        now = read(ids) if ids else {}
        found = [
            Neighbour(id, s)
            for id, s in zip(now, self._similarities(mine, list(now.values())), strict=True)
            if s >= self.settings.threshold
        ]
        found += self._later.near(text, limit, but)
        return sorted(found, key=lambda one: (-one.similarity, one.id))[:limit]

    def _candidates(self, mine: Any) -> list[str]:
        signed = of_keys(shingles32(mine, self.shingle), self.settings.num_perm, self.settings.seed)
        wanted = (band_keys(signed, self._bands) >> np.uint64(32)).astype(np.uint32)[:, 0]
        rows = []
        for band, key in enumerate(wanted):
            first = int(np.searchsorted(self._keys[band], key, side="left"))
            last = int(np.searchsorted(self._keys[band], key, side="right"))
            rows.append(self._order[band][first : min(last, first + CANDIDATES)])
        found, shared = np.unique(np.concatenate(rows), return_counts=True)
        best = found[np.argsort(-shared, kind="stable")[:CANDIDATES]]
        names: list[str] = self._ids.take(pa.array(best)).to_pylist()
        return names

    def _similarities(self, mine: Any, texts: list[str]) -> list[float]:
        if not texts:
            return []
        both = pa.concat_arrays([mine, normalised(as_texts(texts))])
        comparer = Comparer(held(both), self.shingle, compiled=False)
        first, others = np.zeros(len(texts), np.int64), np.arange(1, len(both))
        return [float(score) for score in comparer.similarity(first, others)]


def band_index(settings: Settings, some: Sequence[str]) -> BandIndex:
    """An empty index; where the settings leave the length of shingles open, it follows from some of the texts."""
    texts = normalised(as_texts(list(some)))
    return BandIndex(settings, shingle_for(documents(texts)) if settings.shingle == "auto" else settings.shingle)
