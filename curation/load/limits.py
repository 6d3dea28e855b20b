"""The caps a file is read under, and how the time allowed grows with its size."""

from dataclasses import dataclass

LARGEST_UPLOAD = 200_000_000
"""Bytes. The largest file the app takes."""

TIMED = 20 << 20
"""The bytes of a file that may take `cpu_seconds`."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost before it is refused; sizes in bytes unless said otherwise, all above zero.

    `field` counts characters of one value, `line` the bytes of one line (or one JSON object), `depth` the brackets
    open at once in JSON, `name` the characters of a column's name. `decoded` is what the rows may come to in memory.
    An archive may have `entries` entries and come to `unpacked` bytes, and beyond `ratio_free` bytes (small files may
    be as repetitive as they like) to `ratio` times its own size.
    `decoded` holds for files of up to 200 MB, `cpu_seconds` and `wall_seconds` for files of up to 20 MB; they grow in
    proportion beyond: parsing streams, and a million of the shortest rows come to 20 MB and take some 40 s to read.
    """

    columns: int = 1_000
    name: int = 1_000
    field: int = 1 << 20
    line: int = 16 << 20
    depth: int = 64
    entries: int = 100
    unpacked: int = 2 << 30
    ratio: int = 100
    ratio_free: int = 16 << 20
    memory: int = 2 << 30
    decoded: int = 2 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 600  # ten times as much: a busy machine is no fault of the file

    def growth(self, size: int) -> float:
        """How many times the decoded limit is multiplied for a file of `size` bytes; at least 1."""
        return max(1.0, size / LARGEST_UPLOAD)

    def patience(self, size: int) -> float:
        """How many times the time limits are multiplied for a file of `size` bytes; at least 1."""
        return max(1.0, size / TIMED)
