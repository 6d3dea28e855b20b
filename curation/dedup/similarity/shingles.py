"""Character n-grams of normalised texts as integers, straight from the text buffer.

A shingle of letters a-z, digits and spaces is packed with 6 bits a character, so up to 5 characters are one 32-bit
and up to 10 one 64-bit number with nothing lost. Any other shingle is a 64-bit hash, set apart by its highest bit. A
text shorter than n characters, padding included, is one shingle: all of it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.dedup.similarity.text import (
    Bytes,
    Ints,
    Texts,
    content,
    offsets,
    spans,
)

Keys = npt.NDArray[np.uint32]
WideKeys = npt.NDArray[np.uint64]

PACKED_32 = 5
"""The most characters of 6 bits that a 32-bit number holds."""

_BITS = 6
_ALPHABET = b" 0123456789abcdefghijklmnopqrstuvwxyz"
_CODES = bytes(_ALPHABET.index(bytes([byte])) + 1 if bytes([byte]) in _ALPHABET else 0 for byte in range(256))
_HASHED = np.uint64(1 << 62)
_HASHED_32 = np.uint32(1 << 31)
_FNV_PRIME, _FNV_BASIS = np.uint64(0x100000001B3), np.uint64(0xCBF29CE484222325)
"""FNV-1a, 64 bits (Fowler, Noll, Vo), over code points instead of bytes."""

_MIX = np.uint64(0xFF51AFD7ED558CCD)
"""A multiplier of MurmurHash3's 64-bit finalizer: brings every input bit into the upper half."""


@dataclass(frozen=True)
class Shingles:
    """Shingles of several texts: those of text i are keys[start[i]:start[i + 1]], repeats included."""

    start: Ints
    keys: npt.NDArray[Any]


@dataclass(frozen=True)
class _Layout:
    """Where the shingles of padded texts lie among all windows of the buffer, and which texts are too short for one."""

    first: Ints
    count: Ints
    kept: npt.NDArray[np.bool_]
    short: Ints
    width: Ints


def _layout(begin: Ints, n: int) -> _Layout:
    """`begin` (texts + 1 values): where each text begins in the buffer behind its padding space, in characters."""
    padded = np.diff(begin) + 1
    count = np.maximum(padded - n + 1, 1)
    kept = np.ones(int(begin[-1]) - 1, bool)
    for back in range(n - 2):
        where = begin[1:] - 2 - back
        kept[where[padded - 2 >= back]] = False
    short = np.flatnonzero(padded < n)
    kept[begin[short] - 1] = True
    return _Layout(begin[:-1] - 1, count, kept, short, padded[short])


def narrow(texts: Texts) -> npt.NDArray[np.bool_]:
    """Which texts have no character but a-z, 0-9 and spaces, so that packed shingles lose nothing."""
    found = np.ones(len(texts), bool)
    where = offsets(texts)
    for start, stop in spans(texts):
        codes = np.frombuffer(content(texts.slice(start, stop - start)).tobytes().translate(_CODES), np.uint8)
        odd = np.flatnonzero(codes == 0) + where[start]
        found[np.searchsorted(where, odd, side="right") - 1] = False
    return found


def shingles32(texts: Texts, n: int) -> Shingles:
    """32-bit shingles for signatures: exact for a-z, 0-9 and spaces up to n = 5, hashed otherwise."""
    raw = b" " + content(texts).tobytes()
    codes = raw.translate(_CODES)
    begin = offsets(texts) - offsets(texts)[0] + 1
    if n <= PACKED_32 and 0 not in codes:
        return _packed(np.frombuffer(codes, np.uint8), begin, n, np.uint32)
    wide = shingles64(texts, n)
    hashed = wide.keys >= _HASHED
    folded = (((wide.keys & (_HASHED - np.uint64(1))) * _MIX) >> np.uint64(33)).astype(np.uint32) | _HASHED_32
    if n > PACKED_32:
        return Shingles(wide.start, folded)
    return Shingles(wide.start, np.where(hashed, folded, wide.keys.astype(np.uint32)))


