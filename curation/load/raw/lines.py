"""Bytes of a file as physical lines, read in blocks, with a cap on how long a line may be."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

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
