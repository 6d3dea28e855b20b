"""A text in blocks, as people read it: prose and fenced code, with what was found in it marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
Run = tuple[Literal["", "found"], str]
"""A piece of a text, and whether a check found it."""
Place = tuple[int, int]
"""Start and end in code points, the end left out."""


@dataclass(frozen=True)
class Block:
    """Prose, or code between fences, the fences included."""

    kind: Literal["prose", "code"]
    runs: tuple[Run, ...]


def blocks(text: str, found: Sequence[Place] = ()) -> list[Block]:
    """The text cut into blocks; all their runs joined give it back but for the line break between two blocks.

    Places outside the text are passed over; those that overlap are one.
    """
    places = _joined(found, len(text))
    return [Block(kind, tuple(_runs(text, start, end, places))) for kind, start, end in _fenced(text)]


def _fenced(text: str) -> Iterator[tuple[Literal["prose", "code"], int, int]]:
    start, at, fence = 0, 0, ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        end = at + len(line)
        if mark and not fence:
            if at > start:
                yield "prose", start, at - 1
            start, fence = at, mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            yield "code", start, end
            start, fence = end + 1, ""
        at = end + 1
    if start <= len(text):
        yield "code" if fence else "prose", start, len(text)


def _joined(found: Sequence[Place], length: int) -> list[Place]:
    joined: list[Place] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif start < end:
            joined.append((start, end))
    return joined


def _runs(text: str, start: int, end: int, places: Sequence[Place]) -> Iterator[Run]:
    for first, last in places:
        first, last = max(first, start), min(last, end)
        if first < last:
            if start < first:
                yield "", text[start:first]
            yield "found", text[first:last]
            start = last
    if start < end:
        yield "", text[start:end]
