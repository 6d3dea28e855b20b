"""Texts as they are compared: NFKC, lower case, runs of anything but letters, marks and digits as one space.

Full width is plain width, Hebrew and Arabic vowel marks and signs nobody sees are left out, and no blank stands between
Chinese or Japanese characters: texts that differ in such ways of writing are one text.

A normalised text ends with one space ("" becomes " "), so texts lying next to each other in one buffer, with one
space in front of the first, are each padded by a space on both sides without a copy.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = Any
"""A pyarrow LargeStringArray (pyarrow has no types)."""
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Result = TypeVar("Result")

CHUNK_BYTES = 1 << 20
"""Text handled at a time: with its shingles (4 to 8 bytes each) about the 2 MiB of a core's L2 cache."""

CHUNK_ROWS = 16_384
"""Rows handled at a time, so that a million empty texts are more than one step of progress."""

_SPACE, _END = 32, 10
_KEPT = {byte: byte for byte in b"0123456789abcdefghijklmnopqrstuvwxyz"} | {
    byte: byte + 32 for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
_ASCII = bytes(_KEPT.get(byte, _SPACE) for byte in range(256))
_NOT_WORD = r"[^\p{L}\p{M}\p{N}]+"
_LEFT_OUT = r"[\x{591}-\x{5BD}\x{5BF}-\x{5C7}\x{640}\x{64B}-\x{65F}\x{670}\x{AD}\x{200B}\x{2060}\x{FEFF}]"
_SET_APART = r"([\p{Han}\p{Hiragana}\p{Katakana}]) ([\p{Han}\p{Hiragana}\p{Katakana}])"
_BLANK = r"[\s\x{0}\p{Z}]+"


def flat(column: Any) -> Texts:
    """A string column of any chunking as one large_string array."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.cast(pa.large_string())


def offsets(texts: Texts) -> Ints:
    """Where each text starts and the last one ends in the value buffer, in bytes (length + 1 values)."""
    if not len(texts):
        return np.zeros(1, np.int64)
    return np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]


def content(texts: Texts) -> Bytes:
    """The bytes of all texts, one behind the other."""
    where, values = offsets(texts), texts.buffers()[2]
    if values is None or where[0] == where[-1]:
        return np.empty(0, np.uint8)
    return np.frombuffer(values, np.uint8)[where[0] : where[-1]]


def spans(texts: Texts, size: int = CHUNK_BYTES) -> list[tuple[int, int]]:
    """Consecutive (start, stop) row ranges of at most `size` bytes or CHUNK_ROWS rows, one row at the least."""
    where, found, start = offsets(texts), [], 0
    while start < len(texts):
        stop = int(np.searchsorted(where, where[start] + size, side="right")) - 1
        stop = min(max(stop, start + 1), start + CHUNK_ROWS, len(texts))
        found.append((start, stop))
        start = stop
    return found


def in_threads(function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], workers: int) -> Iterator[Result]:
    """The results of `function(*task)` in the order of the tasks, a few tasks ahead at most."""
    if workers <= 1:
        yield from (function(*task) for task in tasks)
        return
    remaining = iter(tasks)
    pool = ThreadPoolExecutor(workers)
    try:
        waiting: list[Future[Result]] = [pool.submit(function, *task) for task in islice(remaining, 2 * workers)]
        while waiting:
            result = waiting.pop(0).result()
            waiting.extend(pool.submit(function, *task) for task in islice(remaining, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


def normalised(column: Any, workers: int = 1) -> Texts:
    """The normalised form of every text of a string column, each ending with one space; nulls count as ""."""
    texts = flat(column)
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    done = _in_chunks(_ascii, texts, workers)
    plain = pc.string_is_ascii(texts)
    if not pc.all(plain).as_py():
        other = pc.invert(plain)
        done = pc.replace_with_mask(done, other, _in_chunks(_unicode, texts.filter(other), workers))
    return _symbols_kept(texts, done)


def _in_chunks(function: Callable[[Texts], Texts], texts: Texts, workers: int) -> Texts:
    tasks = ((texts.slice(start, stop - start),) for start, stop in spans(texts))
    parts = list(in_threads(function, tasks, workers))
    return pa.concat_arrays(parts) if parts else texts


def normalise(text: str) -> str:
    """One text as it is compared, without the space at its end."""
    return str(normalised(pa.array([text], pa.large_string()))[0].as_py())[:-1]


def _ascii(texts: Texts) -> Texts:
    """The normalised form of ASCII rows: a table look-up a byte, then spaces in a row or at its ends are dropped."""
    count = len(texts)
    lengths = np.diff(offsets(texts))
    joined = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), texts.cast(pa.string()))
    whole = pc.binary_join(joined, "\n")[0].as_buffer().to_pybytes() + b"\n"
    chars = np.frombuffer(bytearray(whole.translate(_ASCII)), np.uint8)
    chars[np.cumsum(lengths + 1) - 1] = _END
    keep = chars != _SPACE
    keep[:-1] |= chars[1:] > _SPACE
    chars = chars[keep]
    leading = chars == _SPACE
    leading[1:] &= chars[:-1] == _END
    if leading.any():
        chars = chars[~leading]
    ends = np.flatnonzero(chars == _END)
    chars[ends] = _SPACE
    return _strings(np.concatenate([np.zeros(1, np.int64), ends + 1]), chars)


def _strings(where: Ints, chars: Bytes) -> Texts:
    return pa.LargeStringArray.from_buffers(len(where) - 1, pa.py_buffer(where), pa.py_buffer(chars))


def _unicode(texts: Texts) -> Texts:
    lower = pc.replace_substring_regex(pc.utf8_lower(pc.utf8_normalize(texts, "NFKC")), _LEFT_OUT, "")
    words = pc.utf8_trim(pc.replace_substring_regex(lower, _NOT_WORD, " "), " ")
    # twice, as a character between two blanks belongs to both
    for _ in range(2):
        words = pc.replace_substring_regex(words, _SET_APART, r"\1\2")
    return _ended(words)


def _ended(texts: Texts) -> Texts:
    return pc.binary_join_element_wise(texts, pa.scalar(" ", pa.large_string()), pa.scalar("", pa.large_string()))


def _symbols_kept(texts: Texts, done: Texts) -> Texts:
    """A text of symbols alone ("???", an emoji) stays as it is, or all of them would be the same empty text."""
    empty = np.diff(offsets(done)) == 1
    if not (empty & (np.diff(offsets(texts)) > 0)).any():
        return done
    lower = pc.utf8_lower(pc.utf8_normalize(texts.filter(pa.array(empty)), "NFC"))
    kept = _ended(pc.utf8_trim(pc.replace_substring_regex(lower, _BLANK, " "), " "))
    return pc.replace_with_mask(done, pa.array(empty), kept)
