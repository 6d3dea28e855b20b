"""Bytes and texts written once and read anywhere: in memory while they are few, else in an unnamed temporary file.

The file lies where `tempfile` puts it (TMPDIR) and is gone with the process, even a killed one. It is read with pread
into plain buffers, never mapped, since mapped pages would count as memory of the process.
"""

import os
import tempfile
import weakref
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from curation.dedup.similarity.text import (
    Bytes,
    Ints,
    Texts,
    content,
    offsets,
)

MEMORY_BYTES = 256_000_000
"""Bytes kept in memory before a buffer moves to a file: the texts of a million usual rows."""

WINDOW_BYTES = 32 << 20
"""Bytes read at a time when texts are gathered."""

GAP_BYTES = 64 << 10
"""Unwanted bytes between two texts above which they are read apart: a read of as many costs about as much as two."""


def temporary() -> BinaryIO:
    """An open file without a name, gone when it is closed."""
    handle, name = tempfile.mkstemp(prefix="curation-dedup-")
    Path(name).unlink()
    return os.fdopen(handle, "wb+")


class Buffer:
    """Bytes that are appended first and read afterwards, by any thread."""

    def __init__(self) -> None:
        self.size = 0
        self._memory = bytearray()
        self._file: BinaryIO | None = None

    @property
    def on_disk(self) -> bool:
        """Whether the bytes lie in a file."""
        return self._file is not None

    def append(self, data: Bytes) -> None:
        """Add bytes at the end."""
        self.size += len(data)
        if self._file is None and self.size > MEMORY_BYTES:
            self._file = temporary()
            weakref.finalize(self, self._file.close)
            self._file.write(self._memory)
            self._memory = bytearray()
        if self._file is None:
            self._memory += data.data
        else:
            self._file.write(data.data)

    def read(self, start: int, stop: int) -> Bytes:
        """The bytes from `start` to `stop`."""
        if self._file is None:
            return np.frombuffer(self._memory, np.uint8)[start:stop]
        self._file.flush()
        parts, at = [], start
        while at < stop:
            parts.append(os.pread(self._file.fileno(), stop - at, at))
            at += len(parts[-1])
        return np.frombuffer(parts[0] if len(parts) == 1 else b"".join(parts), np.uint8)

    def close(self) -> None:
        """Give memory and file back."""
        self._memory = bytearray()
        if self._file is not None:
            self._file.close()


class TextStore:
    """Texts by their number in the order they were appended."""

    def __init__(self) -> None:
        self._bytes = Buffer()
        self._lengths: list[Ints] = []
        self._where: Ints = np.zeros(1, np.int64)

    def __len__(self) -> int:
        return len(self.where) - 1

    @property
    def where(self) -> Ints:
        """Where each text begins and the last one ends, in bytes."""
        if self._lengths:
            added = np.cumsum(np.concatenate(self._lengths)) + self._where[-1]
            self._where, self._lengths = np.concatenate([self._where, added]), []
        return self._where

    def append(self, texts: Texts) -> None:
        """Add texts at the end."""
        self._bytes.append(content(texts))
        self._lengths.append(np.diff(offsets(texts)))

    def run(self, start: int, stop: int) -> Texts:
        """The texts numbered `start` to `stop`."""
        where = self.where[start : stop + 1]
        return _strings(where - where[0], self._bytes.read(int(where[0]), int(where[-1])))

    def gather(self, some: Any) -> Texts:
        """The texts of these ascending numbers."""
        parts = [pa.array([], pa.large_string())]
        for part in self._windows(some) if self._bytes.on_disk else [some][: len(some)]:
            first, last = int(part[0]), int(part[-1])
            run = self.run(first, last + 1)
            parts.append(run if last - first + 1 == len(part) else run.take(pa.array(part - first)))
        return parts[-1] if len(parts) < 3 else pa.concat_arrays(parts)

    def _windows(self, some: Any) -> list[Any]:
        """Neighbouring numbers together, up to a window of bytes, wide gaps between windows."""
        if not len(some):
            return []
        begin, end = self.where[some], self.where[some + 1]
        apart = (begin[1:] - end[:-1] > GAP_BYTES) | (begin[1:] // WINDOW_BYTES != begin[:-1] // WINDOW_BYTES)
        return np.split(some, np.flatnonzero(apart) + 1)

    def close(self) -> None:
        """Give memory and file back."""
        self._bytes.close()


def _strings(where: Ints, chars: Bytes) -> Texts:
    return pa.LargeStringArray.from_buffers(len(where) - 1, pa.py_buffer(where), pa.py_buffer(chars))