def shingles64(texts: Texts, n: int) -> Shingles:
    """64-bit shingles below 2**63 for exact comparison; equal keys are equal shingles but for 64-bit collisions."""
    raw = b" " + content(texts).tobytes()
    codes = raw.translate(_CODES)
    begin = offsets(texts) - offsets(texts)[0] + 1
    if 0 not in codes:
        return _packed(np.frombuffer(codes, np.uint8), begin, n, np.uint64)
    points = np.frombuffer(raw.decode().encode("utf-32-le"), np.uint32)
    starts = (np.frombuffer(raw, np.uint8) & 0xC0) != 0x80
    begin = np.concatenate([np.zeros(1, np.int64), np.cumsum(starts)])[begin]
    table = np.frombuffer(_CODES, np.uint8)
    small = np.where(points < 128, table[np.minimum(points, 127)], np.uint8(0))
    packed = _packed(small, begin, n, np.uint64)
    hashed = _hashed(points, small == 0, begin, n)
    return Shingles(packed.start, np.where(hashed != 0, hashed, packed.keys))


def _packed(codes: Bytes, begin: Ints, n: int, kind: type[np.unsignedinteger[Any]]) -> Shingles:
    layout = _layout(begin, n)
    values = np.zeros(len(layout.kept), kind)
    size = max(len(codes) - n + 1, 0)
    acc = values[:size]
    for k in range(n):
        np.left_shift(acc, kind(_BITS), out=acc)
        np.bitwise_or(acc, codes[k : k + size], out=acc)
    if len(layout.short):
        values[layout.first[layout.short]] = _short(codes, layout, kind)
    return Shingles(_start(layout.count), values[layout.kept])


def _short(codes: Bytes, layout: _Layout, kind: type[np.unsignedinteger[Any]]) -> npt.NDArray[Any]:
    first, keys = layout.first[layout.short], np.zeros(len(layout.short), kind)
    for k in range(int(layout.width.max())):
        inside = k < layout.width
        keys[inside] = (keys[inside] << kind(_BITS)) | codes[first[inside] + k]
    return keys


def _hashed(points: Keys, odd: npt.NDArray[np.bool_], begin: Ints, n: int) -> WideKeys:
    """The hash of every shingle with a character outside the alphabet, 0 for all others."""
    layout = _layout(begin, n)
    values = np.full(len(layout.kept), _FNV_BASIS)
    any_odd = np.zeros(len(layout.kept), bool)
    size = max(len(points) - n + 1, 0)
    for k in range(n):
        values[:size] = (values[:size] ^ points[k : k + size]) * _FNV_PRIME
        any_odd[:size] |= odd[k : k + size]
    for doc, width in zip(layout.short, layout.width, strict=True):
        first, key = layout.first[doc], np.full(1, _FNV_BASIS)
        for point in points[first : first + width]:
            key = (key ^ np.uint64(point)) * _FNV_PRIME
        values[first], any_odd[first] = key[0], odd[first : first + width].any()
    values = ((values ^ (values >> np.uint64(32))) * _MIX) >> np.uint64(2)
    return np.where(any_odd, values | _HASHED, np.uint64(0))[layout.kept]


def _start(count: Ints) -> Ints:
    start = np.zeros(len(count) + 1, np.int64)
    np.cumsum(count, out=start[1:])
    return start


def distinct(texts: Texts, n: int, wide: bool) -> Shingles:
    """The distinct shingles of each text in ascending order: 31-bit keys, or 63-bit ones where `wide`."""
    parts = [_distinct(texts.slice(start, stop - start), n, wide) for start, stop in spans(texts)]
    if not parts:
        return Shingles(np.zeros(1, np.int64), np.empty(0, np.int64 if wide else np.int32))
    counts = np.concatenate([np.diff(part.start) for part in parts])
    return Shingles(_start(counts), np.concatenate([part.keys for part in parts]))


def _distinct(texts: Texts, n: int, wide: bool) -> Shingles:
    if wide:
        found = shingles64(texts, n)
        keys = found.keys.astype(np.int64)
        doc = np.repeat(np.arange(len(texts)), np.diff(found.start))
        order = np.lexsort((keys, doc))
        keys, doc = keys[order], doc[order]
        new = np.ones(len(keys), bool)
        new[1:] = (keys[1:] != keys[:-1]) | (doc[1:] != doc[:-1])
        return Shingles(_start(np.bincount(doc[new], minlength=len(texts))), keys[new])
    found = shingles32(texts, n)
    both = np.repeat(np.arange(len(texts), dtype=np.uint64) << np.uint64(32), np.diff(found.start))
    both |= found.keys
    both.sort()
    new = np.ones(len(both), bool)
    new[1:] = both[1:] != both[:-1]
    both = both[new]
    where = np.searchsorted(both, np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(32))
    return Shingles(where.astype(np.int64), both.astype(np.uint32).view(np.int32))


def as_texts(values: list[str]) -> Texts:
    """Python strings as an Arrow array."""
    return pa.array(values, pa.large_string())
