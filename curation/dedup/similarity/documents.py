"""Rows whose normalised texts are identical, collapsed to one document each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.dedup.similarity.shingles import WideKeys, narrow
from curation.dedup.similarity.spill import TextStore
from curation.dedup.similarity.text import (
    CHUNK_BYTES,
    CHUNK_ROWS,
    Ints,
    Mask,
    Texts,
    content,
    flat,
    normalised,
    offsets,
)
from curation.text.openings import LEAST, LOOKED_AT, ends_of_nearly_all

SHORT_TEXT, SHORT_SHINGLE, LONG_SHINGLE = 100, 3, 5
"""Below a median of 100 characters 5-grams miss one-word edits: on texts of under 10 words recall of planted
duplicates at .7 is .79 with 3-grams and .58 with 5-grams."""

Places: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Documents:
    """Distinct normalised texts, numbered by first occurrence, and the document of each row.

    All but `of_row` have one value a document: `place` its number in `store`, `size` its bytes with the space at its
    end, `characters` the same in characters, `plain` whether it is of a-z, 0-9 and spaces alone, `mark` a hash of it.
    """

    store: TextStore
    place: Places
    size: Places
    characters: Places
    plain: Mask
    mark: WideKeys
    of_row: Places

    def __len__(self) -> int:
        return len(self.place)

    @property
    def texts(self) -> Texts:
        """All texts in memory at once."""
        return self.store.gather(self.place)

    def gather(self, some: Any) -> Texts:
        """The texts of these documents, ascending (an array of numbers or a slice)."""
        return self.store.gather(self.place[some])

    def where(self, some: Ints) -> "Documents":
        """These ascending documents alone, numbered anew, over the same store and without rows."""
        size, characters = self.size[some], self.characters[some]
        return Documents(
            self.store, self.place[some], size, characters, self.plain[some], self.mark[some], self.of_row[:0]
        )

    def spans(self) -> list[tuple[int, int]]:
        """Consecutive ranges of documents of about CHUNK_BYTES, one document at the least."""
        ends, found, start = np.cumsum(self.size, dtype=np.int64), [], 0
        while start < len(self):
            before = int(ends[start - 1]) if start else 0
            stop = int(np.searchsorted(ends, before + CHUNK_BYTES, side="right"))
            stop = min(max(stop, start + 1), start + CHUNK_ROWS, len(self))
            found.append((start, stop))
            start = stop
        return found


def documents(column: Any, workers: int = 1) -> Documents:
    """The documents of a string column."""
    return collected([column], workers)


def collected(columns: Iterable[Any], workers: int = 1, repeated: bool = False, without: str = "") -> Documents:
    """The documents of string columns one behind the other; `repeated` where most texts repeat literally.

    `without` is a normalised opening to leave out where a text begins with it.
    """
    store, found = TextStore(), _Entries([], [], [], [], [])
    for texts, place in _normalised(columns, workers, repeated):
        texts = _unopened(texts, without) if without else texts
        found.add(texts, place + found.count)
        store.append(texts)
    return found.documents(store)


def may_share_opening(docs: Documents) -> bool:
    """Whether nearly all of these documents begin alike, as far as normalised texts can tell."""
    step = -(-len(docs) // LOOKED_AT)
    some = np.flatnonzero(docs.size % step == 0) if step > 1 else np.arange(len(docs))
    return any(a[:LEAST] == b[:LEAST] for a, b in ends_of_nearly_all(docs.gather(some).to_pylist()))


def _unopened(texts: Texts, without: str) -> Texts:
    rest = pc.utf8_slice_codeunits(texts, len(without))
    rest = pc.if_else(pc.equal(rest, ""), " ", rest)
    return pc.if_else(pc.starts_with(texts, without), rest, texts)


def held(texts: Texts) -> Documents:
    """Documents of texts already normalised and known to be distinct, or to be compared though they are not."""
    store = TextStore()
    store.append(texts)
    found = _Entries([], [], [], [], [])
    found.add(texts, np.arange(len(texts)))
    place = np.arange(len(texts), dtype=np.int32)
    return Documents(store, place, found.sizes[0], found.characters[0], found.plain[0], found.marks[0][:, 0], place)


def _normalised(columns: Iterable[Any], workers: int, repeated: bool) -> Iterator[tuple[Texts, Ints]]:
    """(texts, the text of each row) of each column."""
    for column in columns:
        texts = pc.fill_null(flat(column), "")
        if repeated:
            encoded = texts.dictionary_encode()
            yield normalised(encoded.dictionary, workers), np.asarray(encoded.indices).astype(np.int64)
        else:
            yield normalised(texts, workers), np.arange(len(texts))


@dataclass
class _Entries:
    """What is known of the texts in a store before equal ones are found, batch by batch."""

    marks: list[npt.NDArray[np.uint64]]
    plain: list[Mask]
    characters: list[Places]
    sizes: list[Places]
    rows: list[Places]
    count: int = 0

    def add(self, texts: Texts, rows: Ints) -> None:
        self.marks.append(marks(texts))
        self.plain.append(narrow(texts))
        self.characters.append(np.asarray(pc.utf8_length(texts)).astype(np.int32))
        self.sizes.append(np.diff(offsets(texts)).astype(np.int32))
        self.rows.append(rows.astype(np.int32))
        self.count += len(texts)

    def documents(self, store: TextStore) -> Documents:
        """The distinct ones among them."""
        if not self.marks:
            return held(pa.array([], pa.large_string()))
        marked = np.concatenate(self.marks)
        self.marks.clear()
        place, of_entry = _distinct(marked)
        mark = np.ascontiguousarray(marked[place, 0])
        del marked
        rows, plain = np.concatenate(self.rows), np.concatenate(self.plain)[place]
        size, characters = np.concatenate(self.sizes)[place], np.concatenate(self.characters)[place]
        return Documents(store, place, size, characters, plain, mark, of_entry[rows])


def marks(texts: Texts) -> npt.NDArray[np.uint64]:
    """A 128-bit BLAKE2b of each text as two numbers: equal for equal texts and only for them.

    (Among ten million texts the chance of one wrong match is 1 in 10**25.)
    """
    raw, where = content(texts).data, offsets(texts)
    ends = (where - where[0]).tolist()
    digests = b"".join([blake2b(raw[a:b], digest_size=16).digest() for a, b in pairwise(ends)])
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def _distinct(marked: npt.NDArray[np.uint64]) -> tuple[Places, Places]:
    """(the first entry of each distinct mark, ascending; the place of each entry's mark among those)."""
    by = np.lexsort((marked[:, 1], marked[:, 0])).astype(np.int32)
    new = np.ones(len(by), bool)
    for column in (0, 1):
        ordered = marked[by, column]
        same = ordered[1:] == ordered[:-1]
        new[1:] = ~same if column == 0 else new[1:] | ~same
    cuts = np.flatnonzero(new)
    first = by[cuts]  # lexsort is stable, so a run of equal marks begins with its first entry
    number = np.empty(len(cuts), np.int32)
    order = np.argsort(first)
    number[order] = np.arange(len(cuts), dtype=np.int32)
    of_entry = np.empty(len(by), np.int32)
    of_entry[by] = np.repeat(number, np.diff(np.append(cuts, len(by))))
    return first[order], of_entry


def shingle_for(documents: Documents) -> int:
    """Characters an n-gram for texts of this length: 3 when the median is under 100 characters, else 5."""
    if not len(documents):
        return LONG_SHINGLE
    return SHORT_SHINGLE if float(np.median(documents.characters)) - 1 < SHORT_TEXT else LONG_SHINGLE
