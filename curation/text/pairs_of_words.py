"""Counts of words and of words next to each other, as scikit-learn's CountVectorizer(ngram_range=(1, 2)) gives them.

The same matrix to the bit, its columns in the same order, without a Python text for each pair: of a million different
pairs those alone take more memory than all else.
"""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from curation.text.words import WORD

_WORD = re.compile(WORD)
Ints = npt.NDArray[np.int64]


BLOCK = 5_000
"""Texts whose terms are counted at once, some 10 MB of usual ones."""


def words_and_pairs(texts: Iterable[str], dtype: Any = np.int64) -> csr_matrix:
    """How often each text has each word and each pair, (text, term) sparse. Raises ValueError where there is none."""
    number: dict[str, int] = {}
    which, ends = array("i"), array("q", [0])
    for text in texts:
        which.extend([number.setdefault(word, len(number)) for word in _WORD.findall(text.lower())])
        ends.append(len(which))
    if not number:
        raise ValueError("empty vocabulary: the texts hold no words")
    rank = np.empty(len(number), np.int64)
    rank[[number[word] for word in sorted(number)]] = np.arange(len(number))
    said = Said(np.frombuffer(which, np.int32), np.frombuffer(ends, np.int64), rank)
    del number
    return _counted(said, dtype)


@dataclass(frozen=True)
class Said:
    """The words of all texts by number, where each text's end, and the place of each number in the alphabet."""

    words: npt.NDArray[np.int32]
    ends: Ints
    rank: Ints

    def terms(self, start: int) -> tuple[Ints, Ints]:
        """(row, term) of the words and pairs of BLOCK texts from `start` on, as they are met: a text's words first.

        A pair's number stands behind that of its first word alone and before that of the next word, as in the alphabet:
        a blank is before all letters.
        """
        ends = self.ends[start : start + BLOCK + 1]
        words, lengths = self.rank[self.words[ends[0] : ends[-1]]], np.diff(ends)
        rows = np.repeat(np.arange(start, start + len(lengths)), lengths)
        first = np.flatnonzero(rows[1:] == rows[:-1])
        alone = words * (len(self.rank) + 1)
        terms = np.concatenate([alone, alone[first] + words[first + 1] + 1])
        rows = np.concatenate([rows, rows[first]])
        met = np.argsort(rows, kind="stable")
        return rows[met], terms[met]


def _counted(said: Said, dtype: Any) -> csr_matrix:
    """As `words_and_pairs`."""
    count, met, names, first = len(said.ends) - 1, 0, [], []
    for start in range(0, count, BLOCK):
        terms = said.terms(start)[1]
        some, at = np.unique(terms, return_index=True)
        names.append(some)
        first.append(at + met)
        met += len(terms)
    known = np.unique(np.concatenate(names))
    seen = np.full(len(known), met)
    np.minimum.at(seen, np.searchsorted(known, np.concatenate(names)), np.concatenate(first))
    # a row's columns stand in the order in which the whole set met them
    column_of = np.argsort(seen, kind="stable").astype(np.int32)
    order = np.empty(len(known), np.int64)
    order[column_of] = np.arange(len(known))
    data, columns, sizes = [], [], [np.zeros(1, np.int64)]
    for start in range(0, count, BLOCK):
        rows, terms = said.terms(start)
        some, place = np.unique(terms, return_inverse=True)
        cells, copies = np.unique(rows * len(known) + order[np.searchsorted(known, some)][place], return_counts=True)
        data.append(copies.astype(dtype))
        columns.append(column_of[cells % len(known)])
        sizes.append(np.bincount(cells // len(known) - start, minlength=min(BLOCK, count - start)))
    indptr = np.cumsum(np.concatenate(sizes))
    small = indptr[-1] <= np.iinfo(np.int32).max
    cut = indptr.astype(np.int32) if small else indptr
    return csr_matrix((np.concatenate(data), np.concatenate(columns), cut), (count, len(known)))
