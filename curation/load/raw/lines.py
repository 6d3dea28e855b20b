"""Bytes of a file as physical lines, read in blocks, with a cap on how long a line may be."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from curation.load.rows import Source

BLOCK = 1 << 20
"""Bytes read at a time: large enough that splitting, not reading, takes the time."""


class Overlong(bytes):
    """The first bytes of a line that is longer than the cap; `length` is how long the line really is."""

    length: int = 0


def lines(path: Path, start: int, longest: int, universal: bool) -> Iterator[bytes]:
    r"""The lines of a file from byte `start` on, each with its line end; together they are the file's bytes.

    A line ends at \n, with `universal` also at \r\n and \r. A line of more than `longest` bytes comes as one
    `Overlong` holding its first bytes, so memory stays bounded whatever the file holds.
    """
    with path.open("rb") as file:
        file.seek(start)
        rest = b""
        while block := file.read(BLOCK):
            *whole, rest = _cut(rest + block, universal)
            for line in whole:
                yield line if len(line) <= longest else _overlong(line)
            if len(rest) > longest:
                long, rest = _skip(rest, file, universal)
                yield long
            elif rest.endswith(b"\n"):
                yield rest
                rest = b""
        if rest:
            yield rest


class Line(NamedTuple):
    """A line with its line end: the first bytes of one that is too long, whose `length` in bytes is that of all of it.

    `number` counts the lines that are not blank, from 0; `offset` is where it begins in the file.
    """

    raw: bytes
    number: int
    offset: int
    length: int


def filled_lines(source: Source) -> Iterator[Line]:
    r"""The lines of a source that are not blank, each ended by \n; how many were blank is noted at the end."""
    offset, number, blank = source.start, 0, 0
    for raw in lines(source.text, source.start, source.limits.line, universal=False):
        length = getattr(raw, "length", len(raw))
        if raw.strip():
            yield Line(raw, number, offset, length)
            number += 1
        else:
            blank += 1
        offset += length
    source.passed_over(blank)


def _cut(block: bytes, universal: bool) -> list[bytes]:
    if universal:
        return block.splitlines(keepends=True)
    pieces = block.split(b"\n")
    tail = pieces.pop()
    whole = [piece + b"\n" for piece in pieces]
    return [*whole, tail] if tail else whole


def _overlong(line: bytes) -> Overlong:
    long = Overlong(line)
    long.length = len(line)
    return long


def _skip(begun: bytes, file: IO[bytes], universal: bool) -> tuple[Overlong, bytes]:
    long = _overlong(begun)
    ends = (b"\n", b"\r") if universal else (b"\n",)
    if begun.endswith(ends):
        return long, b""
    while block := file.read(BLOCK):
        first, *others = _cut(block, universal)
        long.length += len(first)
        if others or first.endswith(ends):
            return long, b"".join(others)
    return long, b""
