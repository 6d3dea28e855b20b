"""The caps a file is read under, and how the time allowed grows with its size."""

from dataclasses import dataclass

LARGEST_UPLOAD = 200_000_000
"""Bytes. The largest file the app takes; the time limits hold up to this size and grow in proportion beyond it."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost before it is refused; sizes in bytes unless said otherwise, all above zero.

    `field` counts characters of one value, `line` the bytes of one line (or one JSON object), `depth` the brackets
    open at once in JSON, `name` the characters of a column's name. `decoded` is what the rows may come to in memory.
    An archive may have `entries` entries and come to `unpacked` bytes, and beyond `ratio_free` bytes (small files may
    be as repetitive as they like) to `ratio` times its own size.
    `cpu_seconds` and `wall_seconds` hold for files of up to 200 MB and grow in proportion beyond: parsing streams.
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
    wall_seconds: int = 120

    def growth(self, size: int) -> float:
        """How many times the time and decoded limits are multiplied for a file of `size` bytes; at least 1."""
        return max(1.0, size / LARGEST_UPLOAD)
