"""The objects of a JSON text of any size found one by one, without parsing the whole and without recursion."""

import re
from mmap import mmap
from typing import Literal, NamedTuple

GULP = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+', re.DOTALL)
"""Everything up to the next bracket that doesn't stand in a string, whole strings included."""
NEXT = re.compile(rb"\}\s*,?\s*(?=\{)")
"""Where one object most likely ends and the next begins, for going on after a broken one."""
OPENING = b"[{"


class Piece(NamedTuple):
    """One bracketed value from `start` to `end` with the text before it from `gap` on, or how the search ended.

    `closed`: at `start` stands the bracket that closes what we are in. `over`: `start` is the end of the text.
    `cut`: the value at `start` never ends; `end` is the end of the text.
    """

    gap: int
    start: int
    end: int
    state: Literal["whole", "cut", "closed", "over"]


class Scanner:
    """Walks a JSON text from `position` on, bracketed value by bracketed value; linear in the bytes passed."""

    def __init__(self, text: mmap, position: int) -> None:
        self.text = text
        self.position = position
        self.size = len(text)

    def next(self) -> Piece:
        """The next bracketed value at this level; moves behind it."""
        gap = self.position
        start = self._bracket(gap)
        if start is None:
            return Piece(gap, self.size, self.size, "over")
        if self.text[start] not in OPENING:
            self.position = start + 1
            return Piece(gap, start, start + 1, "closed")
        end = self._matching(start)
        if end is None:
            return Piece(gap, start, self.size, "cut")
        self.position = end
        return Piece(gap, start, end, "whole")

    def recover(self, start: int) -> int:
        """Moves behind the broken value at `start` as best it can; returns where that value seems to end."""
        found = NEXT.search(self.text, start + 1)
        self.position = found.start() + 1 if found else self.size
        return self.position

    def _bracket(self, position: int) -> int | None:
        found = GULP.match(self.text, position)
        end = found.end() if found else self.size
        return end if end < self.size and self.text[end] != ord('"') else None

    def _matching(self, start: int) -> int | None:
        now, position = 1, start + 1
        while now:
            found = self._bracket(position)
            if found is None:
                return None
            now += 1 if self.text[found] in OPENING else -1
            position = found + 1
        return position
